"""The forms under which two texts, printed numbers or pages count as the same.

Equality of answers lives only in this room; nothing here changes what a coder typed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

DASHES = re.compile("[\u2010-\u2015\u2212\u00ad\ufe58\ufe63\uff0d]")
SINGLE_QUOTES = re.compile("[\u2018\u2019\u201a\u201b\u2032\u00b4`]")
DOUBLE_QUOTES = re.compile("[\u201c-\u201f\u2033\u00ab\u00bb]")
SPACED_DASH = re.compile(" ?- ?")
WORD = re.compile(r"[\w']+")
NUMBER_WORDS = re.compile(
    r"^(?:recommendations?|recs?|numbers?|nos?|action|learning point|point|r)\b[\s.:#]*|^#\s*"
)
PRINTED = re.compile(r"(\d+(?:[.\-/]\d+)*)\s*\(?([a-z]|[ivx]{1,4})?\)?")
PAGE_SPAN = re.compile(r"(?:\bpp?\.?|\bpages?|\bpgs?\.?)\s*(\d{1,5})(?:\s*(?:-|to|and)\s*(\d{1,5}))?")
BARE_SPAN = re.compile(r"^(\d{1,5})(?:\s*(?:-|to|and)\s*(\d{1,5}))?(?![\d.])")


@lru_cache(maxsize=4096)
def normal_text(text: str) -> str:
    """Fold what people do not mean: Unicode form (NFKC), case, white space, kinds of dash and of quotation mark.

    Spaces around a dash go, so that "step - son" and "step-son" meet; words, digits and other punctuation stay.
    """
    if text.isascii():  # of what is folded below, ASCII has the one accent
        folded = text.lower().replace("`", "'")
    else:
        folded = unicodedata.normalize("NFKC", text).casefold()
        folded = DOUBLE_QUOTES.sub('"', SINGLE_QUOTES.sub("'", DASHES.sub("-", folded)))
    spaced = " ".join(folded.split())
    return SPACED_DASH.sub("-", spaced) if "-" in spaced else spaced


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a text after :func:`normal_text`, punctuation gone."""
    return tuple(WORD.findall(normal_text(text).replace("-", " ")))


def printed_number(text: str) -> str | None:
    """Read a printed number: "4.2", "4.2.", "Rec 4.2" and "Recommendation 4.2:" all give "4.2"; ``None`` where it is none."""
    rest = NUMBER_WORDS.sub("", normal_text(text)).strip(" .:;,()[]")
    found = PRINTED.fullmatch(rest)
    if not found:
        return None
    parts = [part.lstrip("0") or "0" for part in re.split(r"[.\-/]", found[1])]
    return ".".join(parts) + (found[2] or "")


def has_no_digit(text: str) -> bool:
    """Whether a text holds no figure at all: "unnumbered", "the third"."""
    return not any(letter.isdigit() for letter in text)


def page_span(text: str) -> tuple[int, int] | None:
    """Read the pages a text names: "p. 12", "12" and "Page 12, para 4.1" give (12, 12), "12-13" gives (12, 13)."""
    folded = normal_text(text)
    found = PAGE_SPAN.search(folded) or BARE_SPAN.search(folded)
    if not found:
        return None
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    if last < first and found[2]:  # "112-4" means 112 to 114
        last = int(found[1][: len(found[1]) - len(found[2])] + found[2])
    return (first, max(first, last))

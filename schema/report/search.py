"""Find in a report: every place where words stand one after the other, with what stands around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schema.report.layout import Page
from schema.report.wording import Wording, words_in

AROUND = 60  # characters
MOST_HITS = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """One place: the page, and the words with a little of what stands before and after."""

    page: Page
    before: str
    found: str
    after: str
    start: int
    end: int


def find(wording: Wording, query: str) -> tuple[Hit, ...]:
    """Find the words of a query in order; the last one may be the beginning of a longer word. At most 500 places.

    Case, kinds of dash and quotation mark, and breaks of lines make no difference.
    """
    folded = words_in(query)
    return tuple(_hits(wording, folded)) if folded else ()


def _hits(wording: Wording, folded: list[str]) -> Iterator[Hit]:
    sought, words = f" {' '.join(folded)}", wording.words
    at, count = wording.joined.find(sought), 0
    while at >= 0 and count < MOST_HITS:
        first = wording.position(at + 1)
        last = first + len(folded) - 1
        yield _hit(wording, words[first].page, words[first].start, words[last].page, words[last].end)
        count += 1
        at = wording.joined.find(sought, at + 1)


def _hit(wording: Wording, page: int, start: int, last_page: int, last_end: int) -> Hit:
    text = wording.texts[page]
    end = last_end if page == last_page else len(text)
    return Hit(
        wording.pages[page],
        _flat(text[max(0, start - AROUND) : start], cut_before=start > AROUND),
        " ".join(text[start:end].split()),
        _flat(text[end : end + AROUND], cut_after=end + AROUND < len(text)),
        start,
        end,
    )


def _flat(text: str, *, cut_before: bool = False, cut_after: bool = False) -> str:
    flat = " ".join(text.split())
    padded = (" " if text[:1].isspace() else "") + flat + (" " if text[-1:].isspace() and flat else "")
    return ("…" if cut_before else "") + padded + ("…" if cut_after else "")

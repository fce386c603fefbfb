"""The words of a report in order, as :func:`schema.coding.normalise.normal_text` folds them, each with its page and place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from schema.coding.normalise import normal_text
from schema.report.layout import Page

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
#: Begins where the word does, and gives no letter back: a run of letters without end is looked at once.
BROKEN = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,}+)[-\u00ad\u2010]\n\s*([^\W\d_]{2,})")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as folded, the position of its page among the pages, and its place in that page's text."""

    folded: str
    page: int
    start: int
    end: int


def words_in(text: str) -> list[str]:
    """The folded words of a text that a person typed or copied; a word broken at a line's end is whole again."""
    whole = BROKEN.sub(r"\1\2", text)
    return [normal_text(found.group()) for found in WORD.finditer(whole)]


@dataclass(frozen=True)
class Wording:
    """All words of a report's pages, one after the other."""

    pages: tuple[Page, ...]

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The text of each page."""
        return tuple(page.text for page in self.pages)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Every word, in order."""
        return tuple(word for at, text in enumerate(self.texts) for word in _words(at, text))

    @cached_property
    def joined(self) -> str:
        """All folded words with a space before and after each, so that whole words are found by a plain search."""
        return " " + "".join(f"{word.folded} " for word in self.words)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 1
        for word in self.words:
            starts.append(at)
            at += len(word.folded) + 1
        return starts

    def find(self, folded: Sequence[str], after: int = 0) -> int | None:
        """The position among all words where these stand one after the other, at or after ``after``; None where nowhere."""
        if not folded or after >= len(self.words):
            return None
        at = self.joined.find(f" {' '.join(folded)} ", self._starts[after] - 1)
        return None if at < 0 else self.position(at + 1)

    def position(self, at: int) -> int:
        """The position among all words of the one that begins at or before a place in ``joined``."""
        return bisect_right(self._starts, at) - 1

    def every(self, folded: Sequence[str]) -> Iterator[int]:
        """Every such position."""
        at = self.find(folded)
        while at is not None:
            yield at
            at = self.find(folded, at + 1)

    def page_of(self, position: int) -> Page:
        """The page on which a word stands."""
        return self.pages[self.words[position].page]


def _words(page: int, text: str) -> Iterator[Word]:
    taken = -1
    for found in WORD.finditer(text):
        if found.start() < taken:
            continue
        broken = BROKEN.match(text, found.start())
        if broken:
            taken = broken.end()
            yield Word(normal_text(broken[1] + broken[2]), page, found.start(), broken.end())
        else:
            yield Word(normal_text(found.group()), page, found.start(), found.end())

"""Does a quotation stand in the report, and on the page that was named?

A quotation may leave words out ("…", "[…]") and put words in ("[the mother]"): what stands between such marks is looked
for part by part, in order. Words are compared as :func:`schema.coding.normalise.normal_text` folds them, so that case,
punctuation and breaks of lines make no difference. Parts that do not stand there word for word are looked for by runs of
three words; what is nearly the same is shown with the words that differ.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from schema.coding.normalise import normal_text, page_span
from schema.report.layout import Page, without_furniture
from schema.report.wording import Wording, words_in

#: Brackets within brackets are looked at one by one: those that never close are not followed to the end, again and again.
LEFT_OUT = re.compile(r"\[[^\[\]]*\]|…|\.\.\.+")
SEED = 3  # words that must stand together for a place to be looked at
NEAR = 0.8  # of the words; below it is another sentence
MOST_PLACES = 5
LONGEST = 2_000  # words of one quotation that are looked at
PAGE_PREFIX = re.compile(r"^(?:pp?\.?|pages?|pgs?\.?)\s*")


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of words: ``same`` in both, ``only_quote`` or ``only_report``."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a quotation.

    ``verdict``: found (on the page named, or no page was named), elsewhere (word for word, on another page), near (with
    small differences, on whichever page), absent, unread (the report has no text to look in). ``page``: where it stands.
    """

    verdict: str
    page: Page | None = None
    as_named: bool = True
    marked: tuple[Marked, ...] = ()


ABSENT = Checked("absent")
UNREAD = Checked("unread")


class Quotable:
    """A report that quotations are looked for in; what it works out is kept, so that one report serves many quotations."""

    def __init__(self, pages: Sequence[Page]) -> None:
        """Take the pages with their lines; running heads and feet are left aside, so that words go on over a page's end."""
        self.wording = Wording(without_furniture(pages))

    @cached_property
    def _seeds(self) -> dict[tuple[str, ...], list[int]]:
        found: dict[tuple[str, ...], list[int]] = {}
        folded = [word.folded for word in self.wording.words]
        for at in range(len(folded) - SEED + 1):
            found.setdefault(tuple(folded[at : at + SEED]), []).append(at)
        return found

    def check(self, quote: str, named: str = "") -> Checked:
        """Look for a quotation; ``named`` is the page as the coder wrote it ("12", "p. 41, 5.12", "12-13", "iv")."""
        parts = [words for part in LEFT_OUT.split(quote) if (words := words_in(part)[:LONGEST])]
        if not self.wording.words:
            return UNREAD
        if not parts:
            return ABSENT
        exact = self._exact(parts, named)
        return exact if exact else self._near(parts, named)

    def _exact(self, parts: Sequence[Sequence[str]], named: str) -> Checked | None:
        first: Checked | None = None
        for at in self.wording.every(parts[0]):
            if not self._goes_on(parts, at):
                continue
            page = self.wording.page_of(at)
            last = self.wording.page_of(at + len(parts[0]) - 1)
            if not named.strip() or is_named(named, page) or is_named(named, last):
                return Checked("found", page)
            first = first or Checked("elsewhere", page, as_named=False)
        return first

    def _goes_on(self, parts: Sequence[Sequence[str]], at: int) -> bool:
        after = at + len(parts[0])
        for part in parts[1:]:
            found = self.wording.find(part, after)
            if found is None or self.wording.words[found].page > self.wording.words[at].page + 1:
                return False
            after = found + len(part)
        return True

    def _near(self, parts: Sequence[Sequence[str]], named: str) -> Checked:
        found = [self._nearest(part, named) for part in parts]
        held = [one for one in found if one is not None]
        if len(held) < len(parts):
            return ABSENT
        page = held[0][0]
        marked = tuple(mark for at, (_, marks) in enumerate(held) for mark in _after_gap(at, marks))
        return Checked("near", page, not named.strip() or is_named(named, page), marked)

    def _nearest(self, part: Sequence[str], named: str) -> tuple[Page, tuple[Marked, ...]] | None:
        from rapidfuzz.distance import Indel

        words = self.wording.words
        places = Counter(
            place - at
            for at in range(len(part) - SEED + 1)
            for place in self._seeds.get(tuple(part[at : at + SEED]), [])
        )
        best: tuple[float, int, int] | None = None
        for start, _ in places.most_common(MOST_PLACES):
            first, window = self._window(start, len(part))
            likeness = Indel.normalized_similarity(part, window)
            on_page = bool(words) and is_named(named, self.wording.page_of(first))
            best = max(best or (0.0, 0, 0), (likeness + 0.01 * on_page, -first, len(window)))
        if best is None or best[0] < NEAR:
            return None
        first = -best[1]
        return self.wording.page_of(first), self._differences(part, first, best[2])

    def _window(self, start: int, length: int) -> tuple[int, list[str]]:
        first = max(0, start)
        return first, [word.folded for word in self.wording.words[first : start + length]]

    def _differences(self, part: Sequence[str], first: int, length: int) -> tuple[Marked, ...]:
        from rapidfuzz.distance import Indel

        window = [word.folded for word in self.wording.words[first : first + length]]
        marked: list[Marked] = []
        for step in Indel.opcodes(part, window):
            if step.tag == "equal":
                marked.append(Marked("same", " ".join(part[step.src_start : step.src_end])))
            elif step.tag == "delete":
                at = len(marked) - (bool(marked) and marked[-1].what == "only_report")
                marked.insert(at, Marked("only_quote", " ".join(part[step.src_start : step.src_end])))
            else:
                marked.append(Marked("only_report", " ".join(window[step.dest_start : step.dest_end])))
        return tuple(marked)


def _after_gap(at: int, marks: tuple[Marked, ...]) -> tuple[Marked, ...]:
    return (Marked("same", "…"), *marks) if at else marks


def is_named(named: str, page: Page) -> bool:
    """Whether what a coder wrote names this page, by the number printed on it or, where none is known, by its place."""
    folded = PAGE_PREFIX.sub("", normal_text(named)).strip()
    if folded == page.name.casefold():
        return True
    span = page_span(named)
    return span is not None and page.name.isdecimal() and span[0] <= int(page.name) <= span[1]


def best(checks: Sequence[Checked]) -> Checked:
    """The best of what became of a quotation in several reports of a case, the first of equals."""
    order = ("found", "elsewhere", "near", "absent", "unread")
    return min(checks, key=lambda one: (order.index(one.verdict), not one.as_named), default=UNREAD)


def page_named(pages: Sequence[Page], named: str) -> Page | None:
    """The first page that what a coder wrote names."""
    return next((page for page in pages if is_named(named, page)), None)

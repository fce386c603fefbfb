"""Finds the figures that a report states: "24/33 (73%)", "29 (88%)", "73% (24/33)", "24 of 33 (73%)" and the like.

A figure is a count with a percentage, a total, or both. Numbers in words and percentages that stand alone are not figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

CONTEXT = 140
LONGEST = 9
YEARS = range(1900, 2101)

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
WORD = r"[^\W\d_][\w’'\-]*"
WORDS = rf"(?: {WORD}){{0,4}}"
FEW_WORDS = rf"(?: {WORD}){{0,3}}"
OF = r"(?: ?/ ?| (?:out )?of(?: (?:the|all|these|those|our))* )"
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹*†‡"  # a footnote's sign between the total and what follows it
INTO_BRACKET = r" ?[(\[] ?"


def _percent(name: str) -> str:
    return rf"(?<![\w.,/])(?P<{name}>[0-9]{{1,3}}(?:\.[0-9]{{1,4}})?) ?(?:%|per ?cent\b)"


def _count(name: str) -> str:
    return rf"(?<![\w.,/\-–£$€])(?P<{name}>{NUMBER})"


def _total(name: str) -> str:
    return rf"(?P<{name}>{NUMBER})[{RAISED}]*(?![/\w]|\.[0-9]|-[0-9])"


SHAPES = (
    # 24/33 (73%); 24 of the 33 DHRs (73%); 22/33, 70%; 22/33 = 67%
    _count("n1")
    + OF
    + _total("t1")
    + rf"(?:{WORDS}{INTO_BRACKET}(?:or |i\.e\.,? |= ?)?| ?[,;:=–—] ?| (?:or )?)"
    + _percent("p1"),
    # 73% (24/33); 73% of DHRs (n = 24/33); 73%, 24 of 33
    _percent("p2")
    + rf"(?:{WORDS}{INTO_BRACKET}| ?[,;:=–—] ?)(?:[nN] ?= ?)?"
    + _count("n2")
    + OF
    + _total("t2"),
    # 29 (88%); 29 women (88%)
    _count("n3") + rf"{FEW_WORDS}{INTO_BRACKET}" + _percent("p3"),
    # 88% (n = 29); 88% (29)
    _percent("p4") + rf"{INTO_BRACKET}(?:[nN] ?= ?)?" + _count("n4") + r" ?[)\]]",
    # 24/33; 24 of 33
    _count("n5") + OF + _total("t5"),
)
FIGURE = re.compile(f"(?:{'|'.join(f'(?:{shape})' for shape in SHAPES)})(?: ?[)\\]])?")
ANY_PERCENT = re.compile(_percent("p"))
GAP = re.compile(r"\s+")
SENTENCE_END = re.compile(r"[.!?] |\n")


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure as a report states it. ``context``: the words around it; ``start``: where it begins in the text."""

    text: str
    count: int
    base: int | None = None
    percent: Decimal | None = None
    context: str = ""
    start: int = 0

    @property
    def places(self) -> int:
        """How many decimals the percentage is stated with."""
        exponent = self.percent.as_tuple().exponent if self.percent is not None else 0
        return -exponent if isinstance(exponent, int) else 0


def flowing(text: str) -> str:
    """One space for every gap, and one line for every paragraph, so that a line break cannot part a figure."""
    return GAP.sub(lambda found: "\n" if found.group().count("\n") > 1 else " ", text).strip()


def find_claims(text: str) -> Iterator[Claim]:
    """Every figure of a text that :func:`flowing` has smoothed, in order."""
    for found in FIGURE.finditer(text):
        parts = {name[0]: held for name, held in found.groupdict().items() if held is not None}
        if any(len(held) > LONGEST for held in parts.values()):
            continue
        count = _whole(parts["n"])
        base = _whole(parts["t"]) if "t" in parts else None
        percent = Decimal(parts["p"]) if "p" in parts else None
        if _is_something_else(count, base, percent):
            continue
        stated = found.group()
        if stated[-1] in ")]" and not set("([") & set(stated):
            stated = stated[:-1].rstrip()
        end = found.start() + len(stated)
        yield Claim(stated, count, base, percent, _context(text, found.start(), end), found.start())


def lone_percentages(text: str) -> int:
    """How many percentages stand in the text without a count beside them."""
    return sum(1 for _ in ANY_PERCENT.finditer(FIGURE.sub(" ", text)))


def _is_something_else(count: int, base: int | None, percent: Decimal | None) -> bool:
    """Whether it is no figure: "24/7" and "2017/18" count more than there are, "in 2018 (70%)" names a year."""
    if base is None:
        return count in YEARS
    return percent is None and count > base


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


def _context(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    ends = list(SENTENCE_END.finditer(before))
    before = before[ends[-1].end() :] if ends else before
    stop = SENTENCE_END.search(after)
    return (before + text[start:end] + (after[: stop.start() + 1] if stop else after)).strip()

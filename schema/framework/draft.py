"""Checks the figures of a report against the findings: does the arithmetic hold, and is there such a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import islice

from schema.framework.claims import Claim, find_claims, flowing, lone_percentages
from schema.framework.figures import Evaluation, Line, TableResult
from schema.framework.percent import half_up, percent, percent_text
from schema.limits import DRAFT_FIGURES

RIGHT, WRONG, UNKNOWN, PROBABLE, ELSEWHERE = "right", "wrong", "unknown", "probable", "elsewhere"
"""Right: it holds and exists. Wrong: it does not hold. Unknown: no such figure. Probable: right without a footnote's digits.
Elsewhere: it holds and exists, but under other words than those of the sentence, which fit another figure."""
NEAREST = 3
MOST_FOOTNOTE_DIGITS = 2
ALIKE = 0.3
"""The share of a figure's words that a sentence must hold to be about it, where no figure with these numbers shares any."""
CONTENT_WORD = re.compile(r"[^\W\d_]{4,}")
NOT_THESE_WORDS = "The findings have this figure, but not for the words of this sentence."
LARGER, REST = "of the larger category", "all but these"


@dataclass(frozen=True)
class Known:
    """A figure of the findings. ``how``: empty for the line itself, else what it is of the line."""

    table: TableResult
    line: Line
    count: int
    base: int | None
    how: str = ""

    @cached_property
    def words(self) -> frozenset[str]:
        """The words by which a sentence would name it."""
        return _content(f"{self.table.title} {self.line.heading} {self.line.label}")

    def text(self, places: int) -> str:
        """The figure as it would be printed."""
        if self.base is None:
            return str(self.count)
        return f"{self.count}/{self.base} ({percent_text(self.count, self.base, places)})"

    def label(self) -> str:
        """Where it stands: table, heading, line."""
        parts = (self.table.title, self.line.heading, self.line.label, self.how)
        return ": ".join(part for part in parts if part)


@dataclass(frozen=True)
class Checked:
    """One figure of a report with what is to be said about it.

    ``reading``: the figure without a footnote's digits, where that is probably meant. ``matches``: figures of the
    findings that are the same, the likeliest first; ``nearest``: those closest to it where none is.
    """

    claim: Claim
    verdict: str
    sayings: tuple[str, ...]
    matches: tuple[Known, ...] = ()
    nearest: tuple[Known, ...] = ()
    reading: Claim | None = None


@dataclass(frozen=True)
class DraftCheck:
    """A whole report. ``alone``: percentages without a count, which are not checked. ``cut``: whether figures were left."""

    checked: tuple[Checked, ...]
    alone: int
    cut: bool

    def number(self, verdict: str) -> int:
        """How many figures have the verdict."""
        return sum(one.verdict == verdict for one in self.checked)


def check_draft(text: str, evaluation: Evaluation) -> DraftCheck:
    """Check every figure of a text, at most :data:`DRAFT_FIGURES`."""
    smooth = flowing(text)
    known = tuple(known_figures(evaluation))
    claims = list(islice(find_claims(smooth), DRAFT_FIGURES + 1))
    checked = tuple(check_claim(claim, known) for claim in claims[:DRAFT_FIGURES])
    return DraftCheck(checked, lone_percentages(smooth), len(claims) > DRAFT_FIGURES)


def known_figures(evaluation: Evaluation) -> Iterator[Known]:
    """Every figure of the findings: its lines, their parts of a larger category, and what is left beside a line."""
    for table in evaluation.tables:
        for line in table.lines:
            if line.count is None:
                continue
            yield Known(table, line, line.count, line.base)
            if line.within:
                yield Known(table, line, *line.within, how=LARGER)
            if line.base is not None:
                yield Known(table, line, line.base - line.count, line.base, how=REST)


def check_claim(claim: Claim, known: Sequence[Known]) -> Checked:
    """Say what there is to say about one figure."""
    matches = _matches(claim, known)
    if holds(claim) is not False and matches:
        return _found(claim, matches, known)
    readings = [reading for reading in without_footnote(claim) if holds(reading) is not False]
    for reading in readings:
        if found := _matches(reading, known):
            return Checked(claim, PROBABLE, (_footnote(claim, reading),), found, reading=reading)
    if holds(claim) is False:
        if readings:
            reading = readings[0]
            sayings = (_footnote(claim, reading), "The findings have no such figure.")
            return Checked(claim, PROBABLE, sayings, (), _nearest(reading, known), reading)
        return Checked(claim, WRONG, tuple(_wrong(claim)), matches, () if matches else _nearest(claim, known))
    return Checked(claim, UNKNOWN, ("The findings have no such figure.",), (), _nearest(claim, known))


def _found(claim: Claim, matches: tuple[Known, ...], known: Sequence[Known]) -> Checked:
    """The numbers are in order; say so unless the words of the sentence fit another figure alone."""
    words = _content(claim.context)
    alike = [one for one in _nearest(claim, known) if _likeness(words, one) >= ALIKE]
    if alike and not any(_likeness(words, one) for one in matches):
        return Checked(claim, ELSEWHERE, (NOT_THESE_WORDS,), matches, tuple(alike))
    return Checked(claim, RIGHT, (), matches)


def holds(claim: Claim) -> bool | None:
    """Whether the percentage is the count over the total, rounded half up; ``None`` where one of them is not stated."""
    if claim.percent is None or claim.base is None:
        return None
    return claim.count <= claim.base and percent(claim.count, claim.base, claim.places) == claim.percent


def without_footnote(claim: Claim) -> Iterator[Claim]:
    """The claim as it may have been meant: the last digit or two of its total (or lone count) are a footnote's number."""
    if claim.base is None:
        for shorter in _shorter(claim.count):
            yield replace(claim, count=shorter)
        return
    for shorter in _shorter(claim.base):
        if shorter >= claim.count:
            yield replace(claim, base=shorter)


def counts_giving(claim: Claim) -> range:
    """The counts whose percentage of the claim's total is the percentage stated."""
    assert claim.base is not None
    assert claim.percent is not None
    # Half up: the percentage p with d decimals stands for all shares from p - h up to, but not including, p + h.
    half = Fraction(1, 2 * 10**claim.places)
    low = (Fraction(claim.percent) - half) * claim.base / 100
    high = (Fraction(claim.percent) + half) * claim.base / 100
    return range(max(0, -(-low.numerator // low.denominator)), -(-high.numerator // high.denominator))


def _shorter(number: int) -> Iterator[int]:
    for digits in range(1, MOST_FOOTNOTE_DIGITS + 1):
        if number >= 10**digits:
            yield number // 10**digits


def _matches(claim: Claim, known: Sequence[Known]) -> tuple[Known, ...]:
    words = _content(claim.context)
    # What is left beside a line is a figure only where the sentence speaks of it: nearly every number is the rest of some line.
    found = [one for one in known if _same(claim, one) and (one.how != REST or _likeness(words, one))]
    return tuple(sorted(found, key=lambda one: (one.how == REST, -_likeness(words, one), one.how)))


def _same(claim: Claim, one: Known) -> bool:
    if claim.count != one.count:
        return False
    if claim.base is not None:
        return claim.base == one.base
    return one.base is not None and percent(one.count, one.base, claim.places) == claim.percent


def _nearest(claim: Claim, known: Sequence[Known]) -> tuple[Known, ...]:
    words = _content(claim.context)
    own = [one for one in known if one.how != REST and one.base is not None]
    return tuple(sorted(own, key=lambda one: _distance(claim, one) - _likeness(words, one))[:NEAREST])


def _distance(claim: Claim, one: Known) -> float:
    """How far a figure is: its count and its total as parts of the total, or its percentage where there is no total."""
    base = one.base or 1
    if claim.base is not None:
        scale = max(claim.base, 1)
        return abs(claim.count - one.count) / scale + abs(claim.base - base) / scale
    stated = float(claim.percent or 0) / 100
    return abs(claim.count - one.count) / base + abs(stated - one.count / base)


def _likeness(words: frozenset[str], one: Known) -> float:
    """The share of the figure's own words that stand in the sentence, 0 to 1."""
    return len(words & one.words) / len(one.words) if one.words else 0.0


def _content(text: str) -> frozenset[str]:
    return frozenset(word.casefold().removesuffix("s") for word in CONTENT_WORD.findall(text))


def _footnote(claim: Claim, reading: Claim) -> str:
    whole, short = (claim.count, reading.count) if claim.base is None else (claim.base, reading.base)
    digits = str(whole)[len(str(short)) :]
    figure = str(reading.count) if reading.base is None else f"{reading.count}/{reading.base}"
    return f"Probably {figure}, with footnote {digits} stuck to it."


def _wrong(claim: Claim) -> Iterator[str]:
    assert claim.base is not None
    assert claim.percent is not None
    figure, stated = f"{claim.count}/{claim.base}", f"{claim.percent}%"
    if claim.count > claim.base:
        yield f"{figure} counts more than there are."
        return
    if claim.base == 0:
        yield f"{figure} has no percentage: there is nothing to divide by."
        return
    exact = Fraction(100 * claim.count, claim.base)
    yield f"{figure} is {half_up(exact, claim.places)}%{_more_exact(exact, claim.places)}, not {stated}."
    giving = counts_giving(claim)
    if giving:
        several = f"{giving[0]} to {giving[-1]}" if len(giving) > 1 else str(giving[0])
        yield f"{stated} of {claim.base} would be {several}."
    else:
        yield f"No count out of {claim.base} gives {stated}."


def _more_exact(exact: Fraction, places: int) -> str:
    finer: Decimal = half_up(exact, places + 2)
    return "" if finer == half_up(exact, places) else f" ({finer.normalize():f}%)"

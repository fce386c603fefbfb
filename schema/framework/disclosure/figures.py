"""The figures of a release: what is printed, with a mark where a number is withheld. Page and files are drawn from this alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from schema.framework.grid import Grid, arranged
from schema.framework.model import Crossing
from schema.framework.percent import NOT_AVAILABLE, percent_text

WITHHELD = "[c]"
"""Confidential: the same mark for every number that is withheld, whether it is small itself or protects another."""
Figure = int | str | None


@dataclass(frozen=True, slots=True)
class ReleasedLine:
    """One line. Each number is a count, ``WITHHELD``, or ``None`` where the line has none; ``value`` is a mean, as text.

    ``crossing``: its place, where it stands in a cross-table; none in a release that was made before these were shared.
    """

    key: str
    heading: str
    label: str
    unit: str
    note: str = ""
    count: Figure = None
    base: Figure = None
    missing: Figure = None
    within: Figure = None
    within_base: Figure = None
    within_label: str = ""
    value: str | None = None
    crossing: Crossing | None = None

    @property
    def withheld(self) -> int:
        """How many of its numbers are withheld."""
        told = (self.count, self.base, self.missing, self.within, self.within_base, self.value)
        return sum(number == WITHHELD for number in told)

    def number(self) -> str:
        """The figure without its percentage: ``24/33``, ``[c]/33``, ``43``, ``7.4 (N = 40)``."""
        if self.value is not None:
            return f"{self.value} (N = {self.base})"
        return str(self.count) if self.base is None else f"{self.count}/{self.base}"

    def percent(self, places: int) -> str:
        """The percentage where both numbers are told: from one of them it would tell the other."""
        return _percent(self.count, self.base, places)

    def printed(self, places: int) -> str:
        """The figure with its percentage, where it has one: ``24/33 (73%)``, ``[c]/33 ([c])``."""
        percent = self.percent(places)
        return f"{self.number()} ({percent})" if percent else self.number()

    def within_number(self) -> str:
        """How many of the larger category, without the percentage; empty where there is none."""
        return "" if self.within is None else f"{self.within}/{self.within_base}"

    def within_percent(self, places: int) -> str:
        """The percentage within the larger category, where both numbers are told."""
        return _percent(self.within, self.within_base, places)


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """One table."""

    key: str
    title: str
    unit_label: str
    note: str
    lines: tuple[ReleasedLine, ...]

    def grids(self) -> Iterator[Grid[ReleasedLine]]:
        """Its cross-tables."""
        return arranged((line.key, line.crossing, line) for line in self.lines if line.crossing)


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a release tells: how many cases it counts, by which rule, and its tables."""

    framework: str
    title: str
    places: int
    threshold: int
    zeros: bool
    cases: int
    tables: tuple[ReleasedTable, ...]

    @property
    def told(self) -> int:
        """How many numbers are printed."""
        return sum(_numbers(line) - line.withheld for table in self.tables for line in table.lines)

    @property
    def withheld(self) -> int:
        """How many numbers are withheld."""
        return sum(line.withheld for table in self.tables for line in table.lines)

    def to_json(self) -> str:
        """Canonical JSON: the same figures, the same text."""
        return _canonical(asdict(self))

    @property
    def content_hash(self) -> str:
        """SHA-256 of what is printed, and of nothing that is withheld; how it is arranged in cross-tables does not count."""
        lines = (replace(table, lines=tuple(_placeless(table))) for table in self.tables)
        return sha256(_canonical(asdict(replace(self, tables=tuple(lines)))).encode()).hexdigest()


def read_figures(text: str) -> Figures:
    """Read :meth:`Figures.to_json` back."""
    held: Mapping[str, Any] = json.loads(text)
    tables = tuple(
        replace(ReleasedTable(**{**table, "lines": ()}), lines=tuple(map(_line, table["lines"])))
        for table in held["tables"]
    )
    return Figures(**{**held, "tables": tables})


def _line(held: Mapping[str, Any]) -> ReleasedLine:
    crossing = held.get("crossing")
    return ReleasedLine(**{**held, "crossing": Crossing(**crossing) if crossing else None})


def _placeless(table: ReleasedTable) -> Iterator[ReleasedLine]:
    return (replace(line, crossing=None) for line in table.lines)


def _canonical(held: dict[str, Any]) -> str:
    """JSON; a line that stands in no cross-table is written as it was before there were any in a release."""
    for table in held["tables"]:
        for line in table["lines"]:
            if line["crossing"] is None:
                del line["crossing"]
    return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _numbers(line: ReleasedLine) -> int:
    told = (line.count, line.base, line.missing, line.within, line.within_base, line.value)
    return sum(number is not None for number in told)


def _percent(count: Figure, base: Figure, places: int) -> str:
    if count is None or base is None:
        return ""
    if not isinstance(count, int) or not isinstance(base, int):
        return WITHHELD
    return NOT_AVAILABLE if base == 0 else percent_text(count, base, places)

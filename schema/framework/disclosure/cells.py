"""Counts as sets of units, and the sums among them: what somebody who reads the figures can reckon with.

Two figures that count the same units are one cell, in whichever table they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from schema.framework.disclosure.rule import Rule
from schema.framework.figures import Source

COUNT, BASE, MISSING, WITHIN, WITHIN_BASE = "count", "base", "missing", "within", "within_base"


class Place(NamedTuple):
    """Where a number is printed: table, line, and which number of the line."""

    table: str
    line: str
    part: str


class Cell(NamedTuple):
    """A count: the set of its units as bits.

    ``layer`` and ``name`` matter where zeros are protected alone: nobody may then know that a count fills its total or that two
    counts are both 0, so ``layer`` tells a count from the total that it fills, and ``name`` one 0, or what it leaves, from another.
    """

    units: int
    layer: int = 0
    name: str = ""

    @property
    def value(self) -> int:
        """How many units."""
        return self.units.bit_count()

    def among(self, units: int, name: str) -> Cell:
        """The part of the count that lies among the units; a 0 is named after where it stands."""
        both = self.units & units
        if both == self.units and both:
            return self
        return Cell(
            both,
            self.layer,
            f"{name}:{self.units:x}:{self.layer}:{self.name}" if self.layer or not both else "",
        )


@dataclass
class Numbering:
    """Gives every unit a bit: a case in one version of its extract, and the row (empty: the case as a whole)."""

    bits: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def bit(self, case: str, version: str, row: str = "") -> int:
        """The bit of a unit, a new one where it was not met before."""
        return 1 << self.bits.setdefault((case, version, row), len(self.bits))

    def units(self, sources: Iterable[Source], versions: Mapping[str, str]) -> int:
        """The set of some sources."""
        held = 0
        for source in sources:
            held |= self.bit(source.case, versions[source.case], source.row)
        return held

    def cases(self, units: int) -> set[str]:
        """The cases that some units belong to, in whichever version."""
        return {unit[0] for unit, number in self.bits.items() if units >> number & 1}


@dataclass
class Tabulation:
    """The counts of one release and how they hang together.

    ``units`` are all bits that it is made of; ``printed``: the cell of each place; ``implied``: cells that are printed nowhere and
    that a reader works out with one subtraction, and which are therefore protected too (N - n, the rest of a list);
    ``sums``: a whole and its parts; ``public``: known to everybody (how many cases were counted); ``lists``: places that
    share a total and add up to it; ``means``: the places of the bases of means.
    """

    rule: Rule
    units: int = 0
    printed: dict[Place, Cell] = field(default_factory=dict)
    implied: set[Cell] = field(default_factory=set)
    sums: list[tuple[Cell, tuple[Cell, ...]]] = field(default_factory=list)
    public: set[Cell] = field(default_factory=set)
    lists: list[tuple[Place, ...]] = field(default_factory=list)
    means: set[Place] = field(default_factory=set)

    def cell(self, units: int, name: str = "", layer: int = 0) -> Cell | None:
        """The cell of a set; nothing for a 0 that need not be protected, which everybody may know."""
        if units:
            return Cell(units, layer if self.rule.zeros else 0)
        return Cell(0, 0, name) if name and self.rule.zeros else None

    def add_up(self, whole: Cell | None, *parts: Cell | None) -> None:
        """Note that a whole is the sum of its parts."""
        held = tuple(part for part in parts if part is not None)
        if whole is not None and held != (whole,):
            self.sums.append((whole, held))

    def protected(self) -> set[Cell]:
        """All cells that are too small to be told."""
        told = {cell for cell in (*self.printed.values(), *self.implied) if self.rule.protects(cell.value)}
        return told - self.public

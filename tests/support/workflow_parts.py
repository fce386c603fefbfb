"""The parts of the model in ``workflow``: an entry, what was frozen of it, and a comparison of two."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ASKED = ("area", "death_year")
DECIDING = ("resolving", "resolved")

Lone = tuple[str, int]
"""A recommendation that stands alone: side (a, b) and number."""
Key = Lone | str
"""What can be decided: a question by its key, or a lone recommendation."""


@dataclass
class EntryModel:
    """One coder's entry. ``log`` holds the paths of each save; ``rows`` the recommendations there are, ``ever`` there have been."""

    coder: str
    serial: int
    slot: int
    state: str = "not_started"
    values: dict[str, Any] = field(default_factory=dict)
    begun: bool = False
    rows: set[int] = field(default_factory=set)
    ever: set[int] = field(default_factory=set)
    log: list[set[str]] = field(default_factory=list)

    @property
    def missing(self) -> set[str]:
        """What stands in the way of submitting."""
        return {
            path
            for path, there in {"report.area": self.values.get("area"), "victims": self.begun}.items()
            if not there
        }

    def keep(self, *paths: str) -> None:
        """One accepted save."""
        self.log.append(set(paths))
        self.state = "in_progress"


@dataclass(frozen=True)
class Side:
    """A frozen entry: what was submitted."""

    serial: int
    values: dict[str, Any]
    rows: frozenset[int]


@dataclass
class ComparisonModel:
    """Two frozen entries side by side. ``touched``: what was decided or undone in this comparison."""

    a: Side
    b: Side
    linked: set[int]
    state: str = "open"
    decided: dict[Key, Any] = field(default_factory=dict)
    touched: set[Key] = field(default_factory=set)
    accepted: bool = False

    @property
    def lone(self) -> set[Lone]:
        """The recommendations that stand alone."""
        return {
            (side, number)
            for side, held in (("a", self.a), ("b", self.b))
            for number in held.rows - self.linked
        }

    @property
    def differing(self) -> set[Key]:
        """What a person must settle."""
        return {key for key in ASKED if self.a.values.get(key) != self.b.values.get(key)} | self.lone

    @property
    def undecided(self) -> set[Key]:
        """Of that, what is still open."""
        return self.differing - set(self.decided)

    def count(self) -> None:
        """Resolved means that nothing is undecided."""
        if self.state in DECIDING:
            self.state = "resolving" if self.undecided else "resolved"

    def consensus(self) -> tuple[dict[str, Any], list[int]]:
        """The values and the numbers of the recommendations that the decisions give."""
        agreed = {key: self.a.values.get(key) for key in ASKED if key not in self.differing}
        chosen = agreed | {key: self.decided[key] for key in ASKED if key in self.decided}
        kept = [key[1] for key in self.lone if self.decided.get(key) == "keep_row"]
        return {key: value for key, value in chosen.items() if value is not None}, sorted(
            [*self.linked, *kept]
        )


def row_id(serial: int, number: int) -> str:
    """The id of a recommendation's row: no two entries share one."""
    return f"r{number}e{serial}"

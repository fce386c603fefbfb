"""Conditions over many units at once, three-valued: what is missing is neither true nor false.

Kleene's strong logic (Kleene 1952, *Introduction to Metamathematics*, §64): ``all`` is false as soon as one part is,
``any`` is true as soon as one part is, and otherwise an unknown part makes the whole unknown.

Units are numbered, and a set of them is an integer whose bit ``n`` stands for unit ``n``. So one operation on two integers judges
all units of a chunk of cases, and a condition is walked once for a chunk and not once for each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from schema.template.conditions import All, Any, Condition, Not, Test

ZERO_AND_ONE = bytes.maketrans(b"01", b"\x00\x01")


class Held(NamedTuple):
    """Of which units something holds: those of which it is ``known``, and the ``possible``: these, and those of which it cannot be known."""

    known: int
    possible: int

    @property
    def unknown(self) -> int:
        """The units of which it cannot be known."""
        return self.possible & ~self.known

    def any_in(self, sets: Iterable[int]) -> list[int | None]:
        """For each set of units whether it holds of any of them: 1, 0, or ``None`` where that cannot be known."""
        known, possible = self
        return [1 if known & units else None if possible & units else 0 for units in sets]

    def count_in(self, sets: Iterable[int]) -> list[int]:
        """For each set of units of how many of them it is known to hold."""
        return [(self.known & units).bit_count() for units in sets]


class Answers(Protocol):
    """Units whose answers conditions read."""

    @property
    def every(self) -> int:
        """All units."""

    def tested(self, test: Test) -> Held:
        """Of which units a test holds."""


def held(condition: Condition | None, units: Answers) -> Held:
    """Say of which units a condition holds. No condition always holds."""
    match condition:
        case None:
            return Held(units.every, units.every)
        case Test():
            return units.tested(condition)
        case Not(part):
            return opposite(held(part, units), units.every)
        case All(parts):
            return all_of((held(part, units) for part in parts), units.every)
        case Any(parts):
            return any_of(held(part, units) for part in parts)


def opposite(part: Held, every: int) -> Held:
    """What is known to fail holds; what is unknown stays so."""
    return Held(every & ~part.possible, every & ~part.known)


def all_of(parts: Iterable[Held], every: int) -> Held:
    """Fails where one part fails, is unknown where one is unknown, else holds."""
    known = possible = every
    for part in parts:
        known &= part.known
        possible &= part.possible
    return Held(known, possible)


def any_of(parts: Iterable[Held]) -> Held:
    """Holds where one part holds, is unknown where one is unknown, else fails."""
    known = possible = 0
    for part in parts:
        known |= part.known
        possible |= part.possible
    return Held(known, possible)


def flags(units: int) -> bytes:
    """For each unit 1 where it is among them, else 0."""
    return f"{units:b}".encode()[::-1].translate(ZERO_AND_ONE)

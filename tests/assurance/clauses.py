"""What a list of requirements asks, and what Tandem answers: the words in which the tables of clauses are written.

A clause is answered by promises (their keys in ``tests/assurance/promises.py``, each held by tests) and by pages of documentation
(``signing-in.md#passwords``, below ``docs/``). What is asked is said in our own words, short enough to be found again in the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """How far Tandem does what a clause asks."""

    HELD = "held"
    PARTLY = "partly held"
    OPERATOR = "for whoever runs it"
    NOT_HELD = "not held"
    NOT_APPLICABLE = "does not apply"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. ``level``: of ASVS, from which on it is asked; 0 where a list has no levels. ``says``: what is lacking, or why."""

    number: str
    level: int
    asks: str
    answer: Answer
    by: tuple[str, ...] = ()
    says: str = ""

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages of documentation among ``by``."""
        return tuple(one for one in self.by if ".md" in one)

    @property
    def promises(self) -> tuple[str, ...]:
        """The keys of promises among ``by``."""
        return tuple(one for one in self.by if ".md" not in one)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of a list of requirements."""

    name: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """A list of requirements. ``source``: which edition was read, and what of it is answered here."""

    name: str
    source: str
    chapters: tuple[Chapter, ...]


def held(number: str, level: int, asks: str, *by: str) -> Clause:
    """A clause that is held, by promises and pages."""
    return Clause(number, level, asks, Answer.HELD, by)


def partly(number: str, level: int, asks: str, *by: str, lacks: str) -> Clause:
    """A clause of which a part is held; ``lacks``: what is not, and what to do about it."""
    return Clause(number, level, asks, Answer.PARTLY, by, lacks)


def operator(number: str, level: int, asks: str, *by: str, does: str) -> Clause:
    """A clause that whoever runs an installation meets; ``does``: what they do, and what Tandem gives them for it."""
    return Clause(number, level, asks, Answer.OPERATOR, by, does)


def not_held(number: str, level: int, asks: str, *, why: str) -> Clause:
    """A clause that is not held; ``why``, and what stands in for it."""
    return Clause(number, level, asks, Answer.NOT_HELD, (), why)


def not_applicable(number: str, level: int, asks: str, *by: str, why: str) -> Clause:
    """A clause about something that Tandem does not have; promises may show that it has not."""
    return Clause(number, level, asks, Answer.NOT_APPLICABLE, by, why)

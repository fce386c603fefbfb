"""Conditions: a closed vocabulary, never an evaluator.

``{field: x, equals: v}``, ``{field: x, in: [v, w]}``, ``{field: x, contains: v}`` (choices), ``{field: x, answered: true}``,
``{field: x, missing: true}``, ``{field: x, below: n}`` / ``{field: x, above: n}`` (rules only), ``{all: […]}``, ``{any: […]}``, ``{not: …}``.
A name without a dot means a field of the same section or row; ``section.key`` means a field of a plain section.
Two-valued: a blank field equals nothing, is in nothing, is neither answered nor missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schema.template.value import Missing, Value, is_answer

Lookup = Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class Test:
    """One test of one field. ``operator``: equals, in, contains, answered, missing, below, above."""

    __test__ = False

    field: str
    operator: str
    operand: tuple[str | float, ...] = ()

    def holds(self, lookup: Lookup) -> bool:
        """Whether the test holds for the value that ``lookup(field)`` gives."""
        return _TESTS[self.operator](lookup(self.field), self.operand)

    def tests(self) -> Iterator[Test]:
        """The tests that the condition is made of."""
        yield self

    def names(self) -> Iterator[str]:
        """The fields that the condition reads."""
        yield self.field


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def holds(self, lookup: Lookup) -> bool:
        """Whether all parts hold."""
        return all(part.holds(lookup) for part in self.parts)

    def tests(self) -> Iterator[Test]:
        """The tests that the condition is made of."""
        for part in self.parts:
            yield from part.tests()

    def names(self) -> Iterator[str]:
        """The fields that the condition reads."""
        return (test.field for test in self.tests())


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def holds(self, lookup: Lookup) -> bool:
        """Whether any part holds."""
        return any(part.holds(lookup) for part in self.parts)

    def tests(self) -> Iterator[Test]:
        """The tests that the condition is made of."""
        for part in self.parts:
            yield from part.tests()

    def names(self) -> Iterator[str]:
        """The fields that the condition reads."""
        return (test.field for test in self.tests())


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition

    def holds(self, lookup: Lookup) -> bool:
        """Whether the part fails."""
        return not self.part.holds(lookup)

    def tests(self) -> Iterator[Test]:
        """The tests that the condition is made of."""
        return self.part.tests()

    def names(self) -> Iterator[str]:
        """The fields that the condition reads."""
        return (test.field for test in self.tests())


Condition = Test | All | Any | Not


def _is_in(value: Value, operand: tuple[str | float, ...]) -> bool:
    return isinstance(value, str | int | float) and value in operand


def _contains(value: Value, operand: tuple[str | float, ...]) -> bool:
    return isinstance(value, tuple) and operand[0] in value


def _below(value: Value, operand: tuple[str | float, ...]) -> bool:
    return isinstance(value, int | float) and value < float(operand[0])


def _above(value: Value, operand: tuple[str | float, ...]) -> bool:
    return isinstance(value, int | float) and value > float(operand[0])


_TESTS: dict[str, Callable[[Value, tuple[str | float, ...]], bool]] = {
    "equals": _is_in,
    "in": _is_in,
    "contains": _contains,
    "answered": lambda value, _: is_answer(value),
    "missing": lambda value, _: isinstance(value, Missing),
    "below": _below,
    "above": _above,
}
OPERATORS = frozenset(_TESTS)

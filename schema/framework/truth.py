"""Conditions over answers, three-valued: what is missing is neither true nor false.

Kleene's strong logic (Kleene 1952, *Introduction to Metamathematics*, §64): ``all`` is false as soon as one part is,
``any`` is true as soon as one part is, and otherwise an unknown part makes the whole unknown (``None``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from schema.template.conditions import All, Any, Condition, Lookup, Not, Test
from schema.template.value import Missing, is_answer

Truth = bool | None
ASKS_ABOUT_MISSING = frozenset({"answered", "missing"})


def truth(condition: Condition | None, lookup: Lookup, none: Collection[str] = ()) -> Truth:
    """Say whether a condition holds, fails, or cannot be known (``None``). No condition always holds.

    ``none``: missing codes that say "none of them": with them ``contains`` fails rather than being unknown.
    """
    match condition:
        case None:
            return True
        case Test():
            return _test(condition, lookup, none)
        case Not(part):
            held = truth(part, lookup, none)
            return None if held is None else not held
        case All(parts):
            return all_of(truth(part, lookup, none) for part in parts)
        case Any(parts):
            return any_of(truth(part, lookup, none) for part in parts)


def all_of(parts: Iterable[Truth]) -> Truth:
    """False where one part is false, unknown where one is unknown, else true."""
    unknown = False
    for part in parts:
        if part is False:
            return False
        unknown = unknown or part is None
    return None if unknown else True


def any_of(parts: Iterable[Truth]) -> Truth:
    """True where one part is true, unknown where one is unknown, else false."""
    unknown = False
    for part in parts:
        if part is True:
            return True
        unknown = unknown or part is None
    return None if unknown else False


def _test(test: Test, lookup: Lookup, none: Collection[str]) -> Truth:
    value = lookup(test.field)
    if test.operator in ASKS_ABOUT_MISSING or is_answer(value):
        return test.holds(lambda _: value)
    if test.operator == "contains" and isinstance(value, Missing) and value.code in none:
        return False
    return None

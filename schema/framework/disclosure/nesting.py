"""Which indicators lie within which by their declaration: whoever knows the framework knows that one cannot exceed the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from schema.framework.model import Framework, Indicator
from schema.template.conditions import All, Any, Condition, Test

VALUES = ("equals", "in")


def nested(framework: Framework) -> Iterator[tuple[str, str]]:
    """Pairs of indicator keys (narrower, wider): where the first is 1, the second is 1 as well.

    Found from the conditions as they are written, so it is never wrong, but does not find every pair.
    """
    held = [indicator for indicator in framework.indicators if not indicator.counts]
    for narrow, wide in permutations(held, 2):
        if _looks_within(framework, narrow, wide) and _implies(narrow, wide):
            yield narrow.key, wide.key


def _looks_within(framework: Framework, narrow: Indicator, wide: Indicator) -> bool:
    """Whether the rows that the first looks at are among those that the second looks at."""
    if not (narrow.group and wide.group):
        return narrow.group == wide.group
    return set(framework.groups_of(narrow.group)) <= set(framework.groups_of(wide.group))


def _implies(narrow: Indicator, wide: Indicator) -> bool:
    own = tuple(_parts(narrow.where))
    return all(any(_tighter(part, wanted) for part in own) for wanted in _parts(wide.where))


def _parts(condition: Condition | None) -> Iterator[Condition]:
    match condition:
        case None:
            return
        case All(parts):
            for part in parts:
                yield from _parts(part)
        case _:
            yield condition


def _tighter(one: Condition, other: Condition) -> bool:
    """Whether ``one`` cannot hold without ``other``."""
    if one == other:
        return True
    first, second = _alternatives(one), _alternatives(other)
    return bool(first) and bool(second) and first <= second


def _alternatives(condition: Condition) -> frozenset[tuple[str, str, object]]:
    """The values of one field of which one suffices; nothing for any other kind of condition."""
    match condition:
        case Test(field, operator, operand) if operator in VALUES:
            return frozenset((field, "is", value) for value in operand)
        case Test(field, "contains", operand) if len(operand) == 1:
            return frozenset({(field, "contains", operand[0])})
        case Any(parts):
            held = [_alternatives(part) for part in parts]
            return frozenset().union(*held) if all(held) else frozenset()
    return frozenset()

"""The answers of all units to one question, indexed: which units gave which answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from schema.framework.truth import Held
from schema.template.conditions import Test
from schema.template.value import Missing, Value, is_answer

ASKS_ABOUT_MISSING = frozenset({"answered", "missing"})


class Column:
    """One question. Unit ``n`` gave ``values[n]``; sets of units are integers (see :mod:`schema.framework.truth`)."""

    def __init__(self, values: Sequence[Value]) -> None:
        """Note for each distinct value the units that gave it."""
        self.values = values
        self.every = (1 << len(values)) - 1
        self.by_value: dict[Value, int] = defaultdict(int)
        bit = 1
        for value in values:
            self.by_value[value] |= bit
            bit <<= 1

    @cached_property
    def answers(self) -> int:
        """Units with a real answer."""
        return union(units for value, units in self.by_value.items() if is_answer(value))

    @cached_property
    def _ticked(self) -> Mapping[str, int]:
        found: dict[str, int] = defaultdict(int)
        for value, units in self.by_value.items():
            for code in value if isinstance(value, tuple) else ():
                found[code] |= units
        return found

    def ticking(self, code: str | float) -> int:
        """Units that ticked a code, alone or among others, where several may be ticked."""
        return self._ticked.get(code, 0) if isinstance(code, str) else 0

    def saying(self, codes: Iterable[str | float]) -> int:
        """Units whose one answer is any of the codes."""
        return union(self.by_value.get(code, 0) for code in codes)

    def missing(self, codes: Iterable[str]) -> int:
        """Units that give one of these missing codes in place of an answer."""
        return union(self.by_value.get(Missing(code), 0) for code in codes)

    def _asking(self, test: Test) -> int:
        found = 0
        for value, units in self.by_value.items():
            if test.holds({test.field: value}.get):
                found |= units
        return found

    def tested(self, test: Test, none: Collection[str]) -> Held:
        """Of which units a test holds. ``none``: missing codes that say "none of them", so that ``contains`` fails and is not unknown.

        The operators are those of :mod:`schema.template.conditions`; codes are looked up, all else is asked once for each distinct value.
        """
        match test.operator:
            case "equals" | "in":
                known = self.saying(test.operand)
            case "contains":
                known = self.ticking(test.operand[0])
            case _:
                known = self._asking(test)
        if test.operator in ASKS_ABOUT_MISSING:
            return Held(known, known)
        unknown = self.every & ~self.answers
        if test.operator == "contains":
            unknown &= ~self.missing(none)
        return Held(known, known | unknown)


def union(sets: Iterable[int]) -> int:
    """All units of several sets."""
    whole = 0
    for units in sets:
        whole |= units
    return whole

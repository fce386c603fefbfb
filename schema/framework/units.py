"""The units of one kind in a chunk of cases: the cases themselves, or rows of their groups; in order, and numbered from 0."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import compress

from schema.framework.column import Column
from schema.framework.figures import Source
from schema.framework.truth import Held, flags, held
from schema.template.conditions import Condition, Test
from schema.template.value import Value

Reading = Callable[[str], Sequence[Value]]


class Units:
    """Units whose answers are read by name and indexed once.

    Names: ``key`` (a field of the row at hand), ``section.key`` (a field of a plain section), ``@name`` (an indicator).
    """

    def __init__(
        self, sources: Sequence[Source], of_case: Sequence[int], read: Reading, none: Collection[str]
    ) -> None:
        """``of_case``: for each case the set of its units. ``read`` gives the values of a name, one for each unit."""
        self.sources = sources
        self.of_case = of_case
        self.every = (1 << len(sources)) - 1
        self.none = none
        self._read = read
        self._columns: dict[str, Column] = {}

    def column(self, name: str) -> Column:
        """All answers to one question."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = Column(self._read(name))
        return found

    def tested(self, test: Test) -> Held:
        """Of which units a test holds."""
        return self.column(test.field).tested(test, self.none)

    def held(self, condition: Condition | None) -> Held:
        """Of which units a condition holds."""
        return held(condition, self)

    def known(self, condition: Condition | None) -> int:
        """The units of which a condition is known to hold."""
        return held(condition, self).known

    def values_of(self, units: int, name: str) -> Iterator[Value]:
        """What some of the units answer, in order."""
        return compress(self.column(name).values, flags(units))


def single(units: int) -> Iterator[int]:
    """Some units one by one, each as a set of its own, in order."""
    while units:
        unit = units & -units
        yield unit
        units ^= unit

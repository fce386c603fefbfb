"""Values that were checked instead of coded twice: counted apart, because a value that was seen is not coded independently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schema.coding.model import Position
from schema.coding.verification import AGREED, CORRECTED, NOT_FOUND, OUTCOMES
from schema.template.model import Field


@dataclass(frozen=True, slots=True)
class VerifiedCount:
    """One field that was checked: of ``n`` values of coder 1 so many ``agreed``, were ``corrected`` or ``not_found``."""

    field: Field
    agreed: int
    corrected: int
    not_found: int

    @property
    def n(self) -> int:
        """All values that were checked."""
        return self.agreed + self.corrected + self.not_found


class VerifiedTally:
    """Counts the outcomes of checks, field by field."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._fields: dict[str, Field] = {}
        self._found: dict[str, Counter[str]] = {}

    def add(self, position: Position) -> None:
        """Count the check of a position; what follows from other answers, or is never compared, has none that counts."""
        if position.field is None or position.check is None or position.check.outcome not in OUTCOMES:
            return
        self._fields[position.field.path] = position.field
        self._found.setdefault(position.field.path, Counter())[position.check.outcome] += 1

    def counts(self, order: Sequence[str]) -> tuple[VerifiedCount, ...]:
        """The counts in the order of the paths given; what only older versions had comes last."""
        paths = sorted(self._found, key=lambda path: order.index(path) if path in order else len(order))
        return tuple(
            VerifiedCount(
                self._fields[path], *(self._found[path][name] for name in (AGREED, CORRECTED, NOT_FOUND))
            )
            for path in paths
        )


def in_all(counts: Iterable[VerifiedCount]) -> tuple[int, int, int]:
    """How many values were agreed, corrected and not found, over all fields."""
    held = list(counts)
    return (
        sum(one.agreed for one in held),
        sum(one.corrected for one in held),
        sum(one.not_found for one in held),
    )

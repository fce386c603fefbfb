"""The one result that the page, the statistics and the workbook share.

``compare`` gives a :class:`Comparison`; decisions are laid over it by ``reconcile``. A position's path is
``section.key`` for a plain section, ``group.pair_id.key`` for a paired row and ``group.pair_id`` for a row that
stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from schema.answers.document import Check, Row
from schema.template.model import DOUBLE, Field, Template
from schema.template.value import Value


class Verdict(StrEnum):
    """What comparing two values of one position found (design: double coding)."""

    AGREE = "agree"
    WITHIN_TOLERANCE = "within_tolerance"
    DIFFER = "differ"
    ONLY_A = "only_a"
    ONLY_B = "only_b"
    MISSING_DIFFERS = "missing_differs"
    ZERO_ASSUMPTION = "zero_assumption"
    APPLICABILITY_DIFFERS = "applicability_differs"
    NOT_ASKED = "not_asked"
    ROW_ONLY_A = "row_only_a"
    ROW_ONLY_B = "row_only_b"
    BY_EYE = "by_eye"
    IGNORED = "ignored"
    NOT_FOUND = "not_found"


AGREEING = frozenset({Verdict.AGREE, Verdict.WITHIN_TOLERANCE})


@dataclass(frozen=True, slots=True)
class Pair:
    """A link between rows of a repeating group; an empty id means that the row stands alone.

    ``id`` is the row id of the consensus row. ``why`` names what the score is made of, anchor by anchor (0 to 1).
    """

    id: str
    group: str
    row_a: str
    row_b: str
    score: float = 0.0
    why: tuple[tuple[str, float], ...] = ()
    origin: str = "proposed"


class Position(NamedTuple):
    """One compared position. For a lone row ``field`` and the values are ``None`` and ``row`` is that row.

    ``only_a`` / ``only_b``: for sets, the codes that only one coder ticked. ``uncertain``: a coder marked the row uncertain.
    ``needs_person``: whether the reconciler must look; agreed positions are accepted as a batch. ``mode``: ``double``, or
    ``verify`` where coder 2 checked coder 1's value; ``check`` is then what they found (``None`` for what follows from others).
    """

    path: str
    section: str
    pair: Pair | None
    field: Field | None
    a: Value
    b: Value
    verdict: Verdict
    needs_person: bool
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()
    uncertain: bool = False
    row: Row | None = None
    mode: str = DOUBLE
    check: Check | None = None


@dataclass(frozen=True)
class Comparison:
    """All positions of a case in template order (and pair order inside a group)."""

    template: Template
    pairs: tuple[Pair, ...]
    positions: tuple[Position, ...]

    def needing_a_person(self) -> tuple[Position, ...]:
        """The positions that a reconciler must look at."""
        return tuple(position for position in self.positions if position.needs_person)


@dataclass(frozen=True, slots=True)
class Decided:
    """A reconciler's live decision on a path, as consensus needs it.

    ``choice``: a, b, other, both, equivalent, keep_row, drop_row. ``value``: the consensus value (``None``: blank).
    """

    path: str
    choice: str
    value: Value = None


CAUSES: dict[str, str] = {
    "typing_slip": "Typing slip",
    "omission": "Omission",
    "wrong_row": "Wrong row",
    "definition_unclear": "Definition unclear",
    "source_ambiguous": "Source ambiguous",
    "zero_assumption": "Zero assumption",
    "judgement": "Judgement",
}

"""The quantitative framework as frozen dataclasses: indicators for each case, and tables.

Built only by :mod:`schema.framework.loader`, which has checked it against a template. Conditions are the template's
closed vocabulary (:mod:`schema.template.conditions`), read three-valued (:mod:`schema.framework.truth`). Names in
them: ``key`` (a field of the row at hand), ``section.key`` (a field of a plain section), ``@name`` (an indicator of the
case that was declared earlier).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from schema.template.conditions import Condition

CASE = "case"


@dataclass(frozen=True, slots=True)
class Category:
    """One line of a grouping: the codes that count as it. Categories may overlap (a body, and "any national body").

    ``least`` and ``most``: bounds of a number (or of the year of a date), both included, in place of codes.
    ``recoded``: the coding frame gave its code up; its line is printed only while a row still holds it.
    """

    key: str
    label: str
    values: frozenset[str]
    recoded: bool = False
    least: float | None = None
    most: float | None = None

    @property
    def is_band(self) -> bool:
        """Whether it holds numbers and not codes."""
        return self.least is not None or self.most is not None


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where an indicator stands in the cross-table of its family: code and label of its row and of its column."""

    row: str
    row_label: str
    column: str
    column_label: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One column of the framework sheet.

    ``group`` empty: the condition is of the case, and the column is 1, 0, or empty where the answer is missing.
    ``group`` set (a repeating group or a unit of several), ``counts`` false: 1 where any row passes, 0 where every row is known not to, else empty.
    ``counts`` true: how many rows pass. ``family`` is the declaration it came from; ``within`` names the indicator that
    it is a part of (a sub-theme of its theme). ``crossing``: its place, where the family is one question by another.
    """

    key: str
    label: str
    family: str
    where: Condition | None = None
    group: str = ""
    counts: bool = False
    within: str = ""
    recoded: bool = False
    crossing: Crossing | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One or more lines of a table; ``kind`` picks the computation in :mod:`schema.framework.blocks`.

    ``count``: units that pass ``where``. ``distribution``: units by category of ``field`` (``@name``: of an indicator). ``indicators``: cases by
    indicator. ``statistics``: least, most and mean of ``field`` over the units that pass ``where``.
    ``of``: ``valid`` (units with an answer), ``all`` (units, missing ones among them) or ``none`` (a bare count).
    ``within`` narrows the units that are counted and the denominator alike.
    ``treated`` gives a number to units that pass a condition and have none (the unborn, for instance).
    ``precedence``: a unit counts in the first category (or indicator) that it holds, and in no later one.
    ``missing_line``: whether a distribution has a line for those without an answer.
    """

    kind: str
    key: str
    label: str = ""
    unit: str = ""
    where: Condition | None = None
    within: Condition | None = None
    field: str = ""
    categories: tuple[Category, ...] = ()
    indicators: tuple[str, ...] = ()
    of: str = "valid"
    treated: tuple[tuple[Condition, float], ...] = ()
    note: str = ""
    precedence: bool = False
    missing_line: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table of findings. ``unit`` is ``case``, a repeating group or a unit of several; ``first`` takes row 1 of each group alone.

    ``unit_label`` is how the table names what it counts ("DHRs"); blocks may count another unit.
    """

    key: str
    title: str
    unit: str
    unit_label: str
    blocks: tuple[Block, ...]
    first: bool = False
    where: Condition | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """What the findings can be narrowed by: a field of a plain section.

    ``ranged``: a number, or the year of a date, between two bounds; otherwise one of ``options``.
    """

    key: str
    label: str
    field: str
    ranged: bool = False
    options: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinedUnit:
    """A unit of several repeating groups together: the rows of each of them, in this order (people: victims and perpetrators)."""

    key: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Why a case is not counted at all: the condition is known to hold. What cannot be known leaves nothing out."""

    key: str
    label: str
    where: Condition


@dataclass(frozen=True)
class Framework:
    """All indicators and tables. ``none`` lists missing codes that say "none of them" where several may be ticked.

    ``places``: decimals of percentages, rounded half up. ``leave_out``: cases that no figure counts. ``coding_frame``: the
    code lists that may grow after extraction; ``frame``: which frame of a project the figures are of, empty for the template's.
    ``units``: those that are made of several groups.
    """

    key: str
    title: str
    template: str
    indicators: tuple[Indicator, ...]
    tables: tuple[Table, ...]
    none: frozenset[str] = frozenset()
    places: int = 0
    source_hash: str = ""
    filters: tuple[Filter, ...] = ()
    leave_out: tuple[LeaveOut, ...] = ()
    coding_frame: tuple[str, ...] = ()
    frame: str = ""
    units: tuple[JoinedUnit, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Indicator]:
        """Indicators by key."""
        return {indicator.key: indicator for indicator in self.indicators}

    @cached_property
    def _joined(self) -> Mapping[str, tuple[str, ...]]:
        return {unit.key: unit.groups for unit in self.units}

    def groups_of(self, unit: str) -> tuple[str, ...]:
        """The repeating groups whose rows a unit counts; none for cases."""
        return () if unit in ("", CASE) else self._joined.get(unit, (unit,))

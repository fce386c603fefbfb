"""What evaluating a framework gives: indicators for each case, and tables whose every figure names its sources."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256

from schema.framework.model import Framework
from schema.framework.percent import NOT_AVAILABLE, percent


@dataclass(frozen=True, slots=True)
class Source:
    """Where a count comes from: a case, and the row of its repeating group (empty: the case as a whole)."""

    case: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    ``count`` of ``base`` units; ``base`` is ``None`` for a bare count. ``missing``: units left out of the base because
    the answer is missing. ``within``: (count, base) inside the larger category. ``value``: a statistic (least, most,
    mean), with ``base`` the number of units it is made of. ``all_units``: the base holds those without an answer too.
    ``sources``, ``missing_sources``, ``within_sources``: what is counted, left out, and counted in the larger category.
    ``base_sources``, ``within_base_sources``: what the two bases are made of, whether they are printed or not.
    ``numbers``: what a statistic is made of, in the order of its ``sources``.
    """

    key: str
    heading: str
    label: str
    unit: str
    count: int | None = None
    base: int | None = None
    missing: int = 0
    within: tuple[int, int] | None = None
    within_label: str = ""
    value: Decimal | None = None
    note: str = ""
    sources: Sequence[Source] = ()
    all_units: bool = False
    missing_sources: Sequence[Source] = ()
    within_sources: Sequence[Source] = ()
    base_sources: Sequence[Source] = ()
    within_base_sources: Sequence[Source] = ()
    numbers: tuple[float, ...] = ()

    def percent(self, places: int = 0) -> Decimal | None:
        """``count`` as a percentage of ``base``, half up; ``None`` where there is no base or it is 0."""
        return None if self.count is None or self.base is None else percent(self.count, self.base, places)

    def text(self, places: int = 0) -> str:
        """Write the figure for people: ``24/33 (73%)``, ``43``, ``0/0 (n/a)``, or the statistic."""
        if self.count is None:
            return NOT_AVAILABLE if self.value is None else f"{self.value:f}"
        if self.base is None:
            return str(self.count)
        value = self.percent(places)
        return f"{self.count}/{self.base} ({NOT_AVAILABLE if value is None else f'{value:f}%'})"


@dataclass(frozen=True)
class TableResult:
    """One evaluated table."""

    key: str
    title: str
    unit_label: str
    note: str
    lines: tuple[Line, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Line]:
        """Lines by key: ``block`` or ``block.category``."""
        return {line.key: line for line in self.lines}


#: What a byte says of an indicator: it is 0, 1 or so many, or (the last one) it cannot be known.
BYTES: tuple[int | None, ...] = (*range(255), None)
OF_VALUE: Mapping[int | None, int] = {value: byte for byte, value in enumerate(BYTES)}


@dataclass(frozen=True, slots=True)
class CaseIndicators:
    """The indicator columns of one case. ``left_out``: why the framework does not count it; its columns are then unknown.

    ``held``: the columns in a byte each, unless one is too large: all cases of a study are kept, and as numbers the columns would take
    more than everything else that is kept of them.
    """

    reference: str
    held: bytes | tuple[int | None, ...]
    left_out: str = ""

    @classmethod
    def of(cls, reference: str, values: Sequence[int | None], left_out: str = "") -> CaseIndicators:
        """The columns of a case from their values in the framework's order; ``None`` where one cannot be known."""
        try:
            return cls(reference, bytes(map(OF_VALUE.__getitem__, values)), left_out)
        except KeyError:
            return cls(reference, tuple(values), left_out)

    @property
    def values(self) -> tuple[int | None, ...]:
        """The columns in the framework's order."""
        return tuple(map(BYTES.__getitem__, self.held)) if isinstance(self.held, bytes) else self.held


@dataclass(frozen=True)
class Evaluation:
    """The framework over a set of cases. Page, workbook and files read this one result."""

    framework: Framework
    cases: tuple[CaseIndicators, ...]
    tables: tuple[TableResult, ...]

    @cached_property
    def by_key(self) -> Mapping[str, TableResult]:
        """Tables by key."""
        return {table.key: table for table in self.tables}

    @property
    def counted(self) -> tuple[CaseIndicators, ...]:
        """The cases that the figures are made of."""
        return tuple(case for case in self.cases if not case.left_out)

    @property
    def left_out(self) -> tuple[CaseIndicators, ...]:
        """The cases that the framework leaves out."""
        return tuple(case for case in self.cases if case.left_out)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of indicators, figures and the coding frame in canonical JSON: same answers, same frame, same hash."""
        held: dict[str, object] = {
            "columns": [indicator.key for indicator in self.framework.indicators],
            "cases": [[case.reference, *case.values, *filter(None, [case.left_out])] for case in self.cases],
            "tables": {
                table.key: [[line.key, line.text(self.framework.places), line.within] for line in table.lines]
                for table in self.tables
            },
        }
        if self.framework.frame:
            held["frame"] = self.framework.frame
        return sha256(json.dumps(held, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

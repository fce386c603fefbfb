"""The long table: one line for each value, and a line for each case, group and row, so that everything can be counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from exports.book import Column
from exports.cells import Cell
from exports.columns.base import missing_cells
from exports.sheets.answers import NOT_APPLICABLE, Layout, path_of, value_of
from schema.answers.document import Evidence, Row
from schema.answers.visibility import Visibility, visible
from schema.store.master import MasterCase
from schema.template.model import CodeList, Field
from schema.template.value import Invalid, Missing, Value

COLUMNS = (
    Column("case", "Case reference"),
    Column("what", "What the line is: case, group, row or value", "label"),
    Column("section", "Section or repeating group"),
    Column("row_id", "Id of the row: stable, whatever its position"),
    Column("row_number", "Position of the row in its case, from 1", "whole"),
    Column("field", "Field of the section"),
    Column("value", "The value as stored: a code's name, a number, a day, a text"),
    Column("code", "Number of the code; for a group, how many rows it has", "whole"),
    Column("label", "Label of the code", "label"),
    Column("option_group", "Group of the code in its list", "label"),
    Column("missing", "Number of the missing code", "whole"),
    Column("missing_label", "Why there is no answer", "label"),
    Column("page", "Page of the report"),
    Column("quote", "Verbatim quote"),
)
EMPTY = Evidence()
RowPlace = tuple[str, int | None]
NO_ROW: RowPlace = ("", None)
NO_CELLS: Mapping[str, Cell] = MappingProxyType({})
NOTHING = Missing(NOT_APPLICABLE)


@dataclass(frozen=True)
class LongTable:
    """Gives the lines of a case. A field of several answers has a line for each ticked option."""

    layouts: Sequence[Layout]
    missing: CodeList

    def lines(self, case: MasterCase) -> Iterator[tuple[Cell, ...]]:
        """All lines of a case: the case itself, its plain sections, then each group with its rows."""
        seen = visible(case.template, case.document)
        yield _line(case, "case")
        for layout in self.layouts:
            if layout.group:
                yield from self._group(case, layout, seen)
            yield from self._values(case, layout, seen)

    def _group(self, case: MasterCase, layout: Layout, seen: Visibility) -> Iterator[tuple[Cell, ...]]:
        """How many rows a group has; a missing code where the form did not ask; no line where the version has no such group."""
        if layout.group not in case.template.by_key:
            return
        rows = case.document.rows(layout.group)
        if rows or seen.section(layout.group):
            yield _line(case, "group", layout.group, others={"code": len(rows)})
        else:
            code, label = missing_cells(NOTHING, self.missing)
            held = {"missing": code, "missing_label": label}
            yield _line(case, "group", layout.group, others=held)

    def _values(self, case: MasterCase, layout: Layout, seen: Visibility) -> Iterator[tuple[Cell, ...]]:
        for number, (_, row) in enumerate(layout.rows_of(case), 1):
            place = (row.id, number) if row else NO_ROW
            if row:
                yield _line(case, "row", layout.group, place)
            for held in layout.places:
                yield from self._value(case, seen, held.field, row, place)

    def _value(
        self, case: MasterCase, seen: Visibility, field: Field, row: Row | None, place: RowPlace
    ) -> Iterator[tuple[Cell, ...]]:
        value = value_of(case, seen, field, row)
        evidence = case.document.evidence.get(path_of(field, row), EMPTY)
        if value is None and not evidence:
            return
        code, label = missing_cells(value, self.missing)
        shared = {
            "missing": code,
            "missing_label": label,
            "page": evidence.page or None,
            "quote": evidence.quote or None,
        }
        for own in _parts(field, value):
            yield _line(case, "value", field.section, place, field.key, {**shared, **own})


def _parts(field: Field, value: Value) -> Iterator[dict[str, Cell]]:
    """What a value is: for several answers, each of them."""
    if value is None or isinstance(value, Missing):
        yield {}
        return
    for part in value if isinstance(value, tuple) else (value,):
        text = part.text if isinstance(part, Invalid) else str(part)
        option = field.codelist.by_value.get(text) if field.codelist else None
        own: dict[str, Cell] = {"value": text}
        yield (
            {**own, "code": option.code, "label": option.label, "option_group": option.group}
            if option
            else own
        )


def _line(
    case: MasterCase,
    what: str,
    section: str = "",
    place: RowPlace = NO_ROW,
    field: str = "",
    others: Mapping[str, Cell] = NO_CELLS,
) -> tuple[Cell, ...]:
    held: dict[str, Cell] = {
        "case": case.reference,
        "what": what,
        "section": section or None,
        "row_id": place[0] or None,
        "row_number": place[1],
        "field": field or None,
        **others,
    }
    return tuple(held.get(column.name) for column in COLUMNS)

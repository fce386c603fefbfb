"""The sheets of answers: one row a case for the plain sections, one row a row for each repeating group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from exports.book import Book, Column, Sheet
from exports.cells import Cell
from exports.columns import cells_of, columns_of
from schema.answers.document import NO_VALUES, Row, Values
from schema.answers.visibility import Visibility, visible
from schema.store.master import MasterCase
from schema.template.catalogue import Catalogue
from schema.template.model import CodeList, Field, Section, Template
from schema.template.value import Missing, Value

NOT_APPLICABLE = "not_applicable"
OF_A_CASE = (
    Column("case", "Case reference", width=14),
    Column("title", "Title of the case", width=28),
    Column("source", "Where the report was found", width=20),
    Column("template_version", "Template version of the consensus", "whole"),
    Column("coder_a", "Coder A"),
    Column("coder_b", "Coder B"),
    Column("signed_off_by", "Who signed the consensus off"),
    Column("signed_off_at", "When the consensus was signed off (UTC)", "moment"),
    Column("consensus_sha256", "Hash of the frozen consensus", width=20),
)
OF_A_ROW = (
    Column("case", "Case reference", width=14),
    Column("row_id", "Id of the row: stable, whatever its position", width=16),
    Column("row_number", "Position of the row in its case, from 1", "whole"),
)
CASES = "cases"


@dataclass(frozen=True, slots=True)
class Place:
    """A field in its section, as the catalogue of all versions has it."""

    field: Field
    section: Section
    retired: bool = False
    versions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Layout:
    """One sheet of answers: its name, what comes before the fields, and the fields in catalogue order."""

    name: str
    label: str
    group: str
    leading: tuple[Column, ...]
    places: tuple[Place, ...]

    def columns(self) -> tuple[Column, ...]:
        """All columns of the sheet."""
        own = (column for place in self.places for column in columns_of(place.field, place.section))
        return (*self.leading, *own)

    def rows_of(self, case: MasterCase) -> Iterator[tuple[tuple[Cell, ...], Row | None]]:
        """What comes before the fields in each row of the case, and the row (``None``: the case itself)."""
        if not self.group:
            yield _leading(case), None
            return
        for number, row in enumerate(case.document.rows(self.group), 1):
            yield (case.reference, row.id, number), row


def layouts(catalogue: Catalogue, templates: Sequence[Template]) -> tuple[Layout, ...]:
    """The sheets of answers in order: cases first, then each repeating group."""
    sections = {section.key: section for template in templates for section in template.sections}
    plain: list[Place] = []
    groups: list[Layout] = []
    for held in catalogue.sections:
        places = tuple(
            Place(_as_ever(entry.field, templates), sections[held.key], entry.retired, entry.versions)
            for entry in held.fields
            if entry.field.export
        )
        if held.repeats:
            groups.append(Layout(held.key, held.label, held.key, OF_A_ROW, places))
        else:
            plain += places
    return (Layout(CASES, "One row a case", "", OF_A_CASE, tuple(plain)), *groups)


def _as_ever(field: Field, templates: Sequence[Template]) -> Field:
    """The field with every missing code that any version let it have: older cases keep theirs."""
    ever = [template.by_path[field.path] for template in templates if field.path in template.by_path]
    codes = dict.fromkeys(code for held in (field, *ever) for code in held.missing)
    routed = (held.visible_when for held in (field, *ever) if held.visible_when)
    return replace(field, missing=tuple(codes), visible_when=next(routed, None))


class AnswerSheet:
    """Writes one sheet of answers, case by case."""

    def __init__(self, book: Book, layout: Layout, taken_from: Template, notes: Mapping[str, str]) -> None:
        """Open the sheet; missing codes are read from the newest template. ``notes``: comments on headings by column."""
        self.layout = layout
        self.missing = taken_from.missing
        frozen = "D2" if layout.group else "B2"
        self.sheet: Sheet = book.sheet(layout.name, layout.columns(), frozen=frozen, notes=notes)

    def add(self, case: MasterCase) -> None:
        """Write the case's row, or its rows."""
        for row in answer_rows(self.layout, case, self.missing):
            self.sheet.append(row)


def answer_rows(layout: Layout, case: MasterCase, missing: CodeList) -> Iterator[tuple[Cell, ...]]:
    """The case's one row, or its rows of the group, in the columns of the layout."""
    seen = visible(case.template, case.document)
    for leading, row in layout.rows_of(case):
        yield (*leading, *answer_cells(layout, case, seen, row, missing))


def answer_cells(
    layout: Layout, case: MasterCase, seen: Visibility, row: Row | None, missing: CodeList
) -> Iterator[Cell]:
    """The cells of all fields of the layout, for the case itself or one of its rows."""
    for place in layout.places:
        evidence = case.document.evidence.get(path_of(place.field, row))
        value = value_of(case, seen, place.field, row)
        yield from cells_of(place.field, place.section, value, evidence, missing)


def path_of(field: Field, row: Row | None) -> str:
    """Path of a value in its document: ``section.key`` or ``group.row_id.key``."""
    return f"{field.section}.{row.id}.{field.key}" if row else field.path


def _leading(case: MasterCase) -> tuple[Cell, ...]:
    return (
        case.reference,
        case.title,
        case.source,
        case.template.version,
        case.coder_a,
        case.coder_b,
        case.signed_off_by,
        case.signed_off_at,
        case.sha256,
    )


def value_of(case: MasterCase, seen: Visibility, field: Field, row: Row | None) -> Value:
    """The value of a field; "not applicable" where the routing hid it, blank where the version did not ask."""
    values: Values = row.values if row else case.document.sections.get(field.section, NO_VALUES)
    value = values.get(field.key)
    if value is not None or field.path not in case.template.by_path:
        return value
    hidden = not seen.field(field.section, field.key, row)
    return Missing(NOT_APPLICABLE) if hidden and NOT_APPLICABLE in case.template.missing.by_value else None

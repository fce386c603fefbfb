"""The codebook: every column of the sheets of answers, and every code list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exports.book import Column
from exports.cells import Cell
from exports.columns import columns_of
from exports.sheets.answers import Layout, Place
from exports.sheets.findings import framework_columns
from schema.framework.model import Framework
from schema.template.model import CodeList, Option, Template

COLUMNS = (
    Column("sheet", "Sheet", width=16),
    Column("column", "Name of the column", width=34),
    Column("label", "What the column holds", width=44),
    Column("field", "Field of the template", width=28),
    Column("kind", "Kind of the field", width=12),
    Column("question", "The question as asked", width=40),
    Column("guidance", "Guidance for coders", width=40),
    Column("codes", "Numbers and what they stand for", width=44),
    Column("missing_codes", "Missing codes that the field allows", width=44),
    Column("measure", "Level of measurement", width=12),
    Column("unit", "Unit", width=10),
    Column("asked_when", "Whether the field is asked of every case", width=18),
    Column("versions", "Template versions that have the field", width=12),
    Column("retired", "Whether the newest version no longer asks it", width=10),
    Column("sensitive", "Whether it may be shared", width=10),
)
LISTS = (
    Column("list", "Code list", width=18),
    Column("value", "Value as stored", width=26),
    Column("code", "Number in the exports", "whole"),
    Column("label", "Label", width=48),
    Column("group", "Group", width=18),
    Column("note", "Note", width=40),
    Column("retired", "Whether it can no longer be chosen", width=10),
)


def codebook_rows(
    layouts: Sequence[Layout], newest: Template, framework: Framework | None
) -> Iterator[tuple[Cell, ...]]:
    """One row for each column of each sheet of answers, then of the framework sheet."""
    for layout in layouts:
        for column in layout.leading:
            yield _bare(layout.name, column.name, column.label)
        for place in layout.places:
            for column in columns_of(place.field, place.section):
                yield _row(layout.name, column, place, newest)
    if framework:
        yield from (_bare("framework", held.name, held.label) for held in framework_columns(framework))


def codelist_rows(layouts: Sequence[Layout], newest: Template) -> Iterator[tuple[Cell, ...]]:
    """Every option of every code list that the fields use, each list once, the missing codes last."""
    for name, options in used_lists(layouts, newest).items():
        for option in options.values():
            retired = "retired" if option.retired else ""
            yield name, option.value, option.code, option.label, option.group, option.explained, retired


def used_lists(layouts: Sequence[Layout], newest: Template) -> dict[str, dict[str, Option]]:
    """The code lists in order of first use; fields that take a part of a list add to it."""
    lists: dict[str, dict[str, Option]] = {}
    for layout in layouts:
        for place in layout.places:
            if place.field.codelist:
                held = lists.setdefault(place.field.codelist.name, {})
                held.update((option.value, option) for option in place.field.codelist.options)
    lists[newest.missing.name] = dict(newest.missing.by_value)
    return lists


def _bare(sheet: str, column: str, label: str) -> tuple[Cell, ...]:
    return (sheet, column, label, *(None,) * (len(COLUMNS) - 3))


def _row(sheet: str, column: Column, place: Place, newest: Template) -> tuple[Cell, ...]:
    field = place.field
    return (
        sheet,
        column.name,
        column.label,
        field.path,
        field.kind,
        field.label,
        field.guidance,
        _codes(column, place),
        "; ".join(_missing(newest.missing, code) for code in field.missing),
        field.measure,
        field.unit,
        "sometimes" if field.visible_when or place.section.visible_when else "always",
        ", ".join(str(version) for version in place.versions),
        "retired" if place.retired or _option_retired(column, place) else "",
        field.sensitive,
    )


def _option_retired(column: Column, place: Place) -> bool:
    """Whether the column is that of an option which can no longer be ticked."""
    value = column.name.partition(":")[2]
    option = place.field.codelist.by_value.get(value) if place.field.codelist else None
    return option is not None and option.retired


def _codes(column: Column, place: Place) -> str:
    if ":" in column.name:
        return "1 = ticked; 0 = not ticked; empty = no answer"
    if place.field.codelist is None or column.name != place.field.path or column.kind != "whole":
        return ""
    return "; ".join(f"{option.code} = {option.label}" for option in place.field.codelist.options)


def _missing(missing: CodeList, code: str) -> str:
    option = missing.by_value.get(code)
    return f"{option.code} = {option.label}" if option else code

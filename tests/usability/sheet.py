"""The same hands on a spreadsheet: what is typed is written into a real workbook, read again, and held against what was wanted.

One sheet for each section and one line for each row, a column for each question, as teams lay such workbooks out. A coded
answer is typed as its number, several with commas between. The report stands open beside the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from schema.answers.document import Document, Row
from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Missing, Value
from tests.usability.hands import Hands

LONG = 60
"""A text longer than this is taken over from the report and not typed."""


class SheetHands(Hands):
    """Hands at a workbook with a sheet for each section."""

    def __init__(self, template: Template) -> None:
        """Open a workbook that somebody has laid out before: that is not counted."""
        super().__init__()
        self.template = template
        self.book = Workbook()
        del self.book["Sheet"]
        for section in template.sections:
            self.book.create_sheet(section.key).append([field.key for field in section.fields])

    def cell(self, sheet: str, row: int, column: int, text: str) -> None:
        """Type a text into the cell one is in, and go on with Tab."""
        self.think()
        self.type(text)
        self.press("Tab")
        self._put(sheet, row, column, text)

    def paste(self, sheet: str, row: int, column: int, text: str) -> None:
        """Copy words out of the report: select, copy, click into the cell, paste as plain text, go on with Tab."""
        self.think()
        self.drag()
        self.press("Control+c")
        self.click()
        self.press("F2", "Control+v", "Tab")
        self._put(sheet, row, column, text)

    def skip(self) -> None:
        """Pass a cell that stays empty."""
        self.press("Tab")

    def _put(self, sheet: str, row: int, column: int, text: str) -> None:
        self.book[sheet].cell(row + 2, column + 1).value = text


def typed(field: Field, value: Value, template: Template) -> str:
    """What is typed for a value: the number of a code, numbers with commas between them, the sign of a missing code, or the text."""
    if isinstance(value, Missing):
        return f"-{template.missing.by_value[value.code].code}"
    options = field.codelist.by_value if field.codelist else {}
    if isinstance(value, tuple):
        return ",".join(str(options[one].code) for one in value)
    return str(options[value].code) if isinstance(value, str) and value in options else str(value)


def enter_in_sheet(template: Template, truth: Document, path: Path) -> SheetHands:
    """Enter a review into a workbook; fails unless the saved workbook says what was to be entered."""
    hands = SheetHands(template)
    for section in template.sections:
        rows = (
            truth.rows(section.key)
            if section.repeats
            else (Row("", dict(truth.sections.get(section.key, {}))),)
        )
        for number, row in enumerate(rows):
            _line(hands, section, number, row)
        if section is not template.sections[-1]:
            hands.press("Control+PageDown")
    hands.press("Control+s")
    hands.book.save(path)
    _compare(template, truth, path)
    return hands


def _line(hands: SheetHands, section: Section, number: int, row: Row) -> None:
    last = max(
        (place for place, field in enumerate(section.fields) if row.values.get(field.key) is not None),
        default=-1,
    )
    for place, field in enumerate(section.fields[: last + 1]):
        value = row.values.get(field.key)
        if value is None:
            hands.skip()
            continue
        text = typed(field, value, hands.template)
        taken = kind_of(field).stores and field.kind == "long_text" and len(text) > LONG
        (hands.paste if taken else hands.cell)(section.key, number, place, text)
    hands.press("Enter")  # to the first column of the next line


def _compare(template: Template, truth: Document, path: Path) -> None:
    """Hold every cell of the saved workbook against the answers that were to be entered."""
    book = load_workbook(path, read_only=True)
    for section in template.sections:
        rows = (
            [row.values for row in truth.rows(section.key)]
            if section.repeats
            else [truth.sections.get(section.key, {})]
        )
        wanted = [_said(template, section, values) for values in rows]
        found = [held for held in _lines(book[section.key], section) if held]
        assert found == [held for held in wanted if held], section.key


def _said(template: Template, section: Section, values: Mapping[str, Value]) -> dict[str, str]:
    return {
        field.key: typed(field, value, template)
        for field in section.fields
        if (value := values.get(field.key)) is not None
    }


def _lines(sheet: Worksheet, section: Section) -> list[dict[str, str]]:
    keys = [field.key for field in section.fields]
    lines = sheet.iter_rows(min_row=2, values_only=True)
    return [
        {key: str(cell) for key, cell in zip(keys, line, strict=False) if cell is not None} for line in lines
    ]

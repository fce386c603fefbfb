"""One entry as a workbook to be filled in without a connection: a sheet for each section, lists to choose from, guidance.

What it means is laid down in :mod:`schema.answers.offline`; here it is only drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from exports.archive import SteadyZip
from exports.cells import clean_text, escaped, length, looks_live, safe, sheet_title
from schema.answers.cell_text import option_names, reason_names, to_cell
from schema.answers.document import Document
from schema.answers.offline import (
    ANSWER,
    FIRST_LINE,
    HEADINGS,
    LONGEST,
    Made,
    Place,
    asked_sections,
    evidence_of,
    how_to_answer,
    path_of,
    places,
    row_ids,
)
from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template

Page = Any
HEAD = PatternFill("solid", fgColor="DDE5ED")
OPEN = PatternFill("solid", fgColor="FFFDF2")
TOP = Alignment(vertical="top", wrap_text=True)
LISTS = "lists"
STEPS = (
    "Fill in the cells with a pale ground. Save the file as an Excel workbook (.xlsx) and upload it on the page of your entry.",
    "What you leave as it is changes nothing, and nothing is deleted: to clear an answer or delete a row, use the page.",
    "A blank cell means not done yet. Where you have looked and the report has no answer, choose a reason in square brackets.",
    "In a group, each line is one row; fill them in from the top. The lines have names of their own: do not copy whole lines.",
    "Nothing is saved before you have seen on the page what would change.",
    "This file holds what you have entered about this case. Keep it as you keep the report, and delete it when it is uploaded.",
)


def write_entry_workbook(template: Template, document: Document, made: Made, made_at: datetime) -> bytes:
    """Write the workbook of an entry, with the answers that it holds already."""
    book = _Writer(template, document)
    book.about(made)
    for section in asked_sections(template):
        book.section(section)
    return book.content(made_at)


class _Writer:
    """A workbook under construction."""

    def __init__(self, template: Template, document: Document) -> None:
        self.template, self.document = template, document
        self.workbook = Workbook()
        self.taken = {LISTS}
        self.lists: dict[tuple[str, ...], str] = {}
        self.listed = self.workbook.create_sheet(LISTS)
        self.listed.sheet_state = "hidden"

    def about(self, made: Made) -> None:
        """The first sheet: what this is, what to do, and what the workbook was made for."""
        page = self.workbook.worksheets[0]
        page.title = sheet_title("read me", self.taken)
        page.column_dimensions["A"].width, page.column_dimensions["B"].width = 14, 100
        _put(page, 1, 1, f"{made.case}: {self.template.title}").font = Font(bold=True, size=14)
        for number, step in enumerate(STEPS, 3):
            _put(page, number, 2, step).alignment = TOP
        for number, (name, fact) in enumerate(made.facts().items(), len(STEPS) + 4):
            _put(page, number, 1, name)
            _put(page, number, 2, fact)
        _close(page)

    def section(self, section: Section) -> None:
        """A sheet: questions down the page for a plain section, across it for a group."""
        page = self.workbook.create_sheet(sheet_title(section.label, self.taken))
        _put(page, 1, 1, f"section:{section.key}")
        if section.repeats is None:
            self._down(page, section)
        else:
            self._across(page, section)
        page.row_dimensions[1].hidden = page.column_dimensions["A"].hidden = True
        _close(page)

    def _down(self, page: Page, section: Section) -> None:
        heads = ("Question", "Answer", "Page", "Words of the report", "How to answer")
        for column, (head, width) in enumerate(zip(heads, (34, 46, 12, 46, 70), strict=True), 2):
            _head(page, FIRST_LINE - 1, column, head, width)
        for line, place in enumerate((one for one in places(section) if one.part == ANSWER), FIRST_LINE):
            field = place.field
            _put(page, line, 1, field.key)
            _put(page, line, 2, field.label).alignment = TOP
            self._open(page, line, 3, section, "", place)
            for column, part in ((4, "page"), (5, "quote")):
                if field.evidence:
                    self._open(page, line, column, section, "", Place(field, part))
            _put(page, line, 6, how_to_answer(self.template, section, field)).alignment = TOP
        page.freeze_panes = f"C{FIRST_LINE}"

    def _across(self, page: Page, section: Section) -> None:
        ids, columns = row_ids(section, self.document), places(section)
        _head(page, 2, 2, section.repeats.one if section.repeats else "", 8)
        for column, place in enumerate(columns, 3):
            _put(page, 1, column, place.key)
            more = f", {HEADINGS[place.part]}" if place.part != ANSWER else ""
            wide = place.part == "quote" or place.field.kind in ("long_text", "choices")
            _head(page, 2, column, place.field.label + more, 40 if wide else 20)
            told = how_to_answer(self.template, section, place.field) if place.part == ANSWER else ""
            _put(page, 3, column, told).alignment = TOP
        for line, row_id in enumerate(ids, FIRST_LINE):
            _put(page, line, 1, row_id)
            _put(page, line, 2, str(line - FIRST_LINE + 1))
            for column, place in enumerate(columns, 3):
                self._open(page, line, column, section, row_id, place)
        page.row_dimensions[3].height = 120
        page.freeze_panes = f"C{FIRST_LINE}"
        for column, place in enumerate(columns, 3):
            letter = get_column_letter(column)
            area = f"{letter}{FIRST_LINE}:{letter}{FIRST_LINE + len(ids) - 1}"
            self._choose(page, area, place)

    def _open(self, page: Page, line: int, column: int, section: Section, row_id: str, place: Place) -> None:
        """A cell to fill in, with what is there. What no cell can hold stays where it is: the cell is left empty and locked."""
        path = path_of(section, row_id, place.field)
        if place.part == ANSWER:
            text = to_cell(self.template, place.field, self.document.get(path))
        else:
            text = evidence_of(self.document, path, place.part)
        fits = length(escaped(text)) <= LONGEST
        cell = _put(page, line, column, text if fits else "")
        cell.alignment, cell.number_format = TOP, "@"
        if fits:
            cell.protection, cell.fill = Protection(locked=False), OPEN
        if not row_id:
            self._choose(page, cell.coordinate, place)

    def _choose(self, page: Page, area: str, place: Place) -> None:
        """Offer the codes and reasons; other texts only warn, because several codes may stand in one cell."""
        names = _names(self.template, place.field) if place.part == ANSWER else ()
        if not names:
            return
        check = DataValidation("list", formula1=self._list(names), allow_blank=True)
        check.errorStyle = "warning"
        check.showErrorMessage = not kind_of(place.field).many and place.field.codelist is not None
        check.error = "This is not on the list. It is looked at again when you upload the workbook."
        check.add(area)
        page.data_validations.append(check)

    def _list(self, names: Sequence[str]) -> str:
        """The address of a list on the hidden sheet; equal lists stand there once."""
        key = tuple(names)
        if key not in self.lists:
            column = len(self.lists) + 1
            for number, name in enumerate(names, 1):
                _put(self.listed, number, column, name)
            letter = get_column_letter(column)
            self.lists[key] = f"{LISTS}!${letter}$1:${letter}${len(names)}"
        return self.lists[key]

    def content(self, made_at: datetime) -> bytes:
        """The file, with ``made_at`` as its time."""
        stamp, properties = safe(made_at), self.workbook.properties
        properties.creator, properties.created, properties.modified = "Tandem", stamp, stamp
        self.workbook.move_sheet(self.listed, len(self.workbook.worksheets))
        stream = BytesIO()
        with SteadyZip(stream, "w", ZIP_DEFLATED, allowZip64=True) as archive:
            ExcelWriter(self.workbook, archive).save()
        return stream.getvalue()


def _names(template: Template, field: Field) -> tuple[str, ...]:
    names = option_names(field)
    options = field.codelist.options if field.codelist else ()
    shown = [names[option.value] for option in options if not option.retired]
    return (*shown, *reason_names(template, field).values())


def _put(page: Page, line: int, column: int, text: str) -> Any:
    """Write a text that stays one: never a formula, never an error."""
    cell = page.cell(line, column)
    held = escaped(clean_text(text))
    if held:
        cell.value = held
        cell.data_type = "s"  # after the value: the library takes "=…" for a formula
        cell.quotePrefix = looks_live(text)
    return cell


def _head(page: Page, line: int, column: int, text: str, width: float) -> None:
    cell = _put(page, line, column, text)
    cell.font, cell.fill, cell.alignment = Font(bold=True), HEAD, TOP
    page.column_dimensions[get_column_letter(column)].width = width


def _close(page: Page) -> None:
    """Lock what is not to be filled in; without a password, because it guards against slips and nothing else."""
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False

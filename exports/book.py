"""The one seam over the workbook library: sheets of typed columns, appended row by row, hashed as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import ZIP_DEFLATED

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.chart.bar_chart import BarChart
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from exports.analysis.naming import Names
from exports.archive import SteadyZip
from exports.cell_xml import date_cell, formula_cell, number_cell, row_of, text_part, whole_cell
from exports.cells import (
    LONGEST_TEXT,
    MOST_COLUMNS,
    MOST_ROWS,
    NUMBERS,
    Cell,
    Formula,
    Safe,
    clean_text,
    escaped,
    length,
    looks_live,
    pieces,
    safe,
    sheet_title,
)
from exports.digest import RowsHash, joined_hash
from exports.page_setup import break_before, height_of, heighten, mark_internal, note, set_up, table
from exports.streaming import added_page
from schema.problem import refuse

FORMATS = {
    "any": "General",
    "label": "General",
    "text": "@",
    "whole": "0",
    "number": "General",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm:ss",
    "formula": "0",
}
WIDTHS = {
    "any": 18.0,
    "label": 18.0,
    "text": 18.0,
    "whole": 10.0,
    "number": 10.0,
    "date": 12.0,
    "moment": 20.0,
    "formula": 10.0,
}
DATED = ("date", "moment")
OVERFLOW = "long texts"
CUT = 32_600
SHORT, MOST_KNOWN = 120, 256  # characters of a text that is kept for the rows to come; so many in a column
HEADER_FILL = PatternFill("solid", fgColor="DDE5ED")
RED_FILL = PatternFill("solid", bgColor="F4B6B6")
LONGEST_LIST = 253  # signs inside the quotation marks of a list of codes
LONGEST_NAME = 200  # a name in a workbook has at most 255 signs
LONGEST_REMARK = 255
NO_NOTES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``name`` heads it; ``label`` and ``note`` go to the codebook.

    ``kind``: text (typed by people), label (from a list), whole, number, date, moment, formula or any (texts and numbers
    in turn). Moments are when something was done, not what was found, and stay out
    of the content hash. ``width`` is in characters (0: by kind); ``wrap``: whether long texts go on in further lines.
    """

    name: str
    label: str = ""
    kind: str = "text"
    width: float = 0.0
    note: str = ""
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Overflow:
    """A piece of a text that is too long for its cell."""

    sheet: str
    row: int
    column: str
    part: int
    text: str


class Sheet:
    """One sheet under construction. Rows are written as they come and are not kept."""

    def __init__(
        self,
        book: Book,
        title: str,
        columns: Sequence[Column],
        *,
        frozen: str,
        hashed: bool,
        filtered: bool,
        notes: Mapping[str, str],
    ) -> None:
        """Write the header; raises ``Refused`` (XLS-001) where there are more columns than a sheet can have."""
        if len(columns) > MOST_COLUMNS:
            raise refuse(
                "XLS-001",
                f"Sheet “{title}” would need {len(columns):,} columns; a sheet holds {MOST_COLUMNS:,}.",
                "Export fewer fields.",
            )
        self.book, self.title, self.columns, self.hashed = book, title, tuple(columns), hashed
        self.filtered = filtered
        self.rows = 0
        self.hash = RowsHash(self.columns, [column.name for column in columns])
        self._page = added_page(book.workbook, title)
        self._widths = [self._width(column) for column in self.columns]
        set_up(self._page, self._widths, frozen)
        if book.internal:
            mark_internal(self._page)
        self._letters = [get_column_letter(number) for number in range(1, len(columns) + 1)]
        self._plain = [self._style(column, quoted=False) for column in self.columns]
        self._quoted = [self._style(column, quoted=True) for column in self.columns]
        self._texts = [
            style if column.kind == "text" or column.wrap else ""
            for style, column in zip(self._plain, self.columns, strict=True)
        ]
        self._known: list[dict[str, str]] = [{} for _ in self.columns]
        self._wraps = any(column.wrap for column in self.columns)
        heighten(self._page, 1, zip((column.name for column in self.columns), self._widths, strict=True))
        self._page.append([self._head(column, notes.get(column.name, "")) for column in self.columns])

    def append(self, row: Sequence[Cell]) -> None:
        """Write one row; raises ``Refused`` (XLS-002) where the sheet is full."""
        if len(row) != len(self.columns):
            raise ValueError(f"{self.title}: {len(row)} cells for {len(self.columns)} columns")
        if self.rows + 2 > MOST_ROWS:
            raise refuse(
                "XLS-002",
                f"Sheet “{self.title}” is full: a sheet holds {MOST_ROWS:,} rows.",
                "Export fewer cases, or choose CSV.",
            )
        self.rows += 1
        if self.hashed:
            self.hash.add(row)
        number = self.rows + 1
        self._page.append_xml(row_of(number, "".join(self._cells(row, f"{number}")), self._height(row)))

    def _height(self, row: Sequence[Cell]) -> float | None:
        """The room that long texts of columns that wrap need."""
        if not self._wraps:
            return None
        cells = zip(self.columns, self._widths, row, strict=True)
        return height_of(
            (value, width) for column, width, value in cells if column.wrap and isinstance(value, str)
        )

    def close(self) -> None:
        """Make all rows a table with a filter, where the sheet has one."""
        if self.filtered:
            headers = [_heading(column) for column in self.columns]
            table(self._page, self.book.names.take(f"table_{self.title}"), headers, self.rows)
        self._page.close()

    def cells(self, number: int, first: int = 2, last: int = 0) -> str:
        """Address of cells in the column ``number`` (from 1) with the sheet before it; by default of all its rows."""
        letter, title = get_column_letter(number), self.title.replace("'", "''")
        end = last or max(self.rows, 1) + 1
        cells = f"${letter}${first}" if first == end else f"${letter}${first}:${letter}${end}"
        return f"'{title}'!{cells}"

    def draw(self, chart: BarChart, row: int) -> None:
        """Put a chart with its upper left corner at the beginning of a row."""
        self._page.add_chart(chart, f"A{row}")

    def break_before(self, rows: Sequence[int]) -> None:
        """Begin new pages of paper at rows."""
        break_before(self._page, rows)

    def _cells(self, row: Sequence[Cell], number: str) -> Iterator[str]:
        """The cells of a row, with a style where a value needs one; empty ones are left out."""
        for index, (letter, value) in enumerate(zip(self._letters, row, strict=True)):
            if value is None or value == "":
                continue
            if type(value) is str:  # these and codes are nearly all, and need no look at what they are
                yield f'<c r="{letter}{number}"{self._known[index].get(value) or self._text(index, value)}'
            elif type(value) is int and 0 <= value < NUMBERS:
                yield whole_cell(letter + number, value)
            elif isinstance(value, Formula):
                yield self._formula(index, letter + number, value)
            else:
                yield self._safe(index, letter + number, safe(value))

    def _safe(self, index: int, place: str, held: Safe) -> str:
        if isinstance(held, str):
            return f'<c r="{place}"{self._text(index, held)}'
        if isinstance(held, date):
            return self._date(index, place, held)
        return "" if held is None else number_cell(place, held)

    def _formula(self, index: int, place: str, formula: Formula) -> str:
        """A live cell, in columns of formulas alone: nothing that anybody typed can become one."""
        if self.columns[index].kind != "formula":
            raise ValueError(f"{self.title}, column {self.columns[index].name}: a formula among data")
        return formula_cell(place, self._plain[index], formula.text)

    def redden(self, first: int, condition: str) -> None:
        """Turn cells of the column ``first`` (from 1) red where the condition holds; it is written for row 2."""
        letter = get_column_letter(first)
        rule = Rule(type="expression", dxf=DifferentialStyle(fill=RED_FILL), formula=[condition])
        self._page.conditional_formatting.add(f"{letter}2:{letter}{self.rows + 1}", rule)

    def allow(self, number: int, codes: Sequence[int]) -> None:
        """Warn whoever types anything but one of the codes into the column ``number`` (from 1)."""
        listed = ",".join(str(code) for code in codes)
        if len(listed) <= LONGEST_LIST:
            check = DataValidation("list", formula1=f'"{listed}"', allow_blank=True)
        else:
            bounds = str(min(codes)), str(max(codes))
            check = DataValidation("whole", bounds[0], bounds[1], operator="between", allow_blank=True)
        check.errorStyle, check.showErrorMessage = "warning", True
        check.error = "This is not a code of the list; see the sheet “code lists”."
        letter = get_column_letter(number)
        check.add(f"{letter}2:{letter}{self.rows + 1}")
        self._page.data_validations.append(check)

    def _date(self, index: int, place: str, held: date) -> str:
        kind = self.columns[index].kind
        if kind not in DATED:
            raise ValueError(
                f"{self.title}, column {self.columns[index].name}: a date in a column of kind {kind}"
            )
        return date_cell(place, self._plain[index], held)

    def _text(self, index: int, typed: str) -> str:
        """A text's cell after its place. Typed text carries the format of text, so that 4.20 stays what it is when it is edited.

        Short ones are kept for the next rows of the column: most are labels, names and verdicts, which come again and again.
        """
        text = clean_text(typed)
        if 2 * len(text) > LONGEST_TEXT and length(text) > LONGEST_TEXT:
            text = self.book.overflow(self.title, self.rows + 1, self.columns[index].name, text)
        style = self._quoted[index] if looks_live(text) else self._texts[index]
        part = text_part(style, escaped(text))
        if len(typed) <= SHORT and len(self._known[index]) < MOST_KNOWN:
            self._known[index][typed] = part
        return part

    def _style(self, column: Column, *, quoted: bool) -> str:
        """The attribute that gives a cell of the column its style; empty where it needs none. A book has few styles."""
        wanted = (column.kind, column.wrap, quoted)
        if wanted not in self.book.styles:
            self.book.styles[wanted] = self._new_style(column, quoted=quoted)
        return self.book.styles[wanted]

    def _new_style(self, column: Column, *, quoted: bool) -> str:
        cell = WriteOnlyCell(self._page)
        cell.number_format = FORMATS[column.kind]
        if quoted:
            cell.quotePrefix = True
        if column.wrap:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        return f' s="{cell.style_id}"' if cell.has_style else ""

    def _head(self, column: Column, more: str) -> Any:
        cell: Any = WriteOnlyCell(self._page, _heading(column))
        cell.data_type = "s"
        if self.book.heading is None:
            self.book.heading = _heading_style(self._page)
        cell._style = self.book.heading  # noqa: SLF001 - all share it: looking up font and fill of each takes half its time
        if more or column.label:
            cell.comment = note(clean_text(more or column.label))
        return cell

    def _width(self, column: Column) -> float:
        return column.width or max(WIDTHS[column.kind], min(len(column.name) + 2.0, 28.0))


def _heading_style(page: Any) -> Any:
    """The style of headings, as the library keeps it for the whole workbook."""
    cell: Any = WriteOnlyCell(page)
    cell.font, cell.fill = Font(bold=True), HEADER_FILL
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    cell.number_format = "@"
    return cell._style  # noqa: SLF001


def _heading(column: Column) -> str:
    """The name of a column as the workbook holds it."""
    return escaped(clean_text(column.name))


@dataclass
class Book:
    """A workbook under construction. Several sheets may be open at once; their order is that of opening.

    ``internal``: whether every sheet says that it stays in the team.
    """

    sheets: list[Sheet] = field(default_factory=list)
    overflows: list[Overflow] = field(default_factory=list)
    internal: bool = False

    def __post_init__(self) -> None:
        """Open an empty workbook in streaming mode."""
        self.workbook = Workbook(write_only=True)
        self.names = Names(LONGEST_NAME, frozenset())
        self.styles: dict[tuple[str, bool, bool], str] = {}
        self.heading: Any = None
        self._taken: set[str] = set()

    def sheet(
        self,
        name: str,
        columns: Sequence[Column],
        *,
        frozen: str = "B2",
        hashed: bool = True,
        filtered: bool = True,
        notes: Mapping[str, str] = NO_NOTES,
    ) -> Sheet:
        """Open a sheet; the title is made legal and unique. ``hashed``: whether it is part of the content hash.

        ``filtered``: whether its rows are a table with a filter. ``notes``: the comment on the heading of a column, by the
        column's name; by default its label.
        """
        title = sheet_title(name, self._taken)
        sheet = Sheet(self, title, columns, frozen=frozen, hashed=hashed, filtered=filtered, notes=notes)
        self.sheets.append(sheet)
        return sheet

    def define(self, wanted: str, cells: str, remark: str) -> str:
        """Give cells a name that formulas can use; gives the name. ``remark`` is shown in the list of names."""
        name = self.names.take(wanted)
        shown = clean_text(remark)[:LONGEST_REMARK]
        self.workbook.defined_names[name] = DefinedName(name, attr_text=cells, comment=shown or None)
        return name

    def write_sheet(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, hashed: bool = True
    ) -> Sheet:
        """Open a sheet and write all its rows."""
        sheet = self.sheet(name, columns, hashed=hashed)
        for row in rows:
            sheet.append(row)
        return sheet

    def overflow(self, sheet: str, row: int, column: str, text: str) -> str:
        """Keep the rest of a text for the sheet of long texts; give what the cell shows, with a pointer to it."""
        first, *rest = pieces(text, CUT)
        self.overflows += [Overflow(sheet, row, column, part, piece) for part, piece in enumerate(rest, 2)]
        return f"{first} […continues on the sheet “{OVERFLOW}”]"

    def content_hash(self) -> str:
        """SHA-256 over the titles, columns and rows of all hashed sheets: same data, same hash."""
        return joined_hash({sheet.title: sheet.hash.hexdigest() for sheet in self.sheets if sheet.hashed})

    def save(self, path: Path, made_at: datetime) -> None:
        """Write the file, with ``made_at`` as its time, so that the same content gives the same bytes."""
        if self.overflows:
            self._write_overflows()
        for sheet in self.sheets:
            sheet.close()
        stamp = safe(made_at)
        properties = self.workbook.properties
        properties.creator, properties.created, properties.modified = "Tandem", stamp, stamp
        with SteadyZip(path, "w", ZIP_DEFLATED, allowZip64=True) as archive:
            ExcelWriter(self.workbook, archive).save()

    def _write_overflows(self) -> None:
        columns = (
            Column("sheet", "Sheet of the cell"),
            Column("row", "Row of the cell", "whole"),
            Column("column", "Column of the cell", width=30),
            Column("part", "Which part of the text; part 1 is in the cell itself", "whole"),
            Column("text", "The text, continued", width=80),
        )
        rows = [(held.sheet, held.row, held.column, held.part, held.text) for held in self.overflows]
        self.write_sheet(OVERFLOW, columns, rows, hashed=False)

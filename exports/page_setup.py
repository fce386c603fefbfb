"""How a sheet looks on the screen and on paper: frozen header, widths, one table with filters, notes, page numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from openpyxl.comments import Comment
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from exports.written import BANNER

Page = Any  # a sheet being streamed; the library's types describe finished sheets only
A4 = 9
PAGE_WIDTH = 230  # characters: about 6 points on landscape A4
BANNER_COLOUR = "B3261E"
LINE, HIGHEST = 15.0, 405.0  # points; a row has at most 409
AUTHOR = "Tandem"
LONGEST_NOTE = 1_000
NOTE_WIDTH, NOTE_LINE, LETTERS_IN_A_LINE = 340, 17, 52  # pixels, pixels, characters
PLAIN_STYLE = "TableStyleLight1"


def set_up(page: Page, widths: Sequence[float], frozen: str) -> None:
    """Freeze the header and set up paper: landscape A4, as many pages wide as keep the letters legible, numbered.

    The header and the frozen columns stand on every page.
    """
    page.freeze_panes = frozen
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = ceil(sum(widths) / PAGE_WIDTH), 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1"
    _, columns = coordinate_to_tuple(frozen)
    if columns > 1:
        page.print_title_cols = f"A:{get_column_letter(columns - 1)}"
    page.HeaderFooter.oddHeader.left.text = "&A"
    page.HeaderFooter.oddFooter.left.text = "&F"
    page.HeaderFooter.oddFooter.right.text = "Page &P of &N"
    for number, width in enumerate(widths, 1):
        letter = get_column_letter(number)
        page.column_dimensions[letter] = ColumnDimension(page, index=letter, width=width, customWidth=True)


def mark_internal(page: Page) -> None:
    """Say that the sheet stays in the team: by the colour of its tab, and at the head of every page of paper."""
    page.sheet_properties.tabColor = BANNER_COLOUR
    page.HeaderFooter.oddHeader.right.text = BANNER


def heighten(page: Page, row: int, texts: Iterable[tuple[str, float]]) -> None:
    """Make a row as high as its wrapped texts need; each comes with the width of its column."""
    if height := height_of(texts):
        page.row_dimensions[row].height = height


def height_of(texts: Iterable[tuple[str, float]]) -> float | None:
    """How high a row must be for its wrapped texts, in points; ``None`` where one line is enough."""
    lines = max((ceil(len(text) / width) for text, width in texts if text), default=1)
    return min(LINE * lines, HIGHEST) if lines > 1 else None


def break_before(page: Page, rows: Sequence[int]) -> None:
    """Begin new pages at rows, on a sheet that is not fitted to pages: spreadsheets cannot do both."""
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
    for row in rows:
        page.row_breaks.append(Break(id=row - 1))


def table(page: Page, name: str, headers: Sequence[str], rows: int) -> None:
    """Make the sheet one table with a filter; only a filter where a table cannot be (no rows, headers alike but for case)."""
    if not headers:
        return
    area = f"A1:{get_column_letter(len(headers))}{rows + 1}"
    if not rows or len({header.casefold() for header in headers}) < len(headers):
        page.auto_filter.ref = area
        return
    held = Table(displayName=name, name=name, ref=area)
    held.autoFilter = AutoFilter(ref=area)
    held.tableColumns = [TableColumn(id=number, name=header) for number, header in enumerate(headers, 1)]
    held.tableStyleInfo = TableStyleInfo(name=PLAIN_STYLE, showRowStripes=True)
    page.tables.add(held)


def note(text: str) -> Comment:
    """A comment that is as large as its text, which is cut where it is very long: the codebook has it whole."""
    if len(text) > LONGEST_NOTE:
        text = f"{text[:LONGEST_NOTE]}… The rest is on the sheet “codebook”."
    lines = sum(1 + len(line) // LETTERS_IN_A_LINE for line in text.split("\n"))
    return Comment(text, AUTHOR, height=NOTE_LINE * (lines + 1), width=NOTE_WIDTH)

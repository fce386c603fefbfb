"""The sheet of charts: one for each part of a table of findings, drawn by the spreadsheet from the sheet of findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.title import Title, title_maker
from openpyxl.drawing.text import CharacterProperties

from exports.book import Book, Column, Sheet
from exports.cells import clean_text
from exports.sheets.live import NAMES
from schema.framework.figures import Evaluation, Line, TableResult

COLUMNS = (Column("charts", width=118),)
ROW_HEIGHT = 0.53  # centimetres, as are the five below
WIDTH, FRAME, BAR, TALL_BAR, PAGE = 24, 3, 0.75, 1.1, 15
LONG_LABEL = 45  # characters, from which a label takes two lines
TITLE_SIZE = 1300  # hundredths of a point
STEPS = 6
COLOUR = "1F5460"
MISSING = ".missing"
SHOWN = (
    "The number on each bar is “n” of the sheet “findings”; a chart follows where a figure there is changed."
)


@dataclass(frozen=True)
class Part:
    """Lines of a table that are drawn together; ``first`` is the row of the first one on the sheet of findings."""

    table: TableResult
    lines: Sequence[Line]
    first: int

    @property
    def title(self) -> str:
        """The table, then what its lines are categories of, or the larger category that they are in."""
        line = self.lines[0]
        return ": ".join(part for part in (self.table.title, line.heading or line.within_label) if part)

    @property
    def height(self) -> int:
        """Centimetres."""
        tall = max(len(line.label) for line in self.lines) > LONG_LABEL
        return FRAME + ceil((TALL_BAR if tall else BAR) * len(self.lines))


def write_charts(book: Book, evaluation: Evaluation, findings: Sheet) -> None:
    """Write the sheet: a bar chart for each part of each table that has at least two lines to compare."""
    sheet = book.sheet("charts", COLUMNS, frozen="A2", hashed=False, filtered=False)
    sheet.append((SHOWN,))
    row, used, breaks = 4, 0, []
    for part in parts(evaluation.tables):
        used += part.height + 1
        if used > PAGE:
            breaks.append(row - 1)
            used = part.height + 1
        sheet.draw(_chart(part, findings), row)
        row += ceil(part.height / ROW_HEIGHT) + 2
    sheet.break_before(breaks)


def parts(tables: Sequence[TableResult]) -> Iterator[Part]:
    """Neighbouring categories of the same units under one heading; single counts, statistics and missing answers are not drawn."""
    row = 2
    for table in tables:
        for _, run in groupby(table.lines, _kind):
            lines = tuple(run)
            if len(lines) > 1 and _is_drawn(lines[0]):
                yield Part(table, lines, row)
            row += len(lines)


def _kind(line: Line) -> tuple[object, ...]:
    return line.heading, line.within_label, line.unit, _is_drawn(line)


def _is_drawn(line: Line) -> bool:
    return line.count is not None and "." in line.key and not line.key.endswith(MISSING)


def _chart(part: Part, findings: Sheet) -> BarChart:
    """Horizontal bars, the first line on top, each with its number."""
    last = part.first + len(part.lines) - 1
    chart = BarChart()
    chart.type, chart.gapWidth, chart.legend = "bar", 40, None
    chart.width, chart.height = WIDTH, part.height
    chart.title = _title(part)
    numbers = Reference(range_string=findings.cells(NAMES.index("n") + 1, part.first, last))
    series = Series(numbers, title="n")
    series.graphicalProperties.solidFill = COLOUR
    series.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    chart.append(series)
    labels = findings.cells(NAMES.index("label") + 1, part.first, last)
    chart.set_categories(Reference(range_string=labels))
    _set_axes(chart, part)
    return chart


def _title(part: Part) -> Title:
    title = title_maker(clean_text(part.title))
    for paragraph in title.tx.rich.p if title.tx and title.tx.rich else ():
        paragraph.pPr.defRPr = CharacterProperties(sz=TITLE_SIZE, b=True)
    return title


def _set_axes(chart: BarChart, part: Part) -> None:
    most = max(line.count or 0 for line in part.lines)
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblSkip = 1
    chart.y_axis.crosses = "max"
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorUnit = max(1, ceil(most / STEPS))
    chart.y_axis.number_format = "0"
    chart.y_axis.majorGridlines = None
    chart.y_axis.title = f"Number of {part.lines[0].unit}"

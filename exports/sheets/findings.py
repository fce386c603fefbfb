"""The framework sheet (one row a case) and the findings (n, N and % of every table), from one evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from exports.book import Book, Column, Sheet
from exports.cells import Cell
from schema.framework.figures import CaseIndicators, Evaluation, Line, TableResult
from schema.framework.model import Framework
from schema.framework.percent import NOT_AVAILABLE, percent

FINDINGS = (
    Column("table", "Table", width=16),
    Column("table.title", "Title of the table", width=28),
    Column("line", "Line", width=24),
    Column("heading", "What the line is a category of", width=22),
    Column("label", "What is counted", width=44),
    Column("unit", "Unit", width=18),
    Column("n", "How many", "whole"),
    Column("valid_n", "Of how many with an answer", "whole"),
    Column("percent", "n as a percentage of valid_n, rounded half up; n/a where that is 0", "number"),
    Column("no_answer", "How many were left out because the answer is missing", "whole"),
    Column("n_within", "How many within the larger category", "whole"),
    Column("valid_n_within", "Of how many in the larger category", "whole"),
    Column("percent_within", "As a percentage, rounded half up", "number"),
    Column("within", "The larger category", width=30),
    Column("value", "A statistic (least, most, mean) over valid_n units", "number"),
    Column("as_printed", "The figure as it would be printed", width=16),
    Column("note", "Note", width=50),
)


class FrameworkSheet:
    """Writes the indicator columns, one row a case: 1, 0, a count, or empty where it cannot be known."""

    def __init__(self, book: Book, framework: Framework) -> None:
        """Open the sheet."""
        self.sheet: Sheet = book.sheet("framework", framework_columns(framework))

    def add(self, case: CaseIndicators) -> None:
        """Write one case."""
        self.sheet.append((case.reference, *case.values))


def framework_columns(framework: Framework) -> tuple[Column, ...]:
    """The case reference, then one column for each indicator."""
    own = (Column(held.key, held.label, "whole", 10.0) for held in framework.indicators)
    return (Column("case", "Case reference", width=14), *own)


def findings_rows(evaluation: Evaluation) -> Iterator[tuple[Cell, ...]]:
    """Every line of every table."""
    for table in evaluation.tables:
        for line in table.lines:
            yield findings_row(table, line, evaluation.framework.places)


def findings_row(table: TableResult, line: Line, places: int) -> tuple[Cell, ...]:
    """One line of a table, as exported."""
    inside, larger = line.within or (None, None)
    return (
        table.key,
        table.title,
        line.key,
        line.heading,
        line.label,
        line.unit,
        line.count,
        line.base,
        percent_cell(line.count, line.base, places),
        line.missing or None,
        inside,
        larger,
        percent_cell(inside, larger, places),
        line.within_label,
        line.value,
        line.text(places),
        line.note or table.note,
    )


def percent_cell(count: int | None, base: int | None, places: int) -> Cell:
    """The percentage, half up; n/a where nothing is divided, empty where there is no base."""
    if count is None or base is None:
        return None
    value = percent(count, base, places)
    return NOT_AVAILABLE if value is None else value

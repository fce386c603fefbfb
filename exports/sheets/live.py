"""The figures of the findings once more, as formulas, and red where they no longer agree.

Figures that count cases by indicators read the framework sheet; all others read the sheet of their unit, which says of each
case, person, child, recommendation or example which figures count it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openpyxl.utils import get_column_letter

from exports.book import Book, Column, Sheet
from exports.cells import Cell, Formula
from exports.sheets.counted import WITHIN, CountedSheets, column_of
from exports.sheets.findings import FINDINGS, findings_row
from schema.framework.behind import block_of
from schema.framework.blocks import MEAN_PLACES
from schema.framework.figures import Evaluation, Line
from schema.framework.model import CASE, Block, Framework, Table

#: Each column of formulas, and the exported figure that it must equal.
FIGURES = ("n", "valid_n", "n_within", "valid_n_within", "value")
STATISTICS = {
    "least": "=ROUND(MIN({own}),2)",
    "most": "=ROUND(MAX({own}),2)",
    "mean": f"=ROUND(AVERAGE({{own}}),{MEAN_PLACES})",
}
LIVE = tuple(
    Column(
        f"{name}.now",
        f"{name} worked out again from the sheet of its unit or of the framework; red where it differs",
        "formula",
    )
    for name in FIGURES
)
COLUMNS = (*FINDINGS, *LIVE)
NAMES = [column.name for column in COLUMNS]


class LiveFindings:
    """Writes the findings with their formulas, which read the columns of the framework by name.

    ``source`` is the sheet of the framework, already written: each of its columns is given a name.
    """

    def __init__(self, book: Book, evaluation: Evaluation, source: Sheet) -> None:
        """Name the columns of the framework (the first one is the case reference), and write the sheets of the units."""
        self.book, self.evaluation = book, evaluation
        self.ranges: Mapping[str, str] = {
            held.key: book.define(f"framework_{held.key}", source.cells(number), held.label)
            for number, held in enumerate(evaluation.framework.indicators, 2)
        }
        self.bare = countable(evaluation.framework)
        self.counted: Mapping[str, str] = CountedSheets(evaluation, self.bare).write(book)

    def write(self) -> Sheet:
        """Write the sheet of findings: its figures have names, and turn red where somebody has edited the data."""
        sheet = self.book.write_sheet("findings", COLUMNS, self.rows())
        self._name_figures(sheet)
        _redden(sheet)
        return sheet

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Every line of every table, with a formula for each figure that it has."""
        framework = self.evaluation.framework
        for result, table in zip(self.evaluation.tables, framework.tables, strict=True):
            for line in result.lines:
                exported = findings_row(result, line, framework.places)
                if (result.key, line.key) in self.bare:
                    yield (*exported, *self._of_indicator(line.key))
                else:
                    yield (*exported, *self._of_unit(table, line))

    def _of_indicator(self, key: str) -> tuple[Cell, ...]:
        own = self.ranges[key]
        bare = (Formula(f'=COUNTIF({own},">0")'), Formula(f"=COUNT({own})"))
        within = self.evaluation.framework.by_key[key].within
        if not within:
            return (*bare, None, None, None)
        larger = self.ranges[within]
        return (
            *bare,
            Formula(f'=COUNTIFS({own},">0",{larger},">0")'),
            Formula(f'=COUNTIFS({own},">=0",{larger},">0")'),
            None,
        )

    def _of_unit(self, table: Table, line: Line) -> tuple[Cell, ...]:
        block = block_of(table, line.key)
        if block is None:
            return (None,) * len(LIVE)
        name = column_of(table.key, line.key, block)
        own, inside = self.counted[name], self.counted.get(f"{name}.{WITHIN}")
        statistic = STATISTICS[line.key.rpartition(".")[2]] if line.value is not None else ""
        return (
            None if line.count is None else Formula(f"=COUNTIF({own},1)"),
            None if line.base is None else Formula(f"=COUNT({own})"),
            Formula(f"=COUNTIF({inside},1)") if inside else None,
            Formula(f"=COUNT({inside})") if inside else None,
            Formula(statistic.format(own=own)) if statistic else None,
        )

    def _name_figures(self, sheet: Sheet) -> None:
        """A name for n and for N of each line that has them: ``n_themes_theme_T1``, ``valid_n_themes_theme_T1``."""
        lines = ((table, line) for table in self.evaluation.tables for line in table.lines)
        for row, (table, line) in enumerate(lines, 2):
            for name, held in (("n", line.count), ("valid_n", line.base)):
                if held is not None:
                    cell = sheet.cells(NAMES.index(name) + 1, row, row)
                    self.book.define(f"{name}_{table.key}_{line.key}", cell, f"{table.title}: {line.label}")


def _redden(sheet: Sheet) -> None:
    """Turn a formula red where it differs from the figure as exported."""
    for name in FIGURES:
        exported, live = (NAMES.index(wanted) + 1 for wanted in (name, f"{name}.now"))
        one, other = f"${get_column_letter(live)}2", f"${get_column_letter(exported)}2"
        sheet.redden(live, f'AND({one}<>"",{one}<>{other})')


def countable(framework: Framework) -> frozenset[tuple[str, str]]:
    """(table, line) of every figure that the framework sheet alone holds."""
    return frozenset(
        (table.key, key)
        for table in framework.tables
        for block in table.blocks
        if _is_bare(table, block)
        for key in block.indicators
    )


def _is_bare(table: Table, block: Block) -> bool:
    narrowed = block.within is not None or (table.where is not None and table.unit == CASE)
    plain = block.kind == "indicators" and block.unit == CASE and block.of == "valid"
    return plain and not narrowed and not block.precedence

"""The figures of the findings once more, as formulas over the framework sheet, and red where they no longer agree.

A figure has formulas where it counts cases by indicators and nothing narrows it further; all other figures are made of rows
that the framework sheet does not show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openpyxl.utils import get_column_letter

from exports.book import Book, Column, Sheet
from exports.cells import Cell, Formula
from exports.sheets.findings import FINDINGS, findings_row
from schema.framework.figures import Evaluation
from schema.framework.model import CASE, Block, Framework, Table

#: Each column of formulas, and the exported figure that it must equal.
FIGURES = ("n", "valid_n", "n_within", "valid_n_within")
LIVE = tuple(
    Column(
        f"{name}.now",
        f"{name} counted again from the sheet of the framework; red where it differs",
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
        """Name the columns of the framework; the first one is the case reference."""
        self.book, self.evaluation = book, evaluation
        self.ranges: Mapping[str, str] = {
            held.key: book.define(f"framework_{held.key}", source.cells(number), held.label)
            for number, held in enumerate(evaluation.framework.indicators, 2)
        }

    def write(self) -> Sheet:
        """Write the sheet of findings: its figures have names, and turn red where somebody has edited the data."""
        sheet = self.book.write_sheet("findings", COLUMNS, self.rows())
        self._name_figures(sheet)
        _redden(sheet)
        return sheet

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Every line of every table; the formulas are empty where there are none."""
        counted = countable(self.evaluation.framework)
        for table in self.evaluation.tables:
            for line in table.lines:
                exported = findings_row(table, line, self.evaluation.framework.places)
                live = self._formulas(line.key) if (table.key, line.key) in counted else (None,) * len(LIVE)
                yield (*exported, *live)

    def _formulas(self, key: str) -> tuple[Cell, ...]:
        own = self.ranges[key]
        bare = (Formula(f'=COUNTIF({own},">0")'), Formula(f"=COUNT({own})"))
        within = self.evaluation.framework.by_key[key].within
        if not within:
            return (*bare, None, None)
        larger = self.ranges[within]
        return (
            *bare,
            Formula(f'=COUNTIFS({own},">0",{larger},">0")'),
            Formula(f'=COUNTIFS({own},">=0",{larger},">0")'),
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

"""The figures of the findings once more, as formulas over the framework sheet, and red where they no longer agree.

A figure has formulas where it counts cases by indicators and nothing narrows it further; all other figures are made of rows
that the framework sheet does not show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from exports.book import Column, Sheet
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


@dataclass(frozen=True)
class LiveFindings:
    """Writes the findings with their formulas. ``source`` is the sheet of the framework, already written."""

    evaluation: Evaluation
    source: Sheet

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Every line of every table; the formulas are empty where there are none."""
        counted = countable(self.evaluation.framework)
        for table in self.evaluation.tables:
            for line in table.lines:
                exported = findings_row(table, line, self.evaluation.framework.places)
                live = self._formulas(line.key) if (table.key, line.key) in counted else (None,) * len(LIVE)
                yield (*exported, *live)

    def _formulas(self, key: str) -> tuple[Cell, ...]:
        own = self._range(key)
        bare = (Formula(f'=COUNTIF({own},">0")'), Formula(f"=COUNT({own})"))
        within = self.evaluation.framework.by_key[key].within
        if not within:
            return (*bare, None, None)
        larger = self._range(within)
        return (
            *bare,
            Formula(f'=COUNTIFS({own},">0",{larger},">0")'),
            Formula(f'=COUNTIFS({own},">=0",{larger},">0")'),
        )

    def _range(self, key: str) -> str:
        """The cells of an indicator; the first column of the sheet is the case reference."""
        place = list(self.evaluation.framework.by_key).index(key) + 2
        letter, title = get_column_letter(place), self.source.title.replace("'", "''")
        return f"'{title}'!${letter}$2:${letter}${max(self.source.rows, 1) + 1}"


def redden(sheet: Sheet) -> None:
    """Turn a formula red where it differs from the figure as exported."""
    names = [column.name for column in COLUMNS]
    for name in FIGURES:
        exported, live = (names.index(wanted) + 1 for wanted in (name, f"{name}.now"))
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

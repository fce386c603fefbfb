"""What the archives for SPSS and Stata share: a file for each frame, the mapping of names, and checks of what fits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exports.analysis.frames import Frame
from exports.analysis.variables import Variable
from exports.book import Column
from exports.cells import Cell
from exports.delimited import Delimited, file_stem
from exports.written import BANNER
from schema.problem import refuse

EXACT = 2**53  # the largest whole number that a double holds with all before it
NAMES = (
    Column("file", "File"),
    Column("variable", "Name of the variable in it"),
    Column("column", "What it is called in the workbook and the CSV files"),
    Column("label", "What it holds"),
)


def stems(frames: Sequence[Frame]) -> dict[str, Frame]:
    """Each frame by the name of its file."""
    taken: set[str] = set()
    return {file_stem(frame.name, taken): frame for frame in frames}


def write_names(folder: Path, frames: dict[str, Frame], ending: str) -> None:
    """Write ``names.csv``, which variable stands for which column, and beside it that all this stays in the team."""
    (folder / "INTERNAL.txt").write_text(f"{BANNER}\n", encoding="utf-8")
    file = Delimited(folder, "names.csv", "Names", NAMES)
    for stem, frame in frames.items():
        for variable in frame.variables:
            file.append((stem + ending, variable.name, variable.source, variable.label))
    file.close()


def numbers(frame: Frame, variable: Variable, cells: Sequence[Cell]) -> list[float]:
    """Cells as doubles, none as NaN. Raises ``Refused`` (EXP-007) for a whole number that a double cannot hold."""
    found = []
    for row, cell in enumerate(cells):
        if isinstance(cell, int) and abs(cell) > EXACT:
            raise too_much(
                frame, variable, row, f"the number {cell:,}, which a statistics program cannot hold"
            )
        found.append(float("nan") if cell is None else float(str(cell)))
    return found


def texts(frame: Frame, variable: Variable, cells: Sequence[Cell], most: int) -> list[str]:
    """Cells as texts, none as empty. Raises ``Refused`` (EXP-007) for a text of more than ``most`` bytes of UTF-8."""
    found = ["" if cell is None else str(cell) for cell in cells]
    for row, text in enumerate(found):
        if (length := len(text.encode())) > most:
            raise too_much(frame, variable, row, f"a text of {length:,} bytes; the format holds {most:,}")
    return found


def too_much(frame: Frame, variable: Variable, row: int, what: str) -> Exception:
    """Refuse a value, naming the case and the field."""
    case = frame.columns[0][row]
    return refuse(
        "EXP-007",
        f"{case}, field {variable.source}: {what}.",
        "Take the workbook, the CSV files or JSON, which hold it whole.",
    )

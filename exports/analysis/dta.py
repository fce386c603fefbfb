"""Stata data files: one for each sheet of answers and one for the framework, with labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from exports.analysis.archives import numbers, stems, texts, write_names
from exports.analysis.frames import Frame, frames_of
from exports.analysis.libraries import library
from exports.analysis.naming import stata_names
from exports.analysis.syntax import cut
from exports.analysis.variables import Variable
from exports.archive import pack
from exports.cells import Cell
from exports.written import Order, Written

LONGEST_SHORT_TEXT = 2_045  # bytes; Stata, Data Management Reference, "Data types": longer ones are strL
LONGEST_TEXT = 2_000_000_000
LONGEST_LABEL = 80
VERSION = 118  # Stata 14 and later: Unicode
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def write_dta(path: Path, order: Order) -> Written:
    """Write an archive of ``NAME.dta`` files, ``names.csv`` and ``missing.do``, which turns missing codes into .a, .b ….

    Raises ``Refused``: EXP-006 where pandas is not installed, EXP-007 for a value that the format cannot hold.
    """
    study = frames_of(order, stata_names)
    with TemporaryDirectory(dir=path.parent, prefix=".dta-") as held:
        folder, frames = Path(held), stems(study.frames)
        for stem, frame in frames.items():
            write_frame(folder / f"{stem}.dta", frame, order)
        write_names(folder, frames, ".dta")
        (folder / "missing.do").write_text("\n".join(_decoding(frames)) + "\n", encoding="utf-8")
        pack(folder, path)
    return Written(path, study.content_hash(), order.study.included, study.evaluation)


def write_frame(path: Path, frame: Frame, order: Order) -> None:
    """Write one data file."""
    pandas = library("pandas")
    pairs = list(zip(frame.variables, frame.columns, strict=True))
    data = pandas.DataFrame({held.name: _series(pandas, frame, held, cells) for held, cells in pairs})
    data.to_stata(
        path,
        write_index=False,
        version=VERSION,
        time_stamp=order.study.made_at.replace(tzinfo=None, microsecond=0),
        data_label=_short(frame.label),
        variable_labels={held.name: _short(held.label) for held in frame.variables},
        value_labels={held.name: dict(held.labels) for held in frame.variables if held.labels},
        convert_dates={held.name: "td" for held in frame.variables if held.kind == "date"},
        convert_strl=[held.name for held, cells in pairs if _is_long(held, cells)],
    )


def _series(pandas: Any, frame: Frame, variable: Variable, cells: list[Cell]) -> Any:
    if variable.kind == "number":
        return pandas.Series(numbers(frame, variable, cells), dtype="float64")
    if variable.kind == "date":
        return pandas.to_datetime(pandas.Series(cells, dtype="object"))
    return pandas.Series(texts(frame, variable, cells, LONGEST_TEXT), dtype="object")


def _is_long(variable: Variable, cells: list[Cell]) -> bool:
    if variable.kind in ("number", "date"):
        return False
    return any(len(str(cell).encode()) > LONGEST_SHORT_TEXT for cell in cells if cell is not None)


def _short(label: str) -> str:
    """A label of at most 80 characters, on one line."""
    held = cut(label, 4 * LONGEST_LABEL)
    return held if len(held) <= LONGEST_LABEL else held[: LONGEST_LABEL - 1] + "…"


def _decoding(frames: dict[str, Frame]) -> Iterator[str]:
    """Commands that turn the negative codes into extended missing values, which keep their labels."""
    yield "* Run in the folder of the files: the codes for no answer become .a, .b and so on, with their labels."
    for stem, frame in frames.items():
        coded = [held for held in frame.variables if held.missing]
        if not coded:
            continue
        yield f'use "{stem}.dta", clear'
        for held in coded:
            letters = dict(zip(sorted(held.missing), LETTERS, strict=False))
            codes = " \\ ".join(f"{code}=.{sign}" for code, sign in letters.items())
            yield f"mvdecode {held.name}, mv({codes})"
            for code, sign in letters.items():
                yield f"label define {held.name} .{sign} {_quoted(held.labels[code])}, modify"
        yield f'save "{stem}.dta", replace'


def _quoted(label: str) -> str:
    """A Stata string in compound quotes, which may hold quotation marks."""
    return '`"' + " ".join(label.split()).replace("`", "'") + "\"'"

"""SPSS data files: one for each sheet of answers and one for the framework, with labels and declared missing codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from exports.analysis.archives import numbers, stems, texts, write_names
from exports.analysis.frames import Frame, frames_of
from exports.analysis.libraries import library
from exports.analysis.naming import spss_names
from exports.analysis.syntax import (
    LONGEST_LABEL,
    LONGEST_STRING,
    LONGEST_VALUE_LABEL,
    cut,
    format_of,
    sets,
    user_missing,
)
from exports.analysis.variables import Variable
from exports.archive import pack
from exports.cells import Cell
from exports.written import Order, Written


def write_sav(path: Path, order: Order) -> Written:
    """Write an archive of ``NAME.sav`` files, ``names.csv`` and ``multiple-response.sps``.

    Raises ``Refused``: EXP-006 where pyreadstat is not installed, EXP-007 for a value that the format cannot hold.
    """
    study = frames_of(order, spss_names)
    with TemporaryDirectory(dir=path.parent, prefix=".sav-") as held:
        folder, frames = Path(held), stems(study.frames)
        for stem, frame in frames.items():
            write_frame(folder / f"{stem}.sav", frame)
        write_names(folder, frames, ".sav")
        lines = "\n".join(_all_sets(frames))
        (folder / "multiple-response.sps").write_text(lines + "\n", encoding="utf-8")
        pack(folder, path)
    return Written(path, study.content_hash(), order.study.included, study.evaluation)


def write_frame(path: Path, frame: Frame) -> None:
    """Write one data file."""
    pandas, pyreadstat = library("pandas"), library("pyreadstat")
    data = {
        variable.name: _series(pandas, frame, variable, cells)
        for variable, cells in zip(frame.variables, frame.columns, strict=True)
    }
    pyreadstat.write_sav(
        pandas.DataFrame(data),
        str(path),
        file_label=cut(frame.label, 64),
        column_labels={held.name: cut(held.label, LONGEST_LABEL) for held in frame.variables},
        variable_value_labels={held.name: _labels(held) for held in frame.variables if held.labels},
        missing_ranges={held.name: _missing(held) for held in frame.variables if held.missing},
        variable_measure={held.name: held.measure for held in frame.variables},
        variable_format=_formats(frame),
        row_compress=True,
    )


def _series(pandas: Any, frame: Frame, variable: Variable, cells: list[Cell]) -> Any:
    if variable.kind == "number":
        return pandas.Series(numbers(frame, variable, cells), dtype="float64")
    if (
        variable.kind == "date"
    ):  # plain days: the library writes a column of timestamps as 1970 without a word
        return pandas.Series(cells, dtype="object")
    return pandas.Series(texts(frame, variable, cells, LONGEST_STRING), dtype="object")


def _formats(frame: Frame) -> dict[str, str]:
    pairs = zip(frame.variables, frame.columns, strict=True)
    return {held.name: format_of(held, cells) for held, cells in pairs if held.kind != "date"}


def _labels(variable: Variable) -> dict[int, str]:
    return {code: cut(label, LONGEST_VALUE_LABEL) for code, label in variable.labels.items()}


def _missing(variable: Variable) -> list[Any]:
    spread, single = user_missing(variable.missing)
    held: list[Any] = [{"lo": spread[0], "hi": spread[1]}] if spread else []
    return [*held, *single]


def _all_sets(frames: dict[str, Frame]) -> Iterator[str]:
    yield "* Multiple-response sets, which a data file has no place for. Run it in the folder of the files."
    for stem, frame in frames.items():
        commands = list(sets(frame.variables))
        if commands:
            yield f"GET FILE='{stem}.sav'."
            yield from commands
            yield f"SAVE OUTFILE='{stem}.sav'."

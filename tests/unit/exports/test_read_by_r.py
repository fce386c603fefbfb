"""R itself reads the CSV bundle by ``load.R``: every cell as it was, every code by its label, in whatever encoding R runs.

Needs R; where it is absent these tests are skipped, and no ordinary run asks for it.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from exports.bundle import write_csv
from exports.delimited import unguarded
from exports.written import Order
from tests.support import programs
from tests.unit.exports.test_workbook import a_study

pytestmark = [pytest.mark.full, pytest.mark.r]
TELL = r"""
arguments <- commandArgs(trailingOnly = TRUE)
options(warn = 2)
source(file.path(arguments[1], "load.R"), chdir = TRUE)
told <- function(x) {
  lines <- gsub("\n", "\\n", gsub("\\", "\\\\", enc2utf8(as.character(x)), fixed = TRUE), fixed = TRUE)
  ifelse(is.na(x), "~", paste0("=", lines))
}
tell <- function(held, name) {
  for (column in names(held)) {
    writeLines(c(enc2utf8(column), told(held[[column]])), file.path(arguments[2], paste0(name, "~", match(column, names(held)))), useBytes = TRUE)
  }
}
for (name in names(study)) {
  tell(study[[name]], name)
  tell(labelled[[name]], paste0("labelled-", name))
}
writeLines(enc2utf8(attr(labelled$cases[["main.colour"]], "label")), file.path(arguments[2], "label"), useBytes = TRUE)
"""


@pytest.fixture(scope="module", params=[("C", False), ("C.UTF-8", True)], ids=["ASCII", "UTF-8, with a mark"])
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The unpacked bundle, and the folder into which R told what it had read: a file for each column."""
    locale, bom = request.param
    folder, out = tmp_path_factory.mktemp("bundle"), tmp_path_factory.mktemp("told")
    write_csv(folder / "study.zip", replace(Order(a_study()), bom=bom))
    with ZipFile(folder / "study.zip") as bundle:
        bundle.extractall(folder)
    program = programs.r()
    assert program is not None
    (out / "tell.R").write_text(TELL, encoding="ascii")
    command = [program, "--vanilla", str(out / "tell.R"), str(folder), str(out)]
    done = subprocess.run(
        command, env={**os.environ, "LC_ALL": locale}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return folder, out


def told(out: Path, name: str) -> dict[str, list[str | None]]:
    """The columns of a table as R has them; ``None`` for NA."""
    columns = {}
    for path in out.glob(f"{name}~*"):
        column, *cells = path.read_text(encoding="utf-8").split("\n")[:-1]
        columns[column] = [None if cell == "~" else _unescaped(cell[1:]) for cell in cells]
    return columns


def _unescaped(text: str) -> str:
    return text.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")


def resources(folder: Path) -> list[dict[str, Any]]:
    held: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return list(held["resources"])


def test_every_cell_of_every_file_is_what_was_written(read: tuple[Path, Path]) -> None:
    folder, out = read
    compared = 0
    for resource in resources(folder):
        kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        with (folder / resource["path"]).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        found = told(out, resource["name"])
        assert set(found) == set(kinds)
        for name, kind in kinds.items():
            for cell, row in zip(found[name], rows, strict=True):
                compared += 1
                wanted = row[name]
                if kind in ("integer", "number"):
                    assert (None if cell is None else float(cell)) == (float(wanted) if wanted else None)
                else:
                    assert cell == ((wanted if kind == "date" else unguarded(wanted)) or None), (name, row)
    assert compared > 300


def test_codes_become_factors_with_their_labels_and_questions_stand_with_them(
    read: tuple[Path, Path],
) -> None:
    _, out = read
    labels = {"1": "=Red", "2": "Blue", "-9": "Not reported"}
    codes, words = told(out, "cases")["main.colour"], told(out, "labelled-cases")["main.colour"]
    assert set(codes) & set(labels)
    for code, word in zip(codes, words, strict=True):
        assert word == (None if code is None else labels[code])
    assert (out / "label").read_text(encoding="utf-8").strip() == "Colour"

"""From the database to the CSV bundle: what other programs find in it is what the snapshots hold."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from exports.delimited import unguarded
from schema.actor import COMMAND_LINE
from schema.store.projects import find_project
from schema.store.readmodel import master_study
from tests.store.test_master_workbook import Cells, Exported, check
from tests.support.databases import sqlite_database
from tests.support.long_table import Long, figures
from tests.support.pspp_tables import frequencies, run
from webapp.downloads.formats import Options
from webapp.downloads.making import make
from webapp.sample.loading import STUDY_KEY, load_people, load_project, load_study
from webapp.sample.study import study


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    folder = tmp_path_factory.mktemp("csv")
    database = sqlite_database(folder / "tandem.sqlite3")
    load_people(database)
    load_project(database, STUDY_KEY, "Sample", "")
    load_study(database, STUDY_KEY, study(16), lambda _: None)
    with database.reading() as session:
        project = find_project(session, STUDY_KEY)
        assert project is not None
        cases = tuple(master_study(session, COMMAND_LINE, project).cases)
    made = folder / "study.zip"
    make(database, COMMAND_LINE, project, made, lambda _done, _total: None, Options("csv"))
    with ZipFile(made) as bundle:
        bundle.extractall(folder / "bundle")
    yield Exported(folder / "bundle", cases)
    database.dispose()


def rows(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: unguarded(cell) for name, cell in row.items()} for row in csv.DictReader(file)]


def test_every_value_of_the_database_is_in_the_wide_files(exported: Exported):
    found = {path.stem: rows(path) for path in (exported.path / "wide").glob("*.csv")}
    assert check(exported, found) > 500


def test_pandas_recomputes_every_figure_of_the_framework_from_the_long_file_alone(exported: Exported):
    findings = {(line["table"], line["line"]): line for line in rows(exported.path / "findings.csv")}
    found = figures(Long(exported.path / "long.csv"), findings)
    assert len(found) == len(findings) > 150
    for key, line in findings.items():
        assert _told(line) == found[key], key


def test_a_cross_table_has_the_figures_of_its_lines_by_row_and_column(exported: Exported):
    findings = {(line["table"], line["line"]): line for line in rows(exported.path / "findings.csv")}
    cells = rows(exported.path / "cross-tables.csv")
    assert {cell["line"] for cell in cells} == {line for table, line in findings if table == "theme_agency"}
    for cell in cells:
        line = findings[cell["table"], cell["line"]]
        assert cell["line"] == f"theme_agency.{cell['row']}.{cell['column']}"
        assert f"{cell['row.label']}: {cell['column.label']}" == line["label"]
        for name in ("n", "valid_n", "percent", "as_printed"):
            assert cell[name] == line[name]


def _told(line: Cells) -> tuple[object, ...]:
    if not line["n"]:
        return (Decimal(line["value"]) if line["value"] else None,)
    whole = {name: int(line[name]) if line[name] else None for name in (
        "n", "valid_n", "no_answer", "n_within", "valid_n_within",
    )}  # fmt: skip
    return tuple(whole[name] or 0 if name == "no_answer" else whole[name] for name in whole)


@pytest.mark.pspp
def test_pspp_loads_and_labels_the_files_by_the_bundles_own_syntax(exported: Exported):
    run(exported.path, (exported.path / "load.sps").read_text(encoding="utf-8"))
    sexes = [row["victims.sex.label"] for row in rows(exported.path / "wide/victims.csv")]
    told = frequencies(exported.path, "spss/victims.sav", "sex")
    assert {**told["Valid"], **told["Missing"]} == Counter(sexes)
    children = [row["children.sex.label"] for row in rows(exported.path / "wide/children.csv")]
    told = frequencies(exported.path, "spss/children.sav", "sex")
    reasons = {option.label for option in exported.template.missing.options}
    assert told["Valid"] == Counter(label for label in children if label not in reasons)
    assert told["Missing"] == Counter(label for label in children if label in reasons)
    assert told["Missing"]

"""From the database to SPSS, Stata and JSON: other programs count what the framework counts, and every value can be traced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from sqlalchemy import select

from schema.actor import COMMAND_LINE
from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.figures import TableResult
from schema.framework.shipped import load_for
from schema.store.database import Database
from schema.store.loaded import load
from schema.store.models import Case, Comparison
from schema.store.projects import find_project
from schema.store.readmodel import master_study
from schema.template.value import Missing, to_plain
from tests.support.databases import sqlite_database
from tests.support.pspp_tables import frequencies, run
from webapp.downloads.formats import Options
from webapp.downloads.making import make
from webapp.sample.loading import STUDY_KEY, load_people, load_project, load_study
from webapp.sample.study import study


@dataclass(frozen=True)
class Files:
    """The files of the sample study, and its figures."""

    folder: Path
    database: Database
    tables: dict[str, TableResult]
    derived: frozenset[str]

    def unpacked(self, key: str) -> Path:
        folder = self.folder / key
        if not folder.exists():
            with self.database.reading() as session:
                project = find_project(session, STUDY_KEY)
            assert project is not None
            made = self.folder / f"{key}.zip"
            make(self.database, COMMAND_LINE, project, made, lambda _done, _total: None, Options(key))
            with ZipFile(made) as archive:
                archive.extractall(folder)
        return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Files]:
    folder = tmp_path_factory.mktemp("analysis")
    database = sqlite_database(folder / "tandem.sqlite3")
    load_people(database)
    load_project(database, STUDY_KEY, "Sample", "")
    load_study(database, STUDY_KEY, study(10), lambda _: None)
    with database.reading() as session:
        project = find_project(session, STUDY_KEY)
        assert project is not None
        held = master_study(session, COMMAND_LINE, project)
        framework = load_for(held.newest).framework
        assert framework is not None
        extracts = [CaseExtract(case.reference, case.document, case.template) for case in held.cases]
    tables = {table.key: table for table in evaluate(framework, extracts).tables}
    derived = frozenset(field.key for field in held.newest.fields() if field.derive)
    yield Files(folder, database, tables, derived)
    database.dispose()


def figures(table: TableResult, block: str = "") -> dict[str, int]:
    """The lines of a block with anything in them: label and count."""
    lines = (line for line in table.lines if line.key.startswith(block) and not line.key.endswith(".missing"))
    return {line.label: line.count for line in lines if line.count}


@pytest.mark.pspp
def test_pspp_counts_types_of_homicide_as_the_framework_does(files: Files):
    told = frequencies(files.unpacked("sav"), "cases.sav", "homicide_homicide_type")
    assert told["Valid"] == figures(files.tables["homicide_type"])


@pytest.mark.pspp
def test_pspp_counts_the_sex_of_children_as_the_framework_does(files: Files):
    told = frequencies(files.unpacked("sav"), "children.sav", "sex")
    table = files.tables["children"]
    assert told["Valid"] == figures(table, "sex.")
    assert sum(told["Missing"].values()) == table.by_key["sex.missing"].count


@pytest.mark.pspp
def test_pspp_counts_the_age_bands_of_primary_victims_as_the_framework_does(files: Files):
    folder = files.unpacked("sav")
    run(folder, "GET FILE='victims.sav'.\nSELECT IF row_number = 1.\nSAVE OUTFILE='primary.sav'.\n")
    told = frequencies(folder, "primary.sav", "age_band")
    assert told["Valid"] == figures(files.tables["victims"], "age_band.")


@pytest.mark.pspp
def test_pspp_counts_every_theme_by_case_as_the_framework_does(files: Files):
    for line in files.tables["themes"].lines:
        told = frequencies(files.unpacked("sav"), "framework.sav", line.key.replace(".", "_"))
        assert told["Valid"].get("1.00", told["Valid"].get("1", 0)) == line.count
        assert sum(told["Valid"].values()) == line.base


def test_pandas_reads_the_stata_files_with_their_labels(files: Files):
    cases = pd.read_stata(files.unpacked("dta") / "cases.dta")
    counted = cases["homicide_homicide_type"].value_counts()
    assert {label: count for label, count in counted.items() if count} == figures(
        files.tables["homicide_type"]
    )


def records(files: Files) -> list[dict[str, Any]]:
    text = (files.unpacked("json") / "cases.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_value_stands_in_the_json_with_what_both_coders_entered(files: Files):
    seen = 0
    with files.database.reading() as session:
        for record in records(files):
            query = select(Comparison).join(Case).where(
                Case.reference == record["case"], Comparison.superseded_at.is_(None)
            )  # fmt: skip
            held = load(session, session.scalars(query).one())
            values = {value["path"]: value for value in record["values"]}
            pairs = {pair.id: pair for pair in held.pairs}
            for path, value in held.consensus().paths():
                seen += 1
                told = values[path]
                assert (told["missing"] if isinstance(value, Missing) else told["value"]) == to_plain_code(
                    value
                )
                parts = path.split(".")
                for side, document in (("a", held.a), ("b", held.b)):
                    if len(parts) == 3:
                        row = getattr(pairs[parts[1]], f"row_{side}")
                        entered = document.get(f"{parts[0]}.{row}.{parts[2]}") if row else None
                    else:
                        entered = document.get(path)
                    shown = told[side] and (told[side]["missing"] or told[side]["value"])
                    assert shown == (to_plain_code(entered) if entered is not None else None), path
    assert seen > 500


def to_plain_code(value: Any) -> Any:
    return value.code if isinstance(value, Missing) else to_plain(value)


def test_every_difference_stands_in_the_json_with_its_decision(files: Files):
    decided = 0
    for record in records(files):
        for value in record["values"]:
            entered = [side and (side["missing"], side["value"]) for side in (value["a"], value["b"])]
            if value["verdict"] in ("differ", "missing_differs") and value["field"] not in files.derived:
                assert entered[0] != entered[1]
                assert value["decision"]["choice"]
                assert value["decision"]["decided_by"]
                decided += 1
    assert decided > 5


def test_what_follows_from_an_answer_stands_in_the_json_for_each_coder(files: Files):
    bands = [value for record in records(files) for value in record["values"] if value["field"] == "age_band"]
    assert [band for band in bands if band["value"] and band["a"] and band["b"]]


def test_the_manifest_says_what_is_in_what_every_code_means_and_which_hash(files: Files):
    manifest = json.loads((files.unpacked("json") / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["cases"] == len(records(files)) == 10
    fields = {field["path"]: field for field in manifest["templates"][0]["fields"]}
    assert {"value": "iph", "code": 1, "label": "Intimate partner homicide (IPH)"} in fields[
        "homicide.homicide_type"
    ]["codes"]
    assert manifest["content_hash"].startswith("sha256:")

"""What statistics programs find in our files is what was extracted, under names and labels that they accept."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pyreadstat
import pytest
from openpyxl import load_workbook

from exports.analysis.frames import Frame, frames_of
from exports.analysis.naming import SPSS_RESERVED, STATA_RESERVED, Names, spss_names, stata_names
from exports.analysis.syntax import cut, user_missing
from exports.formats import WRITERS
from exports.written import Order
from schema.answers.document import Document
from schema.problem import Refused
from schema.store.master import MasterStudy
from schema.template.loader import load_template
from schema.template.value import Missing
from tests.support.pspp_tables import run
from tests.unit.exports.hostile_study import ANSWERS, hostile_study, template
from tests.unit.exports.small_study import LISTS, SOURCE, case, study
from tests.unit.exports.test_workbook import a_study

FILES = {"sav": r"[A-Za-z][A-Za-z0-9_]{0,63}", "dta": r"[A-Za-z][A-Za-z0-9_]{0,31}"}


def unpacked(folder: Path, key: str, held: MasterStudy) -> Path:
    WRITERS[key](folder / f"{key}.zip", Order(held))
    with ZipFile(folder / f"{key}.zip") as archive:
        archive.extractall(folder / key)
    return folder / key


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def sav(folder: Path) -> Path:
    return unpacked(folder, "sav", hostile_study())


@pytest.fixture(scope="module")
def dta(folder: Path) -> Path:
    return unpacked(folder, "dta", hostile_study())


def names(folder: Path) -> list[dict[str, str]]:
    with (folder / "names.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def frames(held: MasterStudy, how: Any) -> Iterator[Frame]:
    return iter(frames_of(Order(held), how).frames)


@pytest.mark.parametrize("key", list(FILES))
def test_every_name_is_legal_unique_whatever_the_case_and_traced_to_its_column(key: str, folder: Path):
    held = names(unpacked(folder, key, hostile_study()))
    for file in {row["file"] for row in held}:
        own = [row["variable"] for row in held if row["file"] == file]
        assert all(re.fullmatch(FILES[key], name) for name in own)
        assert len({name.casefold() for name in own}) == len(own)
        assert not {name.casefold() for name in own} & (SPSS_RESERVED if key == "sav" else STATA_RESERVED)
    assert len(held) > 600


def test_a_name_that_was_given_stays_when_fields_are_added():
    first, second = Names(8, frozenset()), Names(8, frozenset())
    before = [first.take(wanted) for wanted in ("longer_name", "longer-nick")]
    after = [second.take(wanted) for wanted in ("longer_name", "longer-nick", "longer.next")]
    assert after[:2] == before
    assert len(set(after)) == 3


def test_spss_reads_back_every_value_of_every_kind(sav: Path):
    for stem, frame in zip(("cases", "long"), frames(hostile_study(), spss_names), strict=True):
        data, meta = pyreadstat.read_sav(sav / f"{stem}.sav", user_missing=True)
        assert list(data.columns) == [held.name for held in frame.variables]
        for variable, cells in zip(frame.variables, frame.columns, strict=True):
            assert [_plain(cell) for cell in data[variable.name]] == [_told(cell) for cell in cells], variable
            assert meta.column_names_to_labels[variable.name] == cut(variable.label, 255)
            labels = meta.variable_value_labels.get(variable.name, {})
            assert labels == {code: cut(label, 120) for code, label in variable.labels.items()}


def _plain(cell: Any) -> Any:
    if cell is None or cell == "" or cell is pd.NaT or cell != cell:
        return None
    return cell.date() if isinstance(cell, pd.Timestamp) else cell


def _told(cell: Any) -> Any:
    return None if cell == "" else cell


def test_the_commands_for_stata_name_what_the_files_have(dta: Path):
    """``missing.do`` is run nowhere here: each command is held against the variables, labels and codes of the file that it opens."""
    opens, decodes, labels, saves = (
        r'use "(.+)\.dta", clear',
        r"mvdecode (\w+), mv\((.+)\)",
        r"label define (\w+) (\.[a-z]) `\"(.*)\"', modify",
        r'save "(.+)\.dta", replace',
    )
    opened, letters, done = "", {}, 0
    for command in (dta / "missing.do").read_text(encoding="utf-8").splitlines()[1:]:
        if found := re.fullmatch(opens, command):
            opened = found[1]
            meta = pyreadstat.read_dta(dta / f"{opened}.dta", metadataonly=True)[1]
        elif found := re.fullmatch(decodes, command):
            variable, held = found[1], dict(pair.split("=") for pair in found[2].split(" \\ "))
            codes = meta.variable_value_labels[variable]
            assert meta.variable_to_label[variable] == variable, "the set of labels bears the variable's name"
            letters = {sign: codes[int(code)] for code, sign in held.items()}
            assert len(letters) == len(held)
        elif found := re.fullmatch(labels, command):
            assert found[1] == variable
            assert found[3] == " ".join(letters.pop(found[2]).split()).replace("`", "'")
            done += 1
        else:
            assert (saved := re.fullmatch(saves, command))
            assert saved[1] == opened
            assert not letters
    assert done > 10


def test_days_stay_days_in_both_formats(sav: Path, dta: Path):
    frame = next(frames(hostile_study(), spss_names))
    days = [held.name for held in frame.variables if held.kind == "date"]
    read, _ = pyreadstat.read_sav(sav / "cases.sav")
    assert [_plain(read[name][0]) for name in days] == [date(1899, 12, 31)] * len(days)
    frame = next(frames(hostile_study(), stata_names))
    read = pd.read_stata(dta / "cases.dta", convert_categoricals=False)
    days = [held.name for held in frame.variables if held.kind == "date"]
    assert days
    assert [_plain(read[name][0]) for name in days] == [date(1899, 12, 31)] * len(days)


def test_stata_reads_back_every_value_of_every_kind(dta: Path):
    for stem, frame in zip(("cases", "long"), frames(hostile_study(), stata_names), strict=True):
        reader = pd.read_stata(dta / f"{stem}.dta", convert_categoricals=False)
        with pd.io.stata.StataReader(dta / f"{stem}.dta") as opened:
            opened.read(nrows=1)
            labels = opened.value_labels()
        for variable, cells in zip(frame.variables, frame.columns, strict=True):
            assert [_plain(cell) for cell in reader[variable.name]] == [_told(cell) for cell in cells], (
                variable
            )
            if variable.labels:
                assert labels[variable.name] == dict(variable.labels)


def test_missing_codes_are_declared_and_never_counted_as_values(sav: Path):
    data, _ = pyreadstat.read_sav(sav / "cases.sav")
    _, meta = pyreadstat.read_sav(sav / "cases.sav", user_missing=True)
    assert len(meta.missing_ranges) > 50
    for name, declared in meta.missing_ranges.items():
        assert declared == [{"lo": -9.0, "hi": -6.0}, {"lo": -1.0, "hi": -1.0}]
        assert data[name].notna().sum() == 1


def test_a_number_that_can_be_negative_keeps_its_missing_codes_apart():
    frame = next(frames(hostile_study(), spss_names))
    by_source = {held.source: held for held in frame.variables}
    number = next(field for field in template().by_key["main"].fields if field.kind == "decimal")
    assert by_source[number.path].missing == ()
    assert set(by_source[f"{number.path}.missing"].labels) == {-9, -8, -7, -6, -1}


@pytest.mark.parametrize(
    ("codes", "held"),
    [
        ((-9, -8, -7, -6, -1), ((-9, -6), (-1,))),
        ((-9, -8, -1), (None, (-9, -8, -1))),
        ((-99,), (None, (-99,))),
    ],
)
def test_missing_codes_take_the_form_that_spss_can_hold(codes: tuple[int, ...], held: object):
    assert user_missing(codes) == held


@pytest.mark.parametrize("key", ["sav"])
def test_a_text_that_spss_cannot_hold_is_refused_with_case_and_field(tmp_path: Path, key: str):
    long = _with_text("é" * 20_000)
    with pytest.raises(Refused) as refused:
        WRITERS[key](tmp_path / "x.zip", Order(long))
    (problem,) = refused.value.problems
    assert problem.code == "EXP-007"
    assert "DHR-1, field main.passage: a text of 40,000 bytes" in problem.message


def test_stata_holds_the_text_that_spss_cannot(tmp_path: Path):
    held = unpacked(tmp_path, "dta", _with_text("é" * 20_000))
    assert pd.read_stata(held / "cases.dta")["main_passage"][0] == "é" * 20_000


def test_a_whole_number_that_no_double_holds_is_refused_with_case_and_field(tmp_path: Path):
    with pytest.raises(Refused, match=r"DHR-1, field main\.whole"):
        WRITERS["sav"](tmp_path / "x.zip", Order(_with(whole=2**53 + 1)))


def _with_text(text: str) -> MasterStudy:
    return _with(passage=text)


def _with(**main: Any) -> MasterStudy:
    version = a_study().newest
    return study([case("DHR-1", Document({"main": main}), version)], (version,))


@pytest.mark.parametrize("key", ["sav", "dta"])
def test_a_study_without_a_case_makes_files_that_open(tmp_path: Path, key: str):
    version = a_study().newest
    held = unpacked(tmp_path, key, study([], (version,)))
    data = pyreadstat.read_sav(held / "cases.sav")[0] if key == "sav" else pd.read_stata(held / "cases.dta")
    assert len(data) == 0
    assert "main_whole" in data.columns


@pytest.mark.pspp
def test_pspp_opens_the_hostile_files_and_takes_all_multiple_response_sets(sav: Path):
    run(sav, (sav / "multiple-response.sps").read_text(encoding="utf-8"))
    told = run(sav, "GET FILE='long.sav'.\nDISPLAY DICTIONARY.\nDESCRIPTIVES ALL.\n")
    assert "عربي: كم طفلا؟ 7" in told


@pytest.mark.pspp
def test_pspp_runs_the_hostile_bundles_own_syntax(folder: Path):
    bundle = unpacked(folder, "csv", hostile_study())
    run(bundle, (bundle / "load.sps").read_text(encoding="utf-8"))
    loaded, _ = pyreadstat.read_sav(bundle / "spss/long.sav", user_missing=True)
    frame = list(frames(hostile_study(), spss_names))[1]
    for variable, cells in zip(frame.variables, frame.columns, strict=True):
        on_one_line = [" ".join(cell.split("\n")) if isinstance(cell, str) else cell for cell in cells]
        assert [_plain(cell) for cell in loaded[variable.name]] == [_told(cell) for cell in on_one_line], (
            variable
        )


@pytest.mark.parametrize("key", list(WRITERS))
def test_the_hostile_study_survives_every_format_and_the_same_data_give_the_same_hash(
    key: str, tmp_path: Path
):
    held = hostile_study()
    first = WRITERS[key](tmp_path / "first", Order(held))
    second = WRITERS[key](tmp_path / "second", Order(replace(held, made_by="Erin")))
    assert first.content_hash == second.content_hash
    if key.startswith("codebook"):  # the same questionnaire is the same codebook, whatever was answered
        return
    other = replace(held, cases=tuple(held.cases)[:3], included=3)
    assert WRITERS[key](tmp_path / "other", Order(other)).content_hash != first.content_hash


def test_every_kind_has_a_hostile_answer():
    assert {field.kind for field in template().fields()} - {"text", "long_text"} == set(ANSWERS)


def test_a_missing_code_that_only_an_older_version_offered_is_in_every_format(tmp_path: Path):
    old = a_study().newest
    newer = SOURCE.replace("version: 1", "version: 2").replace(
        "label: Words, missing: [not_reported]", "label: Words"
    )
    held = study(
        [case("DHR-1", Document({"main": {"words": Missing("not_reported")}}), old)],
        (old, load_template(newer, LISTS).needed()),
    )
    WRITERS["xlsx"](tmp_path / "x.xlsx", Order(held))
    sheet = load_workbook(tmp_path / "x.xlsx")["cases"]
    header, row = sheet.iter_rows(values_only=True)
    assert dict(zip(header, row, strict=True))["main.words.missing"] == -9
    data, _ = pyreadstat.read_sav(unpacked(tmp_path, "sav", held) / "cases.sav")
    assert data["main_words_missing"][0] == -9

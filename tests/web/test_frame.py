"""The coding frame from the first act to the adopted version: pages, refusals, findings, and that nothing signed off changes."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pyreadstat
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from schema.actor import COMMAND_LINE
from schema.answers.document import Row
from schema.store.agreement_read import study_agreement
from schema.store.database import Database
from schema.store.frames import frames_of
from schema.store.models import Audit, FrameAct, Snapshot
from schema.store.projects import find_project
from schema.store.readmodel import master_study
from tests.support.policing import Page, PolicingClient
from tests.support.world import FILE, World, build_world
from webapp.cli import main
from webapp.findings.operations import findings, study_of
from webapp.sample import loading
from webapp.sample.study import study

KEY = loading.STUDY_KEY
FRAME = f"/projects/{KEY}/coding-frame"
CASES = 4


@pytest.fixture(scope="module")
def signed_off(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few cases of the sample study, signed off."""
    folder = tmp_path_factory.mktemp("frame")
    made = build_world(folder)
    for name in set(loading.PEOPLE) - {"amara", "ben", "carol", "dana", "victor", "root"}:
        made.add_person(name)
    loading.load_project(made.database, KEY, "Sample study", "Invented.")
    loading.load_study(made.database, KEY, study(CASES), lambda _: None)
    made.database.dispose()
    return folder


@pytest.fixture
def world(signed_off: Path, tmp_path: Path) -> Iterator[World]:
    """A copy of it, for one test to change."""
    shutil.copyfile(signed_off / FILE, tmp_path / FILE)
    made = World(Database(f"sqlite:///{tmp_path / FILE}"), tmp_path)
    yield made
    made.database.dispose()


def held(world: World):
    with world.reading() as session:
        project = find_project(session, KEY)
        assert project is not None
        return project, frames_of(session, project)


def figures(world: World, which: str = "adopted") -> tuple[dict[str, str], str]:
    with world.reading() as session:
        project, _ = held(world)
        found = findings(session, study_of(session, project, which))
        lines = {line.key: line.text() for table in found.tables for line in table.lines}
        return lines, found.content_hash


def send(client: PolicingClient, address: str, world: World, **values: object):
    sent = {"reason": "Seen in analysis.", "seen": held(world)[1].last_act, "step": "do", **values}
    return client.submit(f"{FRAME}{address}", sent)


def rows(world: World, group: str = "recommendations"):
    with world.reading() as session:
        project, _ = held(world)
        study_ = master_study(session, COMMAND_LINE, project)
        return [(case, row) for case in study_.cases for row in case.document.rows(group)]


def test_a_frame_lives_from_the_first_act_to_the_adopted_version(world: World) -> None:
    dana = world.client_for("dana")
    before, first_hash = figures(world)
    frozen = snapshots(world)
    agreed = agreement(world)
    every = [*rows(world), *rows(world, "learning")]
    holders = [row for _, row in every if "T1.1" in row.values.get("subthemes", ())]
    assert holders, "no recommendation of the sample carries T1.1, so this test proves nothing"

    look = dana.submit(f"{FRAME}/codes/subtheme/T1.1/merge", {"reason": "x", "seen": 0, "into": "T1.2"})
    words = Page(look).words
    assert f"{len(holders)} row" in words
    assert held(world)[1].last_act == 0, "looking does nothing"

    assert send(dana, "/codes/subtheme/T1.1/merge", world, into="T1.2").status_code == 303
    assert figures(world) == (before, first_hash), "a draft changes no finding"
    assert send(dana, "/adopt", world).status_code == 303
    after, second_hash = figures(world)
    assert second_hash != first_hash
    assert "subtheme.T1.1" not in after
    both = {case.reference for case, row in rows(world) if "T1.2" in row.values["subthemes"]}
    assert after["subtheme.T1.2"].startswith(f"{len(both)}/{CASES} ")
    assert figures(world, "original") == (before, first_hash)

    assert snapshots(world) == frozen, "what was signed off stays"
    assert agreement(world) == agreed, "recoding changes no agreement figure"
    page = dana.page(f"/projects/{KEY}/findings")
    assert "Version 1 of the coding frame" in page.words


def test_a_split_is_adopted_once_every_row_was_chosen_for(world: World) -> None:
    dana = world.client_for("dana")
    code = next(code for _, row in rows(world) for code in row.values["subthemes"])
    parts = f"{code}a First part\n{code}b Second part"
    assert send(dana, f"/codes/subtheme/{code}/split", world, parts=parts).status_code == 303
    refused = send(dana, "/adopt", world)
    assert refused.status_code == 422
    assert "FRM-021" in refused.get_data(as_text=True) or "still hold a code" in Page(refused).words
    waiting = [link for link in dana.page(f"{FRAME}/waiting").links.values() if "/rows/" in link]
    assert waiting
    for link in waiting:
        place = link.removeprefix(FRAME)
        chosen = choices(dana, link)
        chosen["codes-subthemes"] = [f"{code}a" if one == code else one for one in chosen["codes-subthemes"]]
        assert send(dana, place, world, **chosen).status_code == 303
    assert send(dana, "/adopt", world).status_code == 303
    lines, _ = figures(world)
    assert f"subtheme.{code}" not in lines
    assert lines[f"subtheme.{code}b"].startswith("0/")
    crosswalk = dana.page(f"{FRAME}/crosswalk").words
    assert f"{code} {code}a" in crosswalk


def choices(client: PolicingClient, address: str) -> dict[str, list[str]]:
    """What is ticked on the page of a row."""
    ticked: dict[str, list[str]] = {}
    for control in client.page(address).root.iter("input"):
        name = control.get("name", "")
        if name.startswith("codes-") and control.get("checked") is not None:
            ticked.setdefault(name, []).append(control.get("value", ""))
    return ticked


def test_a_recoding_that_breaks_a_rule_is_refused_and_leaves_nothing(world: World) -> None:
    dana = world.client_for("dana")
    case, row = next((case, row) for case, row in rows(world) if "T7" not in row.values["themes"])
    with world.reading() as session:
        case_id = next(
            c.case_id for c in study_of(session, held(world)[0]).cases if c.reference == case.reference
        )
    address = f"/rows/{case_id}/recommendations.{row.id}"
    alone = {"codes-themes": [*row.values["themes"], "T7"], "codes-subthemes": list(row.values["subthemes"])}
    answer = send(dana, address, world, **alone)
    assert answer.status_code == 422
    assert "T7 goes with the level" in Page(answer).words or "rule would not hold" in Page(answer).words
    assert held(world)[1].last_act == 0
    dana.page(f"{FRAME}{address}")


def test_a_stale_page_is_refused(world: World) -> None:
    dana = world.client_for("dana")
    words = {"label": "New words", "definition": "d", "include": "i", "exclude": "e"}
    assert send(dana, "/codes/theme/T1/describe", world, **words).status_code == 303
    assert send(dana, "/codes/theme/T2/describe", world, seen=0, **words).status_code == 409


def test_codes_are_added_made_an_example_of_and_taken_back(world: World) -> None:
    dana = world.client_for("dana")
    new = {
        "codelist": "theme",
        "value": "T8",
        "label": "Voice of the child",
        "fields": ["recommendations.themes"],
    }
    assert send(dana, "/add", world, **new).status_code == 303
    assert send(dana, "/add", world, **new).status_code == 422, "a code is never used twice"
    child = {"codelist": "subtheme", "value": "T8.1", "label": "Listening", "parent": "T8"}
    assert send(dana, "/add", world, **child).status_code == 303
    case, row = rows(world)[0]
    with world.reading() as session:
        case_id = next(
            c.case_id for c in study_of(session, held(world)[0]).cases if c.reference == case.reference
        )
    address = f"/rows/{case_id}/recommendations.{row.id}"
    both = {
        "codes-themes": [*row.values["themes"], "T8"],
        "codes-subthemes": [*row.values["subthemes"], "T8.1"],
    }
    assert send(dana, address, world, **both).status_code == 303
    example = {"example-reason": "In the panel’s own words.", "example-seen": held(world)[1].last_act}
    unsaid = Page(send(dana, f"{address}/example", world, **example))
    assert unsaid.links["Choose a code."] == "#example-value"
    assert "In the panel’s own words.</textarea>" in unsaid.text
    assert unsaid.words.count("Say why.") == 0
    example["example-value"] = "subtheme:T8.1"
    assert send(dana, f"{address}/example", world, **example).status_code == 303
    page = dana.page(f"{FRAME}/codes/subtheme/T8.1")
    assert case.reference in page.words
    assert str(row.values["text"])[:40] in page.words
    refused = send(dana, "/undo", world, act=1)
    assert refused.status_code == 422
    assert "Act 2 rests on it" in Page(refused).words
    assert "Added T8." in Page(refused).words, "the page says what act 1 did"
    assert send(dana, "/undo", world, act=3).status_code == 303
    assert send(dana, "/adopt", world).status_code == 303
    lines, _ = figures(world)
    assert lines["theme.T8"] == f"0/{CASES} (0%)"


def test_acts_are_on_record_and_nobody_changes_them(world: World) -> None:
    dana = world.client_for("dana")
    words = {"label": "New words", "definition": "", "include": "", "exclude": ""}
    assert send(dana, "/codes/theme/T1/describe", world, **words).status_code == 303
    with world.reading() as session:
        assert session.scalars(select(Audit.action).order_by(Audit.seq.desc())).first() == "frame.describe"
        assert session.scalars(select(FrameAct.reason)).all() == ["Seen in analysis."]
    with pytest.raises(DatabaseError), world.writing() as session:
        session.execute(text("UPDATE frame_act SET reason = 'x'"))


def snapshots(world: World) -> list[tuple[str, str]]:
    with world.reading() as session:
        return sorted((row.id, row.sha256) for row in session.scalars(select(Snapshot)))


def agreement(world: World) -> object:
    with world.reading() as session:
        project, _ = held(world)
        return repr(study_agreement(session, COMMAND_LINE, project))


def test_exports_read_the_frame_and_hold_the_crosswalk(world: World, tmp_path: Path) -> None:
    dana = world.client_for("dana")
    assert send(dana, "/codes/subtheme/T1.1/merge", world, into="T1.2").status_code == 303
    assert send(dana, "/adopt", world).status_code == 303
    merged = sum("T1.2" in row.values.get("subthemes", ()) for _, row in rows(world))

    new, old = (
        run(world, tmp_path, name, *more) for name, more in (("new", ()), ("old", ("--frame", "original")))
    )
    ticked = {
        name: total(book, "recommendations.subthemes:T1.2") for name, book in (("new", new), ("old", old))
    }
    assert ticked["new"] == merged
    assert ticked["old"] < merged
    assert total(new, "recommendations.subthemes:T1.1") == 0
    assert total(old, "recommendations.subthemes:T1.1") > 0
    assert {"coding frame", "crosswalk"} <= set(new.sheetnames)
    assert not {"coding frame", "crosswalk"} & set(old.sheetnames)

    place = tmp_path / "crosswalk.csv"
    answer = command(world, "frame", "export", KEY, "--out", str(place))
    assert answer.exit_code == 0, answer.output
    lines = {
        (line["old_code"], line["new_code"]): line for line in csv.DictReader(place.open(encoding="utf-8"))
    }
    sheet = {(row[1], row[3]): row for row in new["crosswalk"].iter_rows(min_row=2, values_only=True)}
    assert lines["T1.1", "T1.2"]["how"] == "merge"
    assert int(lines["T1.1", "T1.2"]["rows"]) == sheet["T1.1", "T1.2"][7] > 0
    assert ("T1.1", "T1.1") not in lines
    shown = command(world, "frame", "show", KEY).output
    assert "version 1" in shown
    assert "(merged into T1.2)" in shown


def test_a_case_signed_off_later_is_read_under_the_frame_in_every_format(
    world: World, tmp_path: Path
) -> None:
    dana = world.client_for("dana")
    assert send(dana, "/codes/subtheme/T1.3/merge", world, into="T1.2").status_code == 303
    assert send(dana, "/adopt", world).status_code == 303
    loading.load_study(world.database, KEY, replace(study(1), prefix="LATE"), lambda _: None)
    (late,) = [row for case, row in rows(world) if case.reference == "LATE-001" and _has(row, "T1.2")]
    assert not any(_has(row, "T1.3") for _, row in rows(world))
    relevant = [(case, row) for case, row in rows(world) if row.values["for_children_services"] == "yes"]
    holding = {case.reference for case, row in relevant if _has(row, "T1.2")}
    assert figures(world)[0]["subtheme.T1.2"].startswith(f"{len(holding)}/{CASES + 1} ")
    assert "subtheme.T1.3" in figures(world, "original")[0]

    told = [json.loads(line) for line in part(world, tmp_path, "json", "cases.jsonl").decode().splitlines()]
    values = {(case["case"], value["path"]): value for case in told for value in case["values"]}
    path = f"recommendations.{late.id}.subthemes"
    (step,) = values["LATE-001", path]["recoded"]
    assert (step["act"], set(step["before"]), set(step["after"])) == (1, {"T1.3", "T5.1"}, {"T1.2", "T5.1"})
    assert set(values["LATE-001", path]["value"]) == {"T1.2", "T5.1"}
    assert (
        "T1.3" in values["LATE-001", path]["a"]["value"] or "T1.3" in values["LATE-001", path]["b"]["value"]
    )
    assert "recoded" not in values["LATE-001", f"recommendations.{late.id}.for_children_services"]

    ticked = sum(_has(row, "T1.2") for _, row in rows(world))
    wide = part(world, tmp_path, "csv", "wide/recommendations.csv").decode()
    assert (
        sum(line["recommendations.subthemes:T1.2"] == "1" for line in csv.DictReader(StringIO(wide)))
        == ticked
    )
    frame = csv.DictReader(StringIO(part(world, tmp_path, "csv", "coding-frame.csv").decode()))
    assert {line["code"]: line["state"] for line in frame if line["list"] == "subtheme"}["T1.3"] == "merged"
    (tmp_path / "rows.sav").write_bytes(part(world, tmp_path, "sav", "recommendations.sav"))
    data, meta = pyreadstat.read_sav(tmp_path / "rows.sav")
    label = "Recording, maintenance and review of information"
    (name,) = [one for one, said in meta.column_names_to_labels.items() if str(said).endswith(f": {label}")]
    assert int(data[name].sum()) == ticked > 1


def _has(row: Row, code: str) -> bool:
    held = row.values.get("subthemes")
    return isinstance(held, tuple) and code in held


def part(world: World, folder: Path, file: str, name: str) -> bytes:
    """One file out of an exported archive."""
    out = folder / f"{file}.zip"
    if not out.exists():
        answer = command(world, "export", KEY, "--format", file, "--out", str(out))
        assert answer.exit_code == 0, answer.output
    with ZipFile(out) as archive:
        return archive.read(name)


def run(world: World, folder: Path, name: str, *more: str):
    out = folder / f"{name}.xlsx"
    answer = command(world, "export", KEY, "--out", str(out), *more)
    assert answer.exit_code == 0, answer.output
    return load_workbook(out, read_only=True)


def command(world: World, *words: str):
    settings = {
        "TANDEM_DATABASE_URL": world.settings.database_url,
        "TANDEM_DATA_DIR": str(world.folder),
        "TANDEM_SECRET_KEY": world.settings.secret_key,
    }
    return CliRunner(env=settings).invoke(main, list(words), catch_exceptions=False)


def total(book, column: str) -> int:
    """How many rows of the sheet of recommendations are ticked in a column."""
    head, *held = book["recommendations"].iter_rows(values_only=True)
    at = list(head).index(column)
    return sum(row[at] == 1 for row in held)


def waiting_after_split(world: World, client: PolicingClient) -> tuple[str, list[str]]:
    """Split the sub-theme that most rows carry; give it and the keys of the rows that then wait."""
    counted = Counter(code for _, row in [*rows(world), *rows(world, "learning")] for code in _sub(row))
    code, most = counted.most_common(1)[0]
    assert most >= 3, "too few rows share a sub-theme to recode them together"
    parts = f"{code}a First part\n{code}b Second part"
    assert send(client, f"/codes/subtheme/{code}/split", world, parts=parts).status_code == 303
    keys = ticks(client.page(f"{FRAME}/codes/subtheme/{code}/recode"))
    assert len(keys) == most
    return code, keys


def _sub(row: Row) -> tuple[str, ...]:
    found = row.values.get("subthemes")
    return found if isinstance(found, tuple) else ()


def ticks(page: Page) -> list[str]:
    return [one.get("value", "") for one in page.root.iter("input") if one.get("name") == "rows"]


def test_no_more_rows_are_recoded_together_than_the_limit_says(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.frame.rows.ROWS_ON_A_PAGE", 1)
    dana = world.client_for("dana")
    counted = Counter(code for _, row in [*rows(world), *rows(world, "learning")] for code in _sub(row))
    code, most = counted.most_common(1)[0]
    monkeypatch.setattr("webapp.frame.several.RECODED_ROWS", most - 1)
    other = next(one for one in ("T1.2", "T1.3") if one != code)
    address, before = f"/codes/subtheme/{code}/recode", held(world)[1].last_act
    refused = send(dana, address, world, every="y", into=[other], keep="y")
    assert refused.status_code == 422
    assert f"These are {most} rows, and {most - 1} can be recoded together." in Page(refused).words
    assert held(world)[1].last_act == before


def test_ticked_rows_are_recoded_together_after_a_look_and_taken_back_together(world: World) -> None:
    dana = world.client_for("dana")
    code, keys = waiting_after_split(world, dana)
    address, before = f"/codes/subtheme/{code}/recode", held(world)[1].last_act
    chosen = {"rows": keys[:-1], "into": [f"{code}a"]}

    look = Page(send(dana, address, world, step="look", **chosen))
    assert f"{len(keys) - 1} rows in" in look.words
    assert f"{code}a" in look.words.split("would become")[1]
    assert look.words.count("would become") == len(keys) - 1, "the row that is not ticked stays"
    assert held(world)[1].last_act == before, "looking does nothing"

    assert send(dana, address, world, **chosen).status_code == 303
    assert ticks(dana.page(f"{FRAME}{address}")) == keys[-1:]
    now = dana.page(f"{FRAME}/codes/subtheme/{code}a")
    assert f"{len(keys) - 1} rows" in now.words
    with world.reading() as session:
        taken = session.scalars(select(FrameAct).where(FrameAct.kind == "recode")).all()
        recorded = session.scalars(select(Audit.action).where(Audit.action == "frame.recode")).all()
    assert [f"{act.case_id}:{json.loads(act.body)['place']}" for act in taken] == keys[:-1]
    assert len(recorded) == len(keys) - 1, "each row is on record"

    page = dana.page(FRAME)
    assert f"Recoded {len(keys) - 1} rows of" in page.words
    (back,) = [link for link in page.links.values() if f"act={before + 1}&" in link]
    last = before + len(keys) - 1
    assert f"last={last}" in back
    assert send(dana, "/undo", world, act=before + 1, last=last).status_code == 303
    assert ticks(dana.page(f"{FRAME}{address}")) == keys
    assert f"Took back acts {before + 1} to {last}" in dana.page(FRAME).words

    other = "T2.1" if not code.startswith("T2") else "T3.1"
    assert send(dana, address, world, rows=keys[:1], into=[other]).status_code == 303
    with world.reading() as session:
        body = json.loads(
            session.scalars(select(FrameAct.body).order_by(FrameAct.number.desc())).first() or ""
        )
    after = {change["key"]: change["after"] for change in body["changes"]}
    assert other in after["subthemes"]
    assert other.partition(".")[0] in after["themes"], "a sub-theme takes its theme along"


def test_all_rows_that_say_some_words_are_recoded_whichever_page_shows_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.frame.rows.ROWS_ON_A_PAGE", 1)
    dana = world.client_for("dana")
    counted = Counter(code for _, row in [*rows(world), *rows(world, "learning")] for code in _sub(row))
    code = counted.most_common(1)[0][0]
    address = f"/codes/subtheme/{code}/recode"
    first = dana.page(f"{FRAME}{address}")
    assert f"Page 1 of {counted[code]}" in first.words
    (key,) = ticks(first)
    case_id = key.partition(":")[0]
    with world.reading() as session:
        reference = {c.case_id: c.reference for c in study_of(session, held(world)[0]).cases}[case_id]
    other = next(one for one in ("T1.2", "T1.3") if one != code)
    query = f"{address}?find={reference}"
    assert send(dana, query, world, every="y", into=[other], keep="y").status_code == 303
    with world.reading() as session:
        acts = session.scalars(select(FrameAct)).all()
    assert {act.case_id for act in acts} == {case_id}, "only the rows of the case that was looked for"
    assert all(code in json.loads(act.body)["changes"][-1]["after"] for act in acts), "the code is kept"


def test_what_cannot_be_recoded_together_is_refused_with_its_row(world: World) -> None:
    dana = world.client_for("dana")
    code, keys = waiting_after_split(world, dana)
    address, before = f"/codes/subtheme/{code}/recode", held(world)[1].last_act
    none = send(dana, address, world, into=[f"{code}a"])
    assert none.status_code == 422
    assert "No row is ticked" in Page(none).words
    same = send(dana, address, world, rows=keys, into=[code])
    assert same.status_code == 422, "a code that was split is no choice"
    foreign = send(dana, address, world, rows=["nobody:recommendations.r1"], into=[f"{code}a"])
    assert foreign.status_code == 422
    away = send(dana, address, world, rows=keys)
    with world.reading() as session:
        references = [c.reference for c in study_of(session, held(world)[0]).cases]
    assert away.status_code == 422
    said = Page(away).words.removeprefix("There is a problem ")
    assert said.startswith(tuple(references)), "the row is named"
    assert "needs a code" in said.partition(".")[0]
    assert held(world)[1].last_act == before
    assert world.client_for("amara").get(f"{FRAME}{address}").status_code in (403, 404)

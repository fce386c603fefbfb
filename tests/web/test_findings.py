"""Managers read the findings, what stands behind each figure, and check a draft against them; nobody else does."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from schema.store.database import Database
from schema.store.frames import frames_of
from schema.store.models import Audit, ExportFile, Project, SharedRelease
from schema.store.projects import find_project
from tests.support.policing import Page, PolicingClient, words
from tests.support.watched import watched
from tests.support.world import FILE, World, build_world
from webapp.cli import main
from webapp.findings import operations
from webapp.findings.selection import OTHER, arguments, read_asked
from webapp.jobs import Worker
from webapp.sample import loading
from webapp.sample.study import study

KEY = loading.STUDY_KEY
SVG = "{http://www.w3.org/2000/svg}"
FINDINGS = f"/projects/{KEY}/findings"
UNSHARED = "unshared.sqlite3"


@pytest.fixture(scope="module")
def study_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The sample study, every case signed off, beside the usual pilot."""
    made = build_world(tmp_path_factory.mktemp("findings"))
    for name in set(loading.PEOPLE) - {"amara", "ben", "carol", "dana", "victor", "root"}:
        made.add_person(name)
    loading.load_project(made.database, KEY, "Sample study", "Invented.")
    loading.load_study(made.database, KEY, study(), lambda _: None)
    held, copy = (sqlite3.connect(made.folder / name) for name in (FILE, UNSHARED))
    with closing(held), closing(copy):
        held.backup(copy)
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def dana(study_world: World) -> PolicingClient:
    return study_world.client_for("dana")


def project_of(world: World) -> Project:
    with world.reading() as session:
        found = find_project(session, KEY)
    assert found is not None
    return found


def cells(page, table: str, label: str) -> list[str]:
    """The cells of the line with this label."""
    held = next(one for one in page.root.iter("table") if one.get("id") == f"table-{table}")
    row = next(row for row in held.iter("tr") if words(next(row.iter("th"))) == label)
    return [words(cell) for cell in row.iter("td")]


def test_tables_are_printed_with_count_valid_n_percentage_and_missing(dana: PolicingClient) -> None:
    page = dana.page(FINDINGS)
    assert page.heading == "Findings"
    assert cells(page, "victims", "Female") == ["29/33", "88%", "0"]
    assert cells(page, "perpetrators", "White British") == ["21/32", "66%", "1"]
    assert cells(page, "children", "Children reported") == ["43", "", ""]
    assert cells(page, "subthemes", "T1.4 Referral processes") == ["5/33", "15%", "0", "5/24 (21%)"]
    assert cells(page, "good_practice", "DHRs with an example of good practice (DHRs)") == [
        "5/33",
        "15%",
        "0",
    ]
    assert "rounded half up to whole numbers; 0 of 0 is n/a" in page.words
    assert "Counted in primary victims." in page.words


def cross_table(page: Page) -> tuple[list[str], dict[str, list[str]]]:
    """The columns of the page's one cross-table, and the words of its cells by row."""
    (grid,) = [one for one in page.root.iter("table") if one.get("class") == "table cross-table"]
    head, *rows = list(grid.iter("tr"))
    columns = [words(one) for one in head.iter("th")][1:]
    return columns, {words(next(row.iter("th"))): [words(cell) for cell in row.iter("td")] for row in rows}


def test_one_question_by_another_is_printed_as_rows_and_columns_too(dana: PolicingClient) -> None:
    page = dana.page(FINDINGS)
    columns, printed = cross_table(page)
    assert (columns[0], len(columns)) == ("Children's Social Care", 8)
    line = "T1 Multi-agency working and information management"
    for column, cell in zip(columns, printed[line], strict=True):
        assert cell.split() == cells(page, "theme_agency", f"{line}: {column}")[:2]
    beside = dana.page(f"{FINDINGS}?compare=y").root.iter("table")
    assert not [one for one in beside if one.get("class") == "table cross-table"]


def test_no_table_bears_the_name_of_its_section(dana: PolicingClient) -> None:
    root = dana.page(FINDINGS).root
    names = [one.get("aria-label", "") for one in root.iter() if one.get("role") == "region"]
    headings = {words(one) for one in root.iter("h2")}
    assert names
    assert (len(set(names)), headings & set(names)) == (len(names), set())


def test_every_bar_says_the_figure_of_its_line(dana: PolicingClient) -> None:
    page = dana.page(FINDINGS)
    section = next(one for one in page.root.iter("section") if one.get("id") == "finding-themes")
    drawn = [words(text) for text in section.iter(f"{SVG}text")]
    assert drawn[:2] == ["T1 Multi-agency working and information management", "T2 Assessment"]
    assert "26/33 (79%)" in drawn
    widths = [float(bar.get("width", "")) for bar in section.iter(f"{SVG}rect")]
    assert widths[0] / widths[1] == pytest.approx(24 / 12, abs=0.01)


def test_the_figures_stand_as_plain_text_too(dana: PolicingClient) -> None:
    page = dana.page(FINDINGS)
    text = next(one for one in page.root.iter("pre") if one.get("id") == "text-themes")
    lines = "".join(text.itertext()).splitlines()
    assert lines[0] == "Themes (DHRs)"
    assert lines[1] == "T1 Multi-agency working and information management: 24/33, 73%"


def test_every_number_leads_to_a_page_with_as_many_cases(dana: PolicingClient) -> None:
    page = dana.page(FINDINGS)
    tables = [
        one for one in page.root.iter("table") if one.get("id") in ("table-themes", "table-homicide_type")
    ]
    links = [link for table in tables for link in table.iter("a")]
    assert len(links) == 10
    for link in links:
        count = int(words(link).split("/")[0])
        behind = dana.page(link.get("href", ""))
        assert len(list(behind.root.iter("h2"))) == min(count, 40), link.get("href")


def test_behind_a_figure_stand_rows_quotes_and_the_way_to_the_case(dana: PolicingClient) -> None:
    page = dana.page(f"{FINDINGS}/figures/themes/theme.T4")
    assert page.heading == "Themes: T4 Training and development"
    assert "19/33 (58%)" in page.words
    assert "19 cases behind this figure" in page.words
    assert [one for one in page.root.iter("blockquote") if "training" in words(one).lower()]
    assert list(page.root.iter("q"))
    case = page.links["DHR-001"]
    assert dana.page(case).heading == "Final extract of DHR-001"


def test_behind_what_is_missing_stand_the_cases_left_out(dana: PolicingClient) -> None:
    page = dana.page(f"{FINDINGS}/figures/perpetrators/ethnicity.white_british?part=missing")
    assert "1 case left out of this figure" in page.words
    inside = dana.page(f"{FINDINGS}/figures/subthemes/subtheme.T1.4?part=within")
    assert "5 cases counted within “T1 Multi-agency" in inside.words


@pytest.mark.parametrize(
    "address",
    [
        "/figures/themes/theme.T9",
        "/figures/nothing/theme.T4",
        "/figures/themes/theme.T4?page=2",
        "/figures/themes/theme.T4?page=0",
        "/figures/themes/theme.T4?page=999999999999999999999",
        "/figures/themes/theme.T4?part=other",
    ],
)
def test_a_figure_that_is_not_there_is_not_found(dana: PolicingClient, address: str) -> None:
    assert dana.get(FINDINGS + address).status_code == 404


def test_findings_are_narrowed_and_their_figures_too(dana: PolicingClient) -> None:
    page = dana.page(FINDINGS + "?homicide_type=afh")
    assert "Type of homicide: Adult family homicide (AFH): 3 of 33 signed-off cases counted." in page.words
    assert cells(page, "homicide_type", "Adult family homicide (AFH)")[0] == "3/3"
    link = next(link for text, link in page.links.items() if text == "3/3")
    assert "homicide_type=afh" in link
    assert "3 cases behind this figure" in dana.page(link).words


def test_two_selections_stand_side_by_side(dana: PolicingClient) -> None:
    page = dana.page(FINDINGS + "?homicide_type=iph&compare=y")
    shown = cells(page, "homicide_type", "Intimate partner homicide (IPH)")
    assert shown == ["29/29", "100%", "29/33", "88%", "-12"]
    assert "All cases: 33 of 33" in page.words
    nobody = dana.page(FINDINGS + "?homicide_type=-&compare=y")
    assert cells(nobody, "homicide_type", "Intimate partner homicide (IPH)")[:2] == ["0/0", "n/a"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("homicide_type=murder", "Type of homicide has no such choice."),
        ("death_year.from=long+ago", "Year of death: enter a whole number"),
        ("death_year.from=99999999999", "Year of death: enter a whole number"),
        ("death_year.from=2018&death_year.to=2016", "2018 comes after 2016"),
        ("compare=y&other.region=mars", "Region has no such choice."),
    ],
)
def test_a_selection_that_cannot_be_read_is_said(dana: PolicingClient, query: str, said: str) -> None:
    assert said in dana.page(f"{FINDINGS}?{query}", 422).words


def test_a_selection_reads_back_as_it_was_written(study_world: World) -> None:
    with study_world.reading() as session:
        framework = operations.study_of(session, project_of(study_world)).framework
    given = {
        "region": "wales",
        "death_year.from": "2014",
        "other.published.to": "2018",
        "other.homicide_type": "-",
        "compare": "y",
    }
    asked = read_asked(framework, given)
    written = {**arguments(asked.selections[0]), **arguments(asked.selections[1], OTHER), "compare": "y"}
    assert (written, asked.problems) == (given, ())


def test_the_same_content_is_evaluated_once(study_world: World, dana: PolicingClient) -> None:
    project = project_of(study_world)
    with study_world.reading() as session:
        held = operations.study_of(session, project)
        first = operations.findings(session, held)
        with watched(study_world.database) as watch:
            again = operations.findings(session, operations.study_of(session, project))
    assert again is first
    assert len(watch.statements) < 10


@pytest.mark.parametrize("name", ["amara", "carol", "victor", "root"])
def test_only_managers_see_findings(study_world: World, name: str) -> None:
    client = study_world.client_for(name)
    for path in ("", "/figures/themes/theme.T4", "/check"):
        assert client.get(FINDINGS + path).status_code in (403, 404)
    if name != "root":
        assert "Findings" not in client.page(f"/projects/{KEY}").links
    assert study_world.client_for("dana").page(f"/projects/{KEY}").links["Findings"] == FINDINGS


def test_a_project_without_a_framework_says_so(dana: PolicingClient) -> None:
    assert "There is no quantitative framework" in dana.page("/projects/pilot/findings").words
    assert "There is no quantitative framework" in dana.page("/projects/pilot/findings/check").words
    assert dana.get("/projects/pilot/findings/figures/a/b").status_code == 404


def check(client: PolicingClient, **values: object):
    answer = client.submit(FINDINGS + "/check", values, content_type="multipart/form-data")
    return answer, answer.get_data(as_text=True)


def test_a_pasted_draft_is_checked(dana: PolicingClient) -> None:
    answer, text = check(dana, text="Of victims, 22/33, 70%, were White British; perpetrators 21/324, 66%.")
    assert answer.status_code == 200
    assert "<mark>22/33, 70%</mark>" in text
    assert "22/33 is 67% (66.67%), not 70%." in text
    assert "Probably 21/32, with footnote 4 stuck to it." in text


def test_a_draft_as_a_file_is_checked(dana: PolicingClient) -> None:
    file = (io.BytesIO(b"Victims: 29/33 (88%) women."), "report.txt")
    answer, text = check(dana, file=file)
    assert answer.status_code == 200
    assert "1 figure found" in text
    assert "Victims: Sex: Female" in text


def test_what_was_pasted_stays_in_the_form_and_is_shown_as_text(dana: PolicingClient) -> None:
    _, text = check(dana, text="<script>alert(1)</script> 29/33 (88%)")
    assert "<script>alert(1)" not in text
    assert text.count("&lt;script&gt;alert(1)") >= 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"text": "  "}, "Paste a text or choose a file."),
        ({"file": (io.BytesIO(b"%PDF"), "report.pdf")}, "neither a .docx nor a .txt"),
        ({"file": (io.BytesIO(b"no"), "report.docx")}, "cannot be read"),
    ],
)
def test_a_draft_that_cannot_be_read_is_said(dana: PolicingClient, values: dict, said: str) -> None:
    answer, text = check(dana, **values)
    assert answer.status_code == 422
    assert said in text


def test_a_text_without_figures_says_so(dana: PolicingClient) -> None:
    _, text = check(dana, text="About 47% of them.")
    assert "0 figures found" in text
    assert "1 percentage without a count beside it" in text


def run_draft(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, project: str = KEY):
    monkeypatch.setenv("TANDEM_DATA_DIR", str(world.folder))
    monkeypatch.setenv("TANDEM_DATABASE_URL", world.settings.database_url)
    file = tmp_path / "report.txt"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["framework", "draft", project, str(file)])


def test_a_draft_is_checked_by_command(
    study_world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = run_draft(study_world, monkeypatch, tmp_path, "Victims: 22/33, 70% White British.")
    assert wrong.exit_code == 1
    assert wrong.output.startswith("Does not hold: 22/33, 70%\n")
    right = run_draft(study_world, monkeypatch, tmp_path, "Victims: 29/33 (88%) women.")
    assert (right.exit_code, right.output.startswith("1 figure: ")) == (0, True)
    nowhere = run_draft(study_world, monkeypatch, tmp_path, "x", "nowhere")
    assert (nowhere.exit_code, "FND-005" in nowhere.output) == (2, True)
    without = run_draft(study_world, monkeypatch, tmp_path, "x", "pilot")
    assert (without.exit_code, "FND-004" in without.output) == (2, True)


SHARE = f"/projects/{KEY}/exports/shared"
SHARED = f"{FINDINGS}/shared"


def share(world: World, dana: PolicingClient, **values: str) -> ExportFile:
    """Make a file of shared figures on the page."""
    answer = dana.submit(SHARE, {"threshold": "10", "format": "csv", **values}, page="/account")
    assert answer.status_code == 303
    Worker(world.database, world.settings).run_all()
    with world.reading() as session:
        job = answer.headers["Location"].rpartition("/")[2]
        return session.scalars(select(ExportFile).where(ExportFile.job_id == job)).one()


def lines_of(bundle: ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bundle.read(name).decode())))


def test_figures_are_shared_after_a_preview_that_says_why(study_world: World, dana: PolicingClient) -> None:
    page = dana.page(f"{SHARE}?preview=y&threshold=10")
    assert "What release 1 would tell" in page.words
    assert "Below the threshold" in page.words
    assert "Would tell a number that is withheld" in page.words
    with study_world.reading() as session:
        assert session.scalars(select(SharedRelease)).all() == [], "looking releases nothing"
    file = share(study_world, dana)
    assert file.file_name.startswith(f"{KEY}-shared-csv-")
    with ZipFile(study_world.settings.data_dir / "exports" / file.stored_name) as bundle:
        assert sorted(bundle.namelist()) == [
            "README.txt",
            "cross-tables.csv",
            "datapackage.json",
            "findings.csv",
            "manifest.json",
        ]
        manifest = json.loads(bundle.read("manifest.json"))
        everything = b"".join(bundle.read(name) for name in bundle.namelist()).decode()
        rows = {(row["table"], row["line"]): row for row in lines_of(bundle, "findings.csv")}
        crossed = lines_of(bundle, "cross-tables.csv")
    assert [held["name"] for held in manifest["files"]] == ["findings.csv", "cross-tables.csv"]
    assert len(crossed) == 48
    for cell in crossed:
        line = rows[cell["table"], cell["line"]]
        assert cell["line"] == f"theme_agency.{cell['row']}.{cell['column']}"
        assert line["label"] == f"{cell['row.label']}: {cell['column.label']}"
        for name in ("n", "valid_n", "percent", "as_printed"):
            assert cell[name] == line[name]
    assert {cell["n"] for cell in crossed} > {"[c]"}
    assert (manifest["mode"], manifest["threshold"], manifest["cases_counted"]) == ("shared", 10, 33)
    assert manifest["content_hash"] == file.content_hash
    assert "DHR-" not in everything
    white, women = rows["victims", "ethnicity.white_british"], rows["victims", "sex.female"]
    assert (white["n"], white["valid_n"], white["percent"]) == ("22", "33", "67")
    assert (women["n"], women["percent"]) == ("[c]", "[c]"), "four of the 33 are men"
    assert not any(line.endswith((".least", ".most")) for _, line in rows)


def test_a_viewer_sees_what_was_shared_and_no_way_behind_it(study_world: World, dana: PolicingClient) -> None:
    victor = study_world.client_for("victor")
    share(study_world, dana)
    page = victor.page(SHARED)
    assert "22/33 67%" in page.words
    assert "[c]/33" in page.words
    assert "29/33" not in page.words
    assert "DHR-" not in page.words.replace("DHRs", "")
    assert not [address for address in page.links.values() if "figures" in address]
    columns, crossed = cross_table(page)
    for row, printed in crossed.items():
        for column, cell in zip(columns, printed, strict=True):
            assert cell.split() == cells(page, "theme_agency", f"{row}: {column}")[:2]
    assert "[c]/33 [c]" in {cell for printed in crossed.values() for cell in printed}
    assert page.words == victor.page(f"{SHARED}?region=wales&compare=y").words, "nothing narrows"
    for address in (FINDINGS, SHARE, f"{FINDINGS}/figures/victims/sex.female"):
        assert victor.get(address).status_code == 403
    assert "Shared findings" in victor.page(f"/projects/{KEY}").links


def test_the_same_figures_again_are_the_same_release(study_world: World, dana: PolicingClient) -> None:
    first, second = share(study_world, dana), share(study_world, dana)
    assert first.content_hash == second.content_hash
    with study_world.reading() as session:
        assert session.scalars(select(SharedRelease.number)).all() == [1]
        (row,) = session.scalars(select(Audit).where(Audit.action == "release.make"))
    assert json.loads(row.detail)["threshold"] == 10
    assert "Release 1 again" in dana.page(f"{SHARE}?preview=y&threshold=10").words


def test_a_rule_that_would_undo_a_release_is_refused_at_its_field(
    study_world: World, dana: PolicingClient
) -> None:
    share(study_world, dana)
    page = dana.page(f"{SHARE}?preview=y&threshold=5", status=409)
    assert "figures by a looser rule would undo it" in page.words
    for wrong in ("4", "ten", ""):
        assert dana.get(f"{SHARE}?preview=y&threshold={wrong}").status_code == 422


def test_the_command_shares_the_same_release(
    study_world: World, dana: PolicingClient, tmp_path: Path
) -> None:
    file = share(study_world, dana)
    out = tmp_path / "shared.xlsx"
    environment = {
        "TANDEM_DATA_DIR": str(study_world.folder),
        "TANDEM_DATABASE_URL": study_world.settings.database_url,
        "TANDEM_SECRET_KEY": None,
    }
    words_ = ("export", KEY, "--mode", "shared", "--threshold", "10", "--out", str(out))
    said = CliRunner().invoke(main, words_, env=environment, catch_exceptions=False)
    assert said.exit_code == 0, said.output
    assert file.content_hash in said.output
    book = load_workbook(out)
    assert book.sheetnames == ["read me", "findings", "cross theme_agency"]
    head, *rows = book["cross theme_agency"].values
    assert head[:2] == ("Themes by agency", "Children's Social Care")
    printed = {row[4]: row[15] for row in book["findings"].values if row[0] == "theme_agency"}
    assert all(
        cell == printed[f"{row[0]}: {name}"]
        for row in rows
        for name, cell in zip(head[1:], row[1:], strict=True)
    )
    assert not any("DHR-" in str(cell) for sheet in book for row in sheet.values for cell in row)


FRAME = f"/projects/{KEY}/coding-frame"
SECRET = "Heard from one family"


@pytest.fixture
def framed(study_world: World, tmp_path: Path) -> Iterator[World]:
    """A copy of the study as it is before anything was shared, for a coding frame of its own."""
    shutil.copyfile(study_world.folder / UNSHARED, tmp_path / FILE)
    made = World(Database(f"sqlite:///{tmp_path / FILE}"), tmp_path)
    yield made
    made.database.dispose()


def act(world: World, address: str, **values: str) -> None:
    """Do something to the frame."""
    with world.reading() as session:
        seen = frames_of(session, project_of(world)).last_act
    sent = {"reason": SECRET, "seen": seen, "step": "do", **values}
    client = world.client_for("dana")
    client.most_statements = 60  # the second adoption over these 33 cases takes 41
    assert client.submit(f"{FRAME}{address}", sent).status_code == 303


def export(world: World, out: Path, *more: str):
    settings = {
        "TANDEM_DATABASE_URL": world.settings.database_url,
        "TANDEM_DATA_DIR": str(world.folder),
        "TANDEM_SECRET_KEY": world.settings.secret_key,
    }
    words_ = ("export", KEY, "--format", out.suffix[1:].replace("zip", "csv"), "--out", str(out), *more)
    return CliRunner(env=settings).invoke(main, words_, catch_exceptions=False)


def insides(world: World, out: Path, *more: str) -> str:
    """Every part of an exported file as one text, the names of the parts too."""
    answer = export(world, out, *more)
    assert answer.exit_code == 0, answer.output
    with ZipFile(out) as parts:
        return "\n".join([*parts.namelist(), *(parts.read(name).decode() for name in parts.namelist())])


def test_shared_files_follow_the_coding_frame_and_hold_nothing_else_of_it(
    framed: World, tmp_path: Path
) -> None:
    act(framed, "/codes/subtheme/T1.1/merge", into="T1.2")
    notes = {"label": "Sharing what is known", "definition": SECRET, "include": SECRET, "exclude": SECRET}
    act(framed, "/codes/subtheme/T1.2/describe", **notes)
    act(framed, "/adopt")
    inside = insides(framed, tmp_path / "all.xlsx", "--mode", "internal")
    assert all(
        word in inside for word in (SECRET, "crosswalk", "subtheme.T1.1", "DHR-001", "<f>", "/charts/")
    )
    for name in ("shared.xlsx", "shared.zip"):
        shared = insides(framed, tmp_path / name, "--mode", "shared")
        assert "Sharing what is known" in shared, "the labels are those of the adopted frame"
        for word in (SECRET, "crosswalk", "coding frame", "subtheme.T1.1", "DHR-"):
            assert word not in shared, (name, word)
        for part in ("<f>", "n_themes", "framework_", "counted_", "/charts/", "methods"):
            assert part not in shared, (name, part)
    refused = export(framed, tmp_path / "x.xlsx", "--mode", "shared", "--with-entries")
    assert (refused.exit_code, "EXP-005" in refused.output) == (2, True)


def test_a_frame_that_renames_is_shared_anew_and_one_that_moves_few_cases_is_not(
    framed: World, tmp_path: Path
) -> None:
    mode, new = ("--mode", "shared"), "Words of another day"
    assert new not in insides(framed, tmp_path / "one.zip", *mode)
    act(framed, "/codes/theme/T1/describe", label=new, definition="", include="", exclude="")
    assert new not in insides(framed, tmp_path / "two.zip", *mode), "a draft changes nothing"
    act(framed, "/adopt")
    assert new in insides(framed, tmp_path / "three.zip", *mode)
    act(framed, "/codes/subtheme/T1.1/merge", into="T1.2")
    act(framed, "/adopt")
    refused = export(framed, tmp_path / "four.zip", *mode)
    assert refused.exit_code != 0
    assert "SDC-004" in refused.output, "the difference would tell of the few cases whose codes were merged"

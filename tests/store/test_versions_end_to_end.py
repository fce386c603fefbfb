"""Two versions of one template in one study: coded, lifted, compared, signed off and exported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import select

from exports.workbook import write_workbook
from exports.written import Order
from schema.actor import Actor
from schema.answers.interchange import read_entry
from schema.coding.model import Verdict
from schema.problem import Refused
from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.comparisons import find_live, load_comparison, settle_everything, sign_off
from schema.store.database import Database, new_id
from schema.store.entries import load_document, pin_to_version, save_document
from schema.store.loaded import LoadedComparison
from schema.store.models import Case, Entry, Project, Snapshot, TemplateVersion, User
from schema.store.people import actor_for, add_user
from schema.store.projects import add_member, create_project, use_template_version
from schema.store.readmodel import master_study
from schema.store.submission import submit_entry
from schema.store.templates import compiled, find_version, publish, versions
from tests.store.double_coding import SYSTEM, small_sources
from webapp.cli import main

SOURCE, LISTS = small_sources()
ADDED = """\
      - {key: pages, kind: integer, label: Pages of the report, missing: [not_reported]}
      - {key: topics, kind: choices, label: Topics of the report, codelist: small_theme}
"""
SECOND = (
    SOURCE.replace("version: 1", "version: 2")
    .replace("label: Area,", "label: Area reviewed,")
    .replace("label: Region,", "label: Region, retired: true,")
    .replace("      - key: children_note\n", f"{ADDED}      - key: children_note\n")
)
SECOND_LISTS = {
    **LISTS,
    "small_theme": LISTS["small_theme"].replace('{value: "T3",', '{value: "T3", retired: true,'),
}
REASON = "The pilot showed that the region is known from the area."
FIRST_ANSWERS: dict[str, Any] = {
    "report": {"area": "Exampleshire", "region": "wales", "children_known": "no"},
    "victims": [{"age": 34, "sex": "female"}],
    "recommendations": [{"number": "1", "text": "Share what is known.", "themes": ["T2", "T3"]}],
}
SECOND_REPORT = {"area": "Exampleshire", "children_known": "no", "pages": 84, "topics": ["T1"]}
SECOND_ANSWERS = {**FIRST_ANSWERS, "report": SECOND_REPORT}
PEOPLE = {"amara": "coder", "ben": "coder", "carol": "reconciler"}


@dataclass
class Study:
    """Three cases: one coded twice on version 1, one on versions 1 and 2, one lifted to 2 and coded on 2."""

    database: Database
    project_id: str
    users: dict[str, str]
    cases: dict[str, str]

    def loaded(self, reference: str) -> LoadedComparison:
        with self.database.reading() as session:
            live = find_live(session, self.cases[reference])
            assert live is not None
            return load_comparison(session, live.id)

    def verdicts(self, reference: str) -> dict[str, Verdict]:
        """Verdicts by section and field."""
        positions = self.loaded(reference).result.positions
        return {position.field.path: position.verdict for position in positions if position.field}

    def versions_of(self, reference: str) -> list[int]:
        """The versions of the two frozen entries, coder 1 first."""
        with self.database.reading() as session:
            query = (
                select(TemplateVersion.version)
                .join(Snapshot, Snapshot.template_version_id == TemplateVersion.id)
                .join(Entry, Entry.id == Snapshot.entry_id)
                .where(Entry.case_id == self.cases[reference])
                .order_by(Entry.slot)
            )
            return list(session.scalars(query))


@pytest.fixture
def study(database: Database) -> Study:
    made = _begin(database)
    for reference in ("DHR-001", "DHR-002", "DHR-003"):
        _assign(made, reference, "coder_1", "amara")
    _assign(made, "DHR-001", "coder_2", "ben")
    for reference in ("DHR-001", "DHR-002", "DHR-003"):
        _fill(made, reference, "amara", FIRST_ANSWERS)
    _use_second(made)
    for reference in ("DHR-002", "DHR-003"):
        _assign(made, reference, "coder_2", "ben")
    _lift(made, "DHR-003")
    _fill(made, "DHR-001", "ben", FIRST_ANSWERS)
    for reference in ("DHR-002", "DHR-003"):
        _fill(made, reference, "ben", SECOND_ANSWERS)
    for reference in made.cases:
        for name in ("amara", "ben"):
            _submit(made, reference, name)
    return made


def test_entries_stay_with_the_version_they_were_begun_with(study: Study) -> None:
    assert study.versions_of("DHR-001") == [1, 1]
    assert study.versions_of("DHR-002") == [1, 2]
    assert study.versions_of("DHR-003") == [2, 2]


def test_what_one_coder_was_not_asked_is_never_a_discrepancy(study: Study) -> None:
    verdicts = study.verdicts("DHR-002")
    assert verdicts["report.pages"] is Verdict.NOT_ASKED
    assert verdicts["report.topics"] is Verdict.NOT_ASKED
    assert verdicts["report.region"] is Verdict.NOT_ASKED
    assert verdicts["report.area"] is Verdict.AGREE
    loaded = study.loaded("DHR-002")
    assert loaded.template.version == 2
    assert (loaded.row.discrepancies, loaded.row.undecided) == (0, 0)


def test_a_lifted_entry_is_asked_and_its_blank_counts(study: Study) -> None:
    assert study.verdicts("DHR-003")["report.pages"] is Verdict.ONLY_B


def test_lifting_keeps_every_answer_and_says_what_is_new(database: Database) -> None:
    made = _begin(database)
    _assign(made, "DHR-001", "coder_1", "amara")
    _fill(made, "DHR-001", "amara", FIRST_ANSWERS)
    _use_second(made)
    with database.writing() as session:
        entry = _entry(made, session, "DHR-001", "amara")
        before = load_document(session, entry.id)
        version = find_version(session, "small", 2)
        assert version is not None
        lifted = pin_to_version(session, _actor(made, session, "amara"), entry, version.id)
        assert load_document(session, entry.id) == before
    said = " ".join(lifted.notes)
    assert "New question in “Report”: “Pages of the report”. It may stay blank." in said
    assert "“Region” is no longer asked. Your answer is kept." in said
    assert "“Themes” no longer offers “T3 National policy”. Your answer is kept" in said


def test_the_workbook_holds_both_versions_and_nothing_unasked_is_zero(study: Study, tmp_path: Path) -> None:
    book = _exported(study, tmp_path / "master.xlsx")
    cases = {row["case"]: row for row in book["cases"]}
    assert [cases[name]["template_version"] for name in study.cases] == [1, 2, 2]
    first, mixed, lifted = (cases[name] for name in study.cases)
    asked = ("report.pages", "report.topics", "report.topics:T1", "report.topics:T2", "report.topics:T3")
    assert [first[name] for name in asked] == [None] * 5
    assert [mixed[name] for name in asked] == [84, "T1 Training", 1, 0, 0]
    assert [lifted[name] for name in asked] == [None] * 5  # amara left them blank, and her side was taken
    # What a lifted entry is no longer asked stays in the entry; it is no part of the consensus.
    assert [row["report.region.label"] for row in (first, mixed, lifted)] == ["Wales", "Wales", None]


def test_retired_columns_and_options_stay_in_place_and_are_marked(study: Study, tmp_path: Path) -> None:
    book = _exported(study, tmp_path / "master.xlsx")
    columns = list(book["cases"][0])
    assert columns.index("report.area") < columns.index("report.region") < columns.index("report.death_year")
    assert columns.index("report.children_note") < columns.index("report.pages")
    assert {row["recommendations.themes:T3"] for row in book["recommendations"]} == {1}
    codebook = {row["column"]: row for row in book["codebook"]}
    assert (codebook["report.region"]["retired"], codebook["report.region"]["versions"]) == ("retired", "1")
    assert (codebook["report.pages"]["retired"], codebook["report.pages"]["versions"]) == (None, "2")
    marks = [codebook[f"recommendations.themes:{value}"]["retired"] for value in ("T1", "T2", "T3")]
    assert marks == [None, None, "retired"]
    assert codebook["report.area"]["question"] == "Area reviewed"
    options = {(row["list"], row["value"]): row["retired"] for row in book["code lists"]}
    assert options["small_theme", "T3"] == "retired"
    assert options["small_theme", "T2"] is None


@pytest.mark.parametrize(
    ("old", "new", "code", "reason"),
    [
        ("kind: text, label: Area", "kind: long_text, label: Area", "TPL-108", "kind has changed"),
        ("{key: published, kind", "{key: published_on, kind", "TPL-107", "was removed"),
        ("key: victims", "key: persons", "TPL-103", "section “Victims” was removed"),
        ("unit: years", "unit: months", "TPL-112", "unit has changed"),
    ],
)
def test_an_incompatible_version_is_refused_with_the_reason(
    database: Database, old: str, new: str, code: str, reason: str
) -> None:
    _begin(database)
    with pytest.raises(Refused) as caught, database.writing() as session:
        publish(session, SYSTEM, SECOND.replace(old, new), SECOND_LISTS, REASON)
    found = {problem.code: problem.message for problem in caught.value.problems}
    assert reason in found[code]
    with database.reading() as session:
        assert [row.version for row in versions(session, "small")] == [1]


class Commands:
    """The command line on an installation of its own, with the small template's files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("v1.yaml", SOURCE, LISTS)

    def write(self, name: str, source: str, lists: dict[str, str]) -> str:
        (self.folder / "codelists").mkdir(exist_ok=True)
        for key, text in lists.items():
            (self.folder / "codelists" / f"{key}.yaml").write_text(text, encoding="utf-8")
        (self.folder / name).write_text(source, encoding="utf-8")
        return str(self.folder / name)

    def __call__(self, *words: str) -> Result:
        environment = {"TANDEM_DATA_DIR": str(self.folder / "data"), "TANDEM_DATABASE_URL": None}
        return CliRunner().invoke(main, words, env=environment, catch_exceptions=False)


@pytest.fixture
def tandem(tmp_path: Path) -> Commands:
    (tmp_path / "data").mkdir()
    made = Commands(tmp_path)
    assert made("template", "publish", str(tmp_path / "v1.yaml")).exit_code == 0
    return made


def test_a_version_is_published_used_and_listed_by_command(tandem: Commands) -> None:
    tandem("project", "create", "pilot", "--title", "Pilot", "--template", "small@1")
    second = tandem.write("v2.yaml", SECOND, SECOND_LISTS)
    refused = tandem("template", "publish", second)
    assert (refused.exit_code, "TPL-203" in refused.stderr) == (2, True)
    assert "“Region” is retired" in refused.stdout
    published = tandem("template", "publish", second, "--reason", REASON)
    assert published.exit_code == 0, published.output
    assert "Also changed: report.pages: “Pages of the report” is new" in published.output
    listed = tandem("template", "list").output
    assert "small@1" in listed
    assert f"{REASON}" in next(line for line in listed.splitlines() if line.startswith("small@2"))
    assert tandem("project", "use-version", "pilot", "2").exit_code == 0
    assert "small@2" in tandem("project", "list").output


@pytest.mark.parametrize("words", [("pilot", "7"), ("nothing", "1"), ("pilot", "0"), ("pilot", "x")])
def test_a_version_or_project_that_is_none_is_refused_by_command(
    tandem: Commands, words: tuple[str, ...]
) -> None:
    tandem("project", "create", "pilot", "--title", "Pilot", "--template", "small@1")
    ran = tandem("project", "use-version", *words)
    assert (ran.exit_code, bool(ran.stderr)) == (2, True)
    assert "small@1" in tandem("project", "list").output


def test_an_unknown_version_is_answered_with_those_that_exist(tandem: Commands) -> None:
    tandem("project", "create", "pilot", "--title", "Pilot", "--template", "small@1")
    tandem("template", "publish", tandem.write("v2.yaml", SECOND, SECOND_LISTS), "--reason", REASON)
    ran = tandem("project", "use-version", "pilot", "7")
    assert (ran.exit_code, "PRJ-006" in ran.stderr, "There is: 1, 2." in ran.stderr) == (2, True, True)


def test_an_incompatible_version_is_refused_by_command_with_the_reason(tandem: Commands) -> None:
    wrong = tandem.write(
        "v2.yaml", SECOND.replace("kind: text, label: Area", "kind: long_text, label: Area"), SECOND_LISTS
    )
    ran = tandem("template", "publish", wrong, "--reason", "All the same.")
    assert ran.exit_code == 2
    assert "TPL-108, report.area: The kind has changed from text to long_text." in ran.stderr
    assert "small@2" not in tandem("template", "list").output


def test_a_template_that_cannot_be_read_is_refused_by_command_with_lines(tandem: Commands) -> None:
    ran = tandem(
        "template",
        "publish",
        tandem.write("v2.yaml", SECOND.replace("kind: text", "kind: txet"), SECOND_LISTS),
    )
    assert ran.exit_code == 2
    assert (
        f"line {next(n for n, line in enumerate(SECOND.splitlines(), 1) if 'kind: text' in line)}"
        in ran.stderr
    )


def _begin(database: Database) -> Study:
    with database.writing() as session:
        version = publish(session, SYSTEM, SOURCE, LISTS)
        project = create_project(session, SYSTEM, "pilot", "Pilot", version, rehearsal=True)
        users = {}
        for name, role in PEOPLE.items():
            user = add_user(session, SYSTEM, name, name.title())
            add_member(session, SYSTEM, project, user, role)
            users[name] = user.id
        cases = {}
        for reference in ("DHR-001", "DHR-002", "DHR-003"):
            case = register_case(session, SYSTEM, project, reference)
            assign(session, SYSTEM, case, "reconciler", session.get_one(User, users["carol"]))
            cases[reference] = case.id
        return Study(database, project.id, users, cases)


def _use_second(study: Study) -> None:
    with study.database.writing() as session:
        version = publish(session, SYSTEM, SECOND, SECOND_LISTS, REASON)
        use_template_version(session, SYSTEM, session.get_one(Project, study.project_id), version)


def _assign(study: Study, reference: str, part: str, name: str) -> None:
    with study.database.writing() as session:
        case = session.get_one(Case, study.cases[reference])
        assign(session, SYSTEM, case, part, session.get_one(User, study.users[name]))


def _fill(study: Study, reference: str, name: str, answers: dict[str, Any]) -> None:
    with study.database.writing() as session:
        entry = _entry(study, session, reference, name)
        line = {"case": reference, "coder": name, "answers": answers}
        template = compiled(session, entry.template_version_id)
        read = read_entry(template, line, choose_id=lambda: new_id(session))
        assert not read.problems, read.problems
        save_document(session, _actor(study, session, name), entry, read.document)


def _lift(study: Study, reference: str) -> None:
    with study.database.writing() as session:
        version = find_version(session, "small", 2)
        assert version is not None
        entry = _entry(study, session, reference, "amara")
        pin_to_version(session, _actor(study, session, "amara"), entry, version.id)


def _submit(study: Study, reference: str, name: str) -> None:
    with study.database.writing() as session:
        entry = _entry(study, session, reference, name)
        template = compiled(session, entry.template_version_id)
        submit_entry(session, _actor(study, session, name), entry, template)


def _exported(study: Study, path: Path) -> dict[str, list[dict[str, Any]]]:
    """Sign every case off with coder A's side, write the master workbook and read it back: rows by sheet and column."""
    for case_id in study.cases.values():
        with study.database.writing() as session:
            live = find_live(session, case_id)
            assert live is not None
            carol = _actor(study, session, "carol")
            settled = settle_everything(session, carol, live.id, take="a", reason="Rehearsal.")
            sign_off(session, carol, live.id, revision=settled.row.revision)
    with study.database.reading() as session:
        project = session.get_one(Project, study.project_id)
        write_workbook(path, Order(master_study(session, SYSTEM, project)))
    book = load_workbook(path)
    return {sheet.title: _rows(list(sheet.values)) for sheet in book.worksheets}


def _rows(values: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    head, *rows = values
    return [dict(zip(head, row, strict=True)) for row in rows]


def _entry(study: Study, session: Any, reference: str, name: str) -> Entry:
    query = select(Entry).where(
        Entry.case_id == study.cases[reference],
        Entry.coder_id == study.users[name],
        Entry.ended_at.is_(None),
    )
    return session.scalars(query).one()


def _actor(study: Study, session: Any, name: str) -> Actor:
    return actor_for(session, session.get_one(User, study.users[name]))

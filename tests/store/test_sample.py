"""The sample study, entered twice, reconciled through the product's own verbs and signed off."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from schema.actor import COMMAND_LINE
from schema.framework.evaluate import CaseExtract, evaluate
from schema.framework.figures import Evaluation
from schema.framework.shipped import framework_for
from schema.problem import Refused
from schema.store.case_state import STATES
from schema.store.database import Database
from schema.store.migrate import head
from schema.store.models import Audit, Comparison, Decision, Entry
from schema.store.notices import unread_count
from schema.store.people import find_user
from schema.store.projects import find_project
from schema.store.readmodel import master_study
from schema.store.worklist import counts_of_projects
from tests.support.databases import sqlite_database
from tests.unit.framework.test_briefing_figures import WITH_NUMERATOR, found
from webapp.cli import main
from webapp.sample import demo, loading
from webapp.sample.halfway import halfway
from webapp.sample.reconciling import truth_of
from webapp.sample.study import cases_of, study


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Both sample projects, loaded as ``tandem demo`` does it."""
    folder = tmp_path_factory.mktemp("demo")
    database = sqlite_database(folder / "tandem.sqlite3")
    demo.load(database, folder, lambda _: None)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def evaluation(loaded: Database) -> Evaluation:
    """The framework over the signed-off consensus of the sample study."""
    with loaded.reading() as session:
        project = find_project(session, loading.STUDY_KEY)
        assert project is not None
        master = master_study(session, COMMAND_LINE, project)
        framework = framework_for(master.newest)
        assert framework is not None
        cases = (CaseExtract(case.reference, case.document, case.template) for case in master.cases)
        return evaluate(framework, cases)


@pytest.mark.parametrize(
    "row",
    WITH_NUMERATOR,
    ids=lambda row: " | ".join(row[key] for key in ("section", "theme", "subtheme", "agency")),
)
def test_every_published_figure_comes_out_of_the_signed_off_cases(
    evaluation: Evaluation, row: dict[str, str]
):
    count, base, _ = found(evaluation, row)
    assert count == int(row["numerator"])
    assert not row["denominator"] or base == int(row["denominator"])


def test_every_consensus_says_what_the_true_extract_says(loaded: Database):
    with loaded.reading() as session:
        project = find_project(session, loading.STUDY_KEY)
        assert project is not None
        cases = {case.reference: case for case in master_study(session, COMMAND_LINE, project).cases}
    assert len(cases) == 33
    for sample in cases_of(study()):
        held = cases[sample.reference]
        assert compared(held.template, held.document) == compared(
            held.template, truth_of(held.template, sample)
        ), sample.reference


def compared(template, document) -> tuple[dict, dict]:
    """What is compared of a document: values of stored, compared fields; rows without their ids, in any order."""
    fields = {
        (field.section, field.key)
        for field in template.fields()
        if field.compare.rule != "ignore" and field.derive is None
    }
    sections = {
        f"{section}.{key}": value
        for section, values in document.sections.items()
        for key, value in values.items()
        if (section, key) in fields
    }
    groups = {
        group: Counter(
            tuple(sorted((key, repr(value)) for key, value in row.values.items() if (group, key) in fields))
            for row in rows
        )
        for group, rows in document.groups.items()
        if rows
    }
    return sections, groups


def test_the_coders_disagreed_and_every_cause_was_written_down(loaded: Database):
    with loaded.reading() as session:
        needed = session.scalar(select(func.sum(Comparison.discrepancies))) or 0
        agreed = session.scalar(select(func.sum(Comparison.agreed))) or 0
        causes = set(session.scalars(select(Decision.cause)))
    assert 0.05 < needed / (needed + agreed) < 0.4
    assert {
        "typing_slip",
        "omission",
        "zero_assumption",
        "source_ambiguous",
        "definition_unclear",
        "judgement",
    } <= causes


def test_the_second_project_stands_in_every_state(loaded: Database):
    with loaded.reading() as session:
        project = find_project(session, loading.HALFWAY_KEY)
        assert project is not None
        counts = counts_of_projects(session, [project.id], "")[project.id]
    planned = Counter(case.state for case in halfway())
    assert {state: counts[state] for state in STATES if counts[state]} == dict(planned)
    assert set(planned) == set(STATES) - {"withdrawn", "verifying"}


def test_people_have_read_their_older_notices_and_find_a_few_that_are_new(loaded: Database):
    with loaded.reading() as session:
        new = {
            name: unread_count(session, person.id)
            for name, (_, roles) in loading.PEOPLE.items()
            if {"coder", "reconciler"} & set(roles) and (person := find_user(session, name))
        }
    assert len(new) == 6
    assert all(1 <= number <= 9 for number in new.values()), new


def test_everything_that_was_loaded_stands_in_the_audit_trail_under_its_person(loaded: Database):
    with loaded.reading() as session:
        submitted = session.scalar(select(func.count()).where(Audit.action == "entry.submit"))
        entries = session.scalar(select(func.count()).where(Entry.submitted_at.is_not(None)))
        nameless = session.scalars(select(Audit.action).where(Audit.actor_id.is_(None)).distinct()).all()
    assert submitted == entries
    assert not [action for action in nameless if action.startswith(("entry.", "decision.", "comparison."))]


def run(folder: Path, *arguments: str):
    names = [name for name in os.environ if name.startswith("TANDEM_")]
    environment = {**dict.fromkeys(names), "TANDEM_DATA_DIR": str(folder)}
    return CliRunner().invoke(main, list(arguments), env=environment)


def test_the_demonstration_leaves_a_folder_alone_that_it_did_not_make(tmp_path: Path):
    (tmp_path / "thesis.docx").write_text("mine")
    for arguments in (["demo", "--no-serve"], ["demo", "--no-serve", "--reset"]):
        done = run(tmp_path, *arguments)
        assert done.exit_code == 2
        assert "DEMO-002" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_an_interrupted_load_starts_afresh_and_a_loaded_one_is_kept(tmp_path: Path):
    folder = tmp_path / "demo"
    assert demo.claim_folder(folder, reset=False)
    (folder / "half.sqlite3").write_text("half")
    assert demo.claim_folder(folder, reset=False)
    assert not (folder / "half.sqlite3").exists()
    database = sqlite_database(folder / "tandem.sqlite3")
    database.dispose()
    marker = folder / demo.MARKER
    marker.write_text(json.dumps({"made_by": "tandem demo", "loaded": head()}))
    assert not demo.claim_folder(folder, reset=False)
    assert (folder / "tandem.sqlite3").exists()
    assert demo.claim_folder(folder, reset=True)
    assert not (folder / "tandem.sqlite3").exists()


def test_the_demonstration_keeps_to_its_own_database(tmp_path: Path):
    with pytest.raises(Refused, match="DEMO-001"):
        demo.demo_folder({"TANDEM_DATABASE_URL": "postgresql://somewhere/real"})
    assert demo.demo_folder({"TANDEM_DATA_DIR": str(tmp_path)}) == tmp_path


def test_a_sample_of_any_size_is_written_as_interchange_lines(tmp_path: Path):
    out = tmp_path / "sample.jsonl"
    assert run(tmp_path / "data", "sample", "--cases", "3", "--seed", "5", "--out", str(out)).exit_code == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["case"] for line in lines] == ["DHR-001"] * 2 + ["DHR-002"] * 2 + ["DHR-003"] * 2
    again = run(tmp_path / "data", "sample", "--cases", "3", "--seed", "5")
    assert again.output == out.read_text(encoding="utf-8")


def test_a_sample_is_imported_by_command_and_a_bad_line_keeps_everything_out(tmp_path: Path):
    data, good, bad = tmp_path / "data", tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    run(data, "sample", "--cases", "2", "--out", str(good))
    lines = good.read_text(encoding="utf-8").splitlines()
    bad.write_text("\n".join([lines[0], "{", '{"case": "X"}', lines[1]]), encoding="utf-8")
    created = run(data, "project", "create", "trial", "--title", "S", "--template", "dhr-childrens-services")
    assert created.exit_code == 0, created.output
    refused = run(data, "import", "entries", str(bad), "--project", "trial", "--create")
    assert refused.exit_code == 2
    assert "line 2" in refused.output
    assert "line 3" in refused.output
    done = run(data, "import", "entries", str(good), "--project", "trial", "--create")
    assert "Imported 4 entries, 4 of them submitted." in done.output
    assert "Registered 2 cases." in done.output
    again = run(data, "import", "entries", str(good), "--project", "trial", "--create")
    assert again.exit_code == 2
    assert again.output.count("IMP-006") == 4


def test_an_import_without_create_names_what_is_unknown(tmp_path: Path):
    data, good = tmp_path / "data", tmp_path / "good.jsonl"
    run(data, "sample", "--cases", "1", "--out", str(good))
    run(data, "project", "create", "trial", "--title", "S", "--template", "dhr-childrens-services")
    refused = run(data, "import", "entries", str(good), "--project", "trial")
    assert "There is no case “DHR-001”." in refused.output
    assert run(data, "import", "entries", str(good), "--project", "nowhere").exit_code == 2

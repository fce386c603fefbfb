"""What agreement reads: compared cases as submitted, without those that the reader codes, on both databases."""

from __future__ import annotations

import pytest

from schema.actor import COMMAND_LINE, Actor
from schema.coding import model as coding
from schema.coding.agreement import AgreementReport, Estimate
from schema.store import agreement_read
from schema.store.agreement_kept import KEPT_COUNTS, find_count, keep_count, last_count
from schema.store.agreement_read import StudyAgreement, compared_cases, count_agreement, study_agreement
from schema.store.cases import withdraw_case
from schema.store.comparisons import confirm_pairing, decide, link, sign_off, supersede, unlink
from schema.store.database import Database
from schema.store.models import AgreementCount, Case, Comparison, Project
from tests.store.double_coding import (
    SYSTEM,
    Study,
    act,
    advice,
    build_study,
    differing,
    entry,
    lone_path,
    second,
    settle,
)
from tests.support.watched import watched


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Figures are counted anew in every test, and in every step that asks for them."""
    agreement_read._KEPT.clear()


def read(study: Study, actor: Actor = COMMAND_LINE) -> StudyAgreement:
    agreement_read._KEPT.clear()
    with study.database.reading() as session:
        return study_agreement(session, actor, session.get_one(Project, study.project_id))


def figures(study: Study) -> AgreementReport:
    return read(study).report


def case_of(study: Study, comparison: str) -> str:
    return study.load(comparison).row.case_id


def test_every_compared_case_counts_whatever_has_been_decided_on_it(study: Study) -> None:
    signed = differing(study)
    settle(study, signed)
    act(study, sign_off, signed)
    differing(study)
    study.compared(entry(), second(entry()))
    found = read(study)
    assert (found.report.cases, found.unmatched, found.withheld) == (3, 1, False)
    years = next(held for held in found.report.fields if held.field.path == "report.death_year")
    assert (years.n, years.percent) == (2, Estimate(0.0, 2))


def test_deciding_overruling_and_signing_off_change_no_figure(study: Study) -> None:
    comparison = differing(study)
    act(study, decide, comparison, "report.area", "equivalent", value="South", reason="one place")
    before = figures(study)
    act(study, decide, comparison, "report.children_known", "other", value="yes", reason="page 4 says so")
    assert figures(study) == before
    act(study, decide, comparison, "report.children_known", "a")
    settle(study, comparison)
    assert figures(study) == before
    act(study, sign_off, comparison)
    assert figures(study) == before


def test_confirming_the_pairing_changes_no_figure_and_pairing_otherwise_only_those_of_the_group(
    study: Study,
) -> None:
    comparison = study.compared(
        entry({"death_year": 2016}, recommendations=advice("1", "2")),
        second(entry({"death_year": 2017}, recommendations=advice("1", "2"))),
    )
    before = figures(study)
    pairs = [pair for pair in study.load(comparison).pairs if pair.group == "recommendations"]
    for pair in pairs:
        act(study, unlink, comparison, pair.id)
    apart = figures(study)
    changed = {new.section for old, new in zip(before.rows, apart.rows, strict=True) if old != new}
    assert changed == {"recommendations"}
    assert {held.section for held in apart.fields if held not in before.fields} <= {"recommendations"}
    for pair in pairs:
        act(study, link, comparison, "recommendations", pair.row_a, pair.row_b)
    assert figures(study) == before
    act(study, confirm_pairing, comparison)
    assert figures(study) == before


def test_the_kept_report_is_counted_anew_when_rows_are_paired_otherwise(study: Study) -> None:
    comparison = study.compared(
        entry(recommendations=advice("1")), second(entry(recommendations=advice("1")))
    )
    agreement_read._KEPT.clear()
    assert _linked(study) == 2
    pair = next(pair for pair in study.load(comparison).pairs if pair.group == "recommendations")
    act(study, unlink, comparison, pair.id)
    assert _linked(study) == 1


def _linked(study: Study) -> int:
    """Linked rows of coder A, from a kept report where there is one."""
    with study.database.reading() as session:
        found = study_agreement(session, COMMAND_LINE, session.get_one(Project, study.project_id))
    return sum(held.linked_a for held in found.report.rows)


def test_who_codes_a_case_does_not_meet_it_before_it_is_signed_off(study: Study) -> None:
    comparison = differing(study)
    for name in ("amara", "ben"):
        found = read(study, study.actor(name))
        assert (found.report.cases, found.withheld, found.unmatched, found.defects) == (0, True, 0, ())
    assert read(study, study.actor("cyril")).report.cases == 1
    settle(study, comparison)
    act(study, sign_off, comparison)
    assert read(study, study.actor("amara")).report.cases == 1


def test_causes_of_a_case_that_the_reader_codes_are_not_counted_before_sign_off(study: Study) -> None:
    comparison = differing(study)
    act(study, decide, comparison, "report.area", "a", cause="definition_unclear")
    assert len(read(study, study.actor("cyril")).defects) == 1
    assert read(study, study.actor("amara")).defects == ()


def test_unclear_definitions_are_listed_by_question_the_mostly_unclear_ones_first(study: Study) -> None:
    first, other = differing(study), differing(study)
    act(study, decide, first, "report.area", "a", cause="definition_unclear")
    act(study, decide, other, "report.area", "a", cause="definition_unclear")
    act(study, decide, first, "report.death_year", "a", cause="definition_unclear")
    act(study, decide, other, "report.death_year", "a", cause="typing_slip")
    act(study, decide, first, lone_path(study, first), "keep_row", cause="omission")
    act(study, decide, other, lone_path(study, other), "keep_row", cause="definition_unclear")
    found = [(held.path, held.decisions, held.unclear, held.mostly) for held in read(study).defects]
    assert found == [
        ("report.area", 2, 2, True),
        ("recommendations", 2, 1, True),
        ("report.death_year", 2, 1, True),
    ]
    act(study, decide, other, "report.area", "b", cause="judgement")
    act(study, decide, first, "report.death_year", "a", cause="typing_slip")
    assert ("report.area", 2, 1, True) in [
        (held.path, held.decisions, held.unclear, held.mostly) for held in read(study).defects
    ]
    assert "report.death_year" not in [held.path for held in read(study).defects]


def test_withdrawn_cases_and_superseded_comparisons_are_left_out(study: Study) -> None:
    withdrawn, returned, kept = differing(study), differing(study), differing(study)
    with study.writing() as session:
        withdraw_case(
            session, SYSTEM, session.get_one(Case, case_of(study, withdrawn)), "Outside the period."
        )
        case = session.get_one(Case, case_of(study, returned))
        supersede(session, study.actor("carol"), case, "look again")
    assert case_of(study, kept)
    assert read(study).report.cases == 1


def test_pairs_are_named_and_months_are_those_of_the_comparison(study: Study) -> None:
    comparison = differing(study)
    with study.database.reading() as session:
        made = session.get_one(Comparison, comparison).created_at
    report = figures(study)
    assert [held.label for held in report.pairs] == ["Amara and Ben"]
    assert [held.key for held in report.months] == [f"{made:%Y-%m}"]


def test_many_cases_are_read_a_chunk_at_a_time_in_natural_order(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [differing(study) for _ in range(5)]
    monkeypatch.setattr(agreement_read, "CHUNK", 2)
    with study.database.reading() as session:
        project = session.get_one(Project, study.project_id)
        found = [held.comparison for held in compared_cases(session, COMMAND_LINE, project)]
    expected = [study.load(comparison).result for comparison in made]
    assert [_seen(held) for held in found] == [_seen(held) for held in expected]


def _seen(comparison: coding.Comparison) -> list[tuple[str, str, object, object]]:
    return [(held.path, str(held.verdict), held.a, held.b) for held in comparison.positions]


def test_the_number_of_statements_does_not_grow_with_the_cases(study: Study) -> None:
    def statements() -> int:
        with watched(study.database) as watch:
            read(study)
        return len(watch.statements)

    differing(study)
    few = statements()
    for _ in range(4):
        differing(study)
    assert statements() == few


def test_a_count_is_kept_by_what_was_counted_and_the_oldest_go(study: Study) -> None:
    database = study.database
    told: list[tuple[int, int]] = []
    for number in range(KEPT_COUNTS + 2):
        study.compared(entry({"region": "wales"}), second(entry({"region": "wales"})))
        with database.reading() as session:
            project = session.get_one(Project, study.project_id)
            counted = count_agreement(session, study.actor("carol"), project, lambda *far: told.append(far))
        for _ in range(2):
            with study.writing() as session:
                project = session.get_one(Project, study.project_id)
                keep_count(session, project, counted.fingerprint, counted.report, whole=counted.whole)
        assert told[-1] == (number + 1, number + 1)
    with database.reading() as session:
        project = session.get_one(Project, study.project_id)
        assert session.query(AgreementCount).count() == KEPT_COUNTS
        kept = find_count(session, project, counted.fingerprint)
        assert kept is not None
        assert kept.report == counted.report
        assert last_count(session, project) == kept
        assert study_agreement(session, study.actor("carol"), project, most=0).report == counted.report

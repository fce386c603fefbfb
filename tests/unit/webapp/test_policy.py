"""The policy table, cell by cell: who may do what on a case, at each point of its life."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from schema.actor import Actor
from schema.store.models import Case, Comparison, Entry, Project
from webapp.access.policy import ACTIONS, can
from webapp.access.subjects import CaseSubject, ProjectSubject

PROJECT = Project(id="p", key="pilot", title="Pilot")
WHEN = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE = {
    "amara": Actor("amara", "amara", roles={"p": frozenset({"coder"})}),
    "ben": Actor("ben", "ben", roles={"p": frozenset({"coder"})}),
    "carol": Actor("carol", "carol", roles={"p": frozenset({"reconciler"})}),
    "cleo": Actor("cleo", "cleo", roles={"p": frozenset({"reconciler"})}),  # reconciles other cases
    "dana": Actor("dana", "dana", roles={"p": frozenset({"manager"})}),
    "esi": Actor("esi", "esi", roles={"p": frozenset({"coder"})}),  # codes other cases
    "victor": Actor("victor", "victor", roles={"p": frozenset({"viewer"})}),
    "root": Actor("root", "root", is_admin=True),
    "mona": Actor("mona", "mona", roles={"other": frozenset({"manager", "coder", "reconciler", "viewer"})}),
}
ON_CASES = sorted(action for action in ACTIONS if action.split(".")[0] in ("entry", "comparison"))


@dataclass(frozen=True)
class Stage:
    """A point in the life of a case."""

    first: str
    second: str
    comparison: str = ""


STAGES = {
    "assigned": Stage("not_started", "not_started"),
    "one begun": Stage("in_progress", "not_started"),
    "one submitted": Stage("submitted", "in_progress"),
    "both submitted": Stage("submitted", "submitted", "open"),
    "resolving": Stage("submitted", "submitted", "resolving"),
    "signed off": Stage("submitted", "submitted", "signed_off"),
    "returned": Stage("submitted", "returned"),
}


def _subject(
    stage: str, coders: tuple[str, str] = ("amara", "ben"), reconciler: str = "carol"
) -> CaseSubject:
    at = STAGES[stage]
    parts = zip(("coder_1", "coder_2", "reconciler"), (*coders, reconciler), strict=True)
    entries = (
        Entry(id="e1", slot=1, coder_id=coders[0], state=at.first),
        Entry(id="e2", slot=2, coder_id=coders[1], state=at.second),
    )
    return CaseSubject(
        project=PROJECT,
        case=Case(id="c", project_id="p", reference="DHR-001"),
        parts=dict(parts),
        entries=entries,
        comparison=Comparison(id="x", state=at.comparison) if at.comparison else None,
    )


def _who_may(action: str, subject: CaseSubject | ProjectSubject) -> set[str]:
    return {name for name, actor in PEOPLE.items() if can(actor, action, subject)}


@pytest.mark.parametrize("stage", STAGES)
def test_only_its_two_coders_work_on_entries(stage: str) -> None:
    assert _who_may("entry.work", _subject(stage)) == {"amara", "ben"}


@pytest.mark.parametrize("stage", STAGES)
def test_a_coder_never_reads_the_other_entry(stage: str) -> None:
    subject = _subject(stage)
    other = replace(subject, entry=subject.entries[1])
    assert "amara" not in _who_may("entry.read", other)
    assert "amara" not in _who_may("entry.work", other)
    assert "ben" in _who_may("entry.read", other)


@pytest.mark.parametrize(
    ("stage", "readers"),
    [
        ("assigned", {"amara", "dana"}),
        ("one begun", {"amara", "dana"}),
        ("one submitted", {"amara", "dana"}),
        ("both submitted", {"amara", "carol", "dana"}),
        ("signed off", {"amara", "carol", "dana"}),
        ("returned", {"amara", "dana"}),
    ],
)
def test_the_reconciler_reads_an_entry_only_while_both_stand_submitted(stage: str, readers: set[str]) -> None:
    subject = _subject(stage)
    assert _who_may("entry.read", replace(subject, entry=subject.entries[0])) == readers


@pytest.mark.parametrize("stage", STAGES)
def test_a_comparison_is_for_its_reconciler_and_for_managers_who_did_not_code(stage: str) -> None:
    both = STAGES[stage].first == STAGES[stage].second == "submitted"
    assert _who_may("comparison.view", _subject(stage)) == ({"carol", "dana"} if both else set())
    assert _who_may("comparison.work", _subject(stage)) == ({"carol"} if both else set())


@pytest.mark.parametrize("stage", STAGES)
def test_coders_see_the_comparison_only_when_it_is_signed_off(stage: str) -> None:
    expected = {"amara", "ben", "carol", "dana"} if stage == "signed off" else set()
    assert _who_may("comparison.final", _subject(stage)) == expected


@pytest.mark.parametrize("stage", STAGES)
def test_an_unblinded_case_is_open_to_its_coders_while_both_stand_submitted(stage: str) -> None:
    subject = replace(_subject(stage), unblinded=True)
    both = STAGES[stage].first == STAGES[stage].second == "submitted"
    assert _who_may("comparison.view", subject) == ({"amara", "ben", "carol", "dana"} if both else set())
    assert ("amara" in _who_may("entry.read", replace(subject, entry=subject.entries[1]))) == both
    before = Entry(id="e0", slot=1, coder_id="esi", state="submitted", ended_at=WHEN)
    assert "amara" not in _who_may("entry.read", replace(subject, entry=before))
    assert _who_may("comparison.work", subject) == ({"carol"} if both else set())
    assert _who_may("entry.return", subject) == set()


@pytest.mark.parametrize("stage", STAGES)
def test_a_manager_who_does_not_code_the_case_unblinds_it_once(stage: str) -> None:
    both = STAGES[stage].first == STAGES[stage].second == "submitted"
    assert _who_may("case.unblind", _subject(stage)) == ({"dana"} if both else set())
    assert _who_may("case.unblind", replace(_subject(stage), unblinded=True)) == set()
    everything = Actor("mo", "mo", roles={"p": frozenset({"manager", "coder"})})
    assert not can(everything, "case.unblind", _subject(stage, coders=("mo", "ben")))


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("action", ["case.state", "entry.return", "comparison.view", "comparison.work"])
def test_a_manager_who_codes_a_case_has_no_more_of_it_than_a_coder(stage: str, action: str) -> None:
    everything = Actor("mo", "mo", roles={"p": frozenset({"manager", "coder", "reconciler", "viewer"})})
    subject = _subject(stage, coders=("mo", "ben"))
    assert not can(everything, action, subject)
    assert not can(everything, "entry.read", replace(subject, entry=subject.entries[1]))
    assert can(everything, "entry.work", subject)


@pytest.mark.parametrize("stage", STAGES)
def test_who_replaced_a_coder_has_nothing_of_the_entry_before(stage: str) -> None:
    subject = _subject(stage)
    before = Entry(id="e0", slot=1, coder_id="esi", state="in_progress", ended_at=WHEN)
    assert "amara" not in _who_may("entry.read", replace(subject, entry=before))
    assert "esi" not in _who_may("entry.work", replace(subject, entry=before))


@pytest.mark.parametrize("action", ON_CASES)
@pytest.mark.parametrize("stage", STAGES)
def test_people_without_a_part_in_the_case_do_nothing_in_it(stage: str, action: str) -> None:
    assert _who_may(action, _subject(stage)) & {"cleo", "esi", "victor", "root", "mona"} == set()


@pytest.mark.parametrize("action", ON_CASES)
def test_a_part_without_its_role_counts_for_nothing(action: str) -> None:
    gone = Actor("amara", "amara", roles={"p": frozenset({"viewer"})})
    assert not can(gone, action, _subject("signed off"))
    assert not can(Actor("carol", "carol", roles={}), action, _subject("signed off"))


def test_nobody_works_on_a_withdrawn_case() -> None:
    subject = _subject("both submitted")
    subject.case.withdrawn_at = WHEN
    assert _who_may("entry.work", subject) == set()
    assert _who_may("comparison.work", subject) == set()


def test_what_a_role_opens_in_a_project() -> None:
    subject = ProjectSubject(PROJECT)
    members = {"amara", "ben", "carol", "cleo", "dana", "esi", "victor"}
    expected = {
        "project.view": members,
        "project.manage": {"dana", "root"},
        "case.list": members - {"victor"},
        "case.list_all": {"dana"},
        "case.counts": {"dana", "victor"},
        "progress.view": {"dana"},
        "feedback.own": {"amara", "ben", "esi"},
        "case.edit": {"dana"},
        "case.assign": {"dana"},
        "agreement.view": {"dana"},
        "export.make": {"dana"},
        "export.fetch": {"dana"},
        "audit.view": {"dana"},
    }
    assert {action: _who_may(action, subject) for action in expected} == expected


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_nobody_signed_in_may_do_nothing(action: str) -> None:
    assert not can(None, action, _subject("signed off"))
    assert not can(None, action)


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"account.own", "people.manage", "project.create"}))
def test_an_administrator_without_a_role_reaches_no_case(action: str) -> None:
    allowed = action in (
        "help.read",
        "project.manage",
        "project.erase",
        "questionnaire.view",
        "questionnaire.manage",
    )
    assert can(PEOPLE["root"], action, _subject("signed off")) == allowed


def test_an_action_that_is_not_in_the_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        can(PEOPLE["dana"], "case.destroy", _subject("assigned"))


def _again(state: str, coder: str = "amara") -> CaseSubject:
    """A signed-off case that a coder codes again, or has coded again."""
    again = Entry(id="e3", slot=1, coder_id=coder, state=state, repeats=True)
    return replace(_subject("signed off"), repeats=(again,))


@pytest.mark.parametrize("state", ["not_started", "in_progress", "submitted"])
def test_a_second_coding_is_read_by_its_coder_and_by_managers_who_do_not_code_the_case(state: str) -> None:
    subject = _again(state)
    second = replace(subject, entry=subject.repeats[0])
    assert _who_may("entry.read", second) == {"amara", "dana"}
    assert _who_may("entry.return", second) == set(), "it is measured as it was submitted"


@pytest.mark.parametrize("unblinded", [False, True])
@pytest.mark.parametrize(
    "action", ["comparison.final", "comparison.yours", "comparison.view", "question.answer"]
)
def test_whoever_codes_a_case_again_is_blind_to_what_came_of_it(action: str, unblinded: bool) -> None:
    before, during, after = (
        replace(subject, unblinded=unblinded)
        for subject in (_subject("signed off"), _again("in_progress"), _again("submitted"))
    )
    assert "amara" not in _who_may(action, during)
    assert _who_may(action, during) == _who_may(action, before) - {"amara"}, "nobody else sees less or more"
    assert _who_may(action, after) == _who_may(action, before)


@pytest.mark.parametrize("unblinded", [False, True])
def test_whoever_codes_a_case_again_reads_neither_first_entry(unblinded: bool) -> None:
    subject = replace(_again("in_progress"), unblinded=unblinded)
    for entry in subject.entries:
        assert "amara" not in _who_may("entry.read", replace(subject, entry=entry))
    assert "amara" in _who_may("entry.read", subject), "without a name it is the second"
    assert subject.own_entry(PEOPLE["amara"]) is subject.repeats[0]
    assert _again("submitted").own_entry(PEOPLE["amara"]) is not subject.repeats[0]


def test_a_second_coding_is_worked_on_by_nobody_who_manages_the_project() -> None:
    both = Actor("amara", "amara", roles={"p": frozenset({"coder", "manager"})})
    assert can(PEOPLE["amara"], "entry.work", _again("in_progress"))
    assert not can(both, "entry.work", _again("in_progress"))
    assert can(both, "entry.work", _again("submitted")), "which leads to their first entry, as before"


def test_one_sees_how_ones_own_two_codings_differ_once_the_second_is_submitted() -> None:
    assert _who_may("repeat.own", _again("in_progress")) == set()
    assert _who_may("repeat.own", _again("submitted")) == {"amara"}

"""Cases, their people and their derived state, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Document, Row
from schema.problem import Refused
from schema.store.assignments import assign, current_assignments
from schema.store.audit_chain import write
from schema.store.case_state import case_state_expression, state_seen_by
from schema.store.caselist import CaseFilter, case_page
from schema.store.cases import describe_case, register_case, restore_case, withdraw_case
from schema.store.database import Database, new_id, now
from schema.store.entries import save_document
from schema.store.many_parts import give_parts
from schema.store.models import Assignment, Audit, Case, Entry, Project, User
from schema.store.people import actor_for
from schema.store.projects import create_project, find_project
from schema.store.submission import return_entry, submit_entry
from schema.store.templates import compiled, publish
from schema.store.worklist import counts_of_projects
from tests.support.world import SYSTEM, add_person, small_template

DOCUMENT = Document(
    sections={"report": {"area": "Northmere", "death_year": 2016}},
    groups={"victims": (Row("v1", {"age": 34, "sex": "female"}),)},
)


@dataclass
class Study:
    """A project on the small template with three coders, two reconcilers and a manager."""

    session: Session
    project: Project
    people: dict[str, User]

    def case(self, reference: str = "DHR-001", *names: str) -> Case:
        case = register_case(self.session, SYSTEM, self.project, reference)
        for part, name in zip(("coder_1", "coder_2", "reconciler"), names, strict=False):
            assign(self.session, SYSTEM, case, part, self.people[name])
        return case

    def entry(self, case: Case, name: str) -> Entry:
        query = select(Entry).where(
            Entry.case_id == case.id, Entry.coder_id == self.people[name].id, Entry.ended_at.is_(None)
        )
        return self.session.scalars(query).one()

    def save(self, case: Case, name: str) -> None:
        save_document(
            self.session, actor_for(self.session, self.people[name]), self.entry(case, name), DOCUMENT
        )

    def submit(self, case: Case, name: str) -> None:
        entry = self.entry(case, name)
        if entry.state == "not_started":
            self.save(case, name)
        template = compiled(self.session, entry.template_version_id)
        submit_entry(self.session, actor_for(self.session, self.people[name]), entry, template)

    def state(self, case: Case, seen_by: str = "") -> str:
        expression = state_seen_by(self.people[seen_by].id) if seen_by else case_state_expression()
        self.session.flush()
        return self.session.scalars(select(expression).where(Case.id == case.id)).one()


@pytest.fixture
def study(database: Database) -> Iterator[Study]:
    with database.writing() as session:
        version = publish(session, SYSTEM, *small_template())
        project = create_project(session, SYSTEM, "pilot", "Pilot", version)
        roles = {
            "amara": ("coder",),
            "ben": ("coder",),
            "chidi": ("coder", "reconciler"),
            "carol": ("reconciler",),
            "dana": ("manager",),
        }
        people = {
            name: add_person(session, name, name.capitalize(), held, project) for name, held in roles.items()
        }
        yield Study(session, project, people)


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.problems[0].code


def test_a_reference_stands_once_in_a_project(study: Study):
    study.case()
    with pytest.raises(Refused) as refused:
        study.case(" DHR-001 ")
    assert code_of(refused) == "CASE-002"


@pytest.mark.parametrize("reference", ["", "   ", "\x00", "x" * 101])
def test_a_case_without_a_usable_reference_is_refused(study: Study, reference: str):
    with pytest.raises(Refused) as refused:
        study.case(reference)
    assert code_of(refused) == "CASE-001"


def test_a_changed_description_is_audited_with_before_and_after_and_an_unchanged_one_is_not(study: Study):
    case = study.case()
    values = {"reference": "DHR-001", "title": "Overview", "source": "", "note": ""}
    assert describe_case(study.session, SYSTEM, case, **values)
    assert not describe_case(study.session, SYSTEM, case, **values)
    write(study.session)
    acts = study.session.scalars(select(Audit.detail).where(Audit.action == "case.describe")).all()
    assert len(acts) == 1
    assert '"Overview"' in acts[0]


def test_three_different_people_hold_a_case(study: Study):
    case = study.case("DHR-001", "amara", "ben")
    with pytest.raises(Refused) as refused:
        assign(study.session, SYSTEM, case, "coder_2", study.people["amara"])
    assert code_of(refused) == "ASSIGN-002"
    with pytest.raises(Refused) as refused:
        assign(study.session, SYSTEM, case, "reconciler", study.people["amara"])
    assert code_of(refused) == "ASSIGN-001"


def test_parts_of_many_cases_are_given_as_one_by_one(study: Study):
    session, people = study.session, study.people
    taken = study.case("DHR-001", "amara", "ben")
    wanted = [(taken, {"coder_1": people["chidi"]}), (study.case("DHR-002"), {"coder_1": people["amara"]})]
    give_parts(session, SYSTEM, study.project, wanted)
    assert [current_assignments(session, case.id)["coder_1"].user_id for case, _ in wanted] == [
        people["chidi"].id,
        people["amara"].id,
    ]
    assert study.entry(taken, "chidi").revision == study.entry(wanted[1][0], "amara").revision == 0
    for code, reference, given in (
        ("ASSIGN-001", "DHR-003", {"coder_1": "carol"}),
        ("ASSIGN-002", "DHR-004", {"coder_1": "chidi", "reconciler": "chidi"}),
    ):
        with pytest.raises(Refused) as refused:
            give_parts(
                session,
                SYSTEM,
                study.project,
                [(study.case(reference), {part: people[name] for part, name in given.items()})],
            )
        assert code_of(refused) == code


def test_the_database_itself_refuses_one_person_in_two_parts(study: Study):
    case = study.case("DHR-001", "chidi", "ben")
    study.session.add(
        Assignment(
            id=new_id(study.session),
            case_id=case.id,
            part="reconciler",
            user_id=study.people["chidi"].id,
            assigned_at=now(study.session),
        )
    )
    with pytest.raises(IntegrityError):
        study.session.flush()
    study.session.rollback()


def test_whoever_coded_a_case_never_reconciles_it_even_after_being_replaced(study: Study):
    case = study.case("DHR-001", "chidi", "ben")
    assign(study.session, SYSTEM, case, "coder_1", study.people["amara"])
    with pytest.raises(Refused) as refused:
        assign(study.session, SYSTEM, case, "reconciler", study.people["chidi"])
    assert code_of(refused) == "ASSIGN-004"


def test_a_new_coder_starts_blank_and_the_old_entry_is_kept(study: Study):
    case = study.case("DHR-001", "amara", "ben")
    study.save(case, "amara")
    assign(study.session, SYSTEM, case, "coder_1", study.people["chidi"])
    assert study.entry(case, "chidi").revision == 0
    old = study.session.scalars(select(Entry).where(Entry.coder_id == study.people["amara"].id)).one()
    assert old.ended_at is not None
    assert old.answered > 0


def test_a_coder_who_has_submitted_cannot_be_replaced(study: Study):
    case = study.case("DHR-001", "amara", "ben")
    study.submit(case, "amara")
    with pytest.raises(Refused) as refused:
        assign(study.session, SYSTEM, case, "coder_1", study.people["chidi"])
    assert code_of(refused) == "ASSIGN-005"
    assert current_assignments(study.session, case.id)["coder_1"].user_id == study.people["amara"].id


@pytest.mark.parametrize("submitted", [False, True])
def test_a_coder_of_the_case_is_told_the_same_of_the_other_whether_they_have_submitted(
    study: Study, submitted: bool
):
    case = study.case("DHR-001", "amara", "ben")
    if submitted:
        study.submit(case, "amara")
    with pytest.raises(Refused) as refused:
        assign(study.session, Actor(study.people["ben"].id, "ben"), case, "coder_1", study.people["chidi"])
    assert code_of(refused) == "ASSIGN-007"


def test_the_state_follows_the_work(study: Study):
    case = study.case()
    seen = [study.state(case)]
    for part, name in (("coder_1", "amara"), ("coder_2", "ben"), ("reconciler", "carol")):
        assign(study.session, SYSTEM, case, part, study.people[name])
    seen.append(study.state(case))
    study.save(case, "amara")
    seen.append(study.state(case))
    study.submit(case, "amara")
    seen.append(study.state(case))
    study.submit(case, "ben")
    seen.append(study.state(case))
    return_entry(study.session, SYSTEM, study.entry(case, "ben"), "Section 2 is of another report.")
    seen.append(study.state(case))
    withdraw_case(study.session, SYSTEM, case, "A duplicate of DHR-002.")
    seen.append(study.state(case))
    restore_case(study.session, SYSTEM, case)
    seen.append(study.state(case))
    assert seen == [
        "registered",
        "assigned",
        "coding",
        "coding",
        "ready to compare",
        "coding",
        "withdrawn",
        "coding",
    ]


def test_a_coder_reads_nothing_of_the_other_from_the_state(study: Study):
    case = study.case("DHR-001", "amara", "ben", "carol")
    assert study.state(case, "ben") == "assigned"
    study.submit(case, "amara")
    assert study.state(case, "ben") == "assigned"
    study.submit(case, "ben")
    assert study.state(case, "ben") == "coding"
    assert study.state(case, "carol") == "ready to compare"


def test_the_list_filters_pages_and_counts(study: Study):
    for number in range(1, 8):
        study.case(f"DHR-{number:03d}", *(("amara", "ben", "carol") if number % 2 else ()))
    session, project = study.session, study.project.id
    first = case_page(session, project, study.people["dana"].id, CaseFilter(), limit=3)
    assert [line.reference for line in first.lines] == ["DHR-001", "DHR-002", "DHR-003"]
    assert (first.total, first.after) == (7, "DHR-003")
    assert first.lines[0].coder_1 == "Amara"
    rest = case_page(session, project, study.people["dana"].id, CaseFilter(), after=first.after, limit=9)
    assert [line.reference for line in rest.lines][-1] == "DHR-007"
    assert rest.after == ""
    narrowed = CaseFilter(state="assigned", person=study.people["ben"].id, text="00")
    assert case_page(session, project, study.people["dana"].id, narrowed).total == 4
    assert case_page(session, project, study.people["carol"].id, CaseFilter(own_only=True)).total == 4
    assert case_page(session, project, study.people["dana"].id, CaseFilter(text="%")).total == 0
    counts = counts_of_projects(session, [project], study.people["dana"].id)[project]
    assert counts["assigned"] == 4
    assert counts["registered"] == 3


def test_a_case_is_withdrawn_with_a_reason_once(study: Study):
    case = study.case()
    with pytest.raises(Refused) as refused:
        withdraw_case(study.session, SYSTEM, case, " ")
    assert code_of(refused) == "CASE-003"
    withdraw_case(study.session, SYSTEM, case, "Not a DHR.")
    with pytest.raises(Refused) as refused:
        withdraw_case(study.session, SYSTEM, case, "Again.")
    assert code_of(refused) == "CASE-004"
    with pytest.raises(Refused) as refused:
        assign(study.session, SYSTEM, case, "coder_1", study.people["amara"])
    assert code_of(refused) == "ASSIGN-003"


def test_projects_do_not_see_each_others_cases(study: Study):
    study.case()
    found = find_project(study.session, "pilot")
    assert found is not None
    assert case_page(study.session, "somewhere else", study.people["dana"].id, CaseFilter()).total == 0

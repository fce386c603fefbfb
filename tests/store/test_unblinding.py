"""Who has seen a case cannot code it, and unblinding happens once, for good: on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from schema.problem import Refused
from schema.store.assignments import assign
from schema.store.cases import register_case, withdraw_case
from schema.store.comparisons import sign_off
from schema.store.database import Database, new_id, now
from schema.store.knowledge import note_knowledge, note_knowledge_of_final
from schema.store.models import Assignment, Case, CaseKnowledge, Comparison, Entry, Project, User
from schema.store.projects import add_member, end_membership
from schema.store.submission import return_entry
from schema.store.unblinding import find_unblinding, unblind
from tests.store.double_coding import SYSTEM, Study, act, audited, build_study, differing, settle

WHY = "The coders train the next team on this case."


@pytest.fixture
def study(database: Database) -> Study:
    """Cyril is a coder by role, and codes nothing yet."""
    made = build_study(database)
    with made.writing() as session:
        project = session.get_one(Project, made.project_id)
        add_member(session, SYSTEM, project, session.get_one(User, made.users["cyril"]), "coder")
    return made


def _fresh_case(study: Study, reference: str) -> str:
    with study.writing() as session:
        return register_case(session, SYSTEM, session.get_one(Project, study.project_id), reference).id


def _case_of(study: Study, comparison: str) -> str:
    with study.database.reading() as session:
        return session.get_one(Comparison, comparison).case_id


def _give(study: Study, case_id: str, part: str, name: str) -> None:
    with study.writing() as session:
        case, user = session.get_one(Case, case_id), session.get_one(User, study.users[name])
        assign(session, SYSTEM, case, part, user)


def _give_behind_its_back(study: Study, case_id: str, part: str, name: str) -> None:
    with study.writing() as session:
        session.add(
            Assignment(
                id=new_id(session),
                case_id=case_id,
                part=part,
                user_id=study.users[name],
                assigned_at=now(session),
            )
        )


def test_whoever_has_seen_a_case_cannot_code_it_whatever_their_role_becomes(study: Study) -> None:
    case_id = _fresh_case(study, "DHR-901")
    with study.writing() as session:
        note_knowledge(session, study.users["cyril"], case_id, "entry.read")
        project = session.get_one(Project, study.project_id)
        end_membership(session, SYSTEM, project, session.get_one(User, study.users["cyril"]), "coder")
        add_member(session, SYSTEM, project, session.get_one(User, study.users["cyril"]), "coder")
    for part in ("coder_1", "coder_2"):
        with pytest.raises(Refused, match="cannot code it blind") as refused:
            _give(study, case_id, part, "cyril")
        assert (refused.value.problems[0].code, refused.value.problems[0].where) == ("ASSIGN-006", part)
        with pytest.raises(IntegrityError):
            _give_behind_its_back(study, case_id, part, "cyril")
    _give_behind_its_back(study, case_id, "reconciler", "cyril")


def test_the_database_itself_keeps_who_had_another_part_out_and_assignments_as_they_were(
    study: Study,
) -> None:
    case_id = _fresh_case(study, "DHR-902")
    _give(study, case_id, "coder_1", "cyril")
    with study.writing() as session:
        session.scalars(select(Assignment).where(Assignment.case_id == case_id)).one().ended_at = now(session)
    for part in ("coder_2", "reconciler"):
        with pytest.raises(IntegrityError):
            _give_behind_its_back(study, case_id, part, "cyril")
    for change in ("ended_at = NULL", "part = 'coder_2'", f"user_id = '{study.users['ben']}'"):
        with pytest.raises(IntegrityError), study.writing() as session:
            session.execute(text(f"UPDATE assignment SET {change} WHERE case_id = '{case_id}'"))


def test_what_was_seen_is_kept_as_first_written_and_never_forgotten(study: Study) -> None:
    case_id = _fresh_case(study, "DHR-903")
    for source in ("entry.read", "comparison.open"):
        with study.writing() as session:
            note_knowledge(session, study.users["cyril"], case_id, source)
    with study.database.reading() as session:
        assert session.scalars(select(CaseKnowledge.source)).all() == ["entry.read"]
    for statement in ("DELETE FROM case_knowledge", "UPDATE case_knowledge SET source = 'x'"):
        with pytest.raises(DatabaseError), study.writing() as session:
            session.execute(text(statement))


def test_taking_the_master_away_counts_for_every_signed_off_case_in_it(study: Study) -> None:
    signed, open_ = differing(study), differing(study)
    settle(study, signed)
    act(study, sign_off, signed)
    for _ in range(2):
        with study.writing() as session:
            note_knowledge_of_final(session, study.users["cyril"], study.project_id, "export.fetch")
    with study.database.reading() as session:
        known = session.scalars(select(CaseKnowledge.case_id)).all()
    assert known == [_case_of(study, signed)]
    assert _case_of(study, open_) not in known


def _unblind(study: Study, case_id: str, reason: str = WHY) -> None:
    with study.writing() as session:
        unblind(session, study.actor("cyril"), session.get_one(Case, case_id), reason)


def _refused(study: Study, case_id: str, reason: str = WHY) -> str:
    with pytest.raises(Refused) as refused:
        _unblind(study, case_id, reason)
    return refused.value.problems[0].code


def test_a_case_is_unblinded_once_with_a_reason_on_record_and_never_again_blind(study: Study) -> None:
    case_id = _case_of(study, differing(study))
    assert _refused(study, case_id, " \n") == "UNBLIND-001"
    _unblind(study, case_id)
    assert _refused(study, case_id) == "UNBLIND-002"
    with study.writing() as session:
        found = find_unblinding(session, case_id)
        assert found is not None
        assert (found.unblinded_by, found.reason) == (study.users["cyril"], WHY)
        assert audited(session, "case.unblind") == [{"reason": WHY}]
    for statement in ("DELETE FROM unblinding", "UPDATE unblinding SET reason = 'x'"):
        with pytest.raises(DatabaseError), study.writing() as session:
            session.execute(text(statement))


def test_a_case_that_is_still_coded_or_withdrawn_stays_blind(study: Study) -> None:
    assert _refused(study, _fresh_case(study, "DHR-904")) == "UNBLIND-003"
    withdrawn = _case_of(study, differing(study))
    with study.writing() as session:
        withdraw_case(session, SYSTEM, session.get_one(Case, withdrawn), "A duplicate.")
    assert _refused(study, withdrawn) == "UNBLIND-004"


def test_no_entry_of_an_unblinded_case_is_coded_again(study: Study) -> None:
    case_id = _case_of(study, differing(study))
    _unblind(study, case_id)
    with study.writing() as session:
        entry = session.scalars(select(Entry).where(Entry.case_id == case_id, Entry.slot == 1)).one()
        with pytest.raises(Refused, match="would not be independent"):
            return_entry(session, study.actor("cyril"), entry, "Look again.")
        assert entry.state == "submitted"

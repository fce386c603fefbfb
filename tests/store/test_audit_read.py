"""The audit trail of a project is read alike on both databases, without what would tell a coder about the other one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schema.actor import Actor
from schema.store.audit import record
from schema.store.audit_read import (
    AuditFilter,
    audit_lines,
    audit_page,
    codes_open_cases,
    noted_lately,
    people_in,
)
from schema.store.comparisons import sign_off
from schema.store.database import Database, utc_now
from tests.store.double_coding import Study, act, build_study, differing, settle

MANAGER = Actor(id="manager", name="dana")


@pytest.fixture
def study(database: Database) -> Study:
    return build_study(database)


def _acts(study: Study, actor: Actor, wanted: AuditFilter | None = None) -> list[str]:
    with study.database.reading() as session:
        return [
            line.action for line in audit_lines(session, actor, study.project_id, wanted or AuditFilter())
        ]


def test_a_manager_sees_all_and_a_coder_only_their_own_until_it_is_signed_off(study: Study) -> None:
    comparison = differing(study)
    amara = study.actor("amara")
    everything = _acts(study, MANAGER)
    assert {"comparison.create", "pairing.confirm", "entry.open"} <= set(everything)
    with study.database.reading() as session:
        mine = [line for line in audit_lines(session, amara, study.project_id, AuditFilter()) if line.case]
        assert {line.person for line in mine} <= {"Amara"}
        assert codes_open_cases(session, amara, study.project_id)
        assert not codes_open_cases(session, MANAGER, study.project_id)
    settle(study, comparison)
    act(study, sign_off, comparison)
    assert _acts(study, amara) == _acts(study, MANAGER)


def test_pages_hold_the_same_as_the_whole(study: Study) -> None:
    differing(study)
    whole = _acts(study, MANAGER)
    paged: list[str] = []
    before = ""
    with study.database.reading() as session:
        while True:
            page = audit_page(session, MANAGER, study.project_id, AuditFilter(), before=before, limit=3)
            paged += [line.action for line in page.lines]
            before = page.before
            if not before:
                break
    assert paged == whole
    assert len(whole) == 6


def test_it_is_narrowed_by_person_act_case_and_time(study: Study) -> None:
    differing(study)
    carol = study.actor("carol").id
    assert set(_acts(study, MANAGER, AuditFilter(person=carol))) == {"pairing.confirm"}
    assert set(_acts(study, MANAGER, AuditFilter(actions=("entry.open",)))) == {"entry.open"}
    assert _acts(study, MANAGER, AuditFilter(case="DHR-NONE")) == []
    hour = timedelta(hours=1)
    assert _acts(study, MANAGER, AuditFilter(since=utc_now() + hour)) == []
    assert _acts(study, MANAGER, AuditFilter(until=utc_now() - hour)) == []
    assert _acts(study, MANAGER, AuditFilter(since=utc_now() - hour, until=utc_now() + hour))
    with study.database.reading() as session:
        assert "Carol" in people_in(session, study.project_id).values()


def test_an_opening_counts_for_an_hour(study: Study) -> None:
    carol = study.actor("carol")
    with study.writing() as session:
        record(session, carol, "comparison.open", project_id=study.project_id, object_id="c1")
    with study.database.reading() as session:
        assert noted_lately(session, carol, "comparison.open", "c1", None)
        assert not noted_lately(session, carol, "comparison.open", "c2", None)
        assert not noted_lately(session, study.actor("ben"), "comparison.open", "c1", None)
        session.info["clock"] = lambda: utc_now() + timedelta(minutes=61)
        assert not noted_lately(session, carol, "comparison.open", "c1", None)

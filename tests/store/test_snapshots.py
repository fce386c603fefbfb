"""Snapshots: what was frozen comes back unchanged, or is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import DBAPIError

from schema.answers.canonical import sha256
from schema.answers.document import Document, Evidence, Row
from schema.problem import Refused
from schema.store.models import Snapshot
from schema.store.snapshots import freeze, latest_snapshot, thaw
from schema.template.value import Missing
from tests.store.one_case import OneCase, one_case

DOCUMENT = Document(
    {"report": {"area": "Ynys Môn", "death_year": Missing("not_reported")}},
    {"recommendations": (Row("r2", {"themes": ("T1",)}), Row("r1"))},
    {"report.area": Evidence("1", "“Ynys Môn”")},
)


@pytest.fixture
def setting(database) -> OneCase:
    return one_case(database)


def frozen(setting: OneCase, document: Document = DOCUMENT, revision: int = 3) -> Snapshot:
    with setting.desk() as (session, actor, entry):
        return freeze(
            session,
            actor,
            entry=entry,
            template_version_id=setting.version_id,
            document=document,
            revision=revision,
        )


def test_what_was_frozen_comes_back(setting):
    snapshot = frozen(setting)
    with setting.database.reading() as session:
        assert thaw(session, snapshot.id) == DOCUMENT
    assert snapshot.sha256 == sha256(DOCUMENT)
    assert (snapshot.entry_id, snapshot.revision, snapshot.created_by) == (
        setting.entry_id,
        3,
        setting.amara_id,
    )


def test_the_latest_snapshot_is_the_one_of_the_last_submission(setting):
    with setting.database.reading() as session:
        assert latest_snapshot(session, setting.entry_id) is None
    frozen(setting)
    second = frozen(setting, Document(), 7)
    with setting.database.reading() as session:
        latest = latest_snapshot(session, setting.entry_id)
    assert latest is not None
    assert latest.id == second.id


def test_a_snapshot_cannot_be_changed(setting):
    frozen(setting)
    with pytest.raises(DBAPIError), setting.desk() as (session, _, _):
        session.execute(update(Snapshot).values(revision=9))


def test_a_snapshot_that_was_tampered_with_is_refused(setting):
    snapshot = frozen(setting)
    forged = {column.name: getattr(snapshot, column.name) for column in Snapshot.__table__.columns} | {
        "id": "forged"
    }
    with setting.desk() as (session, _, _):
        session.execute(insert(Snapshot).values(forged | {"sha256": "0" * 64}))
        session.execute(insert(Snapshot).values(forged | {"id": "cut", "body": snapshot.body[:10]}))
    for damaged in ("forged", "cut"):
        with setting.database.reading() as session, pytest.raises(Refused) as caught:
            thaw(session, damaged)
        assert caught.value.problems[0].code == "SNAP-002"


def test_an_unknown_snapshot_is_not_found(setting):
    with setting.database.reading() as session, pytest.raises(Refused) as caught:
        thaw(session, "nothing")
    assert caught.value.status == 404


def test_a_snapshot_has_one_owner(setting):
    with setting.desk() as (session, actor, entry):
        for owners in ({}, {"entry": entry, "comparison_id": "c"}):
            with pytest.raises(ValueError, match="one entry or"):
                freeze(session, actor, template_version_id="v", document=DOCUMENT, revision=0, **owners)

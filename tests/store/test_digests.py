"""Of several workers one takes up a person's digest of a day, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from schema.actor import COMMAND_LINE
from schema.store.cases import register_case
from schema.store.database import Database, now
from schema.store.digests import Digest, due_people, note_refused, take_up, want_digest
from schema.store.models import Project, User
from schema.store.notices import ASSIGNED, notify
from schema.store.projects import add_member
from tests.store.double_coding import SYSTEM, Study, build_study


def _told(database: Database) -> Study:
    study = build_study(database)
    with database.writing() as session:
        project = session.get_one(Project, study.project_id)
        add_member(session, SYSTEM, project, session.get_one(User, study.users["amara"]), "coder")
        want_digest(session, study.actor("amara"), "amara@example.org")
        case = register_case(session, SYSTEM, project, "DHR-1")
        notify(session, COMMAND_LINE, study.users["amara"], ASSIGNED, case.id)
    return study


def test_of_eight_workers_at_once_one_takes_the_day_up(database: Database) -> None:
    study = _told(database)
    with database.reading() as session:
        day = now(session).date()
        assert due_people(session, day) == [study.users["amara"]]

    def work(_: int) -> Digest | None:
        with database.writing() as session:
            return take_up(session, study.users["amara"], day)

    with ThreadPoolExecutor(8) as pool:
        found = [digest for digest in pool.map(work, range(8)) if digest is not None]
    assert [[line.reference for line in digest.lines] for digest in found] == [["DHR-1"]]
    with database.reading() as session:
        assert due_people(session, day) == [], (
            "what was taken up is nobody's any more, even where it was not sent"
        )


def test_what_was_refused_is_taken_up_again_by_one(database: Database) -> None:
    study, day = _told(database), date(2026, 11, 4)
    with database.writing() as session:
        digest = take_up(session, study.users["amara"], day)
        assert digest is not None
        note_refused(session, digest)
    with database.writing() as session:
        assert take_up(session, study.users["amara"], day) is not None
    with database.writing() as session:
        assert take_up(session, study.users["amara"], day) is None

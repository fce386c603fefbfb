"""The coding frame as stored, on every database: what was written stays, and two who act at once do not both count."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from schema.actor import Actor
from schema.framework.frame.model import Act
from schema.problem import Refused
from schema.store.database import Database
from schema.store.frames import adopt, frames_of, recorded_acts, take
from schema.store.models import Project
from schema.store.people import actor_for, add_user
from schema.store.projects import create_project
from schema.store.templates import ensure_shipped
from tests.support.world import SYSTEM

WORDS = Act("describe", "theme", "T1", label="Working together", definition="Across agencies.")


@pytest.fixture
def study(database: Database) -> tuple[Database, Project, Actor]:
    with database.writing() as session:
        version = ensure_shipped(session, SYSTEM, "dhr-childrens-services", 1)
        project = create_project(session, SYSTEM, "themes", "Themes", version)
        dana = actor_for(session, add_user(session, SYSTEM, "dana", "Dana Price"))
    return database, project, dana


def test_acts_and_versions_are_kept_as_written(study: tuple[Database, Project, Actor]) -> None:
    database, project, dana = study
    with database.writing() as session:
        take(session, dana, project, [WORDS], "Seen in analysis.", seen=0)
    with database.writing() as session:
        adopt(session, dana, project, "Agreed.", seen=1, waiting=0)
    with database.reading() as session:
        frames = frames_of(session, project)
        (act,) = recorded_acts(session, project)
    assert (frames.adopted.number, frames.has_draft) == (1, False)
    assert frames.adopted.sha256 == frames.versions[0].sha256
    assert {code.value: code.label for code in frames.adopted.frame.of("theme")}["T1"] == "Working together"
    assert (act.reason, act.made_by, act.version) == ("Seen in analysis.", "Dana Price", 1)
    for statement in (
        "UPDATE frame_act SET reason = 'x'",
        "DELETE FROM frame_act",
        "UPDATE frame_version SET last_act = 0",
        "DELETE FROM frame_version",
    ):
        with pytest.raises(DatabaseError), database.writing() as session:
            session.execute(text(statement))


def test_whoever_saw_an_older_draft_is_told(study: tuple[Database, Project, Actor]) -> None:
    database, project, dana = study
    with database.writing() as session:
        take(session, dana, project, [WORDS], "One.", seen=0)
    with pytest.raises(Refused) as refused, database.writing() as session:
        take(session, dana, project, [WORDS], "Two.", seen=0)
    assert (refused.value.status, refused.value.problems[0].code) == (409, "FRM-030")


def test_an_adopted_frame_stays_as_it_is_while_the_draft_goes_on(
    study: tuple[Database, Project, Actor],
) -> None:
    database, project, dana = study
    with database.writing() as session:
        take(session, dana, project, [WORDS], "One.", seen=0)
        adopt(session, dana, project, "Agreed.", seen=1, waiting=0)
        before = frames_of(session, project).adopted
        take(session, dana, project, [Act("undo", undoes=1)], "Not so.", seen=1)
        after = frames_of(session, project)
    assert after.adopted.sha256 == before.sha256
    assert after.draft.frame == after.original.frame
    assert after.has_draft


def test_nothing_is_adopted_while_rows_wait_or_nothing_was_done(
    study: tuple[Database, Project, Actor],
) -> None:
    database, project, dana = study
    with database.writing() as session, pytest.raises(Refused) as refused:
        adopt(session, dana, project, "Agreed.", seen=0, waiting=2)
    assert [problem.code for problem in refused.value.problems] == ["FRM-020", "FRM-021"]

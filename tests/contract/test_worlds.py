"""Whatever coder A has done, coder B gets the same answers: no value, no presence, no progress, no count, no identity.

The same session of coder B is played in worlds that differ only in what A did. It is also the same on both databases.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from schema.store.models import Case, User
from schema.store.projects import add_member
from tests.support.databases import PostgresServer
from tests.support.world import SYSTEM, World
from tests.support.worlds import (
    WORLDS,
    Answer,
    Origin,
    differences,
    nothing,
    postgres_origin,
    sqlite_origin,
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    return sqlite_origin(tmp_path_factory.mktemp("origin"))


@pytest.fixture(scope="module")
def idle(origin: Origin, tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """What B is answered where A has done nothing."""
    return origin.played(tmp_path_factory.mktemp("idle") / "world", nothing)


@pytest.fixture(scope="module")
def on_postgres(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Origin:
    return postgres_origin(postgres_server, tmp_path_factory.mktemp("origin"))


@pytest.mark.parametrize("name", WORLDS)
def test_coder_b_gets_the_same_answers_whatever_coder_a_has_done(
    origin: Origin, idle: list[Answer], tmp_path: Path, name: str
) -> None:
    other = origin.played(tmp_path / "other", WORLDS[name])
    assert len(idle) > 80
    assert {200, 303, 403, 409, 422} <= {answer.status for answer in idle}
    assert differences(idle, other) == []


@pytest.mark.postgres
@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[] if one == "returned" else pytest.mark.full) for one in WORLDS]
)
def test_the_answers_are_the_same_on_postgresql(
    on_postgres: Origin, idle: list[Answer], tmp_path: Path, name: str
) -> None:
    """Compared with those on SQLite, so that the databases are seen to answer alike as well."""
    assert differences(idle, on_postgres.played(tmp_path / "other", WORLDS[name])) == []


def test_the_comparison_of_worlds_sees_a_difference(
    origin: Origin, idle: list[Answer], tmp_path: Path
) -> None:
    """Were something of A's to reach B - here by a membership - the answers would differ."""

    def leak(world: World, case: Case) -> None:
        with world.writing() as session:
            add_member(session, SYSTEM, world.project, session.get_one(User, world.user("ben").id), "viewer")

    assert differences(idle, origin.played(tmp_path / "leak", leak)) != []

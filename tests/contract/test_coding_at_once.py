"""Two coders at work at one time: each is answered, to the byte, like one who works alone; submitted together, they are compared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from schema.store.models import Audit, Case, Comparison
from tests.support.blindness import OWN, PLACE, SECRET, enter
from tests.support.casework import entry_of
from tests.support.world import World
from tests.support.worlds import (
    Answer,
    Origin,
    Recorder,
    differences,
    nothing,
    postgres_origin,
    sqlite_origin,
)

CODERS = ("amara", "ben")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def origin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Origin:
    folder = tmp_path_factory.mktemp("origin")
    if request.param == "sqlite":
        return sqlite_origin(folder)
    return postgres_origin(request.getfixturevalue("postgres_server"), folder)


def _entered(world: World, case: Case) -> None:
    """Both have entered everything, each something else."""
    enter(world, case, "amara", SECRET)
    enter(world, case, "ben", OWN)


def _submitted(world: World, case: Case, names: Sequence[str]) -> dict[str, list[Answer]]:
    """What each of them is answered who submit at one moment, then and on the pages that they look at next."""
    plays = {name: Recorder(world, case, name) for name in names}
    together = Barrier(len(names))

    def submit(name: str) -> None:
        together.wait()
        plays[name].post(f"{plays[name].entry}/submit", statement="yes")

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(submit, names))
    for play in plays.values():
        for where in (play.entry + "/read", play.entry + "/submit", play.case, "/", "/projects/pilot/cases"):
            play.get(where)
    return {name: play.answers for name, play in plays.items()}


def test_whoever_submits_in_the_same_instant_is_answered_like_one_who_submits_alone(
    origin: Origin, tmp_path: Path
) -> None:
    alone = {}
    for name in CODERS:
        world = origin.world(tmp_path / name, _entered)
        alone[name] = _submitted(world, origin.case, [name])[name]
        assert [answer.status for answer in alone[name]] == [303, 200, 303, 200, 200, 200]
        assert _comparisons(world, origin.case) == 0
        world.database.dispose()
    world = origin.world(tmp_path / "both", _entered)
    together = _submitted(world, origin.case, CODERS)
    for name in CODERS:
        assert differences(alone[name], together[name]) == []
    assert _comparisons(world, origin.case) == 1
    assert _acts(world, origin.case, "entry.submit") == 2
    world.database.dispose()


def _saves_of_b(world: World, case: Case, meanwhile: Callable[[], None]) -> list[Answer]:
    """What coder B is answered before and after something else."""
    play = Recorder(world, case)
    play.save("report.area", "Exampleshire")
    meanwhile()
    play.save("report.death_year", 2016)
    play.save("report.area", "stale", base_revision=0)
    for where in (play.entry, play.entry + "/report", play.entry + "/submit", play.case, "/", "/notices"):
        play.get(where)
    play.get("/projects/pilot/cases?state=coding")
    return play.answers


@pytest.mark.parametrize("saves", [40, pytest.param(500, marks=pytest.mark.full)])
def test_however_often_the_other_saves_between_two_saves_nothing_of_it_is_seen(
    origin: Origin, tmp_path: Path, saves: int
) -> None:
    def busy() -> None:
        for number in range(saves):
            enter(world, origin.case, "amara", {"report": {"area": f"{PLACE} {number}"}})

    world = origin.world(tmp_path / "busy", nothing)
    beside = _saves_of_b(world, origin.case, busy)
    assert entry_of(world, origin.case, "amara").revision >= saves
    world.database.dispose()
    quiet = origin.world(tmp_path / "quiet", nothing)
    assert differences(_saves_of_b(quiet, origin.case, lambda: None), beside) == []
    quiet.database.dispose()


def _comparisons(world: World, case: Case) -> int:
    with world.reading() as session:
        query = select(func.count()).select_from(Comparison).where(Comparison.case_id == case.id)
        return session.scalar(query) or 0


def _acts(world: World, case: Case, action: str) -> int:
    with world.reading() as session:
        query = select(func.count()).where(Audit.case_id == case.id, Audit.action == action)
        return session.scalar(query) or 0

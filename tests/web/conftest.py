"""Tests of pages: a world of its own for each test, and a policing client for each person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.entry_desk import Desk, build_desk
from tests.support.policing import PolicingClient
from tests.support.repeating import old_and_new_cases
from tests.support.world import World, build_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """People, a project and an application on a database of their own."""
    made = build_world(tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture(scope="session")
def old_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """See :func:`tests.support.repeating.old_and_new_cases`; for each test a copy."""
    return old_and_new_cases(tmp_path_factory.mktemp("old"))


@pytest.fixture
def client_for(world: World) -> Callable[[str], PolicingClient]:
    """``client_for("amara")``: a browser in which the person is signed in; ``client_for("")`` is nobody's."""
    return world.client_for


@pytest.fixture
def desk(world: World) -> Desk:
    """A case of the pilot with both coders and its reconciler."""
    return build_desk(world)


@pytest.fixture
def amara(client_for: Callable[[str], PolicingClient]) -> PolicingClient:
    """The browser of coder 1."""
    return client_for("amara")

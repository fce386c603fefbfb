"""A coder learns nothing of the other coder's work: everything that can be opened, by everybody who is blind, is searched for it.

None of coder A's marked values stands there. ``test_worlds.py`` holds that nothing else is different either.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from schema.store.models import Case
from tests.support.blindness import (
    ADVICE,
    EVIDENCE,
    MEMO,
    NOTE,
    NUMBER,
    OWN,
    PLACE,
    QUOTE,
    REASON,
    SECRET,
    SECRETS,
    asked_for,
    browser_of,
    crawl,
    enter,
    everything,
    holds_none,
    posted,
)
from tests.support.casework import entry_of, give_back, start_case, submit
from tests.support.databases import PostgresServer
from tests.support.world import World, build_world, populate

MOMENTS = ("half", "submitted", "returned", "both submitted")


def _at(world: World, moment: str, second: str) -> Case:
    case = start_case(world, "DHR-001", {"coder_1": "amara", "coder_2": second, "reconciler": "carol"})
    enter(world, case, "amara", SECRET, EVIDENCE, MEMO)
    if moment != "half":
        submit(world, case, "amara")
    if moment == "returned":
        give_back(world, case, "amara", REASON)
    if moment == "both submitted":
        enter(world, case, second, OWN)
        submit(world, case, second)
    return case


@pytest.mark.parametrize("moment", MOMENTS)
def test_nobody_who_is_blind_finds_a_value_of_coder_a_anywhere(tmp_path: Path, moment: str) -> None:
    world = build_world(tmp_path)
    _nobody_finds(world, moment)
    world.database.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "moment", [pytest.param(one, marks=[] if one == "returned" else pytest.mark.full) for one in MOMENTS]
)
def test_nobody_finds_one_on_postgresql(postgres_server: PostgresServer, tmp_path: Path, moment: str) -> None:
    world = World(postgres_server.migrated(), tmp_path)
    with world.writing() as session:
        populate(session)
    _nobody_finds(world, moment)
    postgres_server.drop(world.database)


def _nobody_finds(world: World, moment: str) -> None:
    world.add_person("esi", "coder")
    case = _at(world, moment, "ben")
    entry = entry_of(world, case, "amara")
    identity = [entry.id, world.user("amara").id, "Amara Okafor"]
    known = everything(world, case, entry)
    for name in ("ben", "esi", "victor"):
        client = browser_of(world, name)
        pages = [*crawl(client, known), *(posted(client, world, case) if name == "ben" else ())]
        assert len(pages) > 60, "hardly anything was opened, so this proves nothing"
        holds_none(pages, SECRETS, name)
        holds_none([page for page in pages if not asked_for(page, identity)], identity, name)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_manager_who_codes_finds_no_value_of_the_other_coder_anywhere(tmp_path: Path, moment: str) -> None:
    world = build_world(tmp_path)
    world.add_person("mo", "manager", "coder")
    case = _at(world, moment, "mo")
    known = everything(world, case, entry_of(world, case, "amara"))
    pages = list(crawl(browser_of(world, "mo"), known))
    holds_none(pages, SECRETS, "mo")
    assert any(b"DHR-001" in page.get_data() for page in pages)
    world.database.dispose()


def test_the_crawl_sees_what_is_there(tmp_path: Path) -> None:
    """The reconciler is not blind once both have submitted: were the values not found there, the crawl would be."""
    world = build_world(tmp_path)
    case = _at(world, "both submitted", "ben")
    pages = list(crawl(browser_of(world, "carol"), everything(world, case, entry_of(world, case, "amara"))))
    with pytest.raises(AssertionError, match="cnry"):
        holds_none(pages, [PLACE, NOTE, QUOTE, ADVICE, NUMBER], "carol")
    world.database.dispose()

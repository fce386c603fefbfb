"""The findings read the same signed-off consensus as the exports, in few statements whatever the number of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schema.actor import COMMAND_LINE
from schema.store.cases import describe_case, restore_case, withdraw_case
from schema.store.comparisons import find_live, reopen
from schema.store.consensus import cases_in_master, extracts, master_of, newest_template, signed_off_cases
from schema.store.erasing import erase_case
from schema.store.frames import frames_of
from schema.store.models import Case
from schema.store.pilots import begin_pilot, cancel_pilot
from schema.store.readmodel import master_study
from tests.support.casework import give_back, ready_case
from tests.support.signed_off import signed_off_case
from tests.support.watched import watched
from tests.support.world import World, build_world

REFERENCES = ("DHR-10", "DHR-9", "DHR-11")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = build_world(tmp_path)
    for reference in REFERENCES:
        signed_off_case(made, reference)
    yield made
    made.database.dispose()


def read(world: World):
    with world.reading() as session:
        cases = signed_off_cases(session, world.project)
        return cases, list(extracts(session, cases, frames_of(session, world.project).adopted))


def test_findings_and_exports_read_the_same_cases(world: World) -> None:
    ready_case(world, "DHR-1")
    cases, found = read(world)
    with world.reading() as session:
        master = list(master_study(session, COMMAND_LINE, world.project).cases)
    assert [case.reference for case in cases] == ["DHR-9", "DHR-10", "DHR-11"]
    assert [case.reference for case in master] == ["DHR-9", "DHR-10", "DHR-11"]
    assert [extract.document for extract in found] == [case.document for case in master]
    assert [case.sha256 for case in cases] == [case.sha256 for case in master]


def test_a_withdrawn_case_is_not_among_them(world: World) -> None:
    with world.writing() as session:
        case = session.get_one(Case, world.case("DHR-9").id)
        withdraw_case(session, world.actor("dana"), case, "Not a DHR.")
    assert [case.reference for case in read(world)[0]] == ["DHR-10", "DHR-11"]


def test_a_case_whose_entry_was_sent_back_is_not_among_them(world: World) -> None:
    give_back(world, world.case("DHR-10"), "ben")
    assert [case.reference for case in read(world)[0]] == ["DHR-9", "DHR-11"]


def _withdraw(world: World) -> None:
    with world.writing() as session:
        withdraw_case(
            session, world.actor("dana"), session.get_one(Case, world.case("DHR-9").id), "Not a DHR."
        )


def _restore(world: World) -> None:
    with world.writing() as session:
        restore_case(session, world.actor("dana"), session.get_one(Case, world.case("DHR-9").id))


def _rename(world: World) -> None:
    with world.writing() as session:
        case = session.get_one(Case, world.case("DHR-9").id)
        describe_case(session, world.actor("dana"), case, reference="DHR-12", title="", source="", note="")


def _take_back(world: World) -> None:
    with world.writing() as session:
        row = find_live(session, world.case("DHR-12").id)
        assert row is not None
        reopen(session, world.actor("dana"), row.id, revision=row.revision, reason="A date was misread.")


def _send_back(world: World) -> None:
    give_back(world, world.case("DHR-10"), "ben")


def _sign_off_another(world: World) -> None:
    signed_off_case(world, "DHR-13")


def _begin_a_pilot(world: World) -> None:
    with world.writing() as session:
        begin_pilot(session, world.actor("dana"), session.merge(world.project), 2)


def _give_the_pilot_up(world: World) -> None:
    with world.writing() as session:
        cancel_pilot(session, world.actor("dana"), session.merge(world.project), "It was begun too early.")


def _erase(world: World) -> None:
    with world.writing() as session:
        erase_case(session, world.actor("dana"), session.merge(world.project), "DHR-11", "A court order.")


ACTS = (
    _withdraw,
    _restore,
    _rename,
    _take_back,
    _send_back,
    _sign_off_another,
    _begin_a_pilot,
    _give_the_pilot_up,
    _erase,
)


def test_the_master_that_is_kept_follows_every_act_that_changes_it(world: World) -> None:
    def changed(act: Callable[[World], None]) -> bool:
        before = kept(world)
        act(world)
        return kept(world) != before

    assert [act.__name__ for act in ACTS if not changed(act)] == []


def kept(world: World):
    """The master, which must be what the database would say to somebody who asks for the first time."""
    with world.reading() as session:
        found = master_of(session, world.project)
        assert found.cases == cases_in_master(session, world.project)
    return found


def test_a_master_in_which_nothing_has_changed_is_not_looked_through_again(world: World) -> None:
    first, project = kept(world), world.project
    with world.reading() as session, watched(world.database) as watch:
        assert master_of(session, project) is first
    assert len(watch.statements) == 1


def test_more_cases_take_no_more_statements(world: World) -> None:
    with watched(world.database) as few:
        read(world)
    for number in range(20, 24):
        signed_off_case(world, f"DHR-{number}")
    with watched(world.database) as many:
        assert len(read(world)[1]) == 7
    assert len(many.statements) == len(few.statements)


def test_the_newest_version_is_that_of_the_projects_template(world: World) -> None:
    with world.reading() as session:
        template = newest_template(session, world.project)
    assert template is not None
    assert (template.key, template.version) == ("small", 1)

"""The guide: what belongs to a code and what does not, and what a later version says otherwise."""

from __future__ import annotations

from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.entries import pin_to_version
from schema.store.models import Project
from schema.store.projects import use_template_version
from schema.store.templates import publish
from tests.support.entry_desk import Desk, filled
from tests.support.policing import PolicingClient
from tests.support.world import small_template

OLD_HINT, NEW_HINT = "As printed on the cover.", "The partnership as printed on the first page."
GUIDE = "include: [Both banks of the river], exclude: [The islands], examples: [On the north bank]"


def _second_version(desk: Desk) -> str:
    source, lists = small_template()
    guided = lists["small_region"].replace("label: North}", f"label: North, {GUIDE}}}")
    with desk.world.writing() as session:
        row = publish(
            session,
            desk.world.actor("root"),
            source.replace("version: 1", "version: 2").replace(OLD_HINT, NEW_HINT),
            {**lists, "small_region": guided},
            "Clearer.",
        )
        project = session.get_one(Project, desk.world.project.id)
        use_template_version(session, desk.world.actor("root"), project, row)
        return row.id


def _second_case(desk: Desk) -> Desk:
    world = desk.world
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        case = register_case(session, world.actor("dana"), project, "DHR-002")
        for part, name in [("coder_1", "amara"), ("coder_2", "ben")]:
            assign(session, world.actor("dana"), case, part, world.user(name))
        return Desk(world, case.id)


def test_a_changed_definition_is_pointed_out_until_the_coder_has_submitted_with_it(
    desk: Desk, amara: PolicingClient
) -> None:
    desk.save(amara, ("report.area", "Exampleshire"))
    _second_version(desk)
    later = _second_case(desk)
    overview = amara.page(later.address)
    assert "version 1, with which you last worked: Area; Region" in overview.words
    assert "with which you last worked: Area; Region" in amara.page(later.section("report")).words
    assert "last worked" not in amara.page(later.section("victims")).words
    assert "last worked" not in amara.page(desk.address).words
    told = amara.page("/questionnaires/small/2/guide?since=1")
    assert f"Was: {OLD_HINT} Now: {NEW_HINT}" in told.words
    assert "Include Both banks of the river Do not include The islands" in told.words
    assert "Changed since" not in amara.page("/questionnaires/small/2/guide?since=9").words
    filled(later, amara)
    amara.submit(later.address + "/submit", {"statement": "yes"})
    third = _third_case(later)
    assert "last worked" not in amara.page(third.address).words


def _third_case(desk: Desk) -> Desk:
    world = desk.world
    with world.writing() as session:
        project = session.get_one(Project, world.project.id)
        case = register_case(session, world.actor("dana"), project, "DHR-003")
        assign(session, world.actor("dana"), case, "coder_1", world.user("amara"))
        return Desk(world, case.id)


def test_an_entry_that_was_lifted_tells_what_has_changed_too(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, ("report.area", "Exampleshire"))
    version = _second_version(desk)
    with desk.world.writing() as session:
        pin_to_version(session, desk.world.actor("amara"), session.merge(desk.entry()), version)
    assert "version 1, with which you last worked" in amara.page(desk.address).words


def test_words_of_the_guide_are_found_by_the_search(desk: Desk, amara: PolicingClient) -> None:
    _second_version(desk)
    assert "The islands" in amara.page("/questionnaires/small/2/guide?find=islands").words

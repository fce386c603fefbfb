"""The DHR questionnaire on the desk: every section and every kind of question, and what a rule wants confirmed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.models import Audit, Case
from schema.store.projects import add_member, create_project
from schema.store.templates import ensure_shipped
from schema.template.model import Field
from tests.support.entry_desk import Desk, form_of, post
from tests.support.policing import Page, PolicingClient
from tests.support.world import MEMBERS, SYSTEM, World
from webapp.entry.drawing import asked

SECTIONS = [
    "report",
    "homicide",
    "victims",
    "perpetrators",
    "childhood",
    "children",
    "good_practice",
    "learning",
    "equality",
    "recommendations",
    "closing",
]


@pytest.fixture
def dhr(world: World) -> Desk:
    """A case of a project on the shipped DHR template."""
    with world.writing() as session:
        version = ensure_shipped(session, SYSTEM, "dhr-childrens-services", 1)
        project = create_project(session, SYSTEM, "dhr", "DHRs", version)
        for name, (_, roles) in MEMBERS.items():
            for role in roles:
                add_member(session, SYSTEM, project, world.user(name), role)
    dana = world.actor("dana")
    with world.writing() as session:
        case = register_case(session, dana, project, "DHR-017")
        for part, name in [("coder_1", "amara"), ("coder_2", "ben")]:
            assign(session, dana, session.get_one(Case, case.id), part, world.user(name))
        case_id = case.id
    return Desk(world, case_id, project="dhr")


@pytest.mark.parametrize("key", SECTIONS)
def test_every_section_is_drawn_with_all_its_questions_and_saved_unchanged(
    dhr: Desk, amara: PolicingClient, key: str
) -> None:
    section = dhr.template.by_key[key]
    address = dhr.section(key)
    if section.repeats:
        dhr.act(amara, key, "add")
    page = amara.page(address)
    drawn = {one.get("data-question", "").split(".")[-1] for one in page.root.iter()} - {""}
    assert drawn == {question.key for question in asked(section)}
    revision = dhr.entry().revision
    assert post(amara, address, page).status_code == 303
    assert dhr.entry().revision == revision


def test_an_age_in_months_is_read_and_shown_as_years(dhr: Desk, amara: PolicingClient) -> None:
    dhr.save(amara, ("childhood.child_details", "yes"))
    row = dhr.act(amara, "children", "add").get_json()["row"]
    said = dhr.save(amara, (f"children.{row}.age", "6 months")).get_json()
    assert said["read_as"] == {f"children.{row}.age": "0.5 years"}
    assert dhr.document().get(f"children.{row}.age") == 0.5


def test_what_follows_from_an_answer_is_shown(dhr: Desk, amara: PolicingClient) -> None:
    row = dhr.act(amara, "victims", "add").get_json()["row"]
    codes = [option.value for option in dhr.template.by_path["victims.ethnicity"].codelist.options]  # type: ignore[union-attr]
    said = dhr.save(amara, (f"victims.{row}.ethnicity", codes[1])).get_json()
    assert said["follows"][f"victims.{row}.minoritised"].startswith("Yes")


def test_long_lists_are_folded_with_a_filter_and_short_ones_are_buttons(
    dhr: Desk, amara: PolicingClient
) -> None:
    dhr.act(amara, "recommendations", "add")
    page = amara.page(dhr.section("recommendations"))
    controls = {
        one.get("data-question", "").split(".")[-1]: one
        for one in page.root.iter()
        if one.get("data-question")
    }
    assert any(one.get("data-filter") is not None for one in controls["agencies"].iter("input"))
    assert not any(one.get("data-filter") is not None for one in controls["themes"].iter("input"))
    assert controls["level"].get("data-control") == "buttons"


def test_a_victim_under_sixteen_asks_for_confirmation(dhr: Desk, amara: PolicingClient) -> None:
    _fill(dhr, amara, victim_age="15")
    page = amara.page(dhr.section("submit"))
    assert "Please confirm" in page.words
    refused = amara.submit(dhr.section("submit"), {"statement": "yes"})
    assert refused.status_code == 422
    assert dhr.entry().state == "in_progress"
    again = Page(refused)
    (confirmation,) = [one.get("value") for one in again.root.iter("input") if one.get("name") == "confirmed"]
    answer = amara.submit(dhr.section("submit"), {"statement": "yes", "confirmed": confirmation})
    assert answer.status_code == 303
    assert dhr.entry().state == "submitted"
    with dhr.world.reading() as session:
        line = session.scalars(select(Audit).where(Audit.action == "entry.submit")).one()
    assert json.loads(line.detail)["confirmed"] == [confirmation]


def test_all_that_is_left_to_tick_is_said_at_once_and_what_was_ticked_stays(
    dhr: Desk, amara: PolicingClient
) -> None:
    _fill(dhr, amara, victim_age="15")
    neither = Page(amara.submit(dhr.section("submit"), {}))
    assert {"#confirmed-1", "#statement"} <= {link.get("href") for link in neither.root.iter("a")}
    one = Page(amara.submit(dhr.section("submit"), {"statement": "yes"}))
    (statement,) = [box for box in one.root.iter("input") if box.get("name") == "statement"]
    assert statement.get("checked") is not None
    assert "#statement" not in {link.get("href") for link in one.root.iter("a")}


def test_what_the_section_list_counts_as_wrong_is_said_beside_its_question(
    dhr: Desk, amara: PolicingClient
) -> None:
    """A rule that submission would refuse is no use as a bare number: the coder has to see which, and where."""
    saved = dhr.save(amara, ("report.death_year", "2018"), ("report.published", "March 2017")).get_json()
    assert saved["progress"]["report"]["words"] == "1 to look at"
    (said,) = saved["problems"]["report.published"]
    assert "before the death" in said
    assert said in amara.page(dhr.section("report")).words
    row = dhr.act(amara, "recommendations", "add").get_json()["row"]
    path = f"recommendations.{row}"
    marked = dhr.save(amara, (f"{path}.themes", ["T1"]), (f"{path}.subthemes", ["T2.1"])).get_json()
    assert [one["problems"] for one in marked["rows"]] == [1]
    assert "Without its theme: T2.1" in " ".join(marked["problems"][f"{path}.subthemes"])


def test_warnings_and_questions_of_rules_wait_for_submission(dhr: Desk, amara: PolicingClient) -> None:
    row = dhr.act(amara, "victims", "add").get_json()["row"]
    assert not dhr.save(amara, (f"victims.{row}.age", "14")).get_json()["problems"]
    for _ in range(2):
        dhr.act(amara, "recommendations", "add")
    assert not dhr.save(amara, ("report.recommendations_total", "1")).get_json()["problems"]


def test_a_reason_and_ticks_exclude_one_another(dhr: Desk, amara: PolicingClient) -> None:
    row = dhr.act(amara, "victims", "add").get_json()["row"]
    address = dhr.section("victims")
    page = amara.page(address)
    name = f"victims.{row}.vulnerabilities"
    code = dhr.template.by_path["victims.vulnerabilities"].codelist.options[0].value  # type: ignore[union-attr]
    assert f"{name}:asked" in form_of(page)
    sent: dict[str, Any] = {name: [code], f"{name}:missing": "none_described"}
    answer = post(amara, address, page, **sent)
    assert answer.status_code == 422
    assert dhr.document().get(name) is None


def _fill(dhr: Desk, client: PolicingClient, victim_age: str) -> None:
    """Answer whatever submission asks for, with the first thing that its question offers."""
    for key in ("victims", "perpetrators"):
        dhr.act(client, key, "add")
    victim = dhr.document().rows("victims")[0].id
    dhr.save(client, ("childhood.child_details", "no"), ("homicide.homicide_type", "afh"))
    perpetrator = dhr.document().rows("perpetrators")[0].id
    dhr.save(client, (f"victims.{victim}.age", victim_age))
    dhr.save(client, (f"perpetrators.{perpetrator}.age", "40"))
    for _ in range(4):
        wanted = [one for one in dhr.findings() if one.code == "REQUIRED"]
        for one in wanted:
            field = dhr.template.by_path[f"{one.section}.{one.field_key}"]
            dhr.save(client, (one.path, first_answer(field)))
    left = [one for one in dhr.findings() if one.severity == "error"]
    assert left == []


def first_answer(field: Field) -> object:
    """Something that the question accepts."""
    if field.codelist is not None:
        first = field.codelist.options[0].value
        return [first] if field.kind == "choices" else first
    if field.kind == "integer":
        return str(int(field.limits.minimum or 0) + 10)
    return "2018" if field.kind == "partial_date" else "Words"


def test_a_band_is_typed_where_the_age_is_missing_and_a_page_saved_untouched_adds_none(
    dhr: Desk, amara: PolicingClient
) -> None:
    row = dhr.act(amara, "victims", "add").get_json()["row"]
    dhr.save(amara, (f"victims.{row}.age", {"missing": "not_known"}))
    address = dhr.section("victims")
    assert post(amara, address, amara.page(address)).status_code == 303
    assert dhr.document().get(f"victims.{row}.age_band") is None
    band = dhr.template.by_path["victims.age_band"].codelist.options[1].value  # type: ignore[union-attr]
    post(amara, address, amara.page(address), **{f"victims.{row}.age_band": band})
    assert dhr.document().get(f"victims.{row}.age_band") == band


def test_a_band_that_follows_from_the_age_is_not_stored_by_saving_the_page(
    dhr: Desk, amara: PolicingClient
) -> None:
    row = dhr.act(amara, "victims", "add").get_json()["row"]
    dhr.save(amara, (f"victims.{row}.age", "34"))
    address = dhr.section("victims")
    assert post(amara, address, amara.page(address)).status_code == 303
    assert dhr.document().get(f"victims.{row}.age_band") is None

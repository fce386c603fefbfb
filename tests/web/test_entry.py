"""The coder's desk: sections by button and by script, without losing or leaking anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from schema.template.value import Missing
from tests.support.entry_desk import FILLED, Desk, filled, post
from tests.support.policing import Page, PolicingClient

Clients = Callable[[str], PolicingClient]

#: SQL statements of a section's page: who asks, with their roles; the case with all that decides who may see it; its first report.
#: The answers of a revision that this process has judged before are not read again.
SECTION_STATEMENTS = 3


def test_a_section_takes_three_statements_whichever_it_is_and_whoever_asks(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    filled(desk, amara)
    for client in (amara, client_for("ben")):
        client.page(desk.section("report"))
        for section in desk.template.sections:
            suggested = section.key == "recommendations"  # whether a report recommends anything is one more
            client.most_statements = SECTION_STATEMENTS + suggested
            client.page(desk.section(section.key))


def test_the_overview_lists_every_section_and_how_far_it_is(desk: Desk, amara: PolicingClient) -> None:
    page = amara.page(desk.address)
    assert page.heading == "Your entry for DHR-001"
    assert {"Report", "Victims", "Recommendations"} <= set(page.links)
    assert "not started" in page.words


def test_a_section_is_saved_by_button_without_scripts(desk: Desk, amara: PolicingClient) -> None:
    address = desk.section("report")
    answer = post(
        amara,
        address,
        amara.page(address),
        report__area="  Exampleshire  ",
        report__region="north",
        report__death_year="2016",
        report__published="May 2018",
        report__children_known="yes",
        report__children_note="Two children.",
    )
    assert answer.status_code == 303
    held = desk.document().sections["report"]
    assert held["area"] == "Exampleshire"
    assert held["death_year"] == 2016
    assert held["published"] == "2018-05"
    assert held["children_known"] == "yes"
    assert "= May 2018" in amara.page(address).words


def test_saving_an_untouched_page_changes_nothing(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, *FILLED, ("report.published", "May 2018"))
    before = desk.entry().revision
    address = desk.section("report")
    assert post(amara, address, amara.page(address)).status_code == 303
    assert desk.entry().revision == before


def test_a_missing_key_never_blanks_a_stored_answer(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, *FILLED)
    address = desk.section("report")
    revision = desk.entry().revision
    answer = amara.submit(address, {"base_revision": str(revision), "act": "save"})
    assert answer.status_code == 303
    assert desk.document().sections["report"]["area"] == "Exampleshire"


def test_a_missing_code_takes_the_place_of_an_answer(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, ("report.death_year", "2016"))
    address = desk.section("report")
    page = amara.page(address)
    post(amara, address, page, **{"report.death_year": "", "report.death_year:missing": "not_reported"})
    assert desk.document().get("report.death_year") == Missing("not_reported")


def test_an_answer_and_a_missing_code_together_are_shown_again_and_the_rest_is_saved(
    desk: Desk, amara: PolicingClient
) -> None:
    address = desk.section("report")
    page = amara.page(address)
    changed = {
        "report.death_year": "2016",
        "report.death_year:missing": "not_reported",
        "report.area": "Kept",
    }
    answer = post(amara, address, page, **changed)
    assert answer.status_code == 422
    again = Page(answer)
    assert "both an answer and a reason" in again.words
    assert again.values()["report.death_year"] == "2016"
    assert desk.document().sections["report"] == {"area": "Kept"}


def test_two_windows_on_different_fields_both_keep_their_work(desk: Desk, amara: PolicingClient) -> None:
    address = desk.section("report")
    old = amara.page(address)
    desk.save(amara, ("report.death_year", "2016"))
    assert post(amara, address, old, report__area="Exampleshire").status_code == 303
    assert desk.document().sections["report"] == {"area": "Exampleshire", "death_year": 2016}


def test_two_windows_on_the_same_field_show_both_values(desk: Desk, amara: PolicingClient) -> None:
    address = desk.section("report")
    old = amara.page(address)
    desk.save(amara, ("report.area", "Theirs"))
    answer = post(amara, address, old, report__area="Mine")
    assert answer.status_code == 409
    again = Page(answer)
    assert again.words.count("aved meanwhile in another window as “Theirs”.") == 2, "above, and at the field"
    assert again.values()["report.area"] == "Mine"
    assert desk.document().get("report.area") == "Theirs"
    assert post(amara, address, again).status_code == 303
    assert desk.document().get("report.area") == "Mine"


def test_autosave_answers_with_what_the_page_needs(desk: Desk, amara: PolicingClient) -> None:
    said = desk.save(amara, ("report.death_year", "1066"), ("report.children_known", "no")).get_json()
    assert said["revision"] == 1
    assert said["saved_at"]
    assert "2004" in said["problems"]["report.death_year"][0]
    assert said["off"] == ["report.children_note"]
    assert said["progress"]["report"]["words"] == "1 to look at"


def test_autosave_of_a_stale_page_on_another_field_is_applied(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, ("report.area", "Exampleshire"))
    assert desk.save(amara, ("report.death_year", "2016"), base=0).status_code == 200
    assert desk.document().sections["report"] == {"area": "Exampleshire", "death_year": 2016}


def test_autosave_of_a_stale_page_on_the_same_field_gives_both_values(
    desk: Desk, amara: PolicingClient
) -> None:
    desk.save(amara, ("report.area", "First"))
    answer = desk.save(amara, ("report.area", "Second"), base=0)
    assert answer.status_code == 409
    (conflict,) = answer.get_json()["conflicts"]
    assert (conflict["mine"], conflict["theirs"]) == ("Second", "First")
    assert answer.get_json()["revision"] == 1
    assert desk.document().get("report.area") == "First"


def test_hidden_answers_are_kept_and_marked(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, ("report.children_known", "yes"), ("report.children_note", "Two children."))
    desk.save(amara, ("report.children_known", "no"))
    assert desk.document().get("report.children_note") == "Two children."
    page = amara.page(desk.section("report"))
    assert "Only if “Were children known to services?” is Yes" in page.words
    hidden = next(one for one in page.root.iter() if one.get("data-question") == "report.children_note")
    assert "question-off" in hidden.get("class", "")


def test_evidence_is_saved_by_button_and_by_script(desk: Desk, amara: PolicingClient) -> None:
    address = desk.section("report")
    page = amara.page(address)
    changed = {"report.children_note:page": "12", "report.children_note:quote": "the school knew"}
    assert post(amara, address, page, **changed).status_code == 303
    assert desk.document().evidence["report.children_note"].quote == "the school knew"
    change = {"what": "evidence", "path": "report.children_note", "value": {"page": "13", "quote": ""}}
    body = {"base_revision": desk.entry().revision, "changes": [change]}
    assert amara.send_json(address + "/autosave", body).status_code == 200
    assert desk.document().evidence["report.children_note"].page == "13"


MALFORMED: list[tuple[Any, int]] = [
    ("{", 4),
    ("[]", 4),
    ('{"base_revision": 0}', 4),
    ('{"base_revision": "0", "changes": []}', 4),
    ('{"base_revision": true, "changes": []}', 4),
    ('{"base_revision": 999999999, "changes": [{"path": "report.area", "value": "x"}]}', 4),
    ('{"base_revision": 0, "base_revision": 0, "changes": []}', 4),
    ('{"base_revision": 0, "changes": [{"path": "report.area", "value": "x"}], "state": "submitted"}', 4),
    ('{"base_revision": 0, "changes": [{"path": "report.area", "value": "x", "slot": 2}]}', 4),
    ('{"base_revision": 0, "changes": [{"path": "report.nothing", "value": "x"}]}', 4),
    ('{"base_revision": 0, "changes": [{"path": "victims.0.age", "value": "1"}]}', 4),
    ('{"base_revision": 0, "changes": [{"path": "victims.%s.age", "value": "1"}]}' % ("9" * 5000), 4),
    ('{"base_revision": %s, "changes": []}' % ("9" * 5000), 4),
    ('{"base_revision": 0, "changes": [{"path": "victims.².age", "value": "1"}]}', 4),
    ('{"base_revision": 0, "changes": [{"path": "report.region", "value": "atlantis"}]}', 4),
    ('{"base_revision": 0, "changes": [{"path": "report.area", "value": {"missing": "withheld"}}]}', 4),
    ('{"base_revision": 0, "changes": [{"path": "report.area", "value": true}]}', 4),
    ('{"base_revision": 0, "changes": [{"path": "report.area", "value": NaN}]}', 4),
    ('{"base_revision": 0, "changes": [{"path": "report.area", "value": ["a"]}]}', 4),
    (
        '{"base_revision": 0, "changes": [{"path": "report.area", "value": "x"}, {"path": "report.area", "value": "y"}]}',
        4,
    ),
    ("[" * 100_000, 4),
    (b"\xff\xfe", 4),
]


@pytest.mark.parametrize(("body", "family"), MALFORMED)
def test_a_malformed_save_is_refused_and_changes_nothing(
    desk: Desk, amara: PolicingClient, body: Any, family: int
) -> None:
    answer = amara.post(
        desk.section("report") + "/autosave",
        data=body,
        content_type="application/json",
        headers={"X-CSRFToken": amara.token("/account")},
    )
    assert answer.status_code // 100 == family
    assert answer.get_json()["problems"][0]["message"]
    assert desk.entry().revision == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("report.nothing", "x"),
        ("role", "manager"),
        ("victims.abc.age", "3"),
        ("report.region", "atlantis"),
        ("report.region", ["north", "south"]),
        ("report.area", ["a", "b"]),
        ("report.area:missing", "withheld"),
        ("base_revision", "²"),
        ("base_revision", "9" * 5000),
    ],
)
def test_a_malformed_form_is_refused_and_changes_nothing(
    desk: Desk, amara: PolicingClient, name: str, value: Any
) -> None:
    address = desk.section("report")
    answer = post(amara, address, amara.page(address), **{name: value})
    assert answer.status_code // 100 == 4
    assert desk.entry().revision == 0


def test_an_unknown_section_is_not_found(desk: Desk, amara: PolicingClient) -> None:
    amara.page(desk.section("nothing"), 404)


@pytest.mark.parametrize("name", ["carol", "dana", "victor"])
def test_nobody_but_the_coder_opens_the_desk(desk: Desk, client_for: Clients, name: str) -> None:
    assert client_for(name).get(desk.section("report")).status_code in (403, 404)


def test_each_coder_sees_only_their_own_answers(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    filled(desk, amara)
    desk.save(amara, ("report.area", "Canaryshire"))
    ben = client_for("ben")
    for key in ("report", "victims", "recommendations", "submit", "read"):
        assert "Canaryshire" not in ben.get(desk.section(key)).get_data(as_text=True)
    assert "not started" in ben.page(desk.address).words


def test_a_save_tells_what_another_window_changed_meanwhile(desk: Desk, amara: PolicingClient) -> None:
    # Otherwise the page would take the new revision for its own and overwrite what it never showed.
    desk.save(amara, ("report.area", "Theirs"))
    said = desk.save(amara, ("report.death_year", "2016"), base=0).get_json()
    assert [(one["path"], one["value"]) for one in said["elsewhere"]] == [("report.area", "Theirs")]


@pytest.mark.parametrize("section", ["report", "victims", "recommendations"])
def test_no_browser_offers_what_somebody_else_typed_into_an_answer(
    desk: Desk, amara: PolicingClient, section: str
) -> None:
    """On a machine that two coders share, the first one's answers would be offered to the second."""
    if section != "report":
        desk.act(amara, section, "add")
    root = amara.page(desk.section(section)).root
    typed = [
        one
        for one in root.iter()
        if one.tag in ("input", "textarea", "select") and one.get("type") in (None, "text", "search", "number")
        and (one.get("name") or "").startswith(f"{section}.")
    ]  # fmt: skip
    assert len(typed) > 2
    assert [one.get("name") for one in typed if one.get("autocomplete") != "off"] == []

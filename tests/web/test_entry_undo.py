"""Undoing changes and going on where one was, by button and by what the page's script sends."""

from __future__ import annotations

from typing import Any

from schema.answers.document import Change
from schema.store.models import Entry
from schema.store.past import AT_ONCE
from schema.store.saving import save_changes
from tests.support.entry_desk import Desk, filled
from tests.support.policing import PolicingClient


def _undo(desk: Desk, client: PolicingClient, section: str = "report") -> Any:
    return client.send_json(desk.section(section) + "/undo", {})


def test_the_latest_changes_read_in_words_and_are_undone_and_put_back_by_button(
    desk: Desk, amara: PolicingClient
) -> None:
    desk.save(amara, ("report.region", "wales"))
    desk.save(amara, ("report.region", "north"), ("report.area", "Exampleshire"))
    address = desk.address + "/latest-changes"
    page = amara.page(address)
    assert "Report: Region" in page.words
    assert "Exampleshire" in page.words
    answer = amara.submit(address, {"revision": "2"})
    assert answer.status_code == 303
    assert desk.document().sections["report"] == {"region": "wales"}
    page = amara.page(address)
    assert "Put back" in page.words
    amara.submit(address, {"revision": "3"})
    assert desk.document().get("report.area") == "Exampleshire"


def test_a_change_that_stands_no_more_is_refused_with_what_to_do(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, ("report.area", "X"))
    desk.save(amara, ("report.area", "Y"))
    address = desk.address + "/latest-changes"
    for number in ("1", "", "²", "9" * 30):
        answer = amara.submit(address, {"revision": number})
        assert answer.status_code == 409
        assert "Undo the later change first" in answer.text
    assert desk.document().get("report.area") == "Y"


def test_the_key_undoes_the_last_change_wherever_it_was_and_says_which(
    desk: Desk, amara: PolicingClient
) -> None:
    desk.save(amara, ("report.area", "X"))
    row = desk.act(amara, "victims", "add").get_json()["row"]
    desk.save(amara, (f"victims.{row}.age", "34"))
    said = _undo(desk, amara).get_json()
    assert [one["label"] for one in said["undone"]] == ["Victim 1: Age"]
    said = _undo(desk, amara, "victims").get_json()
    assert said["rows"] == []
    said = _undo(desk, amara).get_json()
    assert [(one["path"], one["value"]) for one in said["elsewhere"]] == [("report.area", None)]
    assert _undo(desk, amara).status_code == 409


def test_nothing_is_undone_in_a_submitted_entry(desk: Desk, amara: PolicingClient) -> None:
    filled(desk, amara)
    amara.submit(desk.address + "/submit", {"statement": "yes"})
    assert desk.entry().state == "submitted"
    before = desk.entry().revision
    assert _undo(desk, amara).status_code == 409
    assert (desk.entry().revision, desk.entry().state) == (before, "submitted")


def test_the_coder_is_led_back_to_where_they_were(desk: Desk, amara: PolicingClient) -> None:
    assert "go-on" not in amara.page("/").text
    desk.save(amara, ("report.area", "X"))
    row = desk.act(amara, "victims", "add").get_json()["row"]
    desk.save(amara, (f"victims.{row}.age", "34"))
    assert f"{desk.address}/go-on" in amara.page("/").text
    assert "You were last at Victim 1: Age" in amara.page(desk.address).words
    answer = amara.get(desk.address + "/go-on")
    assert str(answer.location).endswith(f"/entry/victims?row={row}#f-victims-{row}-age")


def test_every_change_of_one_answer_is_read_however_long_ago(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, ("report.area", "The very first"))
    row = desk.act(amara, "victims", "add").get_json()["row"]
    desk.save(amara, (f"victims.{row}.age", "34"))
    with desk.world.writing() as session:
        entry = session.get_one(Entry, desk.entry().id)
        for number in range(AT_ONCE):
            change = Change("set", "report.region", value=("wales", "north")[number % 2])
            save_changes(session, desk.world.actor("amara"), entry, entry.revision, [change])
    latest = amara.page(desk.address + "/latest-changes")
    assert "The very first" not in latest.words
    earlier = amara.page(latest.links["Earlier changes"])
    assert "The very first" in earlier.words
    assert "Earlier changes" not in earlier.links
    area = amara.page(earlier.links["all changes of Report: Area"])
    assert area.heading == "Your changes of Report: Area"
    assert "from blank → to The very first" in area.words
    assert "wales" not in area.words.lower()
    region = amara.page(latest.links["all changes of Report: Region"])
    assert region.words.count("→") == AT_ONCE
    assert "Earlier changes" not in amara.page(region.links["Earlier changes"]).links


def test_the_history_of_an_answer_outlives_its_row(desk: Desk, amara: PolicingClient) -> None:
    row = desk.act(amara, "victims", "add").get_json()["row"]
    desk.save(amara, (f"victims.{row}.age", "34"))
    desk.act(amara, "victims", "delete", row)
    page = amara.page(f"{desk.address}/latest-changes?of=victims.{row}.age")
    assert "34" in page.words
    assert "deleted" in page.words
    assert page.words.count("UTC") == 3
    assert amara.page(f"{desk.address}/latest-changes?of=victims.{row}").words.count("UTC") == 3


def test_an_address_that_names_no_answer_is_not_there(desk: Desk, amara: PolicingClient) -> None:
    for of in ("nothing", "report", "report.nothing", "report.area.more", "victims.x.nothing", "x" * 10_000):
        assert amara.get(desk.address + "/latest-changes", query_string={"of": of}).status_code == 404
    for of in ("victims.%.age", "victims._", 'victims."'):
        page = amara.get(desk.address + "/latest-changes", query_string={"of": of})
        assert "Nothing has been saved of it yet." in page.text
    assert amara.get(desk.address + "/latest-changes?before=²").status_code == 200
    assert amara.get(desk.address + "/latest-changes?before=9999999999").status_code == 200

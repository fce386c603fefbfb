"""Undoing changes and going on where one was, by button and by what the page's script sends."""

from __future__ import annotations

from typing import Any

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

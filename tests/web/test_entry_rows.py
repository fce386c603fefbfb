"""Rows of a group: by script, by button, and out of a pasted text."""

from __future__ import annotations

from typing import Any

import pytest

from schema.answers.summary import row_summary
from schema.template.value import Invalid
from tests.support.entry_desk import Desk, post
from tests.support.policing import Page, PolicingClient

BLOCK = """4.1 The partnership should review
its policy within
12 months.
4.2 All staff to be trained.
R5: Consider a protocol.
"""


def numbers(desk: Desk) -> list[Any]:
    return [row.values.get("number") for row in desk.document().rows("recommendations")]


def three(desk: Desk, client: PolicingClient) -> list[str]:
    ids = []
    for number in ("1", "2", "3"):
        row = desk.act(client, "recommendations", "add").get_json()["row"]
        desk.save(client, (f"recommendations.{row}.number", number))
        ids.append(row)
    return ids


def test_rows_are_added_moved_duplicated_deleted_and_restored_by_script(
    desk: Desk, amara: PolicingClient
) -> None:
    first, second, third = three(desk, amara)
    desk.act(amara, "recommendations", "up", third)
    assert numbers(desk) == ["1", "3", "2"]
    desk.act(amara, "recommendations", "delete", first)
    assert numbers(desk) == ["3", "2"]
    desk.act(amara, "recommendations", "duplicate", second)
    assert numbers(desk) == ["3", "2", "2"]
    said = desk.act(amara, "recommendations", "restore", first).get_json()
    assert said["row"] == first
    assert numbers(desk)[0] == "1"


def test_a_new_row_comes_drawn_and_the_others_folded(desk: Desk, amara: PolicingClient) -> None:
    three(desk, amara)
    said = desk.act(amara, "recommendations", "add").get_json()
    drawn = [row["html"] is not None for row in said["rows"]]
    assert drawn == [False, False, False, True]
    assert f'name="recommendations.{said["row"]}.number"' in said["rows"][-1]["html"]


def test_a_folded_row_reads_like_the_row_and_is_fetched_when_unfolded(
    desk: Desk, amara: PolicingClient
) -> None:
    _, second, _ = three(desk, amara)
    desk.save(amara, (f"recommendations.{second}.themes", ["T1"]))
    page = amara.page(desk.section("recommendations"))
    row = desk.document().row("recommendations", second)
    assert row is not None
    assert row_summary(desk.template.by_key["recommendations"], row) in page.words
    assert f"recommendations.{second}.number" not in page.text
    said = amara.get(desk.section("recommendations") + f"/rows/{second}").get_json()
    assert f"recommendations.{second}.number" in next(one["html"] for one in said["rows"] if one["html"])


@pytest.mark.parametrize("row", ["0", "-1", "²", "9" * 39, "zzzzzzzzzzzz"])
@pytest.mark.parametrize("act", ["delete", "up", "duplicate", "restore"])
def test_an_act_on_a_row_that_is_not_there_is_refused(
    desk: Desk, amara: PolicingClient, act: str, row: str
) -> None:
    three(desk, amara)
    assert desk.act(amara, "recommendations", act, row).status_code in (404, 409, 422)
    assert numbers(desk) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "body",
    [
        {"act": "add", "row": "9" * 5000, "base_revision": 0},
        {"act": "burn", "row": "", "base_revision": 0},
        {"act": "add", "row": "", "base_revision": "0"},
        {"act": "add", "row": "", "base_revision": 0, "position": 7},
        {},
    ],
)
def test_a_malformed_act_is_refused(desk: Desk, amara: PolicingClient, body: Any) -> None:
    answer = amara.send_json(desk.section("recommendations") + "/rows", body)
    assert answer.status_code // 100 == 4
    assert desk.document().rows("recommendations") == ()


def test_a_group_takes_no_more_rows_than_it_allows(desk: Desk, amara: PolicingClient) -> None:
    for _ in range(5):
        assert desk.act(amara, "victims", "add").status_code == 200
    answer = desk.act(amara, "victims", "add")
    assert answer.status_code == 409
    assert "5 rows" in answer.get_json()["problems"][0]["message"]


def test_a_button_saves_what_was_typed_before_it_acts(desk: Desk, amara: PolicingClient) -> None:
    address = desk.section("victims")
    answer = post(amara, address, amara.page(address), act="add")
    page = amara.page(answer.headers["Location"].split("#")[0])
    (row,) = desk.document().rows("victims")
    answer = post(amara, address, page, act="add", **{f"victims.{row.id}.age": "34"})
    assert answer.status_code == 303
    assert [one.values for one in desk.document().rows("victims")] == [{"age": 34}, {}]
    answer = post(amara, address, amara.page(address), act=f"delete:{row.id}")
    assert [one.values for one in desk.document().rows("victims")] == [{}]
    page = amara.page(address)
    assert "Restore" in page.words
    post(amara, address, page, act=f"restore:{row.id}")
    assert [one.values for one in desk.document().rows("victims")] == [{"age": 34}, {}]


def test_text_for_a_row_deleted_in_another_window_is_shown_not_lost(
    desk: Desk, amara: PolicingClient
) -> None:
    address = desk.section("victims")
    row = desk.act(amara, "victims", "add").get_json()["row"]
    desk.save(amara, (f"victims.{row}.age", "34"))
    old = amara.page(address)
    desk.act(amara, "victims", "delete", row)
    answer = post(amara, address, old, **{f"victims.{row}.age": "35"})
    assert answer.status_code == 409
    again = Page(answer)
    assert "What you typed and is not saved" in again.words
    assert "35" in again.words
    assert desk.document().rows("victims") == ()


def test_a_deleted_row_never_gives_its_answers_to_another(desk: Desk, amara: PolicingClient) -> None:
    first, second, _ = three(desk, amara)
    desk.act(amara, "recommendations", "delete", first)
    desk.save(amara, (f"recommendations.{second}.number", "2b"))
    assert numbers(desk) == ["2b", "3"]


def test_a_numbered_text_is_shown_and_then_made_into_rows(desk: Desk, amara: PolicingClient) -> None:
    address = desk.section("recommendations") + "/paste"
    shown = Page(amara.submit(address, {"text": BLOCK, "act": "preview"}))
    assert "3 rows" in shown.words
    assert numbers(desk) == []
    answer = amara.submit(
        address, {"text": BLOCK, "act": "make", "row": ["0", "2"], "column": ["number", "text"]}
    )
    assert answer.status_code == 303
    assert numbers(desk) == ["4.1", "R5"]
    first = desk.document().rows("recommendations")[0]
    assert first.values["text"] == "The partnership should review\nits policy within\n12 months."
    assert desk.entry().revision == 1


def test_columns_are_read_by_their_headings_and_codes_by_their_labels(
    desk: Desk, amara: PolicingClient
) -> None:
    field = desk.template.by_key["recommendations"].by_key["themes"]
    assert field.codelist is not None
    label = field.codelist.options[0].label
    text = f"Number\tThemes\tText of the recommendation\n1\t{label}\tReview\n2\tnonsense\tTrain"
    address = desk.section("recommendations") + "/paste"
    shown = Page(amara.submit(address, {"text": text, "act": "preview"}))
    assert "cannot be read" in shown.words
    amara.submit(address, {"text": text, "act": "make", "row": ["0", "1"]})
    rows = desk.document().rows("recommendations")
    assert rows[0].values["themes"] == (field.codelist.options[0].value,)
    assert rows[1].values["themes"] == Invalid("nonsense")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"text": "", "act": "preview"}, 422),
        ({"text": "a\n" * 600, "act": "preview"}, 422),
        ({"text": "1. One", "act": "make", "row": []}, 422),
        ({"text": "1. One", "act": "make", "row": ["0"], "column": ["number", "number"]}, 422),
        ({"text": "1. One", "act": "make", "row": ["0"], "column": ["nothing", ""]}, 422),
        ({"text": "a\n" * 41, "act": "make", "row": [str(n) for n in range(41)]}, 409),
    ],
)
def test_a_paste_that_cannot_be_done_is_said_and_makes_nothing(
    desk: Desk, amara: PolicingClient, values: dict[str, Any], status: int
) -> None:
    answer = amara.submit(desk.section("recommendations") + "/paste", values)
    assert answer.status_code == status
    assert "There is a problem" in Page(answer).words
    assert desk.document().rows("recommendations") == ()


def test_a_plain_section_has_nothing_to_paste_into(desk: Desk, amara: PolicingClient) -> None:
    amara.page(desk.section("report") + "/paste", 404)

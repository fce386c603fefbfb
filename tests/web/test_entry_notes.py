"""A coder's own flag and memo beside each question: by button and by script, on lists, beside what is settled."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from schema.answers.canonical import to_json
from schema.answers.document import Note
from schema.store.entries import pin_to_version
from schema.store.snapshots import latest_snapshot, thaw
from schema.store.templates import publish
from tests.support.entry_desk import Desk, filled, form_of, post
from tests.support.policing import Page, PolicingClient
from tests.support.world import small_template

Clients = Callable[[str], PolicingClient]
MEMO = "Page 12 says 2015, page 40 says 2016."


def _note(
    desk: Desk, client: PolicingClient, path: str, *, flagged: bool = False, memo: str = "", base: int = -1
) -> Any:
    revision = desk.entry_of(client).revision if base < 0 else base
    change = {"path": path, "what": "note", "value": {"flagged": flagged, "memo": memo}}
    section = path.split(".")[0]
    return client.send_json(
        desk.section(section) + "/autosave", {"base_revision": revision, "changes": [change]}
    )


def test_a_flag_and_a_memo_are_saved_by_button_and_taken_off_again(desk: Desk, amara: PolicingClient) -> None:
    address = desk.section("report")
    noted = {"report.death_year:flag": "1", "report.death_year:memo": f"  {MEMO} "}
    assert post(amara, address, amara.page(address), **noted).status_code == 303
    assert desk.document().notes == {"report.death_year": Note(flagged=True, memo=MEMO)}
    assert desk.document().sections == {}
    assert desk.entry().flagged == 1
    page = amara.page(address)
    assert form_of(page)["report.death_year:memo"] == [MEMO]
    without: dict[str, Any] = {"report.death_year:memo": "", "report.death_year:flag": []}
    assert post(amara, address, page, **without).status_code == 303
    assert (dict(desk.document().notes), desk.entry().flagged) == ({}, 0)


def test_a_page_that_had_no_note_on_it_takes_none_away(desk: Desk, amara: PolicingClient) -> None:
    _note(desk, amara, "report.area", memo=MEMO)
    amara.submit(desk.section("report"), {"base_revision": "1", "act": "save", "report.area": "Exampleshire"})
    assert desk.document().notes == {"report.area": Note(memo=MEMO)}
    assert desk.document().get("report.area") == "Exampleshire"


def test_a_memo_that_is_too_long_is_shown_again_at_its_question(desk: Desk, amara: PolicingClient) -> None:
    address, long = desk.section("report"), "word " * 1_001
    answer = post(
        amara, address, amara.page(address), **{"report.area:memo": long, "report.death_year": "2016"}
    )
    assert answer.status_code == 422
    again = Page(answer)
    assert "Shorten it to 5,000 at most" in again.words
    assert form_of(again)["report.area:memo"][0].strip() == long.strip()
    assert desk.document().get("report.death_year") == 2016


def test_two_windows_that_note_different_things_are_shown_both(desk: Desk, amara: PolicingClient) -> None:
    _note(desk, amara, "report.area", memo="From the first window.")
    answer = _note(desk, amara, "report.area", memo="From the second.", base=0)
    assert answer.status_code == 409
    (conflict,) = answer.get_json()["conflicts"]
    assert (conflict["what"], conflict["mine"], conflict["theirs"]) == (
        "note", "From the second.", "From the first window.",
    )  # fmt: skip
    assert desk.document().notes["report.area"].memo == "From the first window."


def test_a_shape_that_is_no_note_is_refused(desk: Desk, amara: PolicingClient) -> None:
    for value in ({"flagged": 1}, {"memo": ["x"]}, {"colour": "red"}, "text", [1]):
        change = {"path": "report.area", "what": "note", "value": value}
        body = {"base_revision": 0, "changes": [change]}
        assert amara.send_json(desk.section("report") + "/autosave", body).status_code == 422
    assert not desk.document().notes


def test_flags_are_counted_for_sections_rows_and_your_work_and_go_with_a_deleted_row(
    desk: Desk, amara: PolicingClient
) -> None:
    row = desk.act(amara, "victims", "add").get_json()["row"]
    said = _note(desk, amara, f"victims.{row}.age", flagged=True, memo=MEMO).get_json()
    assert said["progress"]["victims"]["flagged"] == 1
    assert [one["flagged"] for one in said["rows"]] == [1]
    assert "1 flagged in DHR-001" in amara.page("/").words
    overview = amara.page(desk.address)
    assert "Victim 1: Age" in overview.words
    assert MEMO in overview.words
    desk.act(amara, "victims", "delete", row)
    assert desk.entry().flagged == 0
    assert MEMO not in amara.page(desk.address).words
    desk.act(amara, "victims", "restore", row)
    assert desk.document().notes == {f"victims.{row}.age": Note(flagged=True, memo=MEMO)}
    assert desk.entry().flagged == 1


def test_a_flag_is_taken_off_from_the_list_even_where_its_question_no_longer_applies(
    desk: Desk, amara: PolicingClient
) -> None:
    desk.save(amara, ("report.children_known", "yes"))
    _note(desk, amara, "report.children_note", flagged=True, memo=MEMO)
    desk.save(amara, ("report.children_known", "no"))
    answer = amara.submit(desk.address + "/own-notes", {"path": "report.children_note"}, page=desk.address)
    assert str(answer.location).endswith("/entry#notes")
    assert desk.document().notes == {"report.children_note": Note(memo=MEMO)}
    assert desk.entry().flagged == 0
    for path in ("report.nothing", "", "x.y.z"):
        amara.submit(desk.address + "/own-notes", {"path": path}, page=desk.address)
    assert desk.document().notes == {"report.children_note": Note(memo=MEMO)}


def test_a_lift_takes_flags_off_questions_that_are_asked_no_more(desk: Desk, amara: PolicingClient) -> None:
    _note(desk, amara, "report.region", flagged=True, memo=MEMO)
    _note(desk, amara, "report.area", flagged=True)
    world, (source, lists) = desk.world, small_template()
    second = source.replace("version: 1", "version: 2").replace(
        "label: Region,", "label: Region, retired: true,"
    )
    with world.writing() as session:
        later = publish(session, world.actor("root"), second, lists, "Not asked any more.")
        pin_to_version(session, world.actor("amara"), session.merge(desk.entry()), later.id)
    assert desk.document().notes == {
        "report.area": Note(flagged=True), "report.region": Note(memo=MEMO),
    }  # fmt: skip
    assert desk.entry().flagged == 1


def test_a_note_is_undone_and_a_row_that_was_noted_since_is_not_undone_with_it(
    desk: Desk, amara: PolicingClient
) -> None:
    row = desk.act(amara, "victims", "add").get_json()["row"]
    _note(desk, amara, f"victims.{row}.age", memo=MEMO)
    assert amara.submit(desk.address + "/latest-changes", {"revision": "1"}).status_code == 409
    assert MEMO in amara.page(desk.address + "/latest-changes").words
    assert amara.submit(desk.address + "/latest-changes", {"revision": "2"}).status_code == 303
    assert not desk.document().notes


def test_what_stays_flagged_is_named_before_submission_and_shown_to_the_reconciler_alone(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    ben, carol = client_for("ben"), client_for("carol")
    ben.most_statements = 80  # the second submission compares
    filled(desk, amara)
    _note(desk, amara, "report.death_year", flagged=True, memo=MEMO)
    before = amara.page(desk.address + "/submit")
    assert "You wanted to come back to" in before.words
    assert "Report: Year of death" in before.links
    amara.submit(desk.address + "/submit", {"statement": "yes"})
    assert _note(desk, amara, "report.area", memo="Too late.").status_code == 409
    filled(desk, ben)
    desk.save(ben, ("report.death_year", "2015"))
    ben.submit(desk.address + "/submit", {"statement": "yes"})
    comparison = desk.address.removesuffix("/entry") + "/comparison"
    page = carol.page(comparison)
    noted = f"Report, Note on Year of death, [AB] [(]Amara Okafor[)] ?to come back to: {MEMO}"
    assert re.search(noted, page.words)
    revision = carol.page(comparison + "/rows").values()["revision"]
    carol.submit(comparison + "/rows/confirm", {"revision": revision}, page=comparison + "/rows")
    at = carol.page(comparison + "/resolve?at=report.death_year")
    assert re.search(f"Note, [AB]: to come back to: {MEMO}", at.words)
    assert MEMO not in ben.page(desk.address + "/read").words
    assert MEMO in amara.page(desk.address + "/read").words


def test_no_snapshot_holds_a_note_so_no_figure_can(desk: Desk, amara: PolicingClient) -> None:
    filled(desk, amara)
    _note(desk, amara, "report.death_year", flagged=True, memo=MEMO)
    amara.submit(desk.address + "/submit", {"statement": "yes"})
    with desk.world.reading() as session:
        snapshot = latest_snapshot(session, desk.entry().id)
        assert snapshot is not None
        frozen = thaw(session, snapshot.id)
    assert not frozen.notes
    assert frozen.sections == desk.document().sections
    assert MEMO not in to_json(desk.document())

"""Submitting an entry, once and for all, without learning anything of the other coder; and returning it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask.testing import FlaskClient
from sqlalchemy import func, select

from schema.store.models import Audit, Comparison, Snapshot
from tests.support.entry_desk import Desk, filled, post
from tests.support.policing import Page, PolicingClient
from tests.support.world import PASSWORD

Clients = Callable[[str], PolicingClient]
STATED = {"statement": "yes"}
COMPARING = 60  # SQL statements: the second submission also makes the comparison, once in the life of a case


def audits(desk: Desk, action: str) -> int:
    with desk.world.reading() as session:
        return session.scalar(select(func.count()).where(Audit.action == action)) or 0


def test_what_is_in_the_way_is_listed_with_links_to_the_places(desk: Desk, amara: PolicingClient) -> None:
    row = desk.act(amara, "recommendations", "add").get_json()["row"]
    desk.save(amara, (f"recommendations.{row}.number", "1"), ("report.death_year", "1066"))
    page = amara.page(desk.section("submit"))
    assert "Before you can submit" in page.words
    targets = [address for address in page.links.values() if "#f-" in address]
    assert any(f"row={row}#f-recommendations-{row}-text" in address for address in targets)
    for address in targets:
        place, _, identity = address.partition("#")
        assert f'id="{identity}"' in amara.page(place).text
    assert desk.entry().state == "in_progress"


def test_an_incomplete_entry_is_refused_and_stays_open(desk: Desk, amara: PolicingClient) -> None:
    desk.save(amara, ("report.area", "Exampleshire"))
    answer = amara.submit(desk.section("submit"), STATED, page="/account")
    assert answer.status_code == 422
    assert desk.entry().state == "in_progress"


def test_submitting_freezes_the_entry(desk: Desk, amara: PolicingClient) -> None:
    filled(desk, amara)
    answer = amara.submit(desk.section("submit"), STATED)
    assert answer.status_code == 303
    assert desk.entry().state == "submitted"
    page = amara.page(desk.section("read"))
    assert "Exampleshire" in page.words
    assert audits(desk, "entry.submit") == 1
    late = desk.save(amara, ("report.area", "Too late"))
    assert late.status_code == 409
    assert late.get_json()["problems"]
    assert desk.document().get("report.area") == "Exampleshire"


def test_the_statement_has_to_be_confirmed(desk: Desk, amara: PolicingClient) -> None:
    filled(desk, amara)
    answer = amara.submit(desk.section("submit"))
    assert answer.status_code == 422
    assert "The statement is not confirmed" in Page(answer).words
    assert desk.entry().state == "in_progress"


def test_submitting_twice_is_one_transition_and_the_same_page(desk: Desk, amara: PolicingClient) -> None:
    filled(desk, amara)
    token = amara.token(desk.section("submit"))
    first, second = (
        amara.post(desk.section("submit"), data={"csrf_token": token, **STATED}) for _ in range(2)
    )
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert audits(desk, "entry.submit") == 1
    with desk.world.reading() as session:
        assert session.scalar(select(func.count()).select_from(Snapshot)) == 1


def test_submitting_at_the_same_moment_from_many_windows_is_one_transition(
    desk: Desk, amara: PolicingClient
) -> None:
    filled(desk, amara)
    windows = [_plain_window(desk) for _ in range(6)]
    with ThreadPoolExecutor(len(windows)) as pool:
        answers = list(pool.map(lambda window: window(), windows))
    assert set(answers) == {(303, desk.section("read"))}
    assert audits(desk, "entry.submit") == 1
    with desk.world.reading() as session:
        assert session.scalar(select(func.count()).select_from(Snapshot)) == 1


def _plain_window(desk: Desk) -> Callable[[], tuple[int, str | None]]:
    """A signed-in window ready to submit; not policed, because policing counts the connections of one request."""
    client = FlaskClient(desk.world.app, desk.world.app.response_class)
    signed = {"name": "amara", "password": PASSWORD, "csrf_token": _token(client, "/sign-in")}
    assert client.post("/sign-in", data=signed).status_code == 303
    sent = {**STATED, "csrf_token": _token(client, "/account")}

    def submit() -> tuple[int, str | None]:
        answer = client.post(desk.section("submit"), data=sent)
        return answer.status_code, answer.headers.get("Location")

    return submit


def _token(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert found
    return found.group(1)


def test_text_typed_in_another_window_after_submission_is_shown_not_lost(
    desk: Desk, amara: PolicingClient
) -> None:
    filled(desk, amara)
    address = desk.section("report")
    old = amara.page(address)
    amara.submit(desk.section("submit"), STATED)
    answer = post(amara, address, old, report__area="Typed too late")
    assert answer.status_code == 409
    assert "Typed too late" in Page(answer).words


def test_answers_that_do_not_apply_are_left_out_with_notice(desk: Desk, amara: PolicingClient) -> None:
    filled(desk, amara)
    desk.save(amara, ("report.children_known", "yes"), ("report.children_note", "Stale canary."))
    desk.save(amara, ("report.children_known", "no"))
    page = amara.page(desk.section("submit"))
    assert "What will be left out" in page.words
    assert "What the report says about the children" in page.words
    amara.submit(desk.section("submit"), STATED)
    assert "Stale canary" not in amara.page(desk.section("read")).words


def test_the_second_submission_makes_the_comparison(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    ben = client_for("ben")
    ben.most_statements = COMPARING
    for client in (amara, ben):
        filled(desk, client)
        client.submit(desk.section("submit"), STATED)
    with desk.world.reading() as session:
        assert session.scalar(select(func.count()).select_from(Comparison)) == 1


def test_what_a_coder_sees_is_the_same_whether_or_not_the_other_has_submitted(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    ben = client_for("ben")
    amara.most_statements = COMPARING
    filled(desk, amara)
    before = [_seen(amara, desk, key) for key in ("", "report", "victims", "submit")]
    filled(desk, ben)
    desk.save(ben, ("report.area", "Other"))
    ben.submit(desk.section("submit"), STATED)
    assert [_seen(amara, desk, key) for key in ("", "report", "victims", "submit")] == before
    first = amara.submit(desk.section("submit"), STATED)
    assert first.headers["Location"] == desk.section("read")
    said = _seen(amara, desk, "read")
    alone = _seen(ben, desk, "read")
    assert re.sub("Amara Okafor|Exampleshire", "", said) == re.sub("Ben Whitfield|Other", "", alone)


def _seen(client: PolicingClient, desk: Desk, key: str) -> str:
    text = client.get(desk.section(key) if key else desk.address).get_data(as_text=True)
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", text)
    text = re.sub(r"(victims[.-])[a-z0-9]{12}", r"\1row", text)
    return re.sub(r"\d\d:\d\d(:\d\d)?|<time.*?</time>", "", text)


def test_a_manager_returns_an_entry_with_a_reason(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    filled(desk, amara)
    amara.submit(desk.section("submit"), STATED)
    dana = client_for("dana")
    address = f"/projects/pilot/cases/{desk.case_id}/entries/{desk.entry().id}"
    assert "Exampleshire" in dana.page(address).words
    refused = dana.submit(address + "/return", {"reason": "  "})
    assert refused.status_code == 422
    assert desk.entry().state == "submitted"
    assert dana.submit(address + "/return", {"reason": "Page numbers are missing."}).status_code == 303
    assert desk.entry().state == "returned"
    assert audits(desk, "entry.return") == 1
    assert "Page numbers are missing." in amara.page(desk.section("report")).words
    assert desk.save(amara, ("report.area", "Corrected")).status_code == 200
    assert amara.submit(desk.section("submit"), STATED).status_code == 303


def test_a_coder_cannot_return_or_read_the_other_entry(
    desk: Desk, amara: PolicingClient, client_for: Clients
) -> None:
    filled(desk, amara)
    amara.submit(desk.section("submit"), STATED)
    ben = client_for("ben")
    address = f"/projects/pilot/cases/{desk.case_id}/entries/{desk.entry().id}"
    assert ben.get(address).status_code in (403, 404)
    answer = ben.submit(address + "/return", {"reason": "x"}, page="/account")
    assert answer.status_code in (403, 404)
    assert desk.entry().state == "submitted"

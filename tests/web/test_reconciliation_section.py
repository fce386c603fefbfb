"""Settling a whole section on one page: one form, partial saves, and nothing typed gets lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from schema.store.models import Audit
from tests.support.policing import Page, PolicingClient
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
ADVICE = [
    {"id": "advice00001", "number": "1", "text": "Train every practitioner in asking about children.", "themes": ["T1", "T2"]},
    {"id": "advice00002", "number": "2", "text": "Publish the action plan of the partnership.", "themes": ["T3"]},
]  # fmt: skip
A = extract({"region": "north", "death_year": 2016, "published": "2018"}, recommendations=ADVICE)
B = as_second(
    extract(
        {"region": "south", "death_year": 2017, "published": "2018-05"},
        recommendations=[{**ADVICE[0], "text": "Train all practitioners in asking about children.", "themes": ["T2", "T3"]}],
    )
)  # fmt: skip
REPORT = "/resolve/section/report"
ADVICE_PAGE = "/resolve/section/recommendations"


@pytest.fixture
def carol(client_for: ClientFor) -> PolicingClient:
    carol = client_for("carol")
    carol.most_statements = 60  # several decisions are written, each with a row in the audit trail
    return carol


@pytest.fixture
def case_id(world: World, carol: PolicingClient) -> str:
    made = submitted_case(world, A, B)
    revision = comparison(world, made).row.revision
    carol.submit(address(made, "/rows/confirm"), {"revision": revision}, page=address(made, "/rows"))
    return made


def numbers(page: Page) -> dict[str, str]:
    """The number of each question on the page, by its path."""
    return {value: name.split("-")[0] for name, value in page.values().items() if name.endswith("-path")}


def filled_in(page: Page) -> dict[str, Any]:
    """What a browser would send of the page's controls as they stand."""
    sent: dict[str, Any] = page.values()
    for one in page.root.iter("input"):
        if one.get("type") in ("radio", "checkbox") and one.get("checked") is not None:
            sent.setdefault(one.get("name", ""), []).append(one.get("value", ""))
    for one in page.root.iter("textarea"):
        sent[one.get("name", "")] = (one.text or "").removeprefix("\n")
    return sent


def choice(page: Page, path: str) -> list[str]:
    return list(filled_in(page)[f"{numbers(page)[path]}-choice"])


def send(
    client: PolicingClient,
    case_id: str,
    chosen: dict[str, dict[str, Any]],
    *,
    more: str = REPORT,
    status: int = 303,
    page: Page | None = None,
) -> Page:
    """Send the page with what is chosen by path, everything else as a browser sends it."""
    here = address(case_id, more)
    page = page or client.page(here)
    found = numbers(page)
    sent = {**filled_in(page), "item": list(found.values())}
    for path, values in chosen.items():
        sent |= {f"{found[path]}-{name}": value for name, value in values.items()}
    answer = client.submit(here.split("?")[0], sent, page=here)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Page(answer) if status != 303 else client.page(answer.location)


def settled(world: World, case_id: str) -> dict[str, tuple[str, Any]]:
    return {one.path.split(".")[-1]: (one.choice, one.value) for one in comparison(world, case_id).decided}


def test_both_values_of_every_open_question_stand_on_the_page(carol: PolicingClient, case_id: str) -> None:
    page = carol.page(address(case_id, REPORT))
    assert list(numbers(page)) == ["report.region", "report.death_year", "report.published"]
    for text in ("Region", "North", "South", "Year of death", "2016", "2017", "0 of 6 settled"):
        assert text in page.words


def test_what_is_chosen_is_saved_together_and_the_rest_stays_open(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    chosen = {"report.region": {"choice": "a"}, "report.published": {"choice": "b", "cause": "typing_slip"}}
    page = send(carol, case_id, chosen)
    assert "Settled: 2." in page.words
    assert list(numbers(page)) == ["report.death_year"]
    assert settled(world, case_id) == {"region": ("a", "north"), "published": ("b", "2018-05")}
    causes = {one.path: one.cause for one in comparison(world, case_id).decisions}
    assert causes == {"report.region": "", "report.published": "typing_slip"}
    assert comparison(world, case_id).row.undecided == 4


def test_a_settled_section_leads_to_the_next_and_the_last_to_the_end(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    page = send(
        carol, case_id, {f"report.{key}": {"choice": "a"} for key in ("region", "death_year", "published")}
    )
    assert "Settle on one page: Recommendations" in page.words
    paths = list(numbers(page))
    assert [path.split(".")[-1] for path in paths[:2]] == ["text", "themes"]
    chosen = {
        paths[0]: {"choice": "equivalent_b"},
        paths[1]: {"choice": "shared"},
        paths[2]: {"choice": "drop_row"},
    }
    page = send(carol, case_id, chosen, more=ADVICE_PAGE, page=page)
    assert "Everything is settled" in page.words
    found = settled(world, case_id)
    assert found["text"][1].startswith("Train all")
    assert found["themes"] == ("both", ("T2",))


def test_another_value_is_read_by_the_questions_control_and_refused_beside_it(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    year = {"choice": "other", "value": "2015"}
    page = send(carol, case_id, {"report.death_year": year, "report.region": {"choice": "b"}}, status=422)
    assert "Say why" in page.words
    assert settled(world, case_id) == {"region": ("b", "south")}  # the rest is saved
    number = numbers(page)["report.death_year"]
    assert (page.values()[f"{number}-value"], choice(page, "report.death_year")) == ("2015", ["other"])
    page = send(carol, case_id, {"report.death_year": {**year, "reason": "Page 3."}}, page=page)
    assert settled(world, case_id)["death_year"] == ("other", 2015)


def test_a_value_or_a_reason_without_a_choice_is_not_lost_in_silence(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    typed = {"report.death_year": {"value": "2014"}, "report.region": {"reason": "A slip."}}
    page = send(carol, case_id, typed, status=422)
    assert page.words.count("Nothing is chosen here.") == 4  # in the summary and beside each question
    found = numbers(page)
    assert page.values()[f"{found['report.death_year']}-value"] == "2014"
    assert "A slip." in page.text
    assert not settled(world, case_id)


def test_of_two_tabs_one_wins_and_the_other_sees_both_values(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    seen = carol.page(address(case_id, REPORT))
    send(carol, case_id, {"report.death_year": {"choice": "a"}}, page=seen)
    late = {"report.death_year": {"choice": "b", "reason": "Page 9."}, "report.region": {"choice": "b"}}
    page = send(carol, case_id, late, page=seen, status=409)
    assert settled(world, case_id) == {"death_year": ("a", 2016), "region": ("b", "south")}
    assert "settled this while you had the page open" in page.words
    assert "A’s value: 2016" in page.words
    assert choice(page, "report.death_year") == ["b"]
    assert "Page 9." in page.text
    send(carol, case_id, {"report.death_year": {"choice": "b", "reason": "Page 9."}}, page=page)
    assert settled(world, case_id)["death_year"] == ("b", 2017)


def test_the_page_can_be_narrowed_to_one_row(world: World, carol: PolicingClient, case_id: str) -> None:
    pair = next(one for one in comparison(world, case_id).pairs if one.group == "recommendations")
    here = f"{ADVICE_PAGE}?row={pair.id}"
    page = carol.page(address(case_id, here))
    assert list(numbers(page)) == [f"recommendations.{pair.id}.{key}" for key in ("text", "themes")]
    page = send(carol, case_id, {path: {"choice": "a"} for path in numbers(page)}, more=here, page=page)
    assert [path.count(".") for path in numbers(page)] == [
        1
    ]  # on to what is left of the section: the lone row


def test_what_was_put_off_stays_on_the_page_without_holding_anybody_up(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    chosen = {f"report.{key}": {"choice": choice} for key, choice in (("region", "a"), ("death_year", "defer"), ("published", "b"))}  # fmt: skip
    page = send(carol, case_id, chosen)
    assert "Settled: 2, put off: 1." in page.words
    assert "Settle on one page: Recommendations" in page.words
    assert list(numbers(carol.page(address(case_id, REPORT)))) == ["report.death_year"]


def test_every_decision_of_the_page_is_in_the_log_by_itself(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    send(carol, case_id, {"report.region": {"choice": "a"}, "report.death_year": {"choice": "b"}})
    with world.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "decision.make").order_by(Audit.seq))
        told = [json.loads(row.detail) for row in rows]
    assert [(one["path"], one["choice"]) for one in told] == [
        ("report.region", "a"),
        ("report.death_year", "b"),
    ]


def test_only_the_reconciler_settles_here(case_id: str, client_for: ClientFor) -> None:
    dana = client_for("dana")
    assert "Choose what is right" not in dana.page(address(case_id, REPORT)).text
    assert (
        dana.submit(address(case_id, REPORT), {"revision": 0}, page=address(case_id, REPORT)).status_code
        == 403
    )
    for name in ("amara", "ben"):
        assert client_for(name).get(address(case_id, REPORT)).status_code == 403


def test_an_unknown_section_is_not_found_and_a_settled_one_says_so(
    carol: PolicingClient, case_id: str
) -> None:
    assert carol.get(address(case_id, "/resolve/section/nowhere")).status_code == 404
    assert "Everything here is settled." in carol.page(address(case_id, "/resolve/section/victims")).words

"""Settling differences on the pages: every choice, every kind of field, undo, and two people at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from schema.answers.document import Evidence
from schema.coding.model import Position, Verdict
from schema.store.models import Project
from schema.store.projects import use_template_version
from schema.store.templates import publish
from schema.template.value import Missing
from tests.support.policing import Page, PolicingClient, words
from tests.support.reconciling import address, as_second, comparison, extract, submitted_case
from tests.support.world import PASSWORD, World, small_template
from webapp.reconciliation.queue import Wanted, fits
from webapp.reconciliation.wording import why_shown

ClientFor = Callable[[str], PolicingClient]
MISSED = {"missing": "not_reported"}
TEXT_A = "Train every practitioner in asking about children, at once."
TEXT_B = "Train all practitioners in asking about children."
ADVICE = [{"id": "advice00001", "number": "1", "text": TEXT_A, "themes": ["T1", "T2"]}]
NOTED = {"children_known": "yes", "children_note": "Two children were known to the school."}
A = extract(
    {"region": "north", "death_year": 2016, "published": "2018", **NOTED},
    {"report.children_note": Evidence("12", "Two children were known to the school.")},
    recommendations=ADVICE,
)
B = as_second(
    extract(
        {
            "region": "south",
            "death_year": MISSED,
            "published": "2018-05",
            **NOTED,
            "children_note": "Two children were known to health.",
        },
        recommendations=[{**ADVICE[0], "text": TEXT_B, "themes": ["T2", "T3"]}],
    )
)


@pytest.fixture
def carol(client_for: ClientFor) -> PolicingClient:
    return client_for("carol")


@pytest.fixture
def case_id(world: World, carol: PolicingClient) -> str:
    made = submitted_case(world, A, B)
    return confirmed(world, carol, made)


def confirmed(world: World, client: PolicingClient, case_id: str) -> str:
    revision = comparison(world, case_id).row.revision
    client.submit(address(case_id, "/rows/confirm"), {"revision": revision}, page=address(case_id, "/rows"))
    return case_id


def advice_path(world: World, case_id: str, key: str) -> str:
    pair = next(pair for pair in comparison(world, case_id).pairs if pair.group == "recommendations")
    return f"recommendations.{pair.id}.{key}"


def decide(
    world: World, client: PolicingClient, case_id: str, path: str, choice: str, status: int = 303, **sent: Any
) -> Page:
    revision = sent.pop("revision", comparison(world, case_id).row.revision)
    here = address(case_id, f"/resolve?at={path}")
    answer = client.submit(
        address(case_id, "/resolve"),
        {"path": path, "revision": revision, "choice": choice, **sent},
        page=here,
    )
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Page(answer) if status != 303 else client.page(here)


def settled(world: World, case_id: str, path: str) -> tuple[str, Any]:
    decided = next(one for one in comparison(world, case_id).decided if one.path == path)
    return decided.choice, decided.value


def test_values_stand_side_by_side_with_words_marked_and_evidence_beside(
    carol: PolicingClient, case_id: str
) -> None:
    page = carol.page(address(case_id, "/resolve?at=report.children_note"))
    marked = [words(one) for one in page.root.iter("mark")]
    assert marked == ["[only A: the school.]", "[only B: health.]"]
    assert "Evidence, p. 12: Two children were known to the school." in page.words


@pytest.mark.parametrize(("choice", "stored"), [("a", ("a", "north")), ("b", ("b", "south"))])
def test_either_value_can_be_taken(
    world: World, carol: PolicingClient, case_id: str, choice: str, stored: tuple[str, str]
) -> None:
    page = decide(world, carol, case_id, "report.region", choice, cause="typing_slip", reason="Page 3.")
    assert settled(world, case_id, "report.region") == stored
    assert "Cause: typing slip. “Page 3.”" in page.words


@pytest.mark.parametrize(
    ("path", "sent", "value"),
    [
        ("report.death_year", {"value": "2015"}, 2015),
        ("report.published", {"value": "May 2017"}, "2017-05"),
        ("report.region", {"value": "wales"}, "wales"),
        ("report.children_note", {"value": "  Known to both. "}, "Known to both."),
    ],
)
def test_another_value_is_read_by_the_questions_own_control(
    world: World, carol: PolicingClient, case_id: str, path: str, sent: dict[str, Any], value: Any
) -> None:
    decide(world, carol, case_id, path, "other", reason="Both misread page 4.", **sent)
    assert settled(world, case_id, path) == ("other", value)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"value": "2016"}, ("a", 2016)),
        ({"value": "", "value:missing": "not_reported"}, ("b", Missing("not_reported"))),
    ],
)
def test_entering_what_a_coder_said_is_taking_that_coders_value(
    world: World, carol: PolicingClient, case_id: str, sent: dict[str, Any], stored: tuple[str, Any]
) -> None:
    decide(world, carol, case_id, "report.death_year", "other", **sent)
    assert settled(world, case_id, "report.death_year") == stored


def test_another_value_needs_a_reason_and_loses_nothing_typed(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    page = decide(world, carol, case_id, "report.death_year", "other", 422, value="2015", cause="judgement")
    assert "a reason is needed" in page.words
    assert page.values()["value"] == "2015"
    chosen = [one.get("value") for one in page.root.iter("option") if one.get("selected") is not None]
    assert "judgement" in chosen
    assert not comparison(world, case_id).decided


@pytest.mark.parametrize("typed", ["soon", "1850"])
def test_another_value_that_the_field_cannot_hold_is_refused(
    world: World, carol: PolicingClient, case_id: str, typed: str
) -> None:
    page = decide(world, carol, case_id, "report.death_year", "other", 422, value=typed, reason="As printed.")
    assert page.values()["value"] == typed
    assert "As printed." in page.text
    assert not comparison(world, case_id).decided


def test_pressing_the_button_for_another_value_with_nothing_entered_settles_nothing(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    page = decide(world, carol, case_id, "report.region", "other", 422, value="", reason="No idea.")
    assert "No value has been entered." in page.words
    assert not comparison(world, case_id).decided


@pytest.mark.parametrize(
    ("choice", "sent", "stored"),
    [
        ("union", {}, ("both", ("T1", "T2", "T3"))),
        ("shared", {}, ("both", ("T2",))),
        ("other", {"value": ["T1", "T3"], "value:asked": "1"}, ("both", ("T1", "T3"))),
        ("other", {"value": ["T1", "T2"], "value:asked": "1"}, ("a", ("T1", "T2"))),
    ],
)
def test_two_sets_can_be_joined_intersected_or_picked_from_tick_by_tick(
    world: World,
    carol: PolicingClient,
    case_id: str,
    choice: str,
    sent: dict[str, Any],
    stored: tuple[str, Any],
) -> None:
    path = advice_path(world, case_id, "themes")
    decide(world, carol, case_id, path, choice, **sent)
    assert settled(world, case_id, path) == stored


@pytest.mark.parametrize(("choice", "kept"), [("equivalent", TEXT_A), ("equivalent_b", TEXT_B)])
def test_texts_that_mean_the_same_are_equivalent_and_either_is_kept(
    world: World, carol: PolicingClient, case_id: str, choice: str, kept: str
) -> None:
    path = advice_path(world, case_id, "text")
    decide(world, carol, case_id, path, choice)
    assert settled(world, case_id, path) == ("equivalent", kept)


def test_a_question_can_be_put_off_and_is_still_counted(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    before = comparison(world, case_id).row.undecided
    decide(world, carol, case_id, "report.region", "defer", reason="Ask the panel.")
    assert comparison(world, case_id).row.undecided == before
    page = carol.page(address(case_id, "/resolve?state=deferred"))
    assert "1 deferred" in page.words
    assert "Ask the panel." in page.words


def test_settling_leads_to_the_next_question_and_round_to_what_was_put_off(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    decide(world, carol, case_id, "report.region", "defer")
    here = address(case_id, "/resolve")
    order = [position.path for position in comparison(world, case_id).agenda().questions()]
    assert order[0] == "report.region"
    revision = comparison(world, case_id).row.revision
    answer = carol.submit(here, {"path": order[1], "revision": revision, "choice": "a"}, page=here)
    assert carol.page(answer.location).values()["path"] == order[2]
    for path in order[2:]:
        revision = comparison(world, case_id).row.revision
        answer = carol.submit(here, {"path": path, "revision": revision, "choice": "a"}, page=here)
    assert carol.page(answer.location).values()["path"] == "report.region"


def test_a_decision_can_be_undone_and_stays_in_the_history(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    page = decide(world, carol, case_id, "report.region", "b", reason="Page 3.")
    sent = {"path": "report.region", "revision": page.values()["revision"]}
    answer = carol.submit(address(case_id, "/resolve/undo"), sent, page=address(case_id, "/resolve"))
    page = carol.page(answer.location)
    assert "Undo this decision" not in page.words
    assert "Earlier decisions (1)" in page.words
    assert not comparison(world, case_id).decided


def test_of_two_tabs_on_one_question_one_wins_and_the_other_sees_both_and_loses_nothing(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    seen = comparison(world, case_id).row.revision
    decide(world, carol, case_id, "report.death_year", "a")
    page = decide(
        world,
        carol,
        case_id,
        "report.death_year",
        "other",
        409,
        revision=seen,
        value="2014",
        reason="Page 9 says so.",
    )
    assert "settled this while you had the page open" in page.words
    assert "A’s value: 2016" in page.words
    assert page.values()["value"] == "2014"
    assert "Page 9 says so." in page.text
    assert settled(world, case_id, "report.death_year") == ("a", 2016)
    decide(
        world, carol, case_id, "report.death_year", "other",
        revision=page.values()["revision"], value="2014", reason="Page 9 says so.",
    )  # fmt: skip
    assert settled(world, case_id, "report.death_year") == ("other", 2014)


def test_a_decision_elsewhere_does_not_stand_in_the_way(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    seen = comparison(world, case_id).row.revision
    decide(world, carol, case_id, "report.region", "a")
    decide(world, carol, case_id, "report.death_year", "b", revision=seen)
    assert settled(world, case_id, "report.death_year") == ("b", Missing("not_reported"))


def test_what_was_typed_on_a_position_that_is_gone_is_given_back(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    here = address(case_id, "/resolve")
    sent = {
        "path": "recommendations.gone.text",
        "revision": 1,
        "choice": "other",
        "value": "My words",
        "reason": "Mine.",
    }
    answer = carol.submit(here, sent, page=here)
    assert answer.status_code == 409
    page = Page(answer)
    assert "no longer there" in page.words
    assert "What you typed Mine.My words" in page.words


def test_an_agreed_value_is_overruled_only_with_a_reason(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    link = next(
        one
        for one in carol.page(address(case_id, "/agreed")).root.iter("a")
        if words(one) == "Overrule Report: Area"
    )
    page = carol.page((link.get("href") or "").partition("#")[0])
    assert page.values()["path"] == "report.area"
    decide(world, carol, case_id, "report.area", "other", 422, value="Elsewhere")
    decide(world, carol, case_id, "report.area", "other", value="Elsewhere", reason="The cover says so.")
    assert settled(world, case_id, "report.area") == ("other", "Elsewhere")
    assert "Overruled: another value" in carol.page(address(case_id, "/agreed")).words


def test_agreed_values_are_accepted_as_one_batch_and_that_is_undone(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    here = address(case_id, "/agreed")
    carol.submit(f"{here}/accept", {"revision": comparison(world, case_id).row.revision}, page=here)
    assert comparison(world, case_id).row.agreed_accepted
    carol.submit(f"{here}/withdraw", {"revision": comparison(world, case_id).row.revision}, page=here)
    assert not comparison(world, case_id).row.agreed_accepted


def test_agreed_values_that_changed_since_the_page_are_not_accepted(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    here, seen = address(case_id, "/agreed"), comparison(world, case_id).row.revision
    decide(world, carol, case_id, "report.region", "a")
    assert carol.submit(f"{here}/accept", {"revision": seen}, page=here).status_code == 409
    assert not comparison(world, case_id).row.agreed_accepted


@pytest.mark.parametrize(("choice", "rows"), [("keep_row", 2), ("drop_row", 1)])
def test_a_row_that_only_one_coder_has_is_kept_or_left_out(
    world: World, carol: PolicingClient, choice: str, rows: int
) -> None:
    more = {"id": "advice00002", "number": "7", "text": "Publish the action plan of the partnership."}
    a, b = extract(recommendations=[*ADVICE, more]), as_second(extract(recommendations=ADVICE))
    case_id = confirmed(world, carol, submitted_case(world, a, b, "DHR-002"))
    lone = next(pair for pair in comparison(world, case_id).pairs if not pair.row_b)
    path = f"recommendations.{lone.id}"
    page = carol.page(address(case_id, f"/resolve?at={path}"))
    assert "Publish the action plan of the partnership." in page.words
    decide(world, carol, case_id, path, choice)
    assert len(comparison(world, case_id).consensus().rows("recommendations")) == rows


def test_the_queue_narrows_by_section_verdict_and_state(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    def shown(query: str) -> int:
        page = carol.page(address(case_id, f"/resolve?{query}"))
        return len(
            [one for one in page.root.iter("a") if "at=" in (one.get("href") or "") and not one.get("rel")]
        )

    assert shown("section=recommendations") == 2
    assert shown("verdict=only_a") == 1
    decide(world, carol, case_id, "report.region", "a")
    assert shown("state=decided") == 1
    assert shown("state=all") == shown("") + 1
    decide(world, carol, case_id, "report.published", "b", cause="typing_slip")
    assert shown("stated_cause=typing_slip") == 1
    assert shown("stated_cause=omission") == 0
    assert shown("stated_cause=typing_slip&state=open") == 0


@pytest.mark.parametrize(("uncertain", "marked", "expected"), [(True, True, True), (True, False, False), (False, False, True)])  # fmt: skip
def test_the_queue_narrows_to_what_a_coder_marked_as_uncertain(
    uncertain: bool, marked: bool, expected: bool
) -> None:
    position = Position("a.b", "a", None, None, None, None, Verdict.DIFFER, True, uncertain=marked)
    assert fits(position, "open", Wanted(uncertain=uncertain), ()) is expected


def test_sign_off_waits_for_everything_and_asks_for_the_right_password(
    world: World, carol: PolicingClient, case_id: str
) -> None:
    here = address(case_id, "/sign-off")
    page = carol.page(here)
    assert "Every difference settled: 6 left." in page.words
    assert "Your password" not in page.words
    for position in comparison(world, case_id).agenda().undecided():
        decide(world, carol, case_id, position.path, "a")
    carol.submit(
        address(case_id, "/agreed/accept"),
        {"revision": comparison(world, case_id).row.revision},
        page=address(case_id, "/agreed"),
    )
    revision = carol.page(here).values()["revision"]
    answer = carol.submit(here, {"revision": revision, "password": "not the right password"})
    assert answer.status_code == 422
    assert "That is not your password." in Page(answer).words
    for _ in range(4):
        carol.submit(here, {"revision": revision, "password": "not the right password"})
    answer = carol.submit(here, {"revision": revision, "password": PASSWORD})
    assert (answer.status_code, bool(answer.headers["Retry-After"])) == (429, True), (
        "a signature was guessed at"
    )
    assert comparison(world, case_id).row.state == "resolved"


def test_a_consensus_that_breaks_a_rule_is_not_signed_off_and_leads_to_the_question(
    world: World, carol: PolicingClient
) -> None:
    case_id = submitted_case(world, extract(), as_second(extract()), "DHR-002")
    pair = next(pair for pair in comparison(world, case_id).pairs if pair.group == "victims")
    here = address(case_id, "/rows/victims")
    carol.submit(f"{here}/unlink", {"pair": pair.id, "revision": 0}, page=here)
    confirmed(world, carol, case_id)
    for lone in comparison(world, case_id).agenda().undecided():
        decide(world, carol, case_id, lone.path, "drop_row")
    carol.submit(
        address(case_id, "/agreed/accept"),
        {"revision": comparison(world, case_id).row.revision},
        page=address(case_id, "/agreed"),
    )
    page = carol.page(address(case_id, "/sign-off"))
    assert "To do The consensus keeps the rules of the questionnaire. Victims:" in page.words
    link = next(address for words, address in page.links.items() if words.startswith("Victims:"))
    assert "Is this victim in the report?" in carol.page(link.partition("#")[0]).words
    sent = {"revision": comparison(world, case_id).row.revision, "password": PASSWORD}
    assert carol.submit(address(case_id, "/sign-off"), sent, page="/account").status_code == 422
    assert comparison(world, case_id).row.state == "resolved"


def test_a_section_that_is_settled_against_a_rule_says_so_at_once(
    world: World, carol: PolicingClient
) -> None:
    wanted = '{field: region, equals: "north"}'
    rule = f"{{key: month, kind: requires, section: report, when: {wanted}, field: published, message: Say when.}}"
    source, lists = small_template()
    with world.writing() as session:
        second = f"{source.replace('version: 1', 'version: 2')}\nrules:\n  - {rule}\n"
        version = publish(session, world.actor("root"), second, lists, "A rule more.")
        project = session.get_one(Project, world.project.id)
        use_template_version(session, world.actor("root"), project, version)
    a, b = extract({"region": "north", "published": "2018"}), as_second(extract({"region": "south"}))
    case_id = confirmed(world, carol, submitted_case(world, a, b, "DHR-002"))
    page = decide(world, carol, case_id, "report.region", "a")
    assert "breaks a rule" not in page.words
    page = decide(world, carol, case_id, "report.published", "b")
    assert "As settled so far, Report breaks a rule: Say when." in page.words
    page = carol.page(address(case_id, "/resolve?after=report.published"))
    assert "Report, as you have settled it, breaks a rule: Say when." in page.words


def test_a_question_that_a_decision_opened_says_why_it_is_there() -> None:
    opened = Position("a.b", "a", None, None, None, None, Verdict.NOT_ASKED, True)
    assert why_shown(opened).startswith("Neither coder was asked this: it comes up because")
    assert why_shown(opened._replace(needs_person=False)) == "At least one coder was not asked this."


def test_what_coders_noted_for_themselves_stands_beside_what_is_settled(
    world: World, carol: PolicingClient
) -> None:
    memo = "{key: memo, kind: long_text, label: Memo, compare: ignore}"
    source, lists = small_template()
    second = source.replace("version: 1", "version: 2")
    second = second.replace("  - key: victims", f"      - {memo}\n  - key: victims") + f"      - {memo}\n"
    with world.writing() as session:
        version = publish(session, world.actor("root"), second, lists, "Memos.")
        use_template_version(
            session, world.actor("root"), session.get_one(Project, world.project.id), version
        )
    row = {"id": "advice00001", "number": "1", "text": TEXT_A, "themes": ["T1"]}
    a = extract({"region": "north", "memo": "Ask about Northford."}, recommendations=[{**row, "memo": "T2?"}])
    b = as_second(extract({"region": "south"}, recommendations=[{**row, "themes": ["T2"]}]))
    case_id = confirmed(world, carol, submitted_case(world, a, b, "DHR-002"))
    page = carol.page(address(case_id, "/resolve?at=report.region"))
    assert "Memo, A: Ask about Northford." in page.words
    assert "Memo, B:" not in page.words
    page = carol.page(address(case_id, f"/resolve?at={advice_path(world, case_id, 'themes')}"))
    assert "Memo, A: T2?" in page.words
    assert "Ask about Northford." in carol.page(address(case_id)).words

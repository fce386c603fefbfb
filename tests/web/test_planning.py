"""Deadlines are set and warned of, absences are recorded and counted, and people are replaced in many cases from one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from schema.limits import ASSIGNED_CASES
from schema.store.assignments import current_assignments
from schema.store.models import Absence, Audit, Case, Deadline
from schema.store.projects import add_member
from tests.support.casework import fill, ready_case, start_case, submit
from tests.support.policing import Page, PolicingClient, words
from tests.support.world import SYSTEM, World, build_world

ClientFor = Callable[[str], PolicingClient]
CASES = "/projects/pilot/cases"
BOARD = f"{CASES}/board"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world on Wednesday 4 November 2026."""
    made = build_world(tmp_path, clock=lambda: datetime(2026, 11, 4, 9, tzinfo=UTC))
    yield made
    made.database.dispose()


def holders(world: World, case: Case) -> dict[str, str]:
    """Display names by part."""
    names = {world.user(name).id: name for name in ("amara", "ben", "carol", "esi")}
    with world.reading() as session:
        return {part: names[one.user_id] for part, one in current_assignments(session, case.id).items()}


def hidden(page: Page, name: str) -> str:
    return next(one.get("value") or "" for one in page.root.iter("input") if one.get("name") == name)


def test_a_deadline_is_seen_by_those_whose_part_it_is(world: World, client_for: ClientFor) -> None:
    case, dana = start_case(world, "DHR-1"), client_for("dana")
    other = start_case(world, "DHR-2")
    sent = {"whole": "2026-12-01", "coder_1": "2026-11-06", "coder_2": "", "reconciler": ""}
    assert dana.submit(f"{CASES}/{case.id}/deadlines", sent).status_code == 303
    assert "6 November 2026" in dana.page(f"{CASES}/{case.id}").words
    amara, ben = client_for("amara").page("/").words, client_for("ben").page("/").words
    assert "6 November 2026 In 2 days" in amara
    assert "1 December 2026 In 27 days" in ben
    assert "6 November" not in ben
    progress = dana.page("/projects/pilot/progress").words
    assert "DHR-1 Code Amara Okafor 6 November 2026 In 2 days" in progress
    assert "Ben Whitfield 1 December" not in progress, "that is not near"
    with world.reading() as session:
        assert session.scalars(select(Audit.action).where(Audit.case_id == case.id, Audit.object_id == case.id)).all()[-1] == "case.set_deadline"  # fmt: skip
        assert session.scalars(select(Deadline).where(Deadline.case_id == other.id)).all() == []


def test_what_is_due_first_is_the_next_thing_to_do(world: World, client_for: ClientFor) -> None:
    first, later = start_case(world, "DHR-1"), start_case(world, "DHR-2")
    amara = client_for("amara")
    assert amara.page("/").links["Next: begin DHR-1"] == f"{CASES}/{first.id}/entry"
    client_for("dana").submit(f"{CASES}/{later.id}/deadlines", {"whole": "2026-11-05"})
    assert amara.page("/").links["Next: begin DHR-2"] == f"{CASES}/{later.id}/entry"
    fill(world, first, "amara")
    assert "Next: go on with DHR-1" in amara.page("/projects/pilot").links
    ready = ready_case(world, "DHR-3")
    carol = client_for("carol").page("/").links
    assert carol["Next: match rows of DHR-3"] == f"{CASES}/{ready.id}/comparison"


@pytest.mark.parametrize(
    ("day", "said"), [("soon", "for example 2026-12-24"), ("2026-11-03", "3 November 2026 is past.")]
)
def test_a_day_that_will_not_do_is_refused_at_its_field(
    world: World, client_for: ClientFor, day: str, said: str
) -> None:
    case = start_case(world, "DHR-1")
    answer = client_for("dana").submit(f"{CASES}/{case.id}/deadlines", {"coder_2": day})
    assert answer.status_code == 422
    assert said in Page(answer).words
    with world.reading() as session:
        assert session.scalars(select(Deadline)).all() == []


def test_whoever_is_away_is_left_out_of_the_draw(world: World, client_for: ClientFor) -> None:
    world.add_person("esi", "coder")
    case, dana, ben = start_case(world, "DHR-1", {}), client_for("dana"), client_for("ben")
    assert ben.submit("/absences", {"first_day": "2026-11-10", "last_day": "2026-11-20"}).status_code == 303
    assert "10 November 2026" in ben.page("/absences").words
    page = dana.page(f"{CASES}/draw?seed=3")
    assert "Ben Whitfield (10 November 2026 to 20 November 2026)" in page.words
    sent = {"seed": "3", "shown": hidden(page, "shown")}
    dana.most_statements = 60  # three people get a part, each with an entry or none, a notice and an act
    assert dana.submit(f"{CASES}/draw", sent, page=f"{CASES}/draw?seed=3").status_code == 303
    held = holders(world, case)
    assert {held["coder_1"], held["coder_2"]} == {"amara", "esi"}


def test_a_manager_records_and_takes_back_absences_of_the_team_alone(
    world: World, client_for: ClientFor
) -> None:
    dana, ben = client_for("dana"), world.user("ben").id
    days = {"first_day": "2026-11-10", "last_day": "2026-11-20"}
    away = "/projects/pilot/absences"
    assert dana.submit(away, {**days, "person": ben}).status_code == 303
    start_case(world, "DHR-1")
    progress = dana.page("/projects/pilot/progress").words
    assert "Ben Whitfield: 10 November 2026 to 20 November 2026" in progress
    clash = dana.submit(away, {"first_day": "2026-11-20", "last_day": "2026-11-22", "person": ben})
    assert clash.status_code == 409
    assert "is recorded already" in Page(clash).words
    wrong = dana.submit(away, {"first_day": "2026-11-22", "last_day": "2026-11-21", "person": ben})
    assert "The last day is before the first." in Page(wrong).words
    with world.reading() as session:
        (absence,) = session.scalars(select(Absence)).all()
    assert client_for("amara").submit(f"/absences/{absence.id}/cancel", page="/absences").status_code == 404
    assert dana.submit(f"{away}/{absence.id}/cancel", page=away).status_code == 303
    assert "Nobody is away." in dana.page(away).words
    assert client_for("amara").get(away).status_code == 403


def test_whoever_is_back_earlier_takes_their_own_absence_back(world: World, client_for: ClientFor) -> None:
    ben = client_for("ben")
    ben.submit("/absences", {"first_day": "2026-11-10", "last_day": "2026-11-20"})
    with world.reading() as session:
        (absence,) = session.scalars(select(Absence)).all()
    assert ben.submit(f"/absences/{absence.id}/cancel", page="/absences").status_code == 303
    assert "10 November 2026" not in ben.page("/absences").words
    start_case(world, "DHR-1")
    assert "Ben Whitfield: 10" not in client_for("dana").page("/projects/pilot/progress").words


def test_a_person_is_replaced_in_many_cases_as_shown(world: World, client_for: ClientFor) -> None:
    world.add_person("esi", "coder")
    first, second, done = (start_case(world, f"DHR-{number}") for number in (1, 2, 3))
    fill(world, first, "amara")
    fill(world, done, "amara")
    submit(world, done, "amara")
    dana = client_for("dana")
    chosen = {
        "case": [first.id, second.id, done.id],
        "leaver": world.user("amara").id,
        "successor": "",
        "seed": "7",
    }
    page = Page(dana.submit(BOARD, {**chosen, "act": "replace"}))
    assert "2 cases would change hands, 1 would stay as they are. By lot, with seed 7" in page.words
    assert "DHR-3 Coder 1 This coder has submitted already." in page.words
    assert "Amara Okafor 3 1" in page.words
    assert "Esi 0 2" in page.words
    assert holders(world, first)["coder_1"] == "amara", "looking changes nothing"
    dana.most_statements = 60  # every case that changes hands is written on its own
    answer = dana.submit(f"{BOARD}/replace", {**chosen, "shown": hidden(page, "shown")}, page=BOARD)
    assert answer.status_code == 303
    assert [holders(world, case)["coder_1"] for case in (first, second, done)] == ["esi", "esi", "amara"]
    stale = dana.submit(f"{BOARD}/replace", {**chosen, "shown": hidden(page, "shown")}, page=BOARD)
    assert stale.status_code == 409
    assert "People or cases have changed since this was shown." in Page(stale).words


def test_the_board_sets_a_deadline_for_all_ticked_cases(world: World, client_for: ClientFor) -> None:
    cases, dana = [start_case(world, f"DHR-{number}") for number in (1, 2)], client_for("dana")
    sent = {"case": [case.id for case in cases], "part": "", "due": "2026-11-03", "act": "deadline"}
    refused = dana.submit(BOARD, sent)
    assert refused.status_code == 422
    assert "3 November 2026 is past." in Page(refused).words
    assert dana.submit(BOARD, {**sent, "due": "2026-11-09"}).status_code == 303
    rows = [words(row) for row in dana.page(BOARD).root.iter("tr")]
    assert sum("9 November 2026" in row for row in rows) == 2
    assert "No case is chosen." in Page(dana.submit(BOARD, {"act": "replace", "leaver": "x"})).words
    many = [f"case{number:011d}x" for number in range(ASSIGNED_CASES + 1)]
    too_many = dana.submit(BOARD, {"act": "replace", "leaver": "x", "case": many})
    assert (too_many.status_code, "301 cases are chosen." in Page(too_many).words) == (422, True)


def test_a_manager_who_codes_a_case_changes_nobody_in_it_by_the_board(
    world: World, client_for: ClientFor
) -> None:
    with world.writing() as session:
        add_member(session, SYSTEM, world.project, world.user("dana"), "coder")
    world.add_person("esi", "coder")
    case = start_case(world, "DHR-1", {"coder_1": "dana", "coder_2": "ben", "reconciler": "carol"})
    chosen = {"case": [case.id], "leaver": world.user("ben").id, "seed": "1", "act": "replace"}
    before = Page(client_for("dana").submit(BOARD, chosen)).words
    fill(world, case, "ben")
    submit(world, case, "ben")
    assert Page(client_for("dana").submit(BOARD, chosen)).words == before
    assert "You code this case. Another manager changes its people." in before

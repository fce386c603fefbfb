"""Unblinding a case on the pages: a manager's act, with reason and password; and what somebody has seen bars them from coding."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schema.store.models import Case, User
from schema.store.projects import add_member, end_membership
from tests.support.casework import entry_of, ready_case, start_case
from tests.support.policing import Page, PolicingClient
from tests.support.world import PASSWORD, SYSTEM, World

ClientFor = Callable[[str], PolicingClient]
WHY = "The coders discuss it in training."


@pytest.fixture
def case(world: World) -> Case:
    return ready_case(world, "DHR-001", report={"area": "Elsewhere", "children_known": "no"})


def _at(case: Case, rest: str = "") -> str:
    return f"/projects/pilot/cases/{case.id}{rest}"


def _unblind(client: PolicingClient, case: Case, **sent: str) -> int:
    whole = {"reason": WHY, "password": PASSWORD, **sent}
    return client.submit(_at(case, "/unblind"), whole, page=_at(case)).status_code


def test_an_unblinded_case_is_open_to_its_coders_and_to_nobody_else(
    world: World, case: Case, client_for: ClientFor
) -> None:
    world.add_person("esi", "coder")
    amara, dana, esi = client_for("amara"), client_for("dana"), world.new_client("esi")
    other = _at(case, f"/entries/{entry_of(world, case, 'ben').id}")
    closed = [_at(case, "/comparison"), _at(case, "/comparison/resolve"), other]
    assert [amara.get(one).status_code for one in closed] == [403] * 3
    assert "Unblind this case to its coders" in dana.page(_at(case)).words
    assert _unblind(dana, case) == 303
    for words in ("Unblinded by Dana Price", WHY, "Read the other coder's entry", "Look at the comparison"):
        assert words in amara.page(_at(case)).words, words
    assert "Elsewhere" in amara.page(other).words
    assert amara.get(_at(case, "/comparison")).status_code == 200
    assert (
        amara.submit(_at(case, "/comparison/agreed/accept"), {"revision": 0}, page="/account").status_code
        == 403
    )
    assert [esi.get(one).status_code for one in closed] == [403] * 3


def test_it_is_done_once_and_no_entry_is_returned_from_then_on(
    world: World, case: Case, client_for: ClientFor
) -> None:
    dana = client_for("dana")
    back = _at(case, f"/entries/{entry_of(world, case, 'ben').id}/return")
    assert dana.get(back).status_code == 200
    _unblind(dana, case)
    assert (_unblind(dana, case), dana.get(back).status_code) == (403, 403)
    words = dana.page(_at(case)).words
    assert "Return the entry" not in words
    assert "Unblind this case" not in words


@pytest.mark.parametrize(
    ("sent", "said"),
    [({"reason": ""}, "Enter a reason."), ({"password": "not mine"}, "That is not your password.")],
)
def test_without_reason_or_password_it_stays_blind(
    case: Case, client_for: ClientFor, sent: dict[str, str], said: str
) -> None:
    whole = {"reason": WHY, "password": PASSWORD, **sent}
    answer = client_for("dana").submit(_at(case, "/unblind"), whole)
    assert answer.status_code == 422
    assert said in Page(answer).words
    assert client_for("amara").get(_at(case, "/comparison")).status_code == 403


def test_nobody_else_unblinds_and_nobody_while_a_coder_is_at_work(
    world: World, case: Case, client_for: ClientFor
) -> None:
    for name in ("amara", "carol", "victor"):
        assert client_for(name).get(_at(case, "/unblind")).status_code == 403, name
    begun = start_case(world, "DHR-002")
    assert client_for("dana").get(_at(begun, "/unblind")).status_code == 403


def test_a_manager_who_read_an_entry_cannot_become_its_coder_after_changing_roles(
    world: World, client_for: ClientFor
) -> None:
    case = start_case(world, "DHR-002")
    world.add_person("mo", "manager")
    assert (
        world.new_client("mo").get(_at(case, f"/entries/{entry_of(world, case, 'ben').id}")).status_code
        == 200
    )
    with world.writing() as session:
        mo = session.get_one(User, world.user("mo").id)
        end_membership(session, SYSTEM, world.project, mo, "manager")
        add_member(session, SYSTEM, world.project, mo, "coder")
    answer = client_for("dana").submit(_at(case, "/assign"), {"coder_2": mo.id}, page=_at(case))
    assert answer.status_code == 409
    assert "Mo has seen what was entered for this case" in Page(answer).words
    fresh = start_case(world, "DHR-003", {})
    sent = {"coder_1": "", "coder_2": mo.id, "reconciler": ""}
    answer = client_for("dana").submit(_at(fresh, "/assign"), sent, page=_at(fresh))
    assert answer.status_code == 303

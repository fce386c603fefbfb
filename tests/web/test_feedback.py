"""A coder sees by cause what was settled about their own answers, in signed-off cases alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schema.store.feedback import stood
from tests.support.casework import ANSWERS, ready_case
from tests.support.policing import Page, PolicingClient, words
from tests.support.signed_off import signed_off_case
from tests.support.world import World

ClientFor = Callable[[str], PolicingClient]
FEEDBACK = "/projects/pilot/feedback"
#: Two answers differ from those of the first coder, whose side is taken; the first coder's recommendation is missing.
SECOND = {"report": {**ANSWERS["report"], "region": "south", "death_year": 2017}, "recommendations": []}


def causes(page: Page) -> list[list[str]]:
    """The body of the first table."""
    body = next(page.root.iter("tbody"))
    return [[words(cell) for cell in row if cell.tag in ("th", "td")] for row in body.iter("tr")]


def test_each_coder_sees_how_often_their_own_answer_stood(world: World, client_for: ClientFor) -> None:
    signed_off_case(world, "DHR-1", **SECOND)
    assert causes(client_for("amara").page(FEEDBACK)) == [["Judgement", "3", "3", "0"]]
    assert causes(client_for("ben").page(FEEDBACK)) == [["Judgement", "3", "0", "3"]]
    assert "All of them: what was settled, and why" in client_for("ben").page("/").words


def test_nothing_of_an_open_case_is_counted(world: World, client_for: ClientFor) -> None:
    ready_case(world, "DHR-1", **SECOND)
    for name in ("amara", "ben"):
        assert "Nothing yet." in client_for(name).page(FEEDBACK).words


def test_nobody_else_has_such_a_page(world: World, client_for: ClientFor) -> None:
    signed_off_case(world, "DHR-1", **SECOND)
    assert client_for("dana").get(FEEDBACK).status_code == 403
    world.add_person("elin", "coder")
    assert "Nothing yet." in client_for("elin").page(FEEDBACK).words


@pytest.mark.parametrize(
    ("choice", "value", "own", "expected"),
    [
        ("a", '"wales"', '"wales"', True),
        ("b", '"south"', '"wales"', False),
        ("other", "2016", "2015", False),
        ("both", '["x", "y"]', '["x"]', False),
        ("both", '["x", "y"]', '["x", "y"]', True),  # the other coder had ticked fewer
        ("equivalent", '"A"', '"a."', True),
        ("keep_row", "null", '{"number": "1"}', True),
        ("keep_row", "null", "null", False),
        ("drop_row", "null", '{"number": "1"}', False),
        ("drop_row", "null", "null", True),
    ],
)
def test_when_an_answer_stood(choice: str, value: str, own: str, expected: bool) -> None:
    assert stood(choice, value, own) == expected

"""The policing client sees what it is there to see: one bad page for each promise, and one good page."""

from __future__ import annotations

from threading import Thread

import pytest
from flask import Response
from sqlalchemy import Connection

from schema.store.database import Database
from tests.support.policing import CHECKS, PoliceReport, parse
from tests.support.world import World, build_world
from webapp.access.guard import public
from webapp.unit_of_work import installed, reading

GOOD = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Cases – Tandem</title></head>
<body><main><h1>Cases</h1>{}</main></body></html>"""

BAD = {
    "unlabelled input": '<input name="a">',
    "label for nothing": '<label for="x">A</label>',
    "empty label": '<label for="a"></label><input id="a" name="a">',
    "radio outside a fieldset": '<label><input type="radio" name="a" value="1">One</label>',
    "checkboxes of one name outside a fieldset": (
        '<label><input type="checkbox" name="a" value="1">One</label>'
        '<label><input type="checkbox" name="a" value="2">Two</label>'
    ),
    "fieldset without legend": "<fieldset><p>A</p></fieldset>",
    "inline script": "<script>go()</script>",
    "inline style": '<p style="color: red">A</p>',
    "handler": '<button type="button" onclick="go()">A</button>',
    "script address": '<a href="javascript:go()">A</a>',
    "script address in parts": '<a href=" java&#9;script:go()">A</a>',
    "address that is a page itself": '<a href="data:text/html,A">A</a>',
    "address elsewhere by its host alone": '<a href="\\\\example.org/a">A</a>',
    "button that sends elsewhere": '<button type="submit" formaction="https://example.org/">A</button>',
    "picture from elsewhere": '<img src="https://example.org/a.png" alt="">',
    "second h1": "<h1>Again</h1>",
    "skipped level": "<h4>Deep</h4>",
    "id twice": '<p id="a">A</p><p id="a">B</p>',
    "description of nothing": '<label>A <input name="a" aria-describedby="a-hint"></label>',
    "link to no place": '<a href="#nowhere">A</a>',
    "link without text": '<a href="/"></a>',
    "button without text": '<button type="submit"></button>',
    "picture without alt": '<img src="/a.png">',
    "problems in another order than their fields": (
        '<div class="error-summary"><a href="#b">B</a><a href="#a">A</a></div>'
        '<label>A <input id="a" name="a"></label><label>B <input id="b" name="b"></label>'
    ),
    "table without headers": "<table><tbody><tr><td>A</td></tr></tbody></table>",
    "form without token": '<form method="post"></form>',
    "broken nesting": "<p><b>A</p></b>",
    "stray end tag": "</div>",
}


def _found(part: str) -> list[str]:
    root, errors = parse(GOOD.format(part))
    return [*errors, *(one for check in CHECKS for one in check(root))]


def test_a_good_page_passes() -> None:
    good = (
        '<form method="post"><input type="hidden" name="csrf_token" value="x">'
        "<fieldset><legend>Sex</legend>"
        '<label><input type="radio" name="a" value="1">One</label></fieldset>'
        '<label for="b">B</label><p id="b-hint">Hint</p><input id="b" name="b" aria-describedby="b-hint">'
        '<button type="submit">Save</button></form><h2>More</h2><a href="#b">B</a>'
    )
    assert _found(good) == []


@pytest.mark.parametrize("part", BAD.values(), ids=BAD.keys())
def test_a_bad_page_is_found(part: str) -> None:
    assert _found(part)


def test_a_title_that_does_not_begin_with_the_heading_is_found() -> None:
    root, _ = parse(GOOD.format("").replace("<title>Cases –", "<title>Case list –"))
    assert [one for check in CHECKS for one in check(root)]


HELD: list[Connection] = []


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build_world(tmp_path_factory.mktemp("policing"))


def _hold(database: Database) -> None:
    HELD.append(database.engine.connect())


def _page(world: World, body: str = "") -> str:
    @public
    def view() -> str:
        if body == "many":
            for _ in range(41):
                reading().connection().exec_driver_sql("SELECT 1")
        if body == "held":
            _hold(installed().database)
        if body == "held by another":
            other = Thread(target=_hold, args=(installed().database,))
            other.start()
            other.join()
        return GOOD.format("<p>A</p>" if body != "leak" else "Traceback (most recent call last)")

    world.own_app().add_url_rule("/tried", "tried", view)
    return "/tried"


@pytest.mark.parametrize(
    ("body", "said"),
    [("many", "SQL statements"), ("held", "not given back"), ("leak", "inner part of the program")],
)
def test_a_bad_answer_is_found(world: World, body: str, said: str) -> None:
    address = _page(world, body)
    with pytest.raises(PoliceReport, match=said):
        world.new_client().get(address)
    while HELD:
        HELD.pop().close()


def test_a_connection_that_another_holds_meanwhile_is_not_this_answers(world: World) -> None:
    address = _page(world, "held by another")
    assert world.new_client().get(address).status_code == 200
    HELD.pop().close()


def test_an_answer_without_its_headers_is_found(world: World) -> None:
    address = _page(world)
    world.app.after_request_funcs[None].insert(0, lambda response: (response.headers.clear(), response)[1])
    with pytest.raises(PoliceReport, match="content security policy"):
        world.new_client().get(address)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Content-Type", "text/csv", "in which encoding"),
        ("Content-Type", "", "what is sent is not said"),
        ("Access-Control-Allow-Origin", "https://evil.example", "other sites"),
    ],
)
def test_an_answer_that_says_too_little_or_lets_others_read_it_is_found(
    world: World, name: str, value: str, said: str
) -> None:
    address = _page(world)

    def changed(response: Response) -> Response:
        response.headers[name] = value
        return response

    world.app.after_request_funcs[None].insert(0, changed)
    with pytest.raises(PoliceReport, match=said):
        world.new_client().get(address)


def test_a_row_changed_while_reading_is_found(world: World) -> None:
    @public
    def view() -> str:
        with reading().no_autoflush:
            world_project = reading().merge(world.project)
            world_project.title = "Changed while reading"
        return GOOD.format("")

    world.own_app().add_url_rule("/changing", "changing", view)
    with pytest.raises(AssertionError, match="reading session"):
        world.new_client().get("/changing")

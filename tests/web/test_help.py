"""Help: one page for each task, reached from the pages on which it is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import schema.limits
from tests.support.pictures import PICTURES
from tests.support.world import World, build_world
from webapp.help import limits
from webapp.help.routes import pictures
from webapp.help.tasks import TASKS, Task, task_of

LIMITS = Path(limits.__file__)
TEMPLATES = Path(__file__).resolve().parents[2] / "webapp" / "templates" / "help"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = build_world(tmp_path_factory.mktemp("help"))
    yield made
    made.database.dispose()


def test_each_task_has_a_page_that_everybody_signed_in_can_read(world: World) -> None:
    listed = world.client_for("victor").page("/help")
    for task in TASKS.values():
        assert f'href="/help/{task.key}"' in listed.text
        page = world.client_for("victor").page(f"/help/{task.key}")
        assert task.title in page.words
        assert task.summary in page.words


def test_there_is_no_help_on_what_there_is_not(world: World) -> None:
    assert world.client_for("victor").get("/help/nothing").status_code == 404
    assert world.client_for().get("/help").status_code == 303


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.key)
def test_the_pages_of_a_task_are_pages_of_the_product(world: World, task: Task) -> None:
    rules = world.app.view_functions.keys() | world.app.blueprints.keys()
    assert set(task.pages) <= rules


def test_help_on_a_page_is_about_what_is_done_there(world: World) -> None:
    home = world.client_for("dana").page("/projects/pilot/members").text
    assert 'href="/help/starting">Help' in home
    assert task_of("entry.section_page") is TASKS["entering"]
    assert task_of("entry.submit_page") is TASKS["submitting"]
    assert task_of("projects.home_page") is None


def test_every_picture_that_is_drawn_is_shown_and_says_in_words_what_it_shows(world: World) -> None:
    named = {
        found[1]: found[2]
        for path in TEMPLATES.glob("*.html")
        for found in re.finditer(r"picture\('([^']+)',\s*'([^']+)'", path.read_text(encoding="utf-8"))
    }
    assert set(named) == {one.name for one in PICTURES} == set(pictures())
    assert all(len(words) > 30 for words in named.values())
    client = world.client_for("victor")
    for name in named:
        assert client.get(f"/static/help/{name}.png").status_code == 200


def test_every_limit_is_told_to_everybody(world: World) -> None:
    told = set(re.findall(r"limits\.([A-Z_]+)", LIMITS.read_text(encoding="utf-8")))
    assert told == {name for name in vars(schema.limits) if name.isupper()}
    page = world.client_for("victor").page("/help/limits").words
    assert all(what in page and much in page for topic in limits.TOPICS for what, much in topic.lines)
    assert "A report (PDF) 30 MB, 1,000 pages" in page

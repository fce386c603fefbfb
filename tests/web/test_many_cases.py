"""Pages of a project with six hundred cases: as many statements as with a few, and no more lines than a page bears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from schema.store.cases import new_case
from schema.store.many_parts import give_parts
from schema.store.models import Project
from tests.support.casework import ready_case
from tests.support.policing import PolicingClient
from tests.support.watched import watched
from tests.support.world import PROJECT, World

FEW, MANY = 3, 600
LINES = (
    350  # of a table or list; the page that gives parts to people shows the 300 cases that one act may change
)
PEOPLE = ("dana", "carol", "amara")


def _pages(world: World) -> list[str]:
    """Every page that needs no more to be named than its project, and the start page."""
    rules = [one for one in world.app.url_map.iter_rules() if "GET" in (one.methods or ())]
    return [
        "/",
        *sorted(
            one.rule.replace("<project_key>", PROJECT) for one in rules if one.arguments == {"project_key"}
        ),
    ]


def _seen(client: PolicingClient, world: World, page: str) -> tuple[int, int] | None:
    """How many statements a page takes once it has been opened before, and how many lines it has; None where it is no page of theirs."""
    client.most_statements = 1_000
    if client.get(page).mimetype != "text/html":
        return None
    with watched(world.database) as watch:
        answer = client.get(page)
    return (
        (len(watch.statements), answer.text.count("<tr") + answer.text.count("<li"))
        if answer.status_code == 200
        else None
    )


def _all_seen(world: World) -> Iterator[tuple[str, str, int, int]]:
    for name in PEOPLE:
        client = world.client_for(name)
        for page in _pages(world):
            if (seen := _seen(client, world, page)) is not None:
                yield name, page, *seen


@pytest.mark.full
def test_no_page_takes_more_statements_for_more_cases_and_none_lists_all_of_them(world: World) -> None:
    for number in range(FEW):
        ready_case(world, f"DHR-{number}")
    few = {(name, page): statements for name, page, statements, _ in _all_seen(world)}
    assert len(few) > 30
    with world.writing() as session:
        project, dana = session.get_one(Project, world.project.id), world.actor("dana")
        cases = [new_case(session, dana, project, f"MANY-{number:03}") for number in range(MANY)]
        session.flush()
        people = {
            "coder_1": world.user("amara"),
            "coder_2": world.user("ben"),
            "reconciler": world.user("carol"),
        }
        give_parts(session, dana, project, [(case, people) for case in cases])
    many = list(_all_seen(world))
    assert [one for one in many if one[2] > few[one[0], one[1]]] == []
    assert [one for one in many if one[3] > LINES] == []

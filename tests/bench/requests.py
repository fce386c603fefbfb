"""A section page as a whole request (signing in checked, loaded, judged, drawn) against drawing its HTML alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from flask import Flask, template_rendered
from werkzeug.test import EnvironBuilder

from tests.bench.measuring import Figure, alternate
from tests.bench.studio import LARGEST, Coding, Studio, template
from webapp.entry import drawing, views

GOAL = 3.0
BOUND = (
    "Beside drawing, a request costs what Flask, the test client and the signed cookie take (0.4 ms at best), and three "
    "statements through the ORM (1.6 ms at best, with their transaction): who asks, with their roles; the case with all that decides who may "
    "see it; its first report. That is the same whatever the page, so where a page is small it weighs more than its drawing. "
    "None of the three is kept from one request to the next: an access that was taken away counts at once."
)


def run(place: Studio) -> Iterator[Figure]:
    """Ask for every section of a full entry; the largest one also with all its rows open."""
    coding = place.full
    for section in template().sections:
        rows = ", rows folded" if section.repeats else ""
        yield _figure(coding, f"{coding.address}/{section.key}", f"{section.label}{rows}")
    yield _figure(coding, all_open(coding), "Recommendations, 40 rows open")


def all_open(coding: Coding, group: str = LARGEST) -> str:
    """The address of a group's page with all its rows open."""
    with coding.database.reading() as session:
        ids = session.connection().exec_driver_sql(
            f"SELECT row_id FROM entry_part WHERE entry_id = '{coding.entry_id}' AND section = '{group}'"
        )
        return f"{coding.address}/{group}?" + "&".join(f"row={row[0]}" for row in ids)


def _figure(coding: Coding, address: str, what: str) -> Figure:
    def ours() -> None:
        assert coding.client.get(address).status_code == 200

    with rendering(coding, address) as theirs:
        return alternate(ours, theirs, rounds=7, times=2).figure(what, "its rendering", GOAL, BOUND)


@contextmanager
def rendering(coding: Coding, address: str) -> Iterator[Callable[[], object]]:
    """What draws the page of an address again, from all that it had been given: questions, then the page around them."""
    drawn: list[tuple[Any, ...]] = []
    pages: list[tuple[Any, dict[str, Any]]] = []
    draw = drawing.draw

    def noted(*given: Any) -> Any:
        drawn.append(given)
        return draw(*given)

    def rendered(_: Flask, template: Any, context: dict[str, Any], **__: Any) -> None:
        pages.append((template, context))

    def work() -> str:
        for given in drawn:
            draw(*given)
        return str(pages[0][0].render(pages[0][1]))

    environ = EnvironBuilder(address).get_environ()
    coding.client._add_cookies_to_wsgi(environ)
    request = coding.app.request_context(environ)
    apart = copy_context()  # the product's own requests must not find this one under way
    apart.run(request.push)
    views.__dict__["draw"] = noted
    try:
        with template_rendered.connected_to(rendered, coding.app):
            assert apart.run(coding.app.full_dispatch_request).status_code == 200
    finally:
        views.__dict__["draw"] = draw
    yield lambda: apart.run(work)
    apart.run(request.pop)

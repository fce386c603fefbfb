"""A section page as a whole request (signing in checked, loaded, judged, drawn) against drawing its HTML alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from io import BytesIO
from typing import Any

from flask import Flask, template_rendered
from werkzeug.test import EnvironBuilder

from tests.bench.measuring import Figure, Work, alternate
from tests.bench.studio import LARGEST, Coding, Studio, template
from webapp.entry import drawing, views

GOAL = 3.0
BOUND = (
    "Of the request of a small page (Closing notes, shares of its processor time) some two fifths go to the database: the transaction's beginning and "
    "end, who asks with their roles, the case with all that decides who may see it, its first report; a quarter to drawing; a tenth to what the page is told "
    "(section list, answers, addresses); a quarter to Flask and what it is asked to do for every page: cookie and token, matching the address, headers, "
    "counting. That is the same whatever the page, so where a page is small it weighs more than its drawing. Drawing again and again, as the other "
    "side does, also finds its code in the processor's caches: within a request the same drawing takes half as long again. With columns in place of objects, asking for the case was measured at two thirds of its time, 6% of "
    "the request, and would have every page work on records: it was left. Nothing of who may see what is kept from one request to "
    "the next: an access that was taken away counts at once."
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
    with rendering(coding, address) as theirs:
        ours = asking(coding, address)
        return alternate(ours, theirs, rounds=7, times=2).figure(what, "its rendering", GOAL, BOUND)


def asking(coding: Coding, address: str) -> Work:
    """A whole request as a server hands it to the application: no client beside it builds it or reads its answer."""
    assert coding.client.get(address).status_code == 200  # its cookie holds a security token from now on
    environ = EnvironBuilder(address).get_environ()
    coding.client._add_cookies_to_wsgi(environ)
    statuses: list[str] = []

    def started(status: str, *_: Any) -> Callable[[bytes], object]:
        statuses.append(status)
        return len

    def ask() -> None:
        body = coding.app(environ | {"wsgi.input": BytesIO()}, started)
        assert b"".join(body).endswith(b"</html>")
        assert statuses.pop() == "200 OK"

    return ask


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

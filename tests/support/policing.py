"""A test client that examines every answer: a page that breaks a promise of the house fails the test that met it."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from schema.store.database import Database
from tests.support.kept_pages import keep
from tests.support.trail import note_driven
from tests.support.watched import Watch, watched

#: No page may ask the database more often than this, whatever it shows; a page that needs less may ask for less.
MOST_STATEMENTS = 40
CONTROLS = ("input", "select", "textarea")
UNLABELLED = ("hidden", "submit", "button", "reset", "image")
#: Attributes that lead somewhere, what leads elsewhere than to a page of ours, and what browsers pass over while they read it.
LEADING = ("src", "href", "action", "formaction", "data", "xlink:href", "ping", "poster", "srcset")
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", re.IGNORECASE)
UNSEEN = re.compile(r"[\x00-\x20]+")
SECRETS = re.compile(r"Traceback \(most recent|sqlalchemy\.exc|SELECT .* FROM |/site-packages/")


class PoliceReport(AssertionError):
    """A response broke one or more promises; the message lists them all."""


class PolicingClient(FlaskClient):
    """Flask's test client; every response is examined before the test sees it."""

    most_statements = MOST_STATEMENTS
    #: Statuses of an outage that a test brings about; anywhere else they fail it.
    outages: tuple[int, ...] = ()

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request and examine what comes back."""
        database: Database = self.application.extensions["tandem"].database
        with watched(database) as watch:
            response = super().open(*args, **kwargs)
        found = [*examine(response), *_connections_left(watch)]
        found = [one for one in found if one not in [f"status {status}" for status in self.outages]]
        if len(watch.statements) > self.most_statements:
            found.append(f"{len(watch.statements)} SQL statements, {self.most_statements} are allowed")
        found += watch.broken
        note_driven(self.application, response, watch)
        keep(self.application, response)
        if found:
            where = f"{response.request.method} {response.request.path} ({response.status_code})"
            raise PoliceReport(where + "".join(f"\n - {one}" for one in found))
        return response

    def page(self, address: str, status: int = 200) -> Page:
        """Fetch a page and give it parsed; fails on another status."""
        response = self.get(address)
        assert response.status_code == status, f"{address} answered {response.status_code}, not {status}"
        return Page(response)

    def submit(
        self, address: str, values: dict[str, Any] | None = None, *, page: str = "", **kwargs: Any
    ) -> TestResponse:
        """Post a form as a browser would, with the security token of the page it stands on (``page`` or the address)."""
        return self.post(
            address, data={"csrf_token": self.token(page or address), **(values or {})}, **kwargs
        )

    def send_json(self, address: str, body: object, *, page: str = "/account") -> TestResponse:
        """Post JSON as our scripts do, with the token in its header."""
        return self.post(address, json=body, headers={"X-CSRFToken": self.token(page)})

    def token(self, page: str) -> str:
        """The security token that a page carries (in any of its forms)."""
        text = self.get(page).get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        assert found, f"no form with a security token on {page}"
        return found.group(1)


class Page:
    """A parsed page, with the few questions that tests ask."""

    def __init__(self, response: TestResponse) -> None:
        """Parse the response's body."""
        self.response = response
        self.text = response.get_data(as_text=True)
        self.root = parse(self.text)[0]

    @property
    def heading(self) -> str:
        """The text of the h1."""
        return words(next(self.root.iter("h1")))

    @property
    def words(self) -> str:
        """All text of the main part, with single spaces."""
        return words(next(self.root.iter("main")))

    @property
    def links(self) -> dict[str, str]:
        """Addresses by link text; of equal texts the last."""
        return {words(link): link.get("href", "") for link in self.root.iter("a")}

    def values(self) -> dict[str, str]:
        """What text controls and hidden fields hold, by name."""
        return {
            one.get("name", ""): one.get("value", "")
            for one in self.root.iter("input")
            if one.get("type") not in ("checkbox", "radio", "submit")
        }


def police(app: Flask) -> Flask:
    """Make the application's test clients police their responses."""
    app.testing = True
    app.test_client_class = PolicingClient
    return app


def words(element: Element) -> str:
    """The text of an element and everything in it, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def parse(text: str) -> tuple[Element, list[str]]:
    """Parse HTML5; give the tree without name spaces, and what the standard calls parse errors."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=False
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        root: Element = parser.parse(text)
    errors = [f"HTML: {code} at line {place[0]} {detail or ''}" for place, code, detail in parser.errors]
    return root, errors


def examine(response: TestResponse) -> Iterator[str]:
    """Everything that is wrong with a response."""
    if response.status_code >= 500:
        yield f"status {response.status_code}"
    yield from _headers(response)
    if response.mimetype != "text/html" or response.status_code in (301, 302, 303, 304, 307, 308):
        return
    text = response.get_data(as_text=True)
    if leak := SECRETS.search(text):
        yield f"shows an inner part of the program: {leak.group()[:60]}"
    if response.request.method == "HEAD" or not text:
        return
    root, errors = parse(text)
    yield from errors
    for check in CHECKS:
        yield from check(root)


def _headers(response: TestResponse) -> Iterator[str]:
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield "the content security policy is missing or weak"
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        yield "nosniff is missing"
    kind = response.headers.get("Content-Type", "")
    if response.status_code not in (204, 304) and (
        not kind or (kind.startswith("text/") and "charset=utf-8" not in kind.lower())
    ):
        yield f"what is sent is not said, or not in which encoding: “{kind}”"
    if response.headers.get("Access-Control-Allow-Origin"):
        yield "pages of other sites may read the answer"
    if response.mimetype == "text/html" and response.headers.get("Cache-Control") != "no-store":
        yield "an HTML response may be stored"


def _connections_left(watch: Watch) -> Iterator[str]:
    if watch.held:
        yield f"{len(watch.held)} database connections were not given back"


def _heading_and_title(root: Element) -> Iterator[str]:
    headings = [words(one) for one in root.iter("h1")]
    title = words(next(root.iter("title"), Element("title")))
    if len(headings) != 1 or not headings[0]:
        yield f"{len(headings)} h1 elements"
    elif not title.startswith(headings[0] + " – "):
        yield f"the title “{title}” does not begin with the h1 “{headings[0]}”"
    if next(root.iter("main"), None) is None:
        yield "no main element"
    if not root.get("lang"):
        yield "the page does not state its language"


def _heading_order(root: Element) -> Iterator[str]:
    level = 0
    for one in root.iter():
        if re.fullmatch("h[1-6]", str(one.tag)):
            if int(one.tag[1]) > level + 1 and not (level == 0 and one.tag == "h2"):
                yield f"{one.tag} “{words(one)}” skips a level"
            level = max(int(one.tag[1]), 1)


def _identities(root: Element) -> Iterator[str]:
    counts = Counter(one.get("id") for one in root.iter() if one.get("id") is not None)
    yield from (
        f"id “{name}” stands {count} times" for name, count in counts.items() if count > 1 or not name
    )
    for one in root.iter():
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "for", "list"):
            for name in (one.get(attribute) or "").split():
                if name not in counts:
                    yield f"{attribute}=“{name}” on {one.tag} points at nothing"
        target = one.get("href") or ""
        if one.tag == "a" and target.startswith("#") and target[1:] not in counts:
            yield f"the link “{words(one)}” goes to {target}, which is not on the page"


def _labels(root: Element) -> Iterator[str]:
    labelled = {one.get("for") for one in root.iter("label")}
    wrapped = {id(control) for label in root.iter("label") for control in label.iter()}
    for one in root.iter():
        if one.tag not in CONTROLS or one.get("type") in UNLABELLED:
            continue
        named = one.get("aria-label") or one.get("aria-labelledby")
        if not named and one.get("id") not in labelled and id(one) not in wrapped:
            yield f"{one.tag} “{one.get('name')}” has no label"
    for one in root.iter("label"):
        if not words(one):
            yield f"the label for “{one.get('for')}” is empty"


def _groups(root: Element) -> Iterator[str]:
    grouped: set[int] = set()
    for one in root.iter("fieldset"):
        legend = next(one.iter("legend"), None)
        if legend is None or not words(legend):
            yield "a fieldset has no legend"
        grouped.update(id(part) for part in one.iter())
    boxes = [one for one in root.iter("input") if one.get("type") in ("radio", "checkbox")]
    names = Counter((one.get("type"), one.get("name")) for one in boxes)
    for one in boxes:
        several = one.get("type") == "radio" or names[one.get("type"), one.get("name")] > 1
        if several and id(one) not in grouped:
            yield f"{one.get('type')} “{one.get('name')}” stands outside a fieldset"


def _nothing_inline(root: Element) -> Iterator[str]:
    for one in root.iter():
        if one.tag == "style" or (one.tag == "script" and not one.get("src")):
            yield f"inline {one.tag}"
        for name, value in one.attrib.items():
            if name == "style" or name.startswith("on"):
                yield f"attribute {name} on {one.tag}"
            if name in LEADING and OUTSIDE.match(UNSEEN.sub("", value)) and not _is_file(one, value):
                yield f"{name} on {one.tag} leads outside: {value}"


def _is_file(one: Element, value: str) -> bool:
    """Whether the address is a picture, or a plain text to be saved: neither opens or runs anything."""
    if one.tag == "img":
        return value.startswith("data:image/")
    return one.get("download") is not None and value.startswith("data:text/plain;")


def _names(root: Element) -> Iterator[str]:
    for one in root.iter():
        if one.tag in ("a", "button", "summary"):
            pictures = " ".join(image.get("alt", "") for image in one.iter("img"))
            if not (words(one) or one.get("aria-label") or pictures.strip()):
                yield f"a {one.tag} has no text"
        if one.tag == "img" and one.get("alt") is None:
            yield f"the picture {one.get('src')} has no alt"
        if one.tag == "table" and next(one.iter("th"), None) is None:
            yield "a table has no header cells"
        if one.tag == "iframe" and not one.get("title"):
            yield "an iframe has no title"


def _tokens(root: Element) -> Iterator[str]:
    for form in root.iter("form"):
        names = [one.get("name") for one in form.iter("input")]
        if (form.get("method") or "get").lower() == "post" and "csrf_token" not in names:
            yield f"the form to “{form.get('action') or 'this page'}” has no security token"
        if any(inner is not form for inner in form.iter("form")):
            yield "a form stands inside a form"


def _summary_in_order(root: Element) -> Iterator[str]:
    """Whoever goes through what is wrong goes down the page: problems stand in the order of the fields that they lead to."""
    summary = next((one for one in root.iter("div") if "error-summary" in one.get("class", "").split()), None)
    if summary is None:
        return
    places = {one.get("id"): place for place, one in enumerate(root.iter())}
    wanted = [one.get("href", "").removeprefix("#") for one in summary.iter("a")]
    found = [places[one] for one in wanted if one in places]
    if found != sorted(found):
        yield f"the problems at the top do not stand in the order of the page: {', '.join(wanted)}"


CHECKS = (
    _heading_and_title,
    _heading_order,
    _identities,
    _labels,
    _groups,
    _nothing_inline,
    _names,
    _tokens,
    _summary_in_order,
)

"""Draws the pictures of the documentation and of the pages of help: serves the sample, and photographs its pages.

Run ``python -m tests.support.pictures`` with the packages of the extra ``test`` and a Chromium; it takes a minute or two.
Beside the pictures of help stands what each page says in its headings, labels and buttons (``pictures.json``). A journey
reads the same pages and fails where they say something else: then the pictures are of a page that is no more.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.coding.model import Position
from schema.store.assignments import current_assignments
from schema.store.database import Database
from schema.store.loaded import find_live, load
from schema.store.models import Case, User
from schema.store.projects import find_project
from tests.support.browser import Site, browsing, served, visit
from tests.support.demonstration import load_demonstration
from tests.support.png import size, with_palette
from webapp.sample.loading import HALFWAY_KEY, PASSWORD, STUDY_KEY

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED = ROOT / "docs" / "pictures"
HELP = ROOT / "webapp" / "static" / "help"
INDEX = HELP / "pictures.json"
WIDTH, HEIGHT = 1190, 760  # from 1200 pixels on, the report stands beside the form
WIDE = 1500
#: Length of text, in characters, that shows marked differences and still leaves the rest of the page in view.
READABLE = range(120, 330)
STUDY, HALFWAY = f"/projects/{STUDY_KEY}", f"/projects/{HALFWAY_KEY}"
OUTLINE = """() => [...document.querySelectorAll("main :is(h1, h2, h3, legend, label, button, summary)")]
  .filter((one) => one.checkVisibility()).map((one) => one.textContent.replace(/\\s+/g, " ").trim())"""


@dataclass(frozen=True)
class Picture:
    """A page of the sample as one person sees it; ``at`` is what is scrolled to the top, ``act`` what is done before."""

    name: str
    person: str
    address: Callable[[Places], str]
    at: str = ""
    width: int = WIDTH


class Places:
    """Where in the sample something can be seen."""

    def __init__(self, folder: Path) -> None:
        """Look into the database of a loaded demonstration."""
        self.database = Database(f"sqlite:///{folder / 'tandem.sqlite3'}")

    def case(self, reference: str) -> str:
        """The address of a case of the follow-up project."""
        with self.database.reading() as session:
            project = find_project(session, HALFWAY_KEY)
            assert project is not None
            found = select(Case.id).where(Case.project_id == project.id, Case.reference == reference)
            return f"{HALFWAY}/cases/{session.scalars(found).one()}"

    def texts_that_differ(self) -> tuple[str, str]:
        """A reconciler's sign-in name, and the address of a question of theirs about two texts."""
        with self.database.reading() as session:
            case, position = next(_questions(session))
            person = current_assignments(session, case.id)["reconciler"].user_id
            page = f"{HALFWAY}/cases/{case.id}/comparison/resolve?at={position.path}"
            return session.get_one(User, person).name, page


PICTURES = (
    Picture("signing-in", "dana", lambda _: "/account"),
    Picture("guide", "amara", lambda _: "/questionnaires/dhr-childrens-services/1/guide"),
    Picture("entering", "chidi", lambda places: f"{places.case('FUP-004')}/entry/report"),
    Picture("missing", "chidi", lambda places: f"{places.case('FUP-004')}/entry/victims", "[data-question]"),
    Picture("report", "chidi", lambda places: f"{places.case('FUP-004')}/entry/recommendations", width=WIDE),
    Picture("submitting", "amara", lambda places: f"{places.case('FUP-003')}/entry/submit"),
    Picture("matching", "carol", lambda places: f"{places.case('FUP-009')}/comparison/rows/recommendations"),
    Picture("settling", "", lambda places: places.texts_that_differ()[1]),
    Picture("starting", "dana", lambda _: f"{HALFWAY}/members"),
    Picture("assigning", "dana", lambda _: f"{HALFWAY}/cases"),
    Picture("watching", "dana", lambda _: f"{HALFWAY}/progress"),
    Picture("findings", "dana", lambda _: f"{STUDY}/findings", "#finding-themes"),
    Picture("exporting", "dana", lambda _: f"{STUDY}/exports"),
    Picture("administering", "root", lambda _: "/people"),
)


def main() -> None:
    """Draw every picture anew."""
    with TemporaryDirectory() as made:
        folder = Path(made) / "demo"
        load_demonstration(folder)
        places = Places(folder)
        with served(folder) as site, browsing() as browser:
            _draw_for_documents(browser, site, places)
            _draw_for_help(browser, site, places)
        places.database.dispose()


def opened(browser: Browser, site: Site, places: Places) -> Iterator[tuple[Picture, Page]]:
    """Each picture's page in turn, as its person sees it, quiet and in place."""
    for one in PICTURES:
        with visit(browser, site) as seen:
            seen.page.set_viewport_size({"width": one.width, "height": HEIGHT})
            _sign_in(seen.page, one.person or places.texts_that_differ()[0])
            _open(seen.page, one.address(places), one.at)
            yield one, seen.page


def outline(page: Page) -> list[str]:
    """What the page says in headings, labels and buttons: each once, without figures."""
    said = (re.sub(r"\d+", "0", text) for text in page.evaluate(OUTLINE))
    return list(dict.fromkeys(text for text in said if text))


def _draw_for_documents(browser: Browser, site: Site, places: Places) -> None:
    person, address = places.texts_that_differ()
    with visit(browser, site) as seen:
        seen.page.set_viewport_size({"width": 1440, "height": 900})
        _sign_in(seen.page, person)
        _open(seen.page, address)
        _take(seen.page, DOCUMENTED / "reconciliation.png")


def _draw_for_help(browser: Browser, site: Site, places: Places) -> None:
    HELP.mkdir(exist_ok=True)
    index = {}
    for one, page in opened(browser, site, places):
        said = outline(page)
        width, height = _take(page, HELP / f"{one.name}.png")
        index[one.name] = {"width": width, "height": height, "says": said}
    INDEX.write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _questions(session: Session) -> Iterator[tuple[Case, Position]]:
    project = find_project(session, HALFWAY_KEY)
    assert project is not None
    for case in session.scalars(select(Case).where(Case.project_id == project.id).order_by(Case.reference)):
        row = find_live(session, case.id)
        if row is not None and row.state == "resolving":
            yield from ((case, one) for one in load(session, row).agenda().undecided() if _shows_well(one))


def _shows_well(position: Position) -> bool:
    return all(isinstance(text, str) and len(text) in READABLE for text in (position.a, position.b))


def _sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def _open(page: Page, address: str, at: str = "") -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")  # the scripts come after the page, and scroll its list
    page.evaluate("document.activeElement.blur()")
    if at:
        page.locator(at).first.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top - 60)")


def _take(page: Page, path: Path) -> tuple[int, int]:
    png = page.screenshot()
    path.write_bytes(with_palette(png))
    sys.stdout.write(f"{path}: {path.stat().st_size} bytes\n")
    return size(png)


if __name__ == "__main__":
    main()

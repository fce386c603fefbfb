"""An installation for the tasks: the sample study's longest review with its report, on the shipped questionnaire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from schema.answers.document import Document
from schema.answers.interchange import read_entry
from schema.store.assignments import assign
from schema.store.cases import register_case
from schema.store.database import new_id
from schema.store.entries import load_document
from schema.store.models import Case, Entry, Project, TemplateVersion, User
from schema.store.projects import add_member, create_project
from schema.store.templates import compiled, ensure_shipped
from schema.template.model import Template
from tests.support.browser import Site, visit
from tests.support.keyboard import sign_in
from tests.support.reports import attach
from tests.support.world import MEMBERS, PASSWORD, SYSTEM, World, build_world
from webapp.sample.report_pdf import report_of
from webapp.sample.study import SampleCase, study

PROJECT, TEMPLATE = "reviews", "dhr-childrens-services"
PARTS = (("coder_1", "amara"), ("coder_2", "ben"), ("reconciler", "carol"))


@dataclass(frozen=True)
class Place:
    """The world with its project, the review in hand, and where it is served."""

    world: World
    project_id: str
    template: Template
    review: SampleCase
    site: Site

    def register(self, reference: str, *, parts: bool = True) -> Case:
        """Register a case; with its three people where wanted."""
        dana = self.world.actor("dana")
        with self.world.writing() as session:
            case = register_case(session, dana, session.get_one(Project, self.project_id), reference)
            for part, name in PARTS if parts else ():
                assign(
                    session,
                    dana,
                    session.get_one(Case, case.id),
                    part,
                    session.get_one(User, self.world.user(name).id),
                )
        return case

    def address(self, case: Case, rest: str = "") -> str:
        """The address of a page of a case."""
        return f"/projects/{PROJECT}/cases/{case.id}{rest}"

    def entry(self, case: Case, name: str) -> Entry:
        """A person's entry of a case."""
        with self.world.reading() as session:
            query = session.query(Entry).filter_by(case_id=case.id, coder_id=self.world.user(name).id)
            return query.one()

    def document(self, case: Case, name: str) -> Document:
        """What a person has entered."""
        with self.world.reading() as session:
            return load_document(session, self.entry(case, name).id)

    def truth(self) -> Document:
        """What is to be entered: the review's true answers."""
        with self.world.reading() as session:
            read = read_entry(
                self.template, {**self.review.truth, "evidence": {}}, choose_id=lambda: new_id(session)
            )
        assert not read.problems, read.problems
        return read.document


def longest() -> SampleCase:
    """The sample's review with the most recommendations."""
    return max(study().cases, key=lambda one: len(one.truth["answers"]["recommendations"]))


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """Make the installation and serve it."""
    world = build_world(folder)
    with world.writing() as session:
        version: TemplateVersion = ensure_shipped(session, SYSTEM, TEMPLATE, 1)
        project = create_project(session, SYSTEM, PROJECT, "Reviews", version)
        for name, (_, roles) in MEMBERS.items():
            for role in roles:
                add_member(session, SYSTEM, project, session.get_one(User, world.user(name).id), role)
        project_id, template = project.id, compiled(session, version.id)
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Place(world, project_id, template, longest(), Site(f"http://127.0.0.1:{server.port}", folder))
    finally:
        server.shutdown()
        world.database.dispose()


@contextmanager
def at_screen(browser: Browser, where: Place, name: str) -> Iterator[Page]:
    """A person's browser, signed in; signing in is not counted."""
    with visit(browser, where.site) as seen:
        sign_in(seen.page, name, PASSWORD)
        yield seen.page


def attach_report(where: Place, case: Case) -> None:
    """Attach the review's report to the case, read page by page."""
    attach(where.world, case, report_of(where.review, where.template))

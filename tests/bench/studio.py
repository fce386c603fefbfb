"""Where a run works: a folder of its own, the sample study, and an application with one coder's full desk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from schema.answers.document import Change, Document, new_row_id
from schema.answers.interchange import read_entry
from schema.store.database import Database
from schema.store.entries import save_changes
from schema.store.models import Entry
from schema.template.model import Field, Section, Template
from schema.template.shipped import load_shipped
from schema.template.value import Missing, Value
from tests.support.databases import PostgresServer, sqlite_database
from webapp.app import create_app
from webapp.sample import loading
from webapp.sample.study import SampleCase, study
from webapp.settings import Settings

LARGEST = "recommendations"
ROWS, FEW = 40, 3
SENTENCE = "The partnership should review how referrals about children are recorded, shared and followed up. "


@cache
def template() -> Template:
    """The questionnaire that everything is measured on: 11 sections, 74 questions."""
    return load_shipped(*loading.TEMPLATE)


@cache
def sample(cases: int) -> tuple[SampleCase, ...]:
    """So many invented cases, each coded twice."""
    return study(cases).cases


@cache
def documents(cases: int) -> tuple[tuple[Document, Document], ...]:
    """Both entries of so many invented cases."""
    return tuple(
        (read_entry(template(), case.entries[0]).document, read_entry(template(), case.entries[1]).document)
        for case in sample(cases)
    )


def answer(question: Field, number: int) -> Value:
    """An answer to any question; ``number`` makes them differ."""
    options = question.codelist.options if question.codelist else ()
    if question.missing and number % 7 == 6:
        return Missing(question.missing[0])
    if question.kind == "choices":
        first = number % max(1, len(options) - 2)
        return tuple(option.value for option in options[first : first + 2])
    if options:
        return options[number % len(options)].value
    by_kind: dict[str, Value] = {"integer": 10 + number, "decimal": 1.5 + number, "long_text": SENTENCE * 3}
    return by_kind.get(question.kind, "2019-04-02" if "date" in question.kind else f"{number}.{number % 5}")


def all_answers(section: Section, rows: int = ROWS) -> list[Change]:
    """Answers to every question of a section, in ``rows`` rows where it repeats."""
    asked = [question for question in section.fields if question.kind != "derived" and not question.retired]
    if section.repeats is None:
        return [Change("set", question.path, answer(question, 0)) for question in asked]
    changes = []
    for number in range(min(rows, section.repeats.maximum)):
        path = f"{section.key}.{new_row_id()}"
        changes.append(Change("add_row", path))
        changes += [
            Change("set", f"{path}.{question.key}", answer(question, number + place))
            for place, question in enumerate(asked)
        ]
    return changes


def signed_in(app: Flask, name: str) -> FlaskClient:
    """A browser of one of the sample people."""
    client = app.test_client()
    token = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    said = {"name": name, "password": loading.PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=said).status_code == 303
    return client


@dataclass
class Coding:
    """An application on a database, with one case that amara codes, and her browser."""

    database: Database
    app: Flask
    case_id: str
    entry_id: str
    project: str = "bench"
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = signed_in(self.app, "amara")

    @property
    def address(self) -> str:
        """Of the entry's pages."""
        return f"/projects/{self.project}/cases/{self.case_id}/entry"


@dataclass
class Studio:
    """The folder of a run, and what several benchmarks share."""

    folder: Path
    stack: ExitStack

    def sqlite(self, name: str) -> Database:
        """A migrated, empty SQLite database."""
        database = sqlite_database(self.folder / f"{name}.sqlite3")
        self.stack.callback(database.dispose)
        return database

    @cached_property
    def postgres(self) -> PostgresServer:
        """A PostgreSQL server for the length of the run."""
        server = PostgresServer()
        self.stack.callback(server.close)
        return server

    def postgresql(self) -> Database:
        """A migrated, empty PostgreSQL database."""
        database = self.postgres.migrated()
        self.stack.callback(self.postgres.drop, database)
        return database

    def copied(self, database: Database) -> Database:
        """A copy of a PostgreSQL database, as it stands."""
        database.dispose()
        return self.postgres.copy(database)

    @cached_property
    def full(self) -> Coding:
        """A desk with an answer to every question: 40 rows in the largest group, a few in each of the others."""
        changes = [
            change
            for section in template().sections
            for change in all_answers(section, ROWS if section.key == LARGEST else FEW)
        ]
        return self.coding(self.sqlite("full"), changes)

    @cached_property
    def empty(self) -> Coding:
        """A desk with 40 rows of the largest group, and no answer."""
        rows = [one for one in all_answers(template().by_key[LARGEST]) if one.what == "add_row"]
        return self.coding(self.sqlite("empty"), rows)

    def coding(self, database: Database, changes: list[Change]) -> Coding:
        """A case that amara codes, with these changes saved."""
        loading.load_people(database)
        loading.load_project(database, "bench", "Benchmark", "")
        with database.writing() as session:
            work = loading._loading(session, "bench")
            case = loading._assigned(work, sample(1)[0], 0)
            entry = session.query(Entry).filter_by(case_id=case.id, slot=1).one()
            save_changes(session, work.actor("amara"), entry, 0, changes)
            case_id, entry_id = case.id, entry.id
        settings = Settings(
            database_url=database.url.render_as_string(hide_password=False),
            secret_key="a key for benchmarks, long enough: 0123456789",
            data_dir=self.folder,
        )
        return Coding(database, create_app(settings, database=database), case_id, entry_id)


@contextmanager
def studio() -> Iterator[Studio]:
    """A run's place; everything in it is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tandem-bench-")))
        yield Studio(folder, stack)

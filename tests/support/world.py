"""A small installation to test on: five members of a project with a role each, and an administrator without one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.store import passwords
from schema.store.database import Database, utc_now
from schema.store.models import Case, Project, TemplateVersion, User
from schema.store.people import actor_for, add_user, find_user, set_password_hash
from schema.store.projects import add_member, create_project, find_project
from schema.store.templates import publish
from tests.support.applications import application_on, own_application
from tests.support.databases import sqlite_database
from tests.support.policing import PolicingClient
from webapp.place import Place
from webapp.settings import Settings

HERE = Path(__file__).parent
FILE = "tandem.sqlite3"
PROJECT = "pilot"
PASSWORD = "violet kettle harbour nineteen"
MEMBERS = {
    "amara": ("Amara Okafor", ("coder",)),
    "ben": ("Ben Whitfield", ("coder",)),
    "carol": ("Carol Iqbal", ("reconciler",)),
    "dana": ("Dana Price", ("manager",)),
    "victor": ("Victor Lane", ("viewer",)),
    "root": ("Ruth Odell", ()),
}
ADMINISTRATORS = ("root",)
SYSTEM = Actor(id="", name="test world", is_admin=True)


@dataclass
class World:
    """A migrated database with people and a project, the application on it, and a signed-in client for each person."""

    database: Database
    folder: Path
    files: Place | None = None
    _clients: dict[str, PolicingClient] = field(default_factory=dict)
    _app: Flask | None = None

    @property
    def settings(self) -> Settings:
        """Settings of an ordinary embedded installation."""
        return Settings(
            database_url=self.database.url.render_as_string(hide_password=False),
            secret_key="a key for tests, long enough: 0123456789",
            data_dir=self.folder,
            files=self.files,
        )

    @property
    def app(self) -> Flask:
        """The application on this world, policed."""
        if self._app is None:
            self._app = application_on(self.settings, self.database)
        return self._app

    def own_app(self) -> Flask:
        """From now on an application that is nobody else's, to which pages may be added."""
        self._clients.clear()
        self._app = own_application(self.settings, self.database)
        return self._app

    def client_for(self, name: str = "") -> PolicingClient:
        """A client that is signed in as the person, or nobody's; the same person gets the same client."""
        if name not in self._clients:
            self._clients[name] = self.new_client(name)
        return self._clients[name]

    def new_client(self, name: str = "") -> PolicingClient:
        """Another browser of the person."""
        client = self.app.test_client()
        assert isinstance(client, PolicingClient)
        if name:
            answer = client.submit("/sign-in", {"name": name, "password": PASSWORD})
            assert answer.status_code == 303, answer.get_data(as_text=True)
        return client

    def actor(self, name: str) -> Actor:
        """The person as an actor, with their present roles."""
        with self.database.reading() as session:
            return actor_for(session, self.user(name))

    def user(self, name: str) -> User:
        """The person's account."""
        with self.database.reading() as session:
            found = find_user(session, name)
        assert found is not None, f"nobody is called {name}"
        return found

    @property
    def project(self) -> Project:
        """The project that all members are in."""
        with self.database.reading() as session:
            found = find_project(session, PROJECT)
        assert found is not None
        return found

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A writing session on the world's database."""
        with self.database.writing() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A reading session on the world's database."""
        with self.database.reading() as session:
            yield session

    def add_person(self, name: str, *roles: str, project: Project | None = None) -> User:
        """One more person, with the same password as everybody, and roles in the pilot (or another project)."""
        with self.writing() as session:
            return add_person(session, name, name.capitalize(), roles, project or self.project)

    def another_project(self, key: str = "other") -> Project:
        """A second project on the same template; nobody is in it."""
        with self.writing() as session:
            version = session.get(TemplateVersion, self.project.template_version_id)
            assert version is not None
            return create_project(session, SYSTEM, key, "Another study", version)

    def case(self, reference: str) -> Case:
        """The pilot's case with this reference."""
        with self.reading() as session:
            return session.query(Case).filter_by(project_id=self.project.id, reference=reference).one()


def small_template() -> tuple[str, dict[str, str]]:
    """The small template's source and its code lists."""
    lists = {path.stem: path.read_text(encoding="utf-8") for path in (HERE / "codelists").glob("*.yaml")}
    return (HERE / "small-template.yaml").read_text(encoding="utf-8"), lists


def build_world(path: Path, *, clock: Callable[[], datetime] = utc_now) -> World:
    """A world of its own in the folder: a copy of one that is built once."""
    shutil.copyfile(_built(), path / FILE)
    return World(Database(f"sqlite:///{path / FILE}", clock=clock), path)


@cache
def _built() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tandem-world-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = sqlite_database(folder / FILE)
    with database.writing() as session:
        populate(session)
    database.dispose()
    return folder / FILE


def populate(session: Session, source: str = "", codelists: dict[str, str] | None = None) -> Project:
    """Publish the small template (or another source with its lists), start the pilot and add its people: on any database."""
    small, lists = small_template()
    version = publish(session, SYSTEM, source or small, codelists or lists)
    project = create_project(session, SYSTEM, PROJECT, "Pilot of the small review", version)
    for name, (display, roles) in MEMBERS.items():
        add_person(session, name, display, roles, project, is_admin=name in ADMINISTRATORS)
    return project


def add_person(
    session: Session,
    name: str,
    display: str,
    roles: tuple[str, ...],
    project: Project,
    *,
    is_admin: bool = False,
) -> User:
    """An account with the common password and roles in the project."""
    user = add_user(session, SYSTEM, name, display, is_admin=is_admin)
    set_password_hash(session, SYSTEM, user, _hashed())
    for role in roles:
        add_member(session, SYSTEM, project, user, role)
    return user


@cache
def _hashed() -> str:
    return passwords.hash_password(PASSWORD)

"""What commands of all rooms share: settings, and an opened database.

A command asks for the database by name::

    @group.command("list")
    @with_database
    def list_people(database: Database) -> None: ...
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click
from sqlalchemy.orm import Session

from schema.problem import refuse
from schema.store.database import Database
from schema.store.migrate import check, current
from schema.store.models import Project
from schema.store.projects import find_project
from webapp import scratch
from webapp.opening import open_database, upgrade
from webapp.restoring import refuse_unfinished
from webapp.settings import Settings, from_environment

Given = ParamSpec("Given")
Result = TypeVar("Result")


def settings(*, make: bool = True) -> Settings:
    """Return the settings of this environment; without ``make`` nothing is created.

    Raises Refused where they do not do, and while a restore is under way (BAK-021).
    """
    found = from_environment(os.environ, make=make)
    refuse_unfinished(found)
    return found


@contextmanager
def opened(found: Settings) -> Iterator[Database]:
    """Open the database; an empty one is prepared, one from another version of Tandem is refused."""
    database = open_database(found)
    try:
        prepare(database, found)
        with scratch.used(found):
            yield database
    finally:
        database.dispose()


def prepare(database: Database, found: Settings) -> None:
    """Bring an empty database to the present shape. Raises Refused for one that is behind or ahead."""
    if current(database) is None:
        upgrade(database, found)
    check(database)


def with_database(
    command: Callable[Concatenate[Database, Given], Result],
) -> Callable[Given, Result]:
    """Open the database for a command, which gets it as its first argument."""

    @functools.wraps(command)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with opened(settings()) as database:
            return command(database, *args, **kwargs)

    return run


def with_installation(
    command: Callable[Concatenate[Database, Settings, Given], Result],
) -> Callable[Given, Result]:
    """Open the database for a command, which gets it and the settings as its first arguments."""

    @functools.wraps(command)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        found = settings()
        with opened(found) as database:
            return command(database, found, *args, **kwargs)

    return run


def project_called(session: Session, key: str, code: str) -> Project:
    """The project with a short name. Raises ``Refused``, under the command's own code, where there is none."""
    project = find_project(session, key)
    if project is None:
        raise refuse(code, f"There is no project “{key}”.", "List them with: tandem project list")
    return project


def read_text(path: Path) -> str:
    """Return the text of a file a person named. Raises click.UsageError (exit code 2) where it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} cannot be read: {error}") from error

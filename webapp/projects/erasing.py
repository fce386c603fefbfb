"""Erasing a case or a project, with its files: what the page and the command do alike."""

from __future__ import annotations

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import Refused, refuse
from schema.store.database import Database
from schema.store.erasing import Erased, erase_case, erase_project
from schema.store.privileges import is_owner
from schema.store.projects import find_project
from webapp.opening import as_owner
from webapp.settings import Settings
from webapp.shelves import DOCUMENTS, EXPORTS, shelf_of

CASE, PROJECT = "case", "project"


def erase(
    database: Database, settings: Settings, actor: Actor, key: str, what: str, typed: str, reason: str
) -> tuple[Erased, tuple[str, ...]]:
    """Erase a case of the project (``typed`` is its reference) or the project itself (``typed`` is its short name again).

    When this returns, rows and files are gone and the database holds no remains of them; the second part says where files still
    are, because the place of files does not answer. Raises ``Refused`` as
    :mod:`schema.store.erasing` does, ERASE-004 where the short name was typed wrongly, ERASE-005 for an unknown project,
    ERASE-007 (409) where the database is used as a role that cannot erase, and the owner is not known here.
    """
    with as_owner(database, settings) as owner:
        erased = _erased(owner, actor, key, what, typed, reason)
        owner.purge()
    return erased, _remove(settings, erased)


def may_erase(session: Session, settings: Settings) -> bool:
    """Whether what runs here can erase: as the owner of the tables, or because it knows how to become the owner."""
    return bool(settings.database_owner_url) or is_owner(session)


def _erased(database: Database, actor: Actor, key: str, what: str, typed: str, reason: str) -> Erased:
    with database.writing() as session:
        if not is_owner(session):
            raise refuse(
                "ERASE-007",
                "Tandem uses the database as a role that cannot erase.",
                f"Whoever runs it gives, with TANDEM_DATABASE_OWNER_URL set: tandem project erase {key} [--case REFERENCE] --reason …",
                status=409,
            )
        project = find_project(session, key)
        if project is None:
            raise refuse(
                "ERASE-005", f"There is no project “{key}”.", "See `tandem project list`.", status=404
            )
        if what == CASE:
            return erase_case(session, actor, project, typed.strip(), reason)
        if typed.strip() != project.key:
            raise refuse(
                "ERASE-004",
                "This is not the short name of the project.",
                f"Type {project.key} if this is the project to erase.",
                where="typed",
            )
        return erase_project(session, actor, project, reason)


def _remove(settings: Settings, erased: Erased) -> tuple[str, ...]:
    """Take the files away; gives where those still are that could not be, because their shelf does not answer."""
    for sha256 in erased.reports:
        for picture in settings.pictures_dir.glob(f"{sha256}-*"):
            picture.unlink(missing_ok=True)
    left = []
    for kind, names in ((DOCUMENTS, erased.documents), (EXPORTS, erased.exports)):
        shelf = shelf_of(settings, kind)
        for name in names:
            try:
                shelf.remove(name)
            except Refused:
                left.append(shelf.address(name))
    return tuple(left)

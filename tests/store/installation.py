"""An installation with work in it, for tests of what happens to all of it at once: backups, moves, the doctor."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, text

from schema.store.audit_keys import keyring
from schema.store.comparisons import sign_off
from schema.store.database import Database, utc_now
from schema.store.models import Audit, ExportFile, Project, Setting, Throttle, User, WebSession
from schema.store.people import issue_reset_code, start_session
from schema.store.running import WORKER_SEEN
from tests.store.double_coding import SYSTEM, Study, act, build_study, differing, settle
from webapp.opening import open_database
from webapp.settings import Settings

SECRET = "a key of this installation, long enough: 0123456789"
EXPORT = b"PK a workbook \x00\xff" * 50


def settings_for(database: Database, folder: Path, **others: object) -> Settings:
    """Settings of an installation on this database, with a data folder of its own."""
    folder.mkdir(mode=0o700, exist_ok=True)
    made = Settings(
        database_url=database.url.render_as_string(hide_password=False), secret_key=SECRET, data_dir=folder
    )
    return dataclasses.replace(made, **others)  # type: ignore[arg-type]


def keyed(database: Database, folder: Path) -> Database:
    """The same database, opened as an installation opens it: with the keys of its audit trail."""
    database.dispose()
    return open_database(settings_for(database, folder))


def fill(database: Database, folder: Path) -> Study:
    """One case signed off, one open, a session, a one-time code, counted guesses, and an exported file."""
    study = build_study(database)
    comparison = differing(study)
    settle(study, comparison)
    act(study, sign_off, comparison)
    differing(study)
    (folder / "exports").mkdir(mode=0o700)
    (folder / "exports" / "0123abcd.xlsx").write_bytes(EXPORT)
    with database.writing() as session:
        amara = session.get_one(User, study.users["amara"])
        issue_reset_code(session, SYSTEM, session.get_one(User, study.users["ben"]))
        start_session(session, amara, timedelta(hours=1))
        moment = utc_now()
        session.add(Throttle(subject_hash="0" * 64, failures=3, open_at=moment, last_at=moment))
        session.add(Setting(key=WORKER_SEEN, value=moment.isoformat()))
        session.execute(insert(ExportFile).values(**_export(session.scalar(select(Project.id)), amara.id)))
    return study


def counts(database: Database) -> dict[str, int]:
    """How many of what must not come back there is, and of what must."""
    with database.reading() as session:
        codes = select(func.count()).select_from(User).where(User.reset_code_hash.is_not(None))
        found = {"codes": session.scalar(codes) or 0}
        for name, model in (
            ("sessions", WebSession),
            ("guesses", Throttle),
            ("acts", Audit),
            ("people", User),
        ):
            found[name] = session.scalar(select(func.count()).select_from(model)) or 0
        return found


def forge(database: Database, statement: str) -> None:
    """Run a statement with the owner's rights, past every rule of the application."""
    with database.altering() as connection:
        connection.execute(text(statement))


def keys() -> object:
    """The keys of the installation."""
    return keyring(SECRET)


def _export(project_id: str | None, user_id: str) -> dict[str, object]:
    return {
        "id": "e" * 16,
        "project_id": project_id,
        "file_name": "pilot-master.xlsx",
        "stored_name": "0123abcd.xlsx",
        "size": len(EXPORT),
        "sha256": "0" * 64,
        "content_hash": "0" * 64,
        "cases": 1,
        "created_at": utc_now(),
        "created_by": user_id,
    }

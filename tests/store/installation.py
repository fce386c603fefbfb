"""An installation with work in it, for tests of what happens to all of it at once: backups, moves, the doctor."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, text, update

from schema.store.audit_keys import keyring
from schema.store.comparisons import sign_off
from schema.store.database import Database, new_id, utc_now
from schema.store.entries import save_document
from schema.store.models import (
    Assignment,
    Audit,
    Case,
    Comparison,
    Entry,
    ExportFile,
    Project,
    Setting,
    Throttle,
    User,
    WebSession,
)
from schema.store.people import issue_reset_code, start_session
from schema.store.projects import add_member
from schema.store.repeat_schedules import Terms, give_round, set_schedule
from schema.store.running import WORKER_SEEN
from schema.store.submission import submit_entry
from schema.store.templates import compiled_for
from tests.store.double_coding import SYSTEM, Study, act, build_study, differing, entry, settle
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
    """One case signed off and coded again, by a schedule that goes on, one open, a session, a one-time code, counted guesses, an exported file."""
    study = build_study(database)
    comparison = differing(study)
    settle(study, comparison)
    act(study, sign_off, comparison)
    _coded_again(study)
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


def _coded_again(study: Study) -> None:
    """Amara, for whom a schedule was set, has coded the one case a second time: the same but for the area."""
    with study.writing() as session:
        project, amara = (
            session.get_one(Project, study.project_id),
            session.get_one(User, study.users["amara"]),
        )
        add_member(session, SYSTEM, project, amara, "coder")
        case = session.scalars(select(Case)).one()
        session.add(
            Assignment(
                id=new_id(session),
                case_id=case.id,
                part="coder_1",
                user_id=amara.id,
                assigned_at=utc_now(),
            )
        )
        session.execute(update(Comparison).values(signed_off_at=utc_now() - timedelta(days=2)))
        terms = Terms(amara.id, number=1, days=1, seed=7, next_day=utc_now().date(), every_weeks=4)
        schedule = set_schedule(session, study.actor("carol"), project, terms)
        give_round(session, study.actor("carol"), schedule)
    with study.writing() as session:
        again = session.scalars(select(Entry).where(Entry.repeats)).one()
        save_document(session, study.actor("amara"), again, entry({"area": "Elsewhere"}))
        again = session.get_one(Entry, again.id, populate_existing=True)
        submit_entry(session, study.actor("amara"), again, compiled_for(session, again))


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
        "sha256": hashlib.sha256(EXPORT).hexdigest(),
        "content_hash": "0" * 64,
        "cases": 1,
        "created_at": utc_now(),
        "created_by": user_id,
    }

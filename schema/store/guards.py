"""The triggers by which the database itself keeps rows as they were written, and whether all of them are there.

Whoever owns the database can take a trigger away. What they then change in the audit trail is seen by its chain
(:mod:`schema.store.audit_verify`); that the way was open is seen here: by servers and workers, which do not start, and by the doctor.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from schema.problem import refuse
from schema.store.database import Database

APPEND_ONLY = (
    "audit",
    "case_knowledge",
    "entry_change",
    "frame_act",
    "frame_version",
    "pilot_choice",
    "pilot_decision",
    "shared_release",
    "snapshot",
    "unblinding",
)
#: Others that keep rows, with what they keep.
KEEPING: Mapping[str, str] = {
    "assignment_blind": "assignment",
    "assignment_kept": "assignment",
    "template_version_frozen": "template_version",
    "template_version_kept": "template_version",
    "user_account_administrator": "user_account",
}
#: How the migrations name the triggers of an append-only table.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "sqlite": ("_no_delete", "_no_update"),
    "postgresql": ("_append_only",),
}
IN_PLACE: Mapping[str, str] = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND pg_table_is_visible(tgrelid)"
    ),
}


def guards(dialect: str) -> dict[str, str]:
    """The name of every trigger that keeps rows, with its table."""
    append_only = {f"{table}{ending}": table for table in APPEND_ONLY for ending in ENDINGS[dialect]}
    return {**append_only, **KEEPING}


def missing(session: Session) -> list[str]:
    """The tables of which a trigger is gone or switched off, in order; empty where all is well."""
    dialect = session.get_bind().dialect.name
    found = set(session.scalars(text(IN_PLACE[dialect])))
    return sorted({table for name, table in guards(dialect).items() if name not in found})


def require(database: Database) -> None:
    """Raise Refused (DB-003) where a trigger that keeps rows is not there."""
    with database.reading() as session:
        tables = missing(session)
    if tables:
        raise refuse(
            "DB-003",
            f"Triggers that keep rows as they were written are gone from: {', '.join(tables)}.",
            "Somebody with rights on the database took them away. Follow the trail with “tandem audit verify”, then restore a backup: "
            "a restored database has all of them.",
            status=409,
        )

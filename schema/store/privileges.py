"""What the role that serves may do on PostgreSQL, where the tables belong to another one.

An installation may name the owner of its tables apart. The owner upgrades, restores and erases; the role that serves owns nothing
and cannot change, remove or empty what is append-only, nor take the triggers away that keep it: PostgreSQL refuses it before any trigger
is asked. Nor can it remove a case, an assignment, an entry, a decision or an account, which Tandem never does. Where one role does both, as without any setting, nothing of this applies and triggers alone keep the rows.

Triggers run with the rights of whoever made the change. Those that keep the state of a case write ``study_case``, which the role that
serves may write, so no function needs the owner's rights (SECURITY DEFINER), which would be a way past all this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from schema.problem import refuse
from schema.store.database import Database
from schema.store.guards import APPEND_ONLY
from schema.store.migrate import REACHED, answering

#: The privileges of PostgreSQL on a table ("r") or a sequence ("S") that matter here.
POSSIBLE = {
    "r": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"),
    "S": ("USAGE", "UPDATE"),
}
#: The tables of which Tandem removes rows while it serves; in all others it ends or supersedes them, and only erasing removes any.
REMOVED_FROM = frozenset(
    {
        "agreement_count",
        "discrepancy",
        "recovery_code",
        "report_file",
        "report_page",
        "report_suggestion",
        "row_pair",
        "setting",
        "throttle",
        "two_step",
        "web_session",
    }
)
REMEDY = (
    "Run tandem db upgrade with TANDEM_DATABASE_OWNER_URL set; what it cannot take away, take away as a superuser. See docs/deploying.md, "
    "An owner apart."
)

#: What belongs to the installation, which has its schema to itself but for extensions: tables, and the sequences that number their rows.
OURS = """FROM pg_class AS held WHERE held.relnamespace = current_schema()::regnamespace AND held.relkind IN ('r', 'S')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = held.oid AND deptype = 'e')"""
NAMED = text(f"SELECT held.relkind::text AS kind, held.relname::text AS name {OURS} ORDER BY 1, 2")
USES = text("SELECT has_schema_privilege(CAST(:role AS name), current_schema()::regnamespace, 'USAGE')")
#: A privilege on one column counts as held (``some``), and does not do where the whole is needed (``whole``).
HELD = text(
    f"""SELECT held.relname::text AS name, held.relkind::text AS kind, wanted.privilege,
    CASE WHEN held.relkind = 'S' THEN has_sequence_privilege(CAST(:role AS name), held.oid, wanted.privilege)
         ELSE has_table_privilege(CAST(:role AS name), held.oid, wanted.privilege) END AS whole,
    CASE WHEN held.relkind = 'r' AND wanted.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
         THEN has_any_column_privilege(CAST(:role AS name), held.oid, wanted.privilege) ELSE false END AS some
    FROM (SELECT held.oid, held.relname, held.relkind {OURS}) AS held JOIN (VALUES
    {", ".join(f"('{kind}', '{one}')" for kind, all_of_it in POSSIBLE.items() for one in all_of_it)}
    ) AS wanted (kind, privilege) ON wanted.kind = held.relkind::text ORDER BY 1"""  # noqa: S608 - made of the constants above
)
#: Whoever owns the database or the schema can drop what is in it; whoever owns a function of a trigger can drop both.
OWNED = text(
    """SELECT what FROM (
    SELECT 'the database', datdba FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'the schema ' || nspname, nspowner FROM pg_namespace WHERE oid = current_schema()::regnamespace
    UNION ALL SELECT 'the table ' || relname, relowner FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    UNION ALL SELECT 'the function ' || proname, proowner FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    ) AS things (what, owner) WHERE pg_has_role(CAST(:role AS name), owner, 'MEMBER') ORDER BY what"""
)
OWNS = text(
    "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('audit')"
)
#: Whoever is a member of another role can do what that one can, at once or by SET ROLE; owners of a database are told of below.
POWERS = text(
    """SELECT rolsuper, rolcreaterole, ARRAY(SELECT rolname::text FROM pg_roles AS other
    WHERE other.oid <> held.oid AND rolname <> 'pg_database_owner' AND pg_has_role(held.oid, other.oid, 'MEMBER') ORDER BY 1) AS joined
    FROM pg_roles AS held WHERE rolname = CAST(:role AS name)"""
)
#: Whoever makes a table of the same name, in the session's own schema or in one that is searched before, hides ours from the triggers.
MAKES = text(
    """SELECT has_schema_privilege(CAST(:role AS name), current_schema()::regnamespace, 'CREATE') AS anything,
    has_database_privilege(CAST(:role AS name), current_database(), 'CREATE') AS schemas,
    has_database_privilege(CAST(:role AS name), current_database(), 'TEMPORARY') AS temporary"""
)


@dataclass(frozen=True, slots=True)
class Role:
    """A role of PostgreSQL, and the schema in which it finds its tables; none where it may not use any."""

    name: str
    schema: str | None


def due(kind: str, name: str) -> tuple[str, ...]:
    """The privileges that the role that serves has on a table ("r") or sequence ("S") of this name, and no others."""
    if kind == "S":
        return ("USAGE",)
    if name == REACHED:
        return ("SELECT",)
    if name in APPEND_ONLY:
        return ("SELECT", "INSERT")
    return (
        ("SELECT", "INSERT", "UPDATE", "DELETE") if name in REMOVED_FROM else ("SELECT", "INSERT", "UPDATE")
    )


def role_of(database: Database) -> Role:
    """Whom the database is used as. Raises Refused (SET-014) where it does not answer."""
    with answering(), database.reading() as session:
        return Role(*session.execute(text("SELECT current_user::text, current_schema()::text")).one())


def is_owner(session: Session) -> bool:
    """Whether whoever uses the session may let go of what is append-only: on SQLite always, on PostgreSQL the owner of the trail."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(session.scalar(OWNS))


def give(connection: Connection, role: Role) -> None:
    """Set the privileges of the role that serves, inside the owner's transaction, to what is due: no less and no more.

    Raises Refused: DB-005 where the role cannot be given any, DB-004 where it keeps more than is due, which it then has by itself, from
    another role or from PUBLIC.
    """
    schema = connection.scalar(text("SELECT current_schema()::text"))
    _refuse_elsewhere(connection, role, str(schema))
    quote = connection.dialect.identifier_preparer.quote
    to = quote(role.name)
    if not connection.scalar(USES, {"role": role.name}):
        connection.execute(text(f"GRANT USAGE ON SCHEMA {quote(str(schema))} TO {to}"))
    for kind, name in connection.execute(NAMED).all():
        what = f"{'SEQUENCE' if kind == 'S' else 'TABLE'} {quote(name)}"
        connection.execute(text(f"REVOKE ALL ON {what} FROM {to}"))
        connection.execute(text(f"GRANT {', '.join(due(kind, name))} ON {what} TO {to}"))
    _refuse_wrong(role.name, wrong(connection, role.name))


def wrong(connection: Connection, role: str) -> list[str]:
    """What the role that serves is, owns, may do and should not, or may not do and should, in words; empty where all is as it should be.

    First what gives it everything else.
    """
    return (
        list(_powers(connection, role))
        or list(_owned(connection, role))
        or [*_making(connection, role), *_differing(connection, role)]
    )


def require(database: Database, *, apart: bool) -> None:
    """Raise Refused (DB-004) where the owner is ``apart``, or seen not to serve, and the privileges of the role that serves are not what is due."""
    if database.dialect == "sqlite":
        return
    with database.reading() as session:
        if not apart and is_owner(session):
            return
        role = str(session.scalar(text("SELECT current_user::text")))
        _refuse_wrong(role, wrong(session.connection(), role))


def _refuse_wrong(role: str, found: list[str]) -> None:
    if found:
        raise refuse("DB-004", f"The role {role}, which serves, {'; '.join(found)}.", REMEDY, status=409)


def _refuse_elsewhere(connection: Connection, role: Role, schema: str) -> None:
    known = text("SELECT count(*) FROM pg_roles WHERE rolname = :name")
    if not connection.scalar(known, {"name": role.name}):
        raise refuse(
            "DB-005",
            f"The role {role.name}, which serves, is not known where the owner's address leads.",
            "TANDEM_DATABASE_URL and TANDEM_DATABASE_OWNER_URL lead to one database, each by a role of its own.",
            status=409,
        )
    if role.schema not in (None, schema):
        raise refuse(
            "DB-005",
            f"The role {role.name}, which serves, looks for its tables in the schema {role.schema}, their owner in {schema}.",
            "Set search_path alike for both, with ALTER ROLE … SET search_path.",
            status=409,
        )


def _powers(connection: Connection, role: str) -> Iterator[str]:
    held = connection.execute(POWERS, {"role": role}).one()
    if held.rolsuper:
        yield "is a superuser, to whom nothing is refused"
        return
    if held.rolcreaterole:
        yield "may make roles and their members (CREATEROLE)"
    if held.joined:
        yield f"is a member of {', '.join(held.joined)}"


def _owned(connection: Connection, role: str) -> Iterator[str]:
    owned = list(connection.scalars(OWNED, {"role": role}))
    if owned:
        more = f" and {len(owned) - 1} more" if len(owned) > 1 else ""
        yield f"owns {owned[0]}{more}, itself or by another role"


def _making(connection: Connection, role: str) -> Iterator[str]:
    may = connection.execute(MAKES, {"role": role}).one()
    if may.anything:
        yield "may make tables and functions in the schema (CREATE)"
    if may.schemas:
        yield "may make schemas in the database (CREATE)"
    if may.temporary:
        yield "may make temporary tables in the database (TEMPORARY)"


def _differing(connection: Connection, role: str) -> Iterator[str]:
    rows = connection.execute(HELD, {"role": role}).all()
    for (name, kind), held in groupby(rows, key=lambda row: (row.name, row.kind)):
        wanted, found = due(kind, name), {row.privilege: row for row in held}
        more = [one for one in POSSIBLE[kind] if one not in wanted and (found[one].whole or found[one].some)]
        less = [one for one in wanted if not found[one].whole]
        yield from _said("may", more, name)
        yield from _said("may not", less, name)


def _said(verb: str, privileges: Iterable[str], name: str) -> Iterator[str]:
    listed = ", ".join(privileges)
    if listed:
        yield f"{verb} {listed} on {name}"

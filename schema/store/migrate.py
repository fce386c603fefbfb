"""Brings a database to the shape this version of Tandem works on, and says whether it has it.

A run is one transaction on both databases: a step that fails leaves the database as it was. Alembic is loaded where a step is
taken, not where the present one is asked for: a server whose database is as it should be starts without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from schema.problem import refuse
from schema.store.database import OVERFLOW, POOL_SIZE, Database

MIGRATIONS = Path(__file__).parent / "migrations"
REACHED = "alembic_version"  # the table in which Alembic notes the last step
ONE_AT_A_TIME = 7_264_323_601  # any number that no other program uses: PostgreSQL's advisory lock
DENIED = (
    "42501",
    "3F000",
)  # PostgreSQL's states for a privilege that is lacking, and for a schema that may not be used


def head(migrations: Path = MIGRATIONS) -> str:
    """Return the name of the last step, for instance ``0001``."""
    return max(_steps(migrations))


def current(database: Database) -> str | None:
    """Return the last step this database has been through, or None for an empty one.

    This is the first thing that is asked of a database. Raises Refused (SET-014) where it does not answer, DB-006 where it may not be read.
    """
    with answering(), database.reading() as session:
        return reached(session.connection())


#: What to do where a database does not answer; and where nobody vouches for its certificate: the OpenSSL that psycopg brings along knows no authority
#: of this machine, so that sslrootcert=system finds none.
ADDRESS = (
    "Check its address (TANDEM_DATABASE_URL and TANDEM_DATABASE_OWNER_URL, or what the command was given), "
    "and that it is there and may be used."
)
AUTHORITY = (
    "Name in sslrootcert the file with the authority that vouches for its certificate; those of the system are in "
    "/etc/ssl/certs/ca-certificates.crt on Debian, and not found by sslrootcert=system."
)
CONNECTIONS = (
    "It is there, and no connection is free: try again in a moment. Where it lasts, raise max_connections, or the limit of the role or the database: "
    f"each process of Tandem takes up to {POOL_SIZE + OVERFLOW}."
)
#: What PostgreSQL says then, in the language in which it says it by default: before it is connected to it gives no state.
NO_CONNECTION = ("too many clients", "remaining connection slots", "too many connections")


DAMAGED = "Keep the file as it is, and restore the latest backup: docs/backups.md, Restoring."


def is_damaged(error: DBAPIError) -> bool:
    """Whether SQLite says that what it reads is damaged, or is no database at all."""
    return any(
        words in str(error.orig) for words in ("malformed", "not a database", "unsupported file format")
    )


@contextmanager
def answering() -> Iterator[None]:
    """Turn a database that does not answer into Refused (SET-014), a damaged file (DB-008), and one that does not let this role ask (DB-006)."""
    try:
        with allowed():
            yield
    except DBAPIError as error:
        if is_damaged(error):
            said = f"The file of the database is damaged, or none: {_said(error)}."
            raise refuse("DB-008", said, DAMAGED, status=409) from error
        raise refuse(
            "SET-014",
            f"The database does not answer: {_said(error)}.",
            _advice(str(error.orig)),
            status=503,
        ) from error


@contextmanager
def allowed() -> Iterator[None]:
    """Turn what PostgreSQL does not let this role do into Refused (DB-006)."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in DENIED:
            raise
        raise refuse(
            "DB-006",
            f"The database does not let this role do what has to be done: {_said(error)}.",
            "Only the owner of its tables can: set TANDEM_DATABASE_OWNER_URL where that is another role. A role that is to serve is given what is due "
            "to it by tandem db upgrade. See docs/deploying.md, An owner apart.",
            status=409,
        ) from error


def _advice(said: str) -> str:
    if "certificate verify failed" in said:
        return AUTHORITY
    return CONNECTIONS if any(words in said for words in NO_CONNECTION) else ADDRESS


def _said(error: DBAPIError) -> str:
    return str(error.orig).partition("\n")[0]


def upgrade(database: Database, migrations: Path = MIGRATIONS) -> None:
    """Take the database through all steps that it lacks; two servers starting at once do it one after the other.

    Raises Refused where the database is from a later version of Tandem.
    """
    with database.altering() as connection:
        apply(connection, migrations=migrations)


def apply(connection: Connection, step: str = "head", migrations: Path = MIGRATIONS) -> None:
    """Take a database through its steps up to ``step``, inside the transaction that the connection is in.

    Raises Refused where the database, or the step, is from a later version of Tandem.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    refuse_unknown(reached(connection), migrations)
    if step != "head":
        refuse_unknown(step, migrations)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, step)


def check(database: Database) -> None:
    """Raise Refused unless the database has been through all steps."""
    step = current(database)
    if step == head():
        return
    refuse_unknown(step, MIGRATIONS)
    raise refuse(
        "DB-001",
        "The database is empty."
        if step is None
        else f"The database is at step {step}, Tandem needs {head()}.",
        "Run: tandem db upgrade",
        status=409,
    )


def reached(connection: Connection) -> str | None:
    """Return the last step that the database behind a connection has been through, or None for an empty one."""
    if not inspect(connection).has_table(REACHED):
        return None
    step: str | None = connection.scalar(text(f"SELECT version_num FROM {REACHED}"))  # noqa: S608 - Alembic's own table
    return step


def is_known(step: str, migrations: Path = MIGRATIONS) -> bool:
    """Whether this version of Tandem knows a step."""
    return step in _steps(migrations)


def refuse_unknown(step: str | None, migrations: Path = MIGRATIONS) -> None:
    """Raise Refused (DB-002) for a step that this version of Tandem does not know."""
    if step is not None and not is_known(step, migrations):
        raise refuse(
            "DB-002",
            f"The database is at step {step}, which this version of Tandem does not know.",
            "It was last used by a later version: install that one, or restore a backup from before.",
            status=409,
        )


def _steps(migrations: Path) -> set[str]:
    """The names of all steps: the number before each file's own name."""
    return {path.stem.partition("_")[0] for path in (migrations / "versions").glob("[0-9]*.py")}

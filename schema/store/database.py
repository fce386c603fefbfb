"""Opens the database and hands out sessions: SQLite by default, PostgreSQL for teams.

SQLite's driver is kept from beginning transactions by itself (it would begin them too late): a reading session begins DEFERRED, a writing
one IMMEDIATE, so that no writer finds out at the end that it read too early.
"""

from __future__ import annotations

import copy
import os
import secrets
import string
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from schema.problem import refuse
from schema.store.audit_keys import UNKEYED, Keyring
from schema.store.outages import Undecided
from schema.store.queue import WriteQueue
from schema.store.silence import PATIENCE, end_silence
from schema.store.write_log import FOLD_AT, WriteLog

ALPHABET = string.ascii_lowercase + string.digits
ID_LENGTH = 16
#: How many ids there are: letters and digits in all places but the last.
IDS = len(ALPHABET) ** (ID_LENGTH - 1) * 10
BUSY_MILLISECONDS = 15_000
CONNECT_SECONDS = 5
POOL_SECONDS = 15
POOL_SIZE, OVERFLOW = 10, 30
#: Notices within half a minute that the machine of PostgreSQL is gone without a goodbye; without it a save waits for a quarter of an hour.
ALIVE = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # milliseconds
}
#: An execution option of every transaction: whether it is one of "reading" or of "writing".
BEGIN = "tandem_begin"
GIVE = "Give sqlite:////path/to/file or postgresql://user@host/name; in names and passwords write @ as %40, : as %3A, / as %2F, ? as %3F and % as %25."

PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",  # on macOS, where fsync ends at the disk's own cache; elsewhere nothing comes of these two
    "PRAGMA checkpoint_fullfsync=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # or INSERT OR REPLACE walks through the append-only triggers
    "PRAGMA secure_delete=ON",
    f"PRAGMA journal_size_limit={FOLD_AT}",  # a log that grew beside a reader gives its room back when it is written over
)


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def random_id() -> str:
    """Return 16 random characters [a-z0-9], the last a digit: nobody can guess or count up an address, and none is a word.

    Drawn as one number: a list that is imported needs ten thousand, and drawing each character took a sixth of the whole.
    """
    rest, last = divmod(secrets.randbelow(IDS), 10)
    letters = []
    for _ in range(ID_LENGTH - 1):
        rest, one = divmod(rest, len(ALPHABET))
        letters.append(ALPHABET[one])
    return "".join(letters) + str(last)


def now(session: Session) -> datetime:
    """Return the present moment (aware UTC) by the clock of the session's database."""
    moment: datetime = session.info["clock"]()
    return moment


def shared_now(session: Session) -> datetime:
    """Return the present moment (aware UTC) by the one clock of all machines: PostgreSQL's own; where the database is a file, this machine's.

    For whoever compares with what another machine has noted.
    """
    if session.get_bind().dialect.name != "postgresql":
        return now(session)
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment.astimezone(UTC)


def new_id(session: Session) -> str:
    """Return a fresh public id from the session's database."""
    fresh: str = session.info["new_id"]()
    return fresh


class Database:
    """One database, from its address.

    ``clock`` and ``new_id`` can be set from outside so that a sample study comes out the same every time;
    ``audit_keys`` seal the audit trail, and everything that opens an installation's database gives its own.
    Raises :class:`~schema.problem.Refused` for an address that is neither a SQLite file nor PostgreSQL.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime] = utc_now,
        new_id: Callable[[], str] = random_id,
        audit_keys: Keyring = UNKEYED,
    ) -> None:
        """Prepare the engine; nothing is connected before the first session, but a SQLite file is created (0600)."""
        self.url = _known(url)
        self.dialect = self.url.get_backend_name()
        path = Path(str(self.url.database)) if self.dialect == "sqlite" else None
        self.engines = _sqlite_engines(self.url) if path else (_postgresql_engine(self.url),)
        self._queue = WriteQueue(Path(f"{path}.lock")) if path else None
        self._log = WriteLog(path) if path else None
        self._reading = self.engines[-1].execution_options(**self._reading_options())
        self._writing = self.engine.execution_options(**{BEGIN: "writing"})
        self._info: dict[Any, Any] = {
            "clock": clock,
            "new_id": new_id,
            "audit_keys": audit_keys,
            "template_sources": {},  # one for all sessions: see schema.store.templates.compiled
            "masters": {},  # the same: see schema.store.consensus.master_of
        }

    @property
    def engine(self) -> Engine:
        """The engine that writes; on SQLite another one reads."""
        return self.engines[0]

    def answering_within(self, seconds: float) -> Database:
        """Give the same database for those whom somebody waits for: a PostgreSQL that says nothing for so long is taken for gone.

        Long work has no such limit, nor have SQLite's files, whose writers wait in a queue with one of its own.
        """
        hurried, limit = copy.copy(self), {PATIENCE: seconds}
        vars(hurried)["_reading"] = self._reading.execution_options(**limit)
        vars(hurried)["_writing"] = self._writing.execution_options(**limit)
        return hurried

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one moment of the database and cannot write to it."""
        with Session(self._reading, info=dict(self._info), expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that is committed at the end of the block, and rolled back where the block raises.

        Raises :class:`~schema.store.outages.Undecided` where the connection broke before the commit was confirmed.
        """
        with self._turn():
            with Session(self._writing, info=dict(self._info), expire_on_commit=False) as session:
                yield session
                _commit(session)
            if self._log is not None:
                self._log.keep_small()

    @contextmanager
    def altering(self) -> Iterator[Connection]:
        """Give a connection for one migration run: a writing transaction, foreign keys checked at its end.

        SQLite rebuilds a table to alter it, which enforced foreign keys would forbid.
        """
        with self._turn(), self.engine.connect() as connection:
            if self.dialect == "sqlite":
                _run(connection, "PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    if (
                        self.dialect == "sqlite"
                        and connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    ):
                        raise RuntimeError("a migration left rows that point at nothing")
            finally:
                if self.dialect == "sqlite":
                    _run(connection, "PRAGMA foreign_keys=ON")

    def dispose(self) -> None:
        """Close all connections."""
        for engine in self.engines:
            engine.dispose()
        if self._queue is not None:
            self._queue.close()

    def purge(self) -> None:
        """Let nothing that was deleted lie about: SQLite writes zeros over it and empties its log, PostgreSQL gives up dead rows.

        Not inside a transaction. On PostgreSQL its own logs and backups keep what they hold until they are rotated.
        """
        with self._turn(), self.engine.connect() as connection:
            if self.dialect == "sqlite":
                _run(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")

    def _reading_options(self) -> dict[str, object]:
        """READ COMMITTED would show each statement another moment; SQLite shows one in any case."""
        if self.dialect == "sqlite":
            return {BEGIN: "reading"}
        return {BEGIN: "reading", "postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}

    def _turn(self) -> AbstractContextManager[None]:
        return nullcontext() if self._queue is None else self._queue.turn()


def sqlite_address(path: Path) -> str:
    """The address of a SQLite file, whatever letters are in its name."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def sqlite_file(address: str) -> Path | None:
    """The file that an address of SQLite leads to; None for PostgreSQL. Raises Refused (SET-010, SET-011) for any other."""
    url = _known(address)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _known(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # its message would print the address, and with it a password
        raise refuse("SET-010", "This is not the address of a database.", GIVE) from None
    if "@" in (url.host or ""):  # the rest of a password, which would be printed as a name that is not found
        raise refuse("SET-010", "This is not the address of a database.", GIVE)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise refuse(
            "SET-010",
            f"Tandem does not know the database {url.get_backend_name()!r}.",
            GIVE,
        )
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise refuse("SET-011", "A SQLite database needs a file.", "Give sqlite:////path/to/tandem.sqlite3.")
    return url


def _sqlite_engines(url: URL) -> tuple[Engine, Engine]:
    """One engine that writes, and one whose connections cannot.

    A connection that is told now to write and now not to forgets each time what it has prepared, and would parse every statement of every
    request anew; and one that alone writes keeps the pages that it has read.
    """
    path = Path(str(url.database))
    refuse_lone_log(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(
            os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        )  # its -wal and -shm files take over these rights
    except OSError as error:
        raise refuse(
            "SET-012", f"{path} cannot be written: {error.strerror}.", "Choose another place."
        ) from error
    writes = _sqlite_engine(url, "BEGIN IMMEDIATE", PRAGMAS)
    return writes, _sqlite_engine(url, "BEGIN", (*PRAGMAS, "PRAGMA query_only=ON"))


def refuse_lone_log(path: Path) -> None:
    """Raise Refused (SET-048) where a log lies without its database: SQLite would throw it away, with what was acknowledged since the last checkpoint."""
    log = Path(f"{path}-wal")
    if not path.exists() and log.is_file() and log.stat().st_size:
        raise refuse(
            "SET-048",
            f"{path} is not there, but its log is ({log.name}), with what was saved last.",
            "Put the database back beside its log; where it is another one that is to begin here, move the log away first.",
        )


def _sqlite_engine(url: URL, how: str, pragmas: Sequence[str]) -> Engine:
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in pragmas:
            connection.execute(pragma)

    def begin(dbapi_connection: Any) -> None:
        dbapi_connection.execute(how)

    engine = create_engine(url, pool_size=POOL_SIZE, max_overflow=OVERFLOW, hide_parameters=True)
    event.listen(engine, "connect", prepare)
    # Not by an event of the connection: where anybody listens, SQLAlchemy asks four times around each statement who else does, a tenth of a save.
    engine.dialect.do_begin = begin  # type: ignore[method-assign]
    return engine


def _postgresql_engine(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
            pool_size=POOL_SIZE,
            max_overflow=OVERFLOW,
            pool_timeout=POOL_SECONDS,
            connect_args={name: value for name, value in ALIVE.items() if name not in url.query},
            hide_parameters=True,  # a logged error must not hold answers
        )
    except ModuleNotFoundError as error:
        raise refuse(
            "SET-013", "The driver for PostgreSQL is not installed.", 'Install "tandem[postgres]".'
        ) from error
    end_silence(engine, CONNECT_SECONDS)
    event.listen(engine, "rollback", _commit_reading)
    event.listen(engine, "checkin", _leave_it_to_the_server)
    return engine


def _commit(session: Session) -> None:
    session.flush()  # what fails before the commit was asked for is certainly not saved
    try:
        session.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Undecided from error
        raise


def _commit_reading(connection: Connection) -> None:
    """End what was only read by a commit: with every rollback psycopg forgets what the server has prepared.

    Then the server would parse and plan every statement of every request anew, which takes it longer than running them.
    """
    if connection.invalidated or connection.get_execution_options().get(BEGIN) != "reading":
        return
    driver: Any = connection.connection.dbapi_connection
    with suppress(driver.Error):  # where it broke the rollback that follows says so
        if driver.info.transaction_status.name == "INTRANS":
            driver.commit()


def _leave_it_to_the_server(driver: Any, record: ConnectionPoolEntry) -> None:
    """Ask for no right to write where none was refused: a server that is set to be read-only would give it after all.

    A connection keeps to what was set when it began, so one that may not write is not used again.
    """
    if driver is None or driver.closed:
        return
    if driver.read_only is not None:
        driver.read_only = None
    if driver.info.parameter_status("default_transaction_read_only") == "on":
        record.invalidate()


def _run(connection: Connection, statement: str) -> None:
    """Run a statement below SQLAlchemy, which would begin a transaction for it."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute(statement)

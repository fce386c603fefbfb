"""Ends the waiting for a PostgreSQL that keeps its connections and says nothing: one that is paused, frozen or out of reach behind a relay.

The operating system of such a server goes on confirming what it receives, so no setting of the connection notices. psycopg by itself
would wait for ever, and with it everybody whose save needs that connection.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from sqlalchemy import Connection, Engine, event

#: An execution option: how many seconds a statement may hear nothing; without it there is no limit.
PATIENCE = "tandem_patience"


def end_silence(engine: Engine, at_rest: float) -> None:
    """Let the engine's connections keep to the option ``PATIENCE`` of who uses them, and to ``at_rest`` seconds in the pool.

    In the pool they are asked whether they are still there, which never takes long.
    """
    kind = _impatient(engine.dialect.loaded_dbapi, at_rest)

    def connect(_dialect: object, _record: object, given: Any, named: dict[str, Any]) -> Any:
        return kind.connect(*given, **named)

    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        driver.patience = connection.get_execution_options().get(PATIENCE)

    def rest(driver: Any, _record: object) -> None:
        if driver is not None:
            driver.patience = at_rest

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", rest)


def _impatient(driver: Any, at_rest: float) -> Any:
    """psycopg's connection with a ``patience`` of seconds (``None``: without end); where it runs out, the connection is closed."""

    class Impatient(driver.Connection):  # type: ignore[misc]  # the driver is an extra
        patience: float | None = at_rest

        def wait(self, steps: Any, *args: Any, **kwargs: Any) -> Any:
            if self.patience is None:
                return super().wait(steps, *args, **kwargs)
            return super().wait(self._listening(steps, self.patience), *args, **kwargs)

        def _listening(self, steps: Any, patience: float) -> Generator[Any, Any, Any]:
            until = time.monotonic() + patience
            try:
                wanted = next(steps)
                while True:
                    heard = yield wanted
                    if heard:
                        until = time.monotonic() + patience
                    elif time.monotonic() > until:
                        self.pgconn.finish()
                        raise driver.OperationalError(f"the server said nothing for {patience:g} seconds")
                    wanted = steps.send(heard)
            except StopIteration as done:
                return done.value

    return Impatient

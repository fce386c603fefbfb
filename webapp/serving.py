"""Serves the application with waitress, with one worker thread for long work beside it."""

from __future__ import annotations

import errno
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence

import waitress
from flask import Flask

from schema.problem import Refused, refuse
from schema.store.database import Database
from schema.store.first_start import first_start_code
from webapp import logs, scratch
from webapp.agreement.repeat_rounds import give_due_rounds
from webapp.app import create_app, settle
from webapp.backups.schedule import make_due
from webapp.jobs import Chore, Worker
from webapp.notices.sending import note_deadlines, send_digests
from webapp.overload import Dispatcher
from webapp.reports.operations import drop_pictures
from webapp.settings import Settings

#: What every worker of an installation does besides jobs.
CHORES: Sequence[Chore] = (
    make_due,
    note_deadlines,
    give_due_rounds,
    send_digests,
    scratch.clear,
    drop_pictures,
)
THREADS = 8
LARGEST_BODY = 40 * 1024 * 1024  # waitress reads a body whole before the application can refuse it
CHANNEL_SECONDS = 60
#: Open at a time. With the hundred that waitress allows by itself, a hundred clients that send nothing would keep everybody out;
#: an idle one costs a file descriptor, of which a process has 1,024 by default.
CONNECTIONS = 900

Say = Callable[[str], None]


def serve(settings: Settings, database: Database, say: Say) -> None:
    """Serve until interrupted. ``say`` prints a line: where the pages are and, while there is no account, how to begin.

    Raises Refused (SET-020) where the port is taken.
    """
    if not is_free(settings.host, settings.port):
        raise _taken(settings)
    logs.configure(settings.log)
    app = create_app(settings, database=database)
    worker = Worker(database, settings, CHORES)
    stop_when_asked()
    try:
        worker.start()
        say(f"Tandem is at {address(settings)}")
        _say_how_to_begin(database, settings, say)
        settle()
        run(app, settings)
    except KeyboardInterrupt:
        pass  # asked to end while it began; from then on waitress sees to it
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise _taken(settings) from error  # by a server that began at the same moment
    finally:
        worker.stop()


def run(app: Flask, settings: Settings) -> None:
    """Hand the application to waitress."""
    waitress.serve(
        app,
        host=settings.host,
        port=settings.port,
        _dispatcher=Dispatcher(THREADS),
        ident=None,
        max_request_body_size=LARGEST_BODY,
        channel_timeout=CHANNEL_SECONDS,
        connection_limit=CONNECTIONS,
        # Behind a proxy the application reads its headers, and only then; otherwise they are anybody's word.
        clear_untrusted_proxy_headers=not settings.https,
    )


def _taken(settings: Settings) -> Refused:
    return refuse(
        "SET-020",
        f"Something else listens on {settings.host}:{settings.port} already.",
        "Choose another port with --port or TANDEM_PORT.",
        status=409,
    )


def is_free(host: str, port: int) -> bool:
    """Whether nothing listens on the port yet. Raises Refused (SET-022) where the address or port cannot be used at all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # on Windows this option would let two servers have one port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise refuse(
                "SET-022",
                f"Nothing can listen on {host}:{port}: {error.strerror}.",
                "Use an address of this machine, and a port above 1023; see TANDEM_HOST and TANDEM_PORT.",
            ) from error
    return True


def first_free_port(host: str, port: int, tries: int = 50) -> int:
    """Return the first free port from ``port`` on. Raises Refused (SET-021) where none of ``tries`` is."""
    found = next((one for one in range(port, min(port + tries, 65_536)) if is_free(host, one)), None)
    if found is None:
        raise refuse("SET-021", f"No port from {port} on is free.", "Name one with TANDEM_PORT.", status=409)
    return found


def address(settings: Settings) -> str:
    """Return the address to type into a browser on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound
    return f"http://{host}:{settings.port}"


def stop_when_asked() -> None:
    """End on SIGTERM as on Ctrl-C, so that a service manager lets running work come to its end."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


def _say_how_to_begin(database: Database, settings: Settings, say: Say) -> None:
    with database.writing() as session:
        code = first_start_code(session)
    if code is None:
        return
    # Over HTTPS a proxy stands in front, whose name is not known here; at our own address no cookie would be sent back.
    page = (
        "the page /set-up at the https address of Tandem" if settings.https else f"{address(settings)}/set-up"
    )
    say("Nobody has an account yet. To make the first administrator, open")
    say(f"  {page}")
    say("and type")
    say(f"  code {code}")

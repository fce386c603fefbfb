"""A relay between the application and PostgreSQL, which can break a connection at a chosen moment or stand still."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import URL

#: Closed with this, a connection ends with a reset, as where a firewall forgot it.
RESET = struct.pack("ii", 1, 0)
CHUNK = 65_536
#: The longest that it stands still: whoever would wait for ever gets the answer that the test does not expect.
STILL_SECONDS = 10


class Relay:
    """Listens on the loopback and carries bytes to one server and back, as long as it is not told otherwise.

    ``before``, ``after`` and ``silent_at`` are words of the protocol: the connection that sends them is broken before they reach the
    server, or after the server's answer to them has come and before it is passed on; or nothing is passed on from there, until
    ``go_on``. Each acts once and is then forgotten. ``passing``: how many times any of them is let pass first.
    """

    def __init__(self, url: URL) -> None:
        """Listen; ``url`` is the server's address, by a socket of this machine or by TCP."""
        self._url = url
        self._flows = threading.Event()
        self._flows.set()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: set[socket.socket] = set()
        self.before = self.after = self.silent_at = b""
        self.passing = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The address of the server by way of the relay."""
        port = self._listening.getsockname()[1]
        here = self._url.set(drivername="postgresql+psycopg", host="127.0.0.1", port=port, query={})
        return here.render_as_string(hide_password=False)

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Pass nothing on meanwhile, in neither direction; connections stay, and this machine goes on confirming what it receives."""
        self._flows.clear()
        try:
            yield
        finally:
            self.go_on()

    def go_on(self) -> None:
        """Pass on again what comes, and what has come meanwhile."""
        self._flows.set()

    def close(self) -> None:
        """End the relay and every connection."""
        self._flows.set()
        for one in (self._listening, *self._open):
            _end(one)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self._flows.wait(STILL_SECONDS)
                far = self._connected()
                self._open |= {near, far}
                breaks = threading.Event()
                for flow in (self._send, self._answer):
                    threading.Thread(target=flow, args=(near, far, breaks), daemon=True).start()

    def _connected(self) -> socket.socket:
        folder = str(self._url.query.get("host", ""))
        port = self._url.port or 5432
        if not folder.startswith("/"):
            return socket.create_connection((self._url.host or folder, port))
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(Path(folder) / f".s.PGSQL.{port}"))
        return far

    def _send(self, near: socket.socket, far: socket.socket, breaks: threading.Event) -> None:
        with _ending(near, far):
            while sent := near.recv(CHUNK):
                if self._meets("before", sent):
                    _reset(near)
                    return
                if self._meets("after", sent):
                    breaks.set()
                if self._meets("silent_at", sent):
                    self._flows.clear()
                self._flows.wait(STILL_SECONDS)
                far.sendall(sent)

    def _answer(self, near: socket.socket, far: socket.socket, breaks: threading.Event) -> None:
        with _ending(near, far):
            while sent := far.recv(CHUNK):
                if breaks.is_set():
                    _reset(near)
                    return
                self._flows.wait(STILL_SECONDS)
                near.sendall(sent)

    def _meets(self, name: str, sent: bytes) -> bool:
        """Whether what was sent has the words that were waited for; they are forgotten then."""
        words: bytes = getattr(self, name)
        if not words or words not in sent:
            return False
        if self.passing:
            self.passing -= 1
            return False
        setattr(self, name, b"")
        return True


@contextlib.contextmanager
def _ending(*both: socket.socket) -> Iterator[None]:
    """Where one end has gone, or the block is left, both are closed."""
    try:
        with contextlib.suppress(OSError):
            yield
    finally:
        for one in both:
            _end(one)


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()

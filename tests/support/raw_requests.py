"""Requests that contradict themselves, byte by byte, as no library would send them, and what a server may say to each."""

from __future__ import annotations

import re
import socket

HIDDEN = b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_FORM = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
_LAST = b"Connection: close\r\n\r\n"
#: What is wrong with it: the request, and the statuses that will do. The first four hide a second request in the first.
REQUESTS: dict[str, tuple[bytes, set[int]]] = {
    "two lengths": (_FORM + b"Content-Length: 0\r\nContent-Length: 64\r\n\r\n" + HIDDEN, {400}),
    "a length and chunks": (
        _FORM + b"Content-Length: 69\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        {400},
    ),
    "an unknown way of sending": (
        _FORM + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        {400, 501},
    ),
    "a chunk of less than nothing": (
        _FORM + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + HIDDEN,
        {400},
    ),
    "a length of less than nothing": (_FORM + b"Content-Length: -5\r\n" + _LAST, {400}),
    "a length without end": (_FORM + b"Content-Length: 99999999999\r\n" + _LAST + b"x", {413}),
    "another host": (b"GET /sign-in HTTP/1.1\r\nHost: elsewhere.example\r\n" + _LAST, {400}),
    "no host": (b"GET /sign-in HTTP/1.1\r\n" + _LAST, {400}),
    "a blank in the name of a header": (b"GET /sign-in HTTP/1.1\r\nHost : localhost\r\n" + _LAST, {400}),
    "an address without end": (
        b"GET /sign-in?" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: localhost\r\n" + _LAST,
        {400, 414, 431},
    ),
    "an echo": (b"TRACE /sign-in HTTP/1.1\r\nHost: localhost\r\n" + _LAST, {405}),
}
PATIENCE = 30.0


def statuses(port: int, request: bytes) -> list[int]:
    """Send it to this machine as it stands; give the status of every answer that comes until the server closes."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        try:
            connection.sendall(request)
            while more := connection.recv(65_536):
                heard += more
        except ConnectionError:  # closed while the rest of the request was on its way
            pass
    return [int(one) for one in re.findall(rb"^HTTP/1\.[01] (\d{3})", heard, re.MULTILINE)]

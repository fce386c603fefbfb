"""Hundreds of clients that send next to nothing keep nobody out, also where no proxy stands in front."""

from __future__ import annotations

import http.client
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.durable.conftest import Peopled
from tests.support.nodes import PATIENCE, cluster, coders

#: What each of them sends, and then nothing more.
BEGINNINGS = {
    "half a header": b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "half a body": b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n\r\nname=",
    "nothing": b"",
}
OF_EACH = 150


def _statuses(port: int, number: int) -> list[int]:
    found = []
    for _ in range(number):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE / 4)
        connection.request("GET", "/health")
        found.append(connection.getresponse().status)
        connection.close()
    return found


@pytest.mark.full
def test_hundreds_of_slow_clients_keep_nobody_out(peopled: Peopled, tmp_path: Path) -> None:
    database = peopled("sqlite")
    people = coders(database, 1)
    url = database.url.render_as_string(hide_password=False)
    with cluster(url, tmp_path / "data") as running, ExitStack() as held:
        node = running.serve()
        for beginning in BEGINNINGS.values():
            for _ in range(OF_EACH):
                slow = held.enter_context(
                    socket.create_connection(("127.0.0.1", node.port), timeout=PATIENCE)
                )
                slow.sendall(beginning)
        assert _statuses(node.port, 20) == [200] * 20
        people[0].enter(node.port)
        assert people[0].save(node.port, 0) == 200

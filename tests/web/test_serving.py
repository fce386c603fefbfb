"""The server as it is started by hand: says where it is and how to begin, and ends when it is asked to."""

from __future__ import annotations

import gc
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.problem import Refused
from webapp.serving import first_free_port, is_free
from webapp.wsgi import application

START = "import sys; from webapp.cli import main; sys.exit(main())"
#: As where two began at the same moment: the port was free when it was looked at.
FREE_A_MOMENT_AGO = f"from webapp import serving; serving.is_free = lambda *_: True; {START}"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which something listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A server that has just been started, with the settings that the test names."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")}
    port = first_free_port("127.0.0.1", 18_000, tries=500)
    started = subprocess.Popen(
        [sys.executable, "-c", START, "serve", "--port", str(port)],
        env={**environment, "TANDEM_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
        | getattr(request, "param", {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield started
    started.kill()
    started.wait()


def test_a_taken_port_is_not_free_and_the_next_one_is_found(taken: int) -> None:
    assert not is_free("127.0.0.1", taken)
    assert first_free_port("127.0.0.1", taken) > taken
    with pytest.raises(Refused):
        first_free_port("127.0.0.1", taken, tries=1)


@pytest.mark.parametrize("start", [START, FREE_A_MOMENT_AGO])
def test_a_server_whose_port_is_taken_says_so(taken: int, tmp_path: Path, start: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", start, "serve", "--port", str(taken)],
        env={**os.environ, "TANDEM_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    said = f"SET-020: Something else listens on 127.0.0.1:{taken} already."
    assert (ran.returncode, ran.stderr.startswith(said)) == (2, True), ran.stderr


def test_an_address_of_another_machine_is_refused_as_such() -> None:
    with pytest.raises(Refused) as refused:
        is_free("192.0.2.1", 8000)  # kept for documentation by RFC 5737, so nobody's
    assert "SET-022" in str(refused.value)


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is a POSIX signal")
def test_the_server_says_where_it_is_and_how_to_begin_answers_and_ends(server: subprocess.Popen[str]) -> None:
    assert server.stdout is not None
    said: list[str] = []
    for line in server.stdout:
        said.append(line)
        if "Serving on" in line:
            break
    text = "".join(said)
    address = re.search(r"Tandem is at http://([\d.]+):(\d+)", text)
    assert address, text
    assert re.search(r"code ([a-z0-9]{4}-){3}[a-z0-9]{4}", text)
    connection = http.client.HTTPConnection(address[1], int(address[2]), timeout=30)
    connection.request("GET", "/set-up")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Server")) == (200, None)
    connection.close()
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=30) == 0


@pytest.mark.parametrize("server", [{"TANDEM_HTTPS": "1"}], indirect=True)
def test_behind_a_proxy_no_address_is_said_at_which_nobody_could_sign_in(
    server: subprocess.Popen[str],
) -> None:
    assert server.stdout is not None
    said = "".join(iter(server.stdout.readline, "and type\n"))
    assert "the page /set-up at the https address of Tandem" in said
    assert "http://" not in said.partition("Nobody has an account yet.")[2]


def test_another_server_gets_the_whole_application_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("TANDEM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TANDEM_DATA_DIR", str(tmp_path))
    app = application()
    assert gc.get_freeze_count() > 0  # nothing of what stands is looked at again and again
    gc.unfreeze()
    assert "Set up Tandem" in app.test_client().get("/set-up").text
    app.extensions["tandem"].database.dispose()
    monkeypatch.setenv("TANDEM_SECRET_KEY", "weak")
    with pytest.raises(Refused):
        application()

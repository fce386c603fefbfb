"""A crowd at the door and somebody who uploads without end: coders go on saving, and whoever wants too much is told to wait."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import quantiles

import pytest
import requests

from tests.durable.conftest import Peopled
from tests.support.bombs import many_strings
from tests.support.nodes import Coder, Node, cluster, coders
from tests.support.world import PASSWORD, PROJECT

CODERS, SIGN_INS, UPLOADS = 30, 50, 12
#: Seconds between two saves of a coder who never stops: whoever goes from question to question in less is not read by anybody.
BETWEEN = 1.0


def _token(client: requests.Session, page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found, page
    return found[1]


def _sign_in(node: Node, seen: Counter[int]) -> None:
    """Until it is done: whoever is told to come again does so when they are told to."""
    client, page = requests.Session(), f"http://127.0.0.1:{node.port}/sign-in"
    sent = {"csrf_token": _token(client, page), "name": "dana", "password": PASSWORD}
    while True:
        answer = client.post(page, data=sent, allow_redirects=False)
        seen[answer.status_code] += 1
        if answer.status_code != 429:
            return
        time.sleep(int(answer.headers["Retry-After"]))


def _upload(node: Node, coder: Coder, content: bytes, seen: Counter[int]) -> None:
    client = requests.Session()
    client.cookies.set("tandem-session", coder.token)
    page = f"http://127.0.0.1:{node.port}/projects/{PROJECT}/cases/{coder.case_id}/entry/offline-workbook"
    data, files = {"csrf_token": _token(client, page)}, {"file": ("entry.xlsx", content)}
    answer = client.post(page, data=data, files=files)
    assert answer.status_code != 429 or int(answer.headers["Retry-After"]) > 0
    seen[answer.status_code] += 1


@dataclass
class Desks:
    """Coders who save for as long as the crowd is there, and how long each save took, in seconds."""

    node: Node
    crowd_gone: threading.Event = field(default_factory=threading.Event)
    times: list[float] = field(default_factory=list)
    seen: Counter[int] = field(default_factory=Counter)

    def code(self, coder: Coder, first: float) -> None:
        """Save again and again, first after so many seconds."""
        time.sleep(first)
        while not self.crowd_gone.is_set():
            begun = time.perf_counter()
            self.seen[coder.save(self.node.port, coder.acknowledged)] += 1
            self.times.append(time.perf_counter() - begun)
            time.sleep(BETWEEN)


def _begun(acts: list[Callable[[], None]]) -> list[threading.Thread]:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.full
def test_coders_go_on_saving_while_a_crowd_signs_in_and_somebody_uploads_without_end(
    peopled: Peopled, tmp_path: Path
) -> None:
    database = peopled("sqlite")
    people, swelling = coders(database, CODERS), many_strings()
    signed_in, uploaded = Counter[int](), Counter[int]()
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        desks = Desks(running.serve())
        for coder in people:
            coder.enter(desks.node.port)
        coding = _begun(
            [partial(desks.code, coder, BETWEEN * number / CODERS) for number, coder in enumerate(people)]
        )
        crowd = _begun(
            [
                *[partial(_sign_in, desks.node, signed_in)] * SIGN_INS,
                *[partial(_upload, desks.node, people[0], swelling, uploaded)] * UPLOADS,
            ]
        )
        for one in crowd:
            one.join()
        desks.crowd_gone.set()
        for one in coding:
            one.join()
    for name, times in (
        ("while the crowd was there", desks.times),
        ("when all of it came at once", desks.times[: 3 * CODERS]),
    ):
        parts = quantiles(times, n=100)
        sys.stdout.write(
            f"{len(times)} saves {name}: median and 95th of 100 {parts[49]:.3f} and {parts[94]:.3f} s, longest {max(times):.3f} s\n"
        )
    assert len(desks.times) >= CODERS
    assert set(desks.seen) == {200}
    assert (signed_in[303], set(signed_in)) == (SIGN_INS, {303, 429})
    assert set(uploaded) <= {422, 429}
    assert uploaded[422] >= 1

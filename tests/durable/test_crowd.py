"""A crowd at the door and somebody who uploads without end: coders go on saving, and whoever wants too much is told to wait."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

import pytest
import requests

from tests.durable.conftest import Peopled
from tests.support.bombs import many_strings
from tests.support.nodes import Coder, Node, cluster, coders
from tests.support.world import PASSWORD, PROJECT

CODERS, SAVES, SIGN_INS, UPLOADS = 30, 10, 50, 12


def _token(client: requests.Session, page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found, page
    return found[1]


def _sign_in(node: Node, seen: Counter[int]) -> None:
    client, page = requests.Session(), f"http://127.0.0.1:{node.port}/sign-in"
    sent = {"csrf_token": _token(client, page), "name": "dana", "password": PASSWORD}
    seen[client.post(page, data=sent, allow_redirects=False).status_code] += 1


def _upload(node: Node, coder: Coder, content: bytes, seen: Counter[int]) -> None:
    client = requests.Session()
    client.cookies.set("tandem-session", coder.token)
    page = f"http://127.0.0.1:{node.port}/projects/{PROJECT}/cases/{coder.case_id}/entry/offline-workbook"
    data, files = {"csrf_token": _token(client, page)}, {"file": ("entry.xlsx", content)}
    answer = client.post(page, data=data, files=files)
    assert answer.status_code != 429 or int(answer.headers["Retry-After"]) > 0
    seen[answer.status_code] += 1


def _save(node: Node, coder: Coder, times: list[float], seen: Counter[int]) -> None:
    for _ in range(SAVES):
        begun = time.perf_counter()
        seen[coder.save(node.port, coder.acknowledged)] += 1
        times.append(time.perf_counter() - begun)


def _together(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.full
def test_coders_go_on_saving_while_a_crowd_signs_in_and_somebody_uploads_without_end(
    peopled: Peopled, tmp_path: Path
) -> None:
    database = peopled("sqlite")
    people, swelling = coders(database, CODERS), many_strings()
    saved, signed_in, uploaded, times = Counter[int](), Counter[int](), Counter[int](), list[float]()
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        for coder in people:
            coder.enter(node.port)
        _together(
            [
                *(lambda coder=coder: _save(node, coder, times, saved) for coder in people),
                *[lambda: _sign_in(node, signed_in)] * SIGN_INS,
                *[lambda: _upload(node, people[0], swelling, uploaded)] * UPLOADS,
            ]
        )
    sys.stdout.write(
        f"saves: median and 95th of 100 {quantiles(times, n=100)[49]:.3f} and {quantiles(times, n=100)[94]:.3f} s\n"
    )
    assert saved == {200: CODERS * SAVES}
    assert set(signed_in) <= {303, 429}
    assert signed_in[303] >= 1
    assert set(uploaded) <= {422, 429}
    assert uploaded[422] >= 1

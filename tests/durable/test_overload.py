"""More is asked than can be done: whoever has waited too long is told to come again, what was sent by a form is taken, and nothing is lost."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.durable.conftest import Peopled
from tests.support.databases import locked
from tests.support.nodes import Coder, Node, cluster, coders, held
from tests.support.storm import nothing_lost
from tests.support.visitor import HIDDEN, visitor
from tests.support.world import PROJECT
from webapp.overload import PATIENCE_SECONDS
from webapp.serving import THREADS

CROWD, PEOPLE = 300, 30
CROWDED, NORMAL_WITHIN = 15.0, 30.0  # seconds


def test_who_waited_too_long_is_told_to_come_again_and_a_form_is_taken(
    peopled: Peopled, tmp_path: Path
) -> None:
    database = peopled("sqlite")
    *people, late = coders(database, THREADS + 1)
    section = f"/projects/{PROJECT}/cases/{late.case_id}/entry/report"
    change = {"base_revision": 0, "changes": [{"path": "report.area", "value": "by the script"}]}
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        for coder in people:
            coder.enter(node.port)
        amara, dana = visitor(database, node, "amara"), visitor(database, node, "dana")
        form = dict(HIDDEN.findall(amara.get(section).text)) | {"act": "save", "report.area": "by the form"}
        token = form.pop("csrf_token")
        with ThreadPoolExecutor(2 * THREADS) as pool:
            with locked(database):
                saving = [pool.submit(one.save, node.port, 0) for one in people]
                time.sleep(0.5)  # until each has its thread
                page, health = pool.submit(dana.get, "/account"), pool.submit(dana.get, "/health")
                script = pool.submit(amara.send_json, f"{section}/autosave", change, token)
                sent = pool.submit(amara.send, section, form, token)
                time.sleep(PATIENCE_SECONDS + 0.5)
            assert [one.result() for one in saving] == [200] * THREADS
        for told in (page.result(), script.result()):
            assert (told.status_code, "More is asked of Tandem" in told.text) == (503, True)
            assert int(told.headers["Retry-After"]) > 0
        assert '<a href="">Ask for this page again</a>' in page.result().text
        assert (sent.result().status_code, health.result().status_code) == (303, 200)
        assert dana.get("/account").status_code == 200
    assert [new for _, new in held(database, late)["saved"]] == ["by the form"]


def _save_until(node: Node, coder: Coder, over: threading.Event, pause: float, seen: Counter[int]) -> None:
    while not over.is_set():
        seen[coder.save(node.port, coder.acknowledged)] += 1
        over.wait(pause)


def _saved_for(node: Node, people: Sequence[Coder], seconds: float, pause: float) -> Counter[int]:
    """Let everybody save for so long, each with such a pause between two saves, and give the answers."""
    over, seen = threading.Event(), Counter[int]()
    threads = [threading.Thread(target=_save_until, args=(node, one, over, pause, seen)) for one in people]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join()
    return seen


@pytest.mark.full
def test_ten_times_the_people_lose_nothing_and_leave_it_as_it_was(peopled: Peopled, tmp_path: Path) -> None:
    database = peopled("sqlite")
    crowd = coders(database, CROWD)
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        for coder in crowd:
            coder.enter(node.port)
        crowded = _saved_for(node, crowd, CROWDED, pause=0.0)
        until = time.monotonic() + NORMAL_WITHIN
        while set(normal := _saved_for(node, crowd[:PEOPLE], 3.0, pause=1.0)) != {200}:
            assert time.monotonic() < until, f"not normal again: {dict(normal)}"
    sys.stdout.write(f"{CROWD} who never stop: {dict(crowded)}; then {PEOPLE}: {dict(normal)}\n")
    assert set(crowded) <= {200, 503}
    assert crowded[200] > PEOPLE
    for coder in crowd:
        nothing_lost(database, coder)

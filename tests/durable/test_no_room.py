"""A real server that has no room to write, or whose folders are gone: it says so, keeps what was typed, lets everybody read, and goes on
once there is room again.

The room is taken away by the limit on the size of the files of the running process, so that every write of it fails as on a full disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from schema.store.audit_verify import verify
from schema.store.database import Database
from tests.durable.conftest import Peopled
from tests.support.nodes import ROOT, SECRET, TANDEM, Coder, Node, as_anybody, cluster, coders, held
from tests.support.reports import small_report
from tests.support.visitor import HIDDEN, Visitor, visitor
from tests.support.world import PROJECT

TYPED = "typed while there was no room"


@contextmanager
def _no_room(node: Node) -> Iterator[None]:
    """Let no file of the server hold more than a byte meanwhile."""
    import resource  # noqa: PLC0415 - absent on Windows

    before = resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, before)


def _hidden(text: str) -> dict[str, str]:
    return dict(HIDDEN.findall(text))


def _saving_fails_and_reading_goes_on(node: Node, coder: Coder, amara: Visitor, page: str) -> dict[str, str]:
    """Gives the form that comes back, with what was typed in it."""
    sent = {**_hidden(amara.get(page).text), "act": "save", "report.area": TYPED}
    token = sent.pop("csrf_token")
    with_form = amara.send(page, sent, token)
    assert with_form.status_code in (503, 507)
    assert int(with_form.headers["Retry-After"]) > 0
    kept = _hidden(with_form.text)
    assert kept["report.area"] == TYPED
    assert coder.save(node.port, coder.acknowledged) in (503, 507)
    assert amara.get(page).status_code == 200
    return kept


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are set on Linux")
def test_without_room_nothing_is_half_written_and_with_room_again_work_goes_on(
    peopled: Peopled, tmp_path: Path
) -> None:
    database = peopled("sqlite")
    (coder,) = coders(database, 1)
    case = f"/projects/{PROJECT}/cases/{coder.case_id}"
    page, reports, report = f"{case}/entry/report", f"{case}/reports", {"kind": "overview"}
    documents = tmp_path / "data" / "documents"
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        coder.enter(node.port)
        amara, dana = visitor(database, node, "amara"), visitor(database, node, "dana")
        token = dana.token(reports)
        assert coder.save(node.port, 0) == 200
        with _no_room(node):
            kept = _saving_fails_and_reading_goes_on(node, coder, amara, page)
            refused = dana.send(reports, report, token, file=small_report())
            assert (refused.status_code, "no room left" in refused.text) == (507, True)
            assert list(documents.iterdir()) == []
        assert held(database, coder)["revision"] == 1
        assert amara.send(page, kept, kept["csrf_token"]).status_code == 303
        assert dana.send(reports, report, token, file=small_report()).status_code == 303
        shutil.rmtree(documents)
        assert dana.send(reports, {"kind": "summary"}, token, file=small_report() + b"\n%").status_code == 303
        assert len(list(documents.iterdir())) == 1
    _whole(database, coder)


def _whole(database: Database, coder: Coder) -> None:
    """What was typed is stored once, and everything holds."""
    with database.reading() as session:
        assert verify(session).holds
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert [new for _, new in held(database, coder)["saved"]] == ["number 1", TYPED]


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="setpriv is Linux")
def test_a_data_folder_that_cannot_be_written_to_is_refused_at_the_start(
    peopled: Peopled, tmp_path: Path
) -> None:
    database, folder = peopled("sqlite"), tmp_path / "data"
    folder.mkdir(mode=0o500)
    given = {
        "TANDEM_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "TANDEM_DATA_DIR": str(folder),
        "TANDEM_SECRET_KEY": SECRET,
    }
    command = as_anybody([sys.executable, "-c", TANDEM, "serve", "--port", "18999"])
    done = subprocess.run(
        command, env=os.environ | given, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 2
    assert f"SET-016: {folder} cannot be written to" in done.stderr
    assert "Traceback" not in done.stderr

"""Uploads are opened by processes of their own: these get no secret, and no upload is written where all programs write."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import psutil
import pytest

from tests.support.entry_desk import Desk
from tests.support.meanwhile import again_and_again
from tests.support.policing import PolicingClient
from tests.support.reports import small_report, upload

CANARY = "canary-5c81e0-known-to-nobody"
SECRETS = ("TANDEM_SECRET_KEY", "TANDEM_DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD")


@dataclass
class Watch:
    """What was seen of this process's children, and in the folder for temporary files, meanwhile."""

    shared: Path
    children: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)

    def look(self) -> None:
        self.found |= {path.name for path in self.shared.iterdir()}
        for child in psutil.Process().children():
            try:
                words, given = child.cmdline(), child.environ()
            except psutil.Error:  # it has ended
                continue
            if ours := [
                word for word in words if word.startswith("webapp.")
            ]:  # else not yet the other program
                self.children.add(ours[0])
                told = {*words, *(f"{name}={value}" for name, value in given.items())}
                self.found |= {one for one in told if CANARY in one or one.startswith(SECRETS)}


@contextmanager
def watched(shared: Path) -> Iterator[Watch]:
    seen = Watch(shared)
    with again_and_again(seen.look, pause=0.002):
        yield seen


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the environment of another process is read from /proc"
)
def test_whoever_opens_an_upload_gets_no_secret_and_finds_no_file(
    desk: Desk, client_for: Callable[[str], PolicingClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(shared))
    for name in SECRETS:
        monkeypatch.setenv(name, CANARY)
    amara, dana, page = client_for("amara"), client_for("dana"), desk.address + "/offline-workbook"
    desk.save(amara, ("report.area", CANARY))
    book, token = amara.get(f"{page}/file").data, amara.token(page)
    with watched(shared) as seen:
        sent = {"csrf_token": token, "file": (BytesIO(book), f"{CANARY}.xlsx")}
        assert amara.post(page, data=sent, content_type="multipart/form-data").status_code == 200
        room = f"/projects/pilot/cases/{desk.case_id}/reports"
        assert upload(dana, room, small_report(), f"{CANARY}.pdf").status_code == 303
    assert seen.children == {"webapp.sheet_reader", "webapp.reports.pdf_reader"}
    assert seen.found == set()

"""What a killed process leaves on the machine: no answer in the folder that all programs share, and nothing for long elsewhere."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from schema.problem import Refused
from tests.support.nodes import ROOT, SECRET
from tests.support.world import build_world
from webapp import scratch
from webapp.shelves.shelf import LEFT_BEHIND, remove_left

CANARY = "canary-5c81e0-known-to-nobody"
#: Opens the installation as every command does, begins a workbook that holds an answer, and is killed before it is done.
WRITING = f"""
import time, openpyxl
from webapp.command_line import opened, settings
with opened(settings()):
    sheet = openpyxl.Workbook(write_only=True).create_sheet()
    for _ in range(20_000):
        sheet.append(["{CANARY}"])
    print("written", flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_what_a_killed_process_was_writing_lies_in_the_data_folder_alone_and_is_cleared_away(
    tmp_path: Path,
) -> None:
    shared, data = tmp_path / "shared", tmp_path / "data"
    shared.mkdir()
    data.mkdir(mode=0o700)
    build_world(data).database.dispose()
    given = {
        "TANDEM_DATA_DIR": str(data),
        "TANDEM_SECRET_KEY": SECRET,
        "TMPDIR": str(shared),
    }
    with subprocess.Popen(
        [sys.executable, "-c", WRITING], env=os.environ | given, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.kill()
    scratch = data / "scratch"
    left = [path for path in scratch.iterdir() if CANARY.encode() in path.read_bytes()]
    assert list(shared.iterdir()) == []
    assert left, "nothing was being written, so nothing was proved"
    assert stat.S_IMODE(scratch.stat().st_mode) == 0o700
    remove_left(scratch)
    assert set(left) <= set(scratch.iterdir()), "somebody may still be writing it"
    for path in scratch.iterdir():
        os.utime(path, (0, path.stat().st_mtime - LEFT_BEHIND - 1))
    remove_left(scratch)
    assert list(scratch.iterdir()) == []


def test_the_folder_is_made_anew_where_somebody_removed_it_and_missed_where_it_cannot_be(
    tmp_path: Path,
) -> None:
    world = build_world(tmp_path)
    folder = scratch.folder_of(world.settings)
    folder.rmdir()
    scratch.clear(world.database, world.settings)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()
    folder.touch()
    with pytest.raises(Refused, match="SET-016"):
        scratch.folder_of(world.settings)
    world.database.dispose()

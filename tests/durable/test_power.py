"""What is left when the power goes amid saves: database and log as they lay on the disk at that moment, the end of the log lost or spoilt.

Only the kernel knows what reached the disk (:mod:`tests.durable.test_sync` looks at that). Here it is shown that whatever end of the log is missing, the
rest is a whole state from before, in which each save is there with its line in the log of saves or not at all.
"""

from __future__ import annotations

import random
import shutil
import signal
import struct
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from schema.store.audit_keys import keyring
from schema.store.audit_verify import verify
from schema.store.database import Database
from tests.durable.conftest import Peopled
from tests.support.nodes import SECRET, Coder, Node, cluster, coders, held
from tests.support.storm import storm

#: Few, so that the log stays shorter than what SQLite folds back: a cut of what was folded back already is no loss of power.
MOMENTS, CUTS = 3, 8
#: Of SQLite's log: the bytes before the first frame and before each page (https://www.sqlite.org/fileformat2.html#walformat).
HEADER, FRAME = 32, 24
State = dict[str, int]


def _lying_there(node: Node, database: Database, copy: Path) -> None:
    """Copy database and log while the server stands still, as a disk holds them when the power goes."""
    node.process.send_signal(signal.SIGSTOP)
    try:
        for end in ("", "-wal"):
            shutil.copyfile(f"{database.url.database}{end}", f"{copy}{end}")
    finally:
        node.process.send_signal(signal.SIGCONT)


def _frames_end(log: bytes) -> int:
    """Where the frames that belong to the log end: behind them lie those of an earlier time."""
    (page,) = struct.unpack(">I", log[8:12])
    end = HEADER
    while log[end + 8 : end + 16] == log[16:24] and end + FRAME + page <= len(log):
        end += FRAME + page
    return end


def _recovered(copy: Path, log: bytes, people: list[Coder], tried: Path) -> State:
    """Open a copy with this log, and give each entry's revision; everything in it must be whole."""
    shutil.copyfile(copy, tried)
    Path(f"{tried}-wal").write_bytes(log)
    database = Database(f"sqlite:///{tried}", audit_keys=keyring(SECRET))
    found: State = {}
    for coder in people:
        there = held(database, coder)
        assert [revision for revision, _ in there["saved"]] == list(range(1, there["revision"] + 1))
        numbers = [int(new.split()[1]) for _, new in there["saved"]]
        assert numbers == sorted(set(numbers))
        found[coder.entry_id] = there["revision"]
    with database.reading() as session:
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert session.connection().exec_driver_sql("PRAGMA foreign_key_check").first() is None
        assert verify(session).holds
    database.dispose()
    return found


def _within(earlier: Mapping[str, int], later: Mapping[str, int]) -> bool:
    return all(revision <= later[entry] for entry, revision in earlier.items())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that lets a process stand still")
def test_whatever_end_of_the_log_is_lost_the_rest_is_whole(peopled: Peopled, tmp_path: Path) -> None:
    database, chance = peopled("sqlite"), random.Random(20261127)
    people = coders(database, 6)
    database.purge()  # so that what is in the log from here on came with the storm
    taken: list[tuple[Path, State]] = []
    with cluster(database.url.render_as_string(hide_password=False), tmp_path / "data") as running:
        node = running.serve()
        with storm(node, database, people):
            for moment in range(MOMENTS):
                time.sleep(chance.uniform(0.03, 0.15))
                acknowledged = {one.entry_id: one.acknowledged for one in people}
                taken.append((tmp_path / f"moment-{moment}", acknowledged))
                _lying_there(node, database, taken[-1][0])
    lost = 0
    for copy, acknowledged in taken:
        log = Path(f"{copy}-wal").read_bytes()
        end = _frames_end(log)
        whole = _recovered(copy, log, people, tmp_path / "tried")
        assert _within(acknowledged, whole), "an acknowledged save is lost"
        before = {one.entry_id: 0 for one in people}
        for cut in sorted(chance.randrange(HEADER, end) for _ in range(CUTS)):
            rest = _recovered(copy, log[:cut], people, tmp_path / "tried")
            spoilt = log[:cut] + chance.randbytes(end - cut)
            assert _recovered(copy, spoilt, people, tmp_path / "tried") == rest
            assert _within(before, rest)
            assert _within(rest, whole)
            before, lost = rest, lost + (rest != whole)
    assert lost, "no save was lost with the end of any log: nothing was tried"

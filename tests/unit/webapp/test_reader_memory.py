"""What a swelling workbook costs the machine: measured in the reader's own process, whatever comes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.bombs import BOMBS
from webapp.spreadsheets import look_at

#: Mebibytes that a reader may hold at most.
MOST = 300
MEASURED = """
import resource, sys
from pathlib import Path
from webapp import spreadsheets
spreadsheets.SECONDS = 120  # by the clock, which other work on the machine takes its share of
try:
    spreadsheets.read_apart(Path(sys.argv[1]).read_bytes(), sys.argv[2])
except (spreadsheets.Unreadable, spreadsheets.TooSlow):
    pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


@pytest.mark.full
@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the kernel gives this figure in kibibytes on Linux"
)
@pytest.mark.parametrize("kind", ["xlsx", "book"])
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_reader_never_holds_more_than_it_may(tmp_path: Path, bomb: str, kind: str) -> None:
    content = BOMBS[bomb]()
    look_at(content)  # nothing is seen from outside, so that the reader has to bear it
    (tmp_path / "list.xlsx").write_bytes(content)
    command = [sys.executable, "-c", MEASURED, str(tmp_path / "list.xlsx"), kind]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert 0 < int(done.stdout) <= MOST

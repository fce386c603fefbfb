"""What a swelling file costs the machine: measured in the reader's own process, whatever comes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.bombs import BOMBS
from tests.support.docx_bombs import DOCX_BOMBS
from tests.support.pdf_bombs import PDF_BOMBS
from webapp.spreadsheets import look_at

#: Mebibytes that a reader may hold at most.
MOST = 300
WORKBOOK = """
import resource, sys
from pathlib import Path
from webapp import children, spreadsheets
spreadsheets.SECONDS = 120  # by the clock, which other work on the machine takes its share of
try:
    spreadsheets.read_apart(Path(sys.argv[1]).read_bytes(), sys.argv[2])
except (spreadsheets.Unreadable, spreadsheets.Swelling, children.TooSlow):
    pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
PDF = """
import resource, sys
from pathlib import Path
from schema.problem import Refused
from webapp.reports import apart
apart.SECONDS["look"] = 120
try:
    apart.page_count(Path(sys.argv[1]))
except Refused:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
DRAFT = """
import resource, sys
from pathlib import Path
from schema.problem import Refused
from webapp.findings import draft_file
draft_file.SECONDS = 120
try:
    draft_file.read_draft("report.docx", Path(sys.argv[1]).read_bytes())
except Refused:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="the kernel gives this figure in kibibytes on Linux"
    ),
]


def _mebibytes(script: str, content: bytes, folder: Path, *more: str) -> int:
    """What the reader held at most, of a file with this content."""
    file = folder / "sent"
    file.write_bytes(content)
    command = [sys.executable, "-c", script, str(file), *more]
    return int(subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout)


@pytest.mark.parametrize("kind", ["xlsx", "book"])
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_reader_never_holds_more_than_it_may(tmp_path: Path, bomb: str, kind: str) -> None:
    content = BOMBS[bomb]()
    look_at(content)  # nothing is seen from outside, so that the reader has to bear it
    assert 0 < _mebibytes(WORKBOOK, content, tmp_path, kind) <= MOST


@pytest.mark.parametrize("bomb", PDF_BOMBS)
def test_a_look_into_a_pdf_never_holds_more_than_it_may(tmp_path: Path, bomb: str) -> None:
    assert 0 < _mebibytes(PDF, PDF_BOMBS[bomb](), tmp_path) <= MOST


@pytest.mark.parametrize("bomb", DOCX_BOMBS)
def test_a_reader_of_drafts_never_holds_more_than_it_may(tmp_path: Path, bomb: str) -> None:
    assert 0 < _mebibytes(DRAFT, DOCX_BOMBS[bomb](), tmp_path) <= MOST

"""PDFs are opened only in a process of their own (:mod:`webapp.reports.pdf_reader`), a few at a time, and never for long."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from schema.limits import REPORT_PAGES
from schema.problem import Refused, refuse
from schema.report.layout import Cell, Page, reading_lines
from schema.report.numbering import numbered
from schema.template.kinds import clean
from webapp.children import TooSlow, run_apart
from webapp.reports.files import not_a_pdf
from webapp.reports.pdf_terms import ENCRYPTED, TOO_LONG

SECONDS = {
    "look": 10.0,
    "read": 180.0,
    "draw": 15.0,
}  # by the clock
AT_ONCE = threading.BoundedSemaphore(3)


def page_count(path: Path) -> int:
    """Open a PDF and count its pages. Raises ``Refused`` (RPT-004 to RPT-007) where it is none, locked, too long or too slow."""
    found: int = json.loads(_run("look", path))["pages"]
    return found


def read_pages(path: Path) -> tuple[Page, ...]:
    """The pages of a PDF with their lines in reading order and the numbers printed on them."""
    return numbered([_page(json.loads(line)) for line in _run("read", path).splitlines()])


def draw_page(path: Path, number: int, out: Path) -> None:
    """Draw a page as a WebP picture; the file appears whole or not at all."""
    unfinished = out.with_suffix(f".{threading.get_ident()}.part")
    try:
        _run("draw", path, str(number), str(unfinished))
        unfinished.chmod(0o600)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


def _run(act: str, path: Path, *more: str) -> str:
    with AT_ONCE:
        try:
            done = run_apart("webapp.reports.pdf_reader", act, str(path), *more, seconds=SECONDS[act])
        except TooSlow as error:
            raise _too_slow() from error
    if done.returncode != 0:
        raise _refusal(done.returncode)
    return done.stdout.decode("utf-8")


def _refusal(code: int) -> Refused:
    if code == ENCRYPTED:
        return refuse(
            "RPT-005",
            "The PDF is locked with a password.",
            "Save it without one (open it, and print or export it as PDF), and choose that file.",
            where="file",
        )
    if code == TOO_LONG:
        return refuse(
            "RPT-006",
            f"The PDF has more than {REPORT_PAGES:,} pages.",
            "Split off what is not the report.",
            where="file",
        )
    return not_a_pdf()


def _too_slow() -> Refused:
    return refuse(
        "RPT-007",
        "Reading the PDF took too long.",
        "Save it anew (print or export it as PDF), and choose that file.",
        where="file",
    )


def _page(said: dict[str, object]) -> Page:
    runs = said["runs"]
    assert isinstance(runs, list)
    cells = [Cell(x0, y0, x1, y1, _kept(text)) for x0, y0, x1, y1, text in runs]
    width, height = float(str(said["width"])), float(str(said["height"]))
    label = clean(str(said["label"]))
    return Page(int(str(said["number"])), label, width, height, reading_lines(cells, width))


def _kept(text: str) -> str:
    """Clean a run but for the space at its ends, which parts it from its neighbours."""
    inner = clean(text.replace("\ufffe", "-"))
    before, after = (" " if text[:1].isspace() else ""), (" " if text[-1:].isspace() else "")
    return f"{before}{inner}{after}" if inner else ""

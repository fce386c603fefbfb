"""Read one PDF, alone in a process of its own: ``python -m webapp.reports.pdf_reader ACT FILE …``.

A hostile file stalls or swells whatever reads it, so the caller gives this process limits and kills it when they are
reached; nothing else runs here. Acts, each of which prints JSON, one object a line:

    look FILE               {"pages": n}
    read FILE               for each page {"number", "label", "width", "height", "runs": [[x0, y0, x1, y1, text], …]}
    draw FILE NUMBER OUT    writes the picture of a page (WebP) to OUT

Exit codes: 0 done, 3 encrypted, 4 no PDF, 5 too many pages.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pypdfium2

from schema.limits import REPORT_PAGES
from webapp.children import keep_to
from webapp.reports.pdf_terms import ENCRYPTED, NO_PDF, TOO_LONG

MOST_RUNS = 4_000  # on one page
MOST_CHARACTERS = 60_000  # on one page; a page of small print has 8,000
#: On all pages together, which the process that asked holds at once; reading goes on to the end of the page that goes beyond. A thousand pages of
#: small print have 8,000,000 characters in 200,000 runs at most.
ALL_RUNS, ALL_CHARACTERS = 400_000, 12_000_000
LONGEST_RUN = 4_000
PICTURE_WIDTH = 1_240  # pixels
PICTURE_HEIGHT = 3_000
MIB = 2**20
#: Address space (bytes) and processor time (seconds). Whoever uploads waits for the look, which takes 0.1 for a report of 25 MB and 1,000 pages; the
#: rest is done of what was taken.
LIMITS: Final = {"look": (300 * MIB, 1.0), "read": (700 * MIB, 120), "draw": (700 * MIB, 10)}


def opened(path: Path) -> Any:
    """Open a PDF. Exits where it is encrypted, no PDF, or has more pages than a report."""
    try:
        pdf = pypdfium2.PdfDocument(path)
        pages = len(pdf)
    except pypdfium2.PdfiumError as error:
        sys.exit(
            ENCRYPTED if "password" in str(error).lower() or "security" in str(error).lower() else NO_PDF
        )
    if pages < 1:
        sys.exit(NO_PDF)
    if pages > REPORT_PAGES:
        sys.exit(TOO_LONG)
    return pdf


def look(path: Path) -> None:
    """Say how many pages there are, and that the first can be opened."""
    pdf = opened(path)
    try:
        pdf[0].close()
    except pypdfium2.PdfiumError:
        sys.exit(NO_PDF)
    _say({"pages": len(pdf)})


def read(path: Path) -> None:
    """Say what stands on each page; one that cannot be read, or comes when there was too much already, has nothing on it."""
    pdf, runs, characters = opened(path), 0, 0
    for at in range(len(pdf)):
        page: dict[str, Any] = {
            "number": at + 1,
            "label": _label(pdf, at),
            "width": 595,
            "height": 842,
            "runs": [],
        }
        if runs < ALL_RUNS and characters < ALL_CHARACTERS:
            with suppress(pypdfium2.PdfiumError):
                page |= _page(pdf, at)
            runs += len(page["runs"])
            characters += sum(len(words) for *_, words in page["runs"])
        _say(page)


def draw(path: Path, number: int, out: Path) -> None:
    """Write the picture of one page."""
    pdf = opened(path)
    try:
        page = pdf[number - 1]
        width, height = page.get_size()
        scale = min(PICTURE_WIDTH / max(width, 1.0), PICTURE_HEIGHT / max(height, 1.0))
        picture = page.render(scale=scale, may_draw_forms=False).to_pil()
    except (pypdfium2.PdfiumError, IndexError):
        sys.exit(NO_PDF)
    picture.convert("RGB").save(out, "WEBP", quality=80, method=2)


def _label(pdf: Any, at: int) -> str:
    try:
        return str(pdf.get_page_label(at)).strip()[:20]
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        return ""


def _page(pdf: Any, at: int) -> dict[str, Any]:
    page = pdf[at]
    left, bottom, right, top = page.get_bbox()
    text = page.get_textpage()
    try:
        runs = list(_runs(text, left, top)) if page.get_rotation() == 0 else _unplaced(text)
        return {"width": round(right - left, 1), "height": round(top - bottom, 1), "runs": runs}
    finally:
        text.close()
        page.close()


def _runs(text: Any, left: float, top: float) -> Iterator[list[Any]]:
    kept = 0
    for at in range(min(text.count_rects(), MOST_RUNS)):
        box = text.get_rect(at)
        words = text.get_text_bounded(*box, errors="replace")[:LONGEST_RUN]
        kept += len(words)
        if kept > MOST_CHARACTERS:
            return
        x0, y1, x1, y0 = box
        yield [*(round(one, 1) for one in (x0 - left, top - y0, x1 - left, top - y1)), words]


def _unplaced(text: Any) -> list[list[Any]]:
    """Lines of a page that is turned: read from top to bottom, without their places."""
    lines = text.get_text_range(errors="replace")[:MOST_CHARACTERS].splitlines()
    return [[0, 10 * at, 1, 10 * at + 9, line[:LONGEST_RUN]] for at, line in enumerate(lines[:MOST_RUNS])]


def _say(one: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(one) + "\n")


def main() -> int:
    """Do the act named on the command line."""
    act, path = sys.argv[1], Path(sys.argv[2])
    keep_to(*LIMITS[act])
    if act == "look":
        look(path)
    elif act == "read":
        read(path)
    else:
        draw(path, int(sys.argv[3]), Path(sys.argv[4]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Draws the pictures of the documentation: loads the sample, serves it, and photographs its pages.

Run ``python -m tests.support.pictures`` with the packages of the extra ``test`` and a Chromium; it takes a minute.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.coding.model import Position
from schema.store.assignments import current_assignments
from schema.store.database import Database
from schema.store.loaded import find_live, load
from schema.store.models import Case, User
from schema.store.projects import find_project
from tests.support.browser import Visit, browsing, environment, served, visit
from webapp.sample.loading import HALFWAY_KEY, PASSWORD

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
HEIGHT = 900
COLOURS = 256
SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Length of text, in characters, that shows marked differences and still leaves the rest of the page in view.
READABLE = range(120, 330)


def main() -> None:
    """Draw every picture anew."""
    with TemporaryDirectory() as made:
        folder = Path(made) / "demo"
        subprocess.run(
            [sys.executable, "-m", "webapp", "demo", "--no-serve"], env=environment(folder), check=True
        )
        reconciler, address = _texts_that_differ(folder)
        with served(folder) as site, browsing() as browser, visit(browser, site) as seen:
            _sign_in(seen, reconciler)
            seen.page.set_viewport_size({"width": 1440, "height": HEIGHT})
            seen.page.goto(address)
            _take(seen.page, PICTURES / "reconciliation.png")


def _texts_that_differ(folder: Path) -> tuple[str, str]:
    """A reconciler's sign-in name, and the address of a question of theirs about two texts."""
    database = Database(f"sqlite:///{folder / 'tandem.sqlite3'}")
    try:
        with database.reading() as session:
            case, position = next(_questions(session))
            person = current_assignments(session, case.id)["reconciler"].user_id
            page = f"/projects/{HALFWAY_KEY}/cases/{case.id}/comparison/resolve?at={position.path}"
            return session.get_one(User, person).name, page
    finally:
        database.dispose()


def _questions(session: Session) -> Iterator[tuple[Case, Position]]:
    project = find_project(session, HALFWAY_KEY)
    assert project is not None
    for case in session.scalars(select(Case).where(Case.project_id == project.id).order_by(Case.reference)):
        row = find_live(session, case.id)
        if row is not None and row.state == "resolving":
            yield from ((case, one) for one in load(session, row).agenda().undecided() if _shows_well(one))


def _shows_well(position: Position) -> bool:
    return all(isinstance(text, str) and len(text) in READABLE for text in (position.a, position.b))


def _sign_in(seen: Visit, name: str) -> None:
    seen.page.goto("/sign-in")
    seen.page.fill("[name=name]", name)
    seen.page.fill("[name=password]", PASSWORD)
    seen.page.click("main button[type=submit]")
    seen.page.wait_for_load_state()


def _take(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")  # the scripts come after the page, and scroll its list
    page.evaluate("document.activeElement.blur()")
    path.write_bytes(with_palette(page.screenshot()))
    sys.stdout.write(f"{path}: {path.stat().st_size} bytes\n")


def with_palette(png: bytes) -> bytes:
    """Return the picture in the 256 colours that it has most of, every other colour as the nearest of these.

    ``png`` is what browsers write: 8 bits a channel, RGB or RGBA, not interlaced; transparency is dropped.
    """
    pixels = _pixels(png)
    colours, place, count = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    palette = colours[np.argsort(-count, kind="stable")[:COLOURS]]
    apart = ((colours[:, None, :].astype(np.int32) - palette[None, :, :].astype(np.int32)) ** 2).sum(axis=2)
    indices = apart.argmin(axis=1).astype(np.uint8)[place].reshape(pixels.shape[:2])
    rows = b"".join(b"\x00" + row.tobytes() for row in indices)
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 3, 0, 0, 0)
    return SIGNATURE + b"".join(
        _chunk(name, body)
        for name, body in (
            (b"IHDR", head),
            (b"PLTE", palette.tobytes()),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12


def _pixels(png: bytes) -> np.ndarray:
    """Decode to an array of height x width x 3 (PNG specification, section 9: filtering)."""
    parts = list(_chunks(png))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    assert (depth, interlaced) == (8, 0)
    step = {2: 3, 6: 4}[kind]
    raw = zlib.decompress(b"".join(body for name, body in parts if name == b"IDAT"))
    length = width * step
    above = bytearray(length)
    rows = []
    for number in range(height):
        place = number * (length + 1)
        above = _unfiltered(raw[place], bytearray(raw[place + 1 : place + 1 + length]), above, step)
        rows.append(bytes(above))
    return np.frombuffer(b"".join(rows), np.uint8).reshape(height, width, step)[:, :, :3]


def _unfiltered(method: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    for place in range(len(line) if method else 0):
        left = line[place - step] if place >= step else 0
        corner = above[place - step] if place >= step else 0
        guess = (0, left, above[place], (left + above[place]) // 2, _paeth(left, above[place], corner))[
            method
        ]
        line[place] = (line[place] + guess) & 0xFF
    return line


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda one: abs(guess - one))


if __name__ == "__main__":
    main()

"""Word documents of ours: how they begin, and how they are saved so that the same content is the same file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from docx import Document
from docx.document import Document as Page
from docx.shared import Cm, Pt

from exports.archive import pack
from exports.cells import clean_text

MARGIN = Cm(2)
SMALL = Pt(10)
LONGEST_TITLE = 255


def new_page(title: str, made_at: datetime) -> Page:
    """Begin a document on A4 with its title."""
    page = Document()
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    page.styles["Normal"].font.size = SMALL
    made, named, held = made_at.replace(tzinfo=None, microsecond=0), clean_text(title), page.core_properties
    held.author, held.title, held.created, held.modified = "Tandem", named[:LONGEST_TITLE], made, made
    page.add_heading(named, 0)
    return page


def save_page(page: Page, path: Path) -> None:
    """Save the document without the times of its parts."""
    page.save(str(path))
    with TemporaryDirectory(dir=path.parent, prefix=".docx-") as folder:
        with ZipFile(path) as archive:
            archive.extractall(folder)
        pack(Path(folder), path)

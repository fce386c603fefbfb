"""The codebook as a Word document, for printing and for the appendix of a paper."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docx.document import Document as Page
from docx.shared import Cm

from exports.cells import clean_text
from exports.digest import joined_hash
from exports.documents import new_page, save_page
from exports.written import Order, Written
from schema.template.codebook import Chapter, Codebook, Entry, codebook
from schema.template.model import Option


def write_codebook(path: Path, order: Order) -> Written:
    """Write the codebook of all versions of the project's template as ``.docx``."""
    study = order.study
    book = codebook(study.templates)
    page = new_page(f"Codebook: {book.title}", study.made_at)
    _lead(page, book)
    for chapter in book.chapters:
        _chapter(page, chapter)
    for codes in (*book.lists, book.missing):
        page.add_heading(clean_text(codes.title), 1)
        _options(page, codes.options)
    save_page(page, path)
    hashed = joined_hash(
        {template.key + str(template.version): template.source_hash for template in study.templates}
    )
    return Written(path, hashed, study.included, None)


def _lead(page: Page, book: Codebook) -> None:
    if book.description:
        page.add_paragraph(clean_text(book.description))
    versions = ", ".join(str(version) for version in book.versions)
    page.add_paragraph(
        f"Versions of the questionnaire: {versions}. Names in typewriter face are those of every export."
    )


def _chapter(page: Page, chapter: Chapter) -> None:
    page.add_heading(clean_text(chapter.label), 1)
    if chapter.lead:
        page.add_paragraph(clean_text(chapter.lead))
    for entry in chapter.entries:
        _entry(page, entry)


def _entry(page: Page, entry: Entry) -> None:
    page.add_heading(clean_text(entry.label), 2)
    name = page.add_paragraph()
    name.paragraph_format.keep_with_next = True
    name.add_run(entry.path).font.name = "Courier New"
    _table(page, entry.facts)
    if entry.options:
        _options(page, entry.options)


def _options(page: Page, options: Iterable[Option]) -> None:
    _table(page, ((str(option.code), _label(option)) for option in options))


def _label(option: Option) -> str:
    told = option.explained.replace("\n", " ")
    note = f" ({told})" if told else ""
    return f"{option.label}{note}{' [no longer offered]' if option.retired else ''}"


def _table(page: Page, pairs: Iterable[tuple[str, str]]) -> None:
    table = page.add_table(rows=0, cols=2)
    table.autofit = False
    for name, text in pairs:
        cells = table.add_row().cells
        for cell, width, held in zip(cells, (Cm(3.5), Cm(13.5)), (name, text), strict=True):
            cell.width = width
            cell.text = clean_text(held)
    page.add_paragraph()

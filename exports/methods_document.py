"""The methods section as files to edit: a Word document and plain text."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from exports.cells import clean_text
from exports.digest import canonical
from exports.documents import new_page, save_page
from exports.methods import gather
from exports.methods_text import LEAD, SOURCE, items, plain_text
from exports.written import Order, Written


def write_methods(path: Path, order: Order) -> Written:
    """Write the three items as ``.docx``; the content hash is over the words."""
    facts = gather(order)
    page = new_page(f"Methods: {facts.project}", order.study.made_at)
    page.add_paragraph(LEAD)
    for item in items(facts):
        page.add_heading(f"Item {item.number}. {item.heading}", 1)
        for paragraph in item.paragraphs:
            page.add_paragraph(clean_text(paragraph))
    page.add_paragraph(SOURCE)
    save_page(page, path)
    return Written(path, _hash(plain_text(facts)), facts.included, None)


def write_methods_text(path: Path, order: Order) -> Written:
    """Write the three items as plain text."""
    facts = gather(order)
    text = clean_text(plain_text(facts))
    path.write_text(text, encoding="utf-8", newline="\n")
    return Written(path, _hash(plain_text(facts)), facts.included, None)


def _hash(text: str) -> str:
    return sha256(canonical(text)).hexdigest()

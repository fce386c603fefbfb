"""The blank form as a Word document."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from docx.document import Document as Page
from docx.shared import Pt

from exports.cells import clean_text
from exports.documents import new_page, save_page
from schema.template.model import Template
from schema.template.paper import LINE, LINES, PaperQuestion, PaperSection, paper_form

BOX = "☐"
RULE = "_" * 76
LONG_ANSWER = 5  # lines
FIXED = datetime(2000, 1, 1)  # noqa: DTZ001  # Word wants a moment without a zone; the same version is the same file


def write_paper_form(path: Path, template: Template) -> None:
    """Write the blank form of a template version as ``.docx``; the same version gives the same bytes."""
    form = paper_form(template)
    page = new_page(f"{form.title}: blank form", FIXED)
    page.add_paragraph(f"{form.key}, version {form.version}")
    if form.description:
        page.add_paragraph(clean_text(form.description))
    page.add_paragraph(f"Case: {RULE[:24]}   Coder: {RULE[:24]}   Date: {RULE[:14]}")
    for section in form.sections:
        _section(page, section)
    save_page(page, path)


def _section(page: Page, section: PaperSection) -> None:
    page.add_heading(clean_text(section.label), 1)
    if section.asked_when:
        _small(page, f"Only where {section.asked_when}.")
    if section.hint:
        page.add_paragraph(clean_text(section.hint))
    if section.one:
        _small(page, f"One copy of this section for each {section.one}.")
        page.add_paragraph(f"Number of this {clean_text(section.one)}: {RULE[:8]} of {RULE[:8]}")
    for question in section.questions:
        _question(page, question)


def _question(page: Page, question: PaperQuestion) -> None:
    page.add_heading(clean_text(question.label), 2)
    if question.asked_when:
        _small(page, f"Only where {question.asked_when}.")
    for text in (question.hint, f"Write {question.form}." if question.form else ""):
        if text:
            _small(page, text)
    if question.answer in (LINE, LINES):
        for _ in range(1 if question.answer == LINE else LONG_ANSWER):
            page.add_paragraph(RULE)
    else:
        _boxes(page, question.options)
    if question.missing:
        _small(page, "Or, in place of an answer:")
        _boxes(page, question.missing)
    if question.evidence:
        page.add_paragraph(f"Page: {RULE[:10]}   Quote: {RULE[:52]}")


def _boxes(page: Page, labels: tuple[str, ...]) -> None:
    for label in labels:
        line = page.add_paragraph(f"{BOX} {clean_text(label)}")
        line.paragraph_format.space_after = Pt(0)


def _small(page: Page, text: str) -> None:
    line = page.add_paragraph()
    line.paragraph_format.keep_with_next = True
    line.add_run(clean_text(text)).italic = True

"""The master workbook: every signed-off case, its provenance, the framework and the findings, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from exports.book import Book
from exports.datapackage import described_layout
from exports.sheets import charts, codebook, cross, findings, frame, live
from exports.sheets.agreement import AgreementSheet
from exports.sheets.answers import AnswerSheet, Layout, layouts
from exports.sheets.discrepancies import DiscrepancySheet
from exports.sheets.notes import notes_of
from exports.sheets.readme import ReadMe
from exports.sheets.together import EntriesSheet
from exports.sheets.verification import VerificationSheet, has_verification
from exports.written import Order, Written
from schema.framework.evaluate import CaseExtract, Evaluator
from schema.framework.model import Framework
from schema.store.master import MasterCase
from schema.template.catalogue import catalogue

__all__ = ["Written", "write_codebook_workbook", "write_workbook"]


def write_workbook(path: Path, order: Order) -> Written:
    """Write the master workbook to ``path``.

    Cases are read once and written as they come. Without a framework the workbook lacks the sheets *framework*,
    *findings* and *charts*, and the first sheet says why.
    Raises ``Refused`` (XLS-001, XLS-002) where a sheet cannot hold the study.
    """
    book, study = Book(internal=True), order.study
    readme = ReadMe(book)
    plan = layouts(catalogue(study.templates), study.templates)
    counting = _write_cases(book, order, plan)
    evaluation = counting.evaluator.result() if counting else None
    if counting and evaluation:
        found = live.LiveFindings(book, evaluation, counting.sheet.sheet).write()
        cross.write_cross_tables(book, evaluation)
        charts.write_charts(book, evaluation, found)
    _write_codebook(book, order, plan)
    if tables := frame.frame_tables(study):
        book.write_sheet(frame.NAME, frame.COLUMNS, tables.codes())
        book.write_sheet(frame.CROSSWALK, frame.CROSSING, tables.crosswalk())
    content_hash = book.content_hash()
    readme.write(order, content_hash)
    book.save(path, study.made_at)
    return Written(path, content_hash, study.included, evaluation)


def write_codebook_workbook(path: Path, order: Order) -> Written:
    """Write the codebook alone: every column of every file, and every code; no answers."""
    book, study = Book(), order.study
    _write_codebook(book, order, layouts(catalogue(study.templates), study.templates))
    content_hash = book.content_hash()
    book.save(path, study.made_at)
    return Written(path, content_hash, study.included, None)


def _write_codebook(book: Book, order: Order, plan: tuple[Layout, ...]) -> None:
    newest = order.study.newest
    columns = codebook.codebook_rows(plan, newest, order.framework)
    book.write_sheet("codebook", codebook.COLUMNS, columns)
    book.write_sheet("code lists", codebook.LISTS, codebook.codelist_rows(plan, newest))


def _write_cases(book: Book, order: Order, plan: tuple[Layout, ...]) -> Counting | None:
    """Open the sheets that a case goes to, in their order, and give each case to all of them."""
    study = order.study
    answers = [AnswerSheet(book, layout, study.newest, notes_of(layout, study.newest)) for layout in plan]
    entries = [EntriesSheet(book, layout, study.newest) for layout in plan] if order.entries else []
    discrepancies = DiscrepancySheet(book)
    counting = Counting(book, order.framework) if order.framework else None
    agreement = AgreementSheet(book, study.plan)
    checked = [VerificationSheet(book)] if has_verification(study) else []
    sheets: list[CaseSheet] = [*answers, *entries, discrepancies, agreement, *checked]
    if counting:
        sheets.append(counting)
    for done, case in enumerate(study.cases, 1):
        for sheet in sheets:
            sheet.add(case)
        order.progress(done, study.included)
    agreement.write()
    for held in answers:
        _allow_codes(held)
    return counting


class CaseSheet(Protocol):
    """A sheet that takes what it needs of each case as it goes by."""

    def add(self, case: MasterCase) -> None:
        """Take one case."""


def _allow_codes(answers: AnswerSheet) -> None:
    """Warn whoever types into a column of codes what is no code of its list."""
    fields = described_layout(answers.layout, answers.missing)
    for number, held in enumerate(fields, 1):
        if held.labels and answers.sheet.rows:
            answers.sheet.allow(number, list(held.labels))


class Counting:
    """Evaluates the framework while the cases go by, and writes its sheet."""

    def __init__(self, book: Book, framework: Framework) -> None:
        """Open the sheet."""
        self.sheet = findings.FrameworkSheet(book, framework)
        self.evaluator = Evaluator(framework, self.sheet.add)

    def add(self, case: MasterCase) -> None:
        """Count one case."""
        self.evaluator.add(CaseExtract(case.reference, case.document, case.template))

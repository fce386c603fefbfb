"""The master workbook: every signed-off case, its provenance, the framework and the findings, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exports.book import Book
from exports.datapackage import described_layout
from exports.sheets import agreement, charts, codebook, findings, live
from exports.sheets.answers import AnswerSheet, Layout, layouts
from exports.sheets.discrepancies import DiscrepancySheet
from exports.sheets.notes import notes_of
from exports.sheets.readme import ReadMe
from exports.written import Progress, Written, no_progress
from schema.framework.evaluate import CaseExtract, Evaluator
from schema.framework.model import Framework
from schema.problem import Problem
from schema.store.master import MasterCase, MasterStudy
from schema.template.catalogue import catalogue

__all__ = ["Written", "write_workbook"]


def write_workbook(
    path: Path,
    study: MasterStudy,
    framework: Framework | None = None,
    *,
    problems: Sequence[Problem] = (),
    progress: Progress = no_progress,
) -> Written:
    """Write the master workbook to ``path``.

    Cases are read once and written as they come; ``progress`` hears (cases done, cases in all). ``framework`` is
    ``None`` for a template that has none, or one that does not fit (``problems`` then say why, on the first sheet): the
    workbook lacks the sheets *framework* and *findings*.
    Raises ``Refused`` (XLS-001, XLS-002) where a sheet cannot hold the study.
    """
    book = Book()
    readme = ReadMe(book)
    plan = layouts(catalogue(study.templates), study.templates)
    counting = _write_cases(book, study, framework, plan, progress)
    evaluation = counting.evaluator.result() if counting else None
    book.write_sheet("agreement", agreement.COLUMNS, agreement.agreement_rows(study))
    if counting and evaluation:
        found = live.LiveFindings(book, evaluation, counting.sheet.sheet).write()
        charts.write_charts(book, evaluation, found)
    book.write_sheet("codebook", codebook.COLUMNS, codebook.codebook_rows(plan, study.newest, framework))
    book.write_sheet("code lists", codebook.LISTS, codebook.codelist_rows(plan, study.newest))
    content_hash = book.content_hash()
    readme.write(study, framework, problems, content_hash)
    book.save(path, study.made_at)
    return Written(path, content_hash, study.included, evaluation)


def _write_cases(
    book: Book, study: MasterStudy, framework: Framework | None, plan: tuple[Layout, ...], progress: Progress
) -> Counting | None:
    answers = [AnswerSheet(book, layout, study.newest, notes_of(layout, study.newest)) for layout in plan]
    discrepancies = DiscrepancySheet(book)
    counting = Counting(book, framework) if framework else None
    for done, case in enumerate(study.cases, 1):
        for sheet in answers:
            sheet.add(case)
        discrepancies.add(case)
        if counting:
            counting.add(case)
        progress(done, study.included)
    for sheet in answers:
        _allow_codes(sheet)
    return counting


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
        self.evaluator = Evaluator(framework)
        self.sheet = findings.FrameworkSheet(book, framework)

    def add(self, case: MasterCase) -> None:
        """Count one case."""
        extract = CaseExtract(case.reference, case.document, case.template)
        self.sheet.add(self.evaluator.add(extract))

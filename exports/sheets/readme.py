"""The first sheet: what the workbook is, who made it when, what is in, what is out and why, and how to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from exports.book import OVERFLOW, Book, Column, Sheet
from exports.cells import Cell, safe
from exports.sheets.together import SENTENCE
from exports.written import BANNER, Order
from schema.framework.frame.layer import Layer
from schema.framework.model import Framework
from schema.problem import Problem
from schema.store.master import MasterStudy

COLUMNS = (
    Column("item", width=30),
    Column("value", kind="any", width=66),
    Column("note", width=80, wrap=True),
)
CONVENTIONS = (
    ("Empty cell", "There is no answer: not asked in that template version, or left blank. Never a zero."),
    ("Codes and labels", "A single code is written as its number, with its label in the next column (“.label”)."),
    ("Missing codes", ("Where a code list is used, the missing code stands in the same two columns: a negative number and "
     "its label. For numbers, dates and texts the value’s own cell stays empty; “.missing” has the number of the missing "
     "code, “.missing_label” its label.")),
    ("Several answers", ("One readable column; then one column for each option (“field:option”): 1 ticked, 0 not ticked, "
     "empty where there is no answer. “.missing_label” says why there is none.")),
    ("Not applicable", "The form did not ask, because of another answer."),
    ("Repeating rows", "Each group has its sheet. “case” and “row_id” identify a row; the id is stable, the position is not."),
    ("Percentages", "Of those with an answer; rounded half up; n/a where there is none. A case counts once."),
    ("Texts", "Recommendation numbers are texts. A text longer than a cell can hold continues on the sheet “long texts”."),
    ("Times", "All times are in UTC."),
    ("Content hash", "SHA-256 over all sheets of data, without times: the same data give the same hash."),
)  # fmt: skip


class ReadMe:
    """Opened first, so that it stands first; written last, when the content hash is known."""

    def __init__(self, book: Book) -> None:
        """Open the sheet."""
        self.book = book
        self.sheet: Sheet = book.sheet("read me", COLUMNS, frozen="A2", hashed=False)

    def write(self, order: Order, content_hash: str) -> None:
        """Write all lines."""
        study = order.study
        conventions = (*CONVENTIONS, *((("Both entries", SENTENCE),) if order.entries else ()))
        for row in (
            *_what(study, content_hash),
            *_templates(study),
            *_framework(order.framework, order.problems),
            *_frame(study.layer),
            *_counts(study),
            *_pilots(study),
            *_sheets(self.book),
            *((item, None, note) for item, note in conventions),
            *_exclusions(study),
        ):
            self.sheet.append(row)


def _what(study: MasterStudy, content_hash: str) -> Iterator[tuple[Cell, ...]]:
    yield "Mode", "internal", BANNER
    yield "Project", study.project_title, study.project_key
    if study.rehearsal:
        yield "Rehearsal", "This project is for training.", "Nothing in it is a finding."
    yield (
        "What this is",
        "Master workbook",
        "The signed-off consensus of two independent extractions of each case.",
    )
    yield "Made at (UTC)", f"{safe(study.made_at)}", None
    yield "Made by", study.made_by, None
    yield "Content hash", content_hash, None
    if study.audit_head:
        yield "Audit trail", study.audit_head, "Number of rows and head of the trail when this file was made."


def _templates(study: MasterStudy) -> Iterator[tuple[Cell, ...]]:
    for template in study.templates:
        label = f"{template.key}, version {template.version}"
        yield "Template version", label, f"{template.title}; hash {template.source_hash}"


def _framework(framework: Framework | None, problems: Sequence[Problem]) -> Iterator[tuple[Cell, ...]]:
    if framework:
        yield "Quantitative framework", framework.key, f"{framework.title}; hash {framework.source_hash}"
    for problem in problems:
        yield "Quantitative framework", "left out: it does not fit the template", str(problem)


def _frame(layer: Layer | None) -> Iterator[tuple[Cell, ...]]:
    if layer and layer.acts:
        what = "Cases, framework and findings are read under it; what was signed off is unchanged."
        yield "Coding frame", f"version {layer.number}; hash {layer.sha256}", what


def _counts(study: MasterStudy) -> Iterator[tuple[Cell, ...]]:
    yield "Cases registered", study.included + len(study.excluded), None
    yield "Cases in this workbook", study.included, "Signed off."
    yield "Cases left out", len(study.excluded), "Listed below, with the reason."
    for state, number in sorted(Counter(held.state for held in study.excluded).items()):
        yield f"Left out: {state}", number, None


def _pilots(study: MasterStudy) -> Iterator[tuple[Cell, ...]]:
    for one in study.pilots:
        what = f"{_many(one.cases, 'case')}, {one.signed_off} signed off: {one.placed}"
        yield (
            f"Pilot, round {one.number}",
            what,
            " ".join(filter(None, (f"Decided: {one.decided}.", one.reason))),
        )


def _sheets(book: Book) -> Iterator[tuple[Cell, ...]]:
    for sheet in book.sheets[1:]:
        yield "Sheet", sheet.title, _rows(sheet.rows)
    if book.overflows:
        yield "Sheet", OVERFLOW, _rows(len(book.overflows))


def _exclusions(study: MasterStudy) -> Iterator[tuple[Cell, ...]]:
    for held in study.excluded:
        yield "Case left out", held.reference, f"{held.state}: {held.reason}"


def _rows(number: int) -> str:
    return _many(number, "row")


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

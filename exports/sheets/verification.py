"""The sheet of verification: which values were checked by coder 2 instead of coded twice, and what they found."""

from __future__ import annotations

from collections.abc import Iterator

from exports.book import Book, Column, Sheet
from exports.cells import Cell
from exports.columns import readable
from schema.answers.document import Check
from schema.coding.verification import AGREED, CORRECTED, NOT_CHECKED, NOT_FOUND
from schema.store.master import MasterCase, MasterStudy
from schema.template.model import VERIFY

WORDS = {
    AGREED: "Agreed",
    CORRECTED: "Corrected",
    NOT_FOUND: "Not found in the report",
    NOT_CHECKED: "Never compared",
}
COLUMNS = (
    Column("case", "Case reference", width=14),
    Column("section", "Section"),
    Column("field", "Field"),
    Column("question", "The question as asked", width=34),
    Column("mode", "How the value came about: verify (coder 1 extracted it, coder 2 checked it)"),
    Column("check", "What coder 2 found, as a code"),
    Column("check.label", "What coder 2 found", width=22),
    Column("comment", "What coder 2 wrote beside it", width=34),
    Column("consensus", "The settled value, in words", width=34),
)
TITLE = "Values that coder 2 checked instead of coding them again; all others were coded twice, blind"


def has_verification(study: MasterStudy) -> bool:
    """Whether any version of the template lets sections be checked."""
    return any(template.verified_sections() for template in study.templates)


class VerificationSheet:
    """Writes the checked values case by case."""

    def __init__(self, book: Book) -> None:
        """Open the sheet."""
        self.sheet: Sheet = book.sheet("verification", COLUMNS)

    def add(self, case: MasterCase) -> None:
        """Write one row for each checked value."""
        for row in verification_rows(case):
            self.sheet.append(row)


def verification_rows(case: MasterCase) -> Iterator[tuple[Cell, ...]]:
    """One row for each checked value of a case."""
    for path, held in sorted(case.document.checks.items(), key=lambda item: _place(case, item[0])):
        yield _row(case, path, held)


def _place(case: MasterCase, path: str) -> int:
    paths = list(case.template.by_path)
    return paths.index(path) if path in paths else len(paths)


def _row(case: MasterCase, path: str, held: Check) -> tuple[Cell, ...]:
    section, _, key = path.partition(".")
    field = case.template.by_path.get(path)
    value = case.document.get(path)
    return (
        case.reference,
        section,
        key,
        field.label if field else "",
        VERIFY,
        held.outcome,
        WORDS.get(held.outcome, held.outcome),
        held.comment,
        readable(field, value, case.template.missing) if field else "",
    )

"""The sheet of discrepancies: both values, the decision, its reason and its cause."""

from __future__ import annotations

from collections.abc import Iterator

from exports.book import Book, Column, Sheet
from exports.cells import Cell
from exports.columns import readable
from schema.answers.document import NO_VALUES, Values
from schema.coding.model import CAUSES, Verdict
from schema.store.master import MasterCase, SettledDiscrepancy
from schema.template.value import Value

VERDICTS: dict[str, str] = {
    Verdict.AGREE: "Both alike",
    Verdict.WITHIN_TOLERANCE: "Alike within the tolerance",
    Verdict.DIFFER: "Values differ",
    Verdict.ONLY_A: "Only coder A has a value",
    Verdict.ONLY_B: "Only coder B has a value",
    Verdict.MISSING_DIFFERS: "Missing codes differ",
    Verdict.ZERO_ASSUMPTION: "Zero or no against not reported",
    Verdict.APPLICABILITY_DIFFERS: "Asked of one coder only",
    Verdict.NOT_ASKED: "Not in one coder's version",
    Verdict.ROW_ONLY_A: "Row of coder A only",
    Verdict.ROW_ONLY_B: "Row of coder B only",
    Verdict.BY_EYE: "To be compared by eye",
    Verdict.IGNORED: "Not compared",
    Verdict.NOT_FOUND: "Checked, and not found in the report",
}
CHOICES: dict[str, str] = {
    "a": "Coder A's value",
    "b": "Coder B's value",
    "other": "Another value",
    "both": "Both",
    "equivalent": "Equivalent",
    "keep_row": "Row kept",
    "drop_row": "Row left out",
    "defer": "Deferred",
    "moot": "Not asked in the consensus",
}
COLUMNS = (
    Column("case", "Case reference", width=14),
    Column("section", "Section or repeating group"),
    Column("row_id", "Id of the consensus row", width=16),
    Column("field", "Field (empty: the whole row)"),
    Column("question", "The question as asked", width=34),
    Column("verdict", "What comparing found, as a code"),
    Column("verdict.label", "What comparing found", width=26),
    Column("value_a", "Coder A's value, in words", width=34),
    Column("value_b", "Coder B's value, in words", width=34),
    Column("decision", "What was decided, as a code"),
    Column("decision.label", "What was decided"),
    Column("consensus", "The settled value, in words", width=34),
    Column("cause", "Cause of the difference, as a code"),
    Column("cause.label", "Cause of the difference"),
    Column("reason", "The reconciler's reason", width=34),
    Column("decided_by", "Who decided"),
    Column("decided_at", "When (UTC)", "moment"),
)


class DiscrepancySheet:
    """Writes the discrepancies of each case, in template order."""

    def __init__(self, book: Book) -> None:
        """Open the sheet."""
        self.sheet: Sheet = book.sheet("discrepancies", COLUMNS)

    def add(self, case: MasterCase) -> None:
        """Write one row for each discrepancy."""
        for row in discrepancy_rows(case):
            self.sheet.append(row)


def discrepancy_rows(case: MasterCase) -> Iterator[tuple[Cell, ...]]:
    """One row for each discrepancy of a case."""
    for held in case.discrepancies:
        yield _row(case, held)


def _row(case: MasterCase, held: SettledDiscrepancy) -> tuple[Cell, ...]:
    section, settled = case.template.by_key.get(held.section), held.settlement
    field = section.by_key.get(held.field) if section else None
    question = field.label if field else (section.label if section else "")
    return (
        case.reference,
        held.section,
        held.row_id,
        held.field,
        question,
        held.verdict,
        VERDICTS.get(held.verdict, held.verdict),
        _words(case, held, held.a, held.row_a),
        _words(case, held, held.b, held.row_b),
        settled.choice,
        CHOICES.get(settled.choice, settled.choice),
        _words(case, held, settled.value, NO_VALUES),
        settled.cause,
        CAUSES.get(settled.cause, settled.cause),
        settled.reason,
        settled.decided_by,
        settled.decided_at,
    )


def _words(case: MasterCase, held: SettledDiscrepancy, value: Value, row: Values) -> str:
    """A value in words; for a row that only this side has, all its values."""
    section, missing = case.template.by_key.get(held.section), case.template.missing
    if section is None:
        return ""
    if held.field:
        field = section.by_key.get(held.field)
        return readable(field, value, missing) if field else ""
    fields = (field for field in section.fields if field.key in row)
    return "\n".join(f"{field.label}: {readable(field, row[field.key], missing)}" for field in fields)

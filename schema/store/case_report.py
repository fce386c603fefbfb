"""One signed-off case's discrepancies in words: what each coder had, with evidence, and what was decided, by whom and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from schema.answers.document import Document, Evidence, Values
from schema.answers.words import value_words
from schema.coding.model import Pair
from schema.store.master import MasterCase, SettledDiscrepancy
from schema.template.model import Section
from schema.template.value import Value

LEFT_OUT = "left out"
NO_ROW = Pair("", "", "", "")


@dataclass(frozen=True)
class ReportLine:
    """One position that needed a person. ``row``: which row of a repeating section; ``question`` empty: the row as a whole.

    ``verdict``, ``choice`` and ``cause`` are codes; ``choice`` empty: nobody decided. Evidence is page and quote in words.
    """

    section: str
    row: str
    question: str
    verdict: str
    a: str
    b: str
    evidence_a: str
    evidence_b: str
    choice: str
    consensus: str
    cause: str
    reason: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True)
class CaseReport:
    """A case with all lines of its report, in template order."""

    case: MasterCase
    lines: tuple[ReportLine, ...]


def case_report(case: MasterCase) -> CaseReport:
    """Put the discrepancies of a case into words."""
    return CaseReport(case, tuple(_Lines(case).all()))


class _Lines:
    """Makes the lines of one case."""

    def __init__(self, case: MasterCase) -> None:
        self.case, self.trace = case, case.trace
        self.pairs: Mapping[str, Pair] = {pair.id: pair for pair in case.trace.comparison.pairs}
        self.numbers = {
            row.id: number
            for group in case.template.groups()
            for number, row in enumerate(case.document.rows(group.key), 1)
        }

    def all(self) -> Iterator[ReportLine]:
        """Every discrepancy whose section the consensus's version has."""
        for held in self.case.discrepancies:
            section = self.case.template.by_key.get(held.section)
            if section is not None:
                yield self._line(section, held)

    def _line(self, section: Section, held: SettledDiscrepancy) -> ReportLine:
        pair, settled = self.pairs.get(held.row_id, NO_ROW), held.settlement
        field = section.by_key.get(held.field)
        return ReportLine(
            section=section.label,
            row=self._row(section, held),
            question=field.label if field else held.field,
            verdict=held.verdict,
            a=self._words(section, held, held.a, held.row_a),
            b=self._words(section, held, held.b, held.row_b),
            evidence_a=_evidence(self.trace.a, held, pair.row_a),
            evidence_b=_evidence(self.trace.b, held, pair.row_b),
            choice=settled.choice,
            consensus=self._words(section, held, settled.value, {}),
            cause=settled.cause,
            reason=settled.reason,
            decided_by=settled.decided_by,
            decided_at=settled.decided_at,
        )

    def _row(self, section: Section, held: SettledDiscrepancy) -> str:
        if not held.row_id or section.repeats is None:
            return ""
        number = self.numbers.get(held.row_id)
        return f"{section.repeats.one} {number if number else f'({LEFT_OUT})'}"

    def _words(self, section: Section, held: SettledDiscrepancy, value: Value, row: Values) -> str:
        """A value; for a row that this side alone has, all its values."""
        template = self.case.template
        if held.field:
            field = section.by_key.get(held.field)
            return value_words(template, field, value) if field else ""
        fields = (field for field in section.fields if field.key in row)
        return "\n".join(f"{field.label}: {value_words(template, field, row[field.key])}" for field in fields)


def _evidence(entry: Document, held: SettledDiscrepancy, row_id: str) -> str:
    """The evidence that a coder gave for the position; for a whole row, all that stands in it."""
    if held.row_id and not row_id:
        return ""
    place = f"{held.section}.{row_id}." if held.row_id else f"{held.section}."
    if held.field:
        found = entry.evidence.get(place + held.field)
        return _told(found) if found else ""
    return "\n".join(_told(one) for path, one in entry.evidence.items() if path.startswith(place))


def _told(evidence: Evidence) -> str:
    page = f"p. {evidence.page}" if evidence.page else ""
    quote = f"“{evidence.quote}”" if evidence.quote else ""
    return ": ".join(part for part in (page, quote) if part)

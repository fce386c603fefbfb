"""Checking instead of coding twice: what coder 2 is asked, what their checks make of it, and what comparing finds then.

In a section of mode ``verify`` coder 1 extracts and coder 2 checks each value against the report. The checks are laid over a copy
of coder 1's values, and the result is coder 2's side of an ordinary comparison: one comparison, one consensus, one export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schema.answers.document import NO_VALUES, Check, Document, Evidence
from schema.answers.visibility import visible, without_hidden
from schema.coding.model import AGREEING, Position, Verdict
from schema.problem import Problem
from schema.template.kinds import fault_in, kind_of
from schema.template.model import VERIFY, Field, Section, Template
from schema.template.value import Missing, Value

AGREED, CORRECTED, NOT_FOUND, NOT_CHECKED = "agreed", "corrected", "not_found", "not_checked"
OUTCOMES: Mapping[str, str] = {
    AGREED: "Agree",
    CORRECTED: "Correct",
    NOT_FOUND: "Cannot find",
}
NO_EVIDENCE = Evidence()
NOT_FOR_BOTH = frozenset({Verdict.NOT_ASKED, Verdict.APPLICABILITY_DIFFERS, Verdict.IGNORED})


@dataclass(frozen=True, slots=True)
class ToCheck:
    """One value of coder 1 that coder 2 checks. Where coder 1 left the question blank there is nothing to check, but a
    value that they overlooked can be entered.
    """

    section: Section
    field: Field
    value: Value
    evidence: Evidence

    @property
    def path(self) -> str:
        """``section.key``."""
        return self.field.path


@dataclass(frozen=True, slots=True)
class Checked:
    """What coder 2 said of one value: the outcome, and with ``corrected`` the value and where it stands."""

    outcome: str
    value: Value = None
    comment: str = ""
    evidence: Evidence = NO_EVIDENCE


def to_check(template: Template, first: Document) -> tuple[ToCheck, ...]:
    """Every question of the checked sections that applies to coder 1's entry and is compared, in the order of the template."""
    seen = visible(template, first)
    return tuple(
        ToCheck(
            section,
            field,
            first.sections.get(section.key, NO_VALUES).get(field.key),
            first.evidence.get(field.path, NO_EVIDENCE),
        )
        for section in template.verified_sections()
        for field in _compared(section)
        if seen.field(section.key, field.key, None)
    )


def unchecked(template: Template, first: Document, checks: Mapping[str, Checked]) -> tuple[ToCheck, ...]:
    """The values that still have to be checked; a question that coder 1 left blank need not be."""
    return tuple(one for one in to_check(template, first) if one.value is not None and one.path not in checks)


def fault_of(one: ToCheck, said: Checked) -> Problem | None:
    """Say why a check cannot be, with the path: CHECK-005 an unknown outcome, CHECK-006 to CHECK-008 one that does not fit."""
    label = one.field.label
    if said.outcome not in OUTCOMES:
        return Problem(
            "CHECK-005", f"{label}: this is no outcome of a check.", "Load the page again.", one.path
        )
    if said.outcome == CORRECTED:
        return _fault_of_correction(one, said.value)
    if said.outcome == NOT_FOUND and one.value is None:
        message = f"{label}: coder 1 left this blank, so there is nothing to be found."
        return Problem("CHECK-006", message, "Agree, or enter the value that the report has.", one.path)
    if said.outcome == NOT_FOUND and isinstance(one.value, Missing):
        message = f"{label}: coder 1 says that the report has no answer, so there is nothing to be found."
        return Problem("CHECK-007", message, "Agree, or enter the value that the report has.", one.path)
    return None


def not_checked(one: ToCheck) -> Problem:
    """Say that a value is not checked yet (CHECK-009)."""
    return Problem("CHECK-009", f"{one.field.label} is not checked yet.", "Check it.", one.path)


def checked_document(
    template: Template, own: Document, first: Document, checks: Mapping[str, Checked]
) -> Document:
    """Coder 2's entry with the checked sections in it: coder 1's value where they agree, their own where they correct it,
    none where they cannot find it. What is never compared is not copied.
    """
    asked = [one for one in to_check(template, first) if one.path in checks]
    sections: dict[str, dict[str, Value]] = {}
    evidence, found = dict(own.evidence), dict(_never_compared(template, first))
    for one in asked:
        said = checks[one.path]
        value = one.value if said.outcome == AGREED else said.value
        if value is not None and said.outcome != NOT_FOUND:
            sections.setdefault(one.section.key, {})[one.field.key] = value
        if said.evidence:
            evidence[one.path] = said.evidence
        found[one.path] = Check(said.outcome, said.comment)
    whole = replace(own, sections={**own.sections, **sections}, evidence=evidence)
    return replace(without_hidden(template, whole)[0], checks=found)


def by_checks(positions: Iterable[Position], a: Document, b: Document) -> Iterator[Position]:
    """The positions with what the checks of one side found of the other's values."""
    verified, checks = a.verified | b.verified, {**a.checks, **b.checks}
    for position in positions:
        if position.section in verified:
            yield _by_check(position._replace(mode=VERIFY), checks.get(position.path))
        else:
            yield position


def still_true(before: Mapping[str, Checked], then: Document, now: Document) -> dict[str, Checked]:
    """The checks whose value stands as it was, with its evidence, in the entry that followed."""
    return {
        path: said
        for path, said in before.items()
        if then.get(path) == now.get(path) and then.evidence.get(path) == now.evidence.get(path)
    }


def outcomes(positions: Sequence[Position]) -> dict[str, int]:
    """How many of the positions were agreed, corrected and not found."""
    found = [position.check.outcome for position in positions if position.check]
    return {outcome: found.count(outcome) for outcome in OUTCOMES}


def _fault_of_correction(one: ToCheck, value: Value) -> Problem | None:
    label = one.field.label
    if value is None:
        message = f"{label}: the right value is missing."
        return Problem("CHECK-008", message, "Enter it, or choose another answer.", one.path)
    if value == one.value:
        message = f"{label}: this is the value that coder 1 gave."
        return Problem("CHECK-008", message, "Agree, or enter another value.", one.path)
    fault = fault_in(one.field, value)
    return Problem("CHECK-008", f"{label}: {fault.message}", where=one.path) if fault else None


def _compared(section: Section) -> Iterator[Field]:
    for field in section.fields:
        if kind_of(field).stores and not field.retired and field.compare.rule != "ignore":
            yield field


def _never_compared(template: Template, first: Document) -> Iterator[tuple[str, Check]]:
    for section in template.verified_sections():
        for field in section.fields:
            if field.compare.rule == "ignore" and first.get(field.path) is not None:
                yield field.path, Check(NOT_CHECKED)


def _by_check(position: Position, check: Check | None) -> Position:
    if check is None or check.outcome == NOT_CHECKED or position.verdict in NOT_FOR_BOTH:
        return position._replace(check=check)
    if check.outcome == NOT_FOUND:
        return position._replace(check=check, verdict=Verdict.NOT_FOUND, needs_person=True)
    agreed = position.verdict in AGREEING
    if check.outcome == CORRECTED:
        verdict = Verdict.DIFFER if agreed else position.verdict
        return position._replace(check=check, verdict=verdict, needs_person=True)
    verdict = position.verdict if agreed else Verdict.AGREE
    return position._replace(check=check, verdict=verdict, needs_person=agreed and position.needs_person)

"""What stands between an entry and its submission, and what is wrong with a draft.

A draft may hold anything its author typed; it is told what cannot be read or accepted. Submission also wants every
required question that applies, the right number of rows, rules that hold, and a tick where a rule asks for one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from schema.answers.document import NO_VALUES, Document, Row, Values
from schema.answers.finding import Finding, Severity, Stage
from schema.answers.paths import place_of
from schema.answers.remembered import Found, Remembered
from schema.answers.rules import broken_by, by_rule
from schema.answers.visibility import Visibility, visible, without_hidden
from schema.template.kinds import fault_in, kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Value

__all__ = ["Finding", "Severity", "Stage", "findings"]


def findings(
    template: Template,
    document: Document,
    stage: Stage,
    *,
    confirmed: Collection[str] = (),
    remembered: Remembered | None = None,
) -> tuple[Finding, ...]:
    """Say everything that is wrong or noteworthy, in the order of the pages.

    ``draft``: values that cannot be read or accepted, and too many rows. ``submit``: also what is required, empty rows,
    too few rows, and the rules. ``confirmed`` holds :attr:`Finding.confirmation` of what the coder has ticked. What does
    not apply (hidden sections, fields and rows) is not looked at. ``remembered``: what was found at an earlier revision of the entry,
    under the same template and at the same stage, which spares looking at what has not changed since.
    """
    if stage == "submit":
        document, _ = without_hidden(template, document)  # a row of which nothing applies is an empty row
    checked = _Checked(template, document, visible(template, document), stage, remembered)
    found = (finding for section in template.sections for finding in _in_section(checked, section))
    return tuple(f for f in found if f.severity != "confirm" or f.confirmation not in confirmed)


@dataclass(frozen=True, slots=True)
class _Checked:
    """The document under examination and how strict to be."""

    template: Template
    document: Document
    visibility: Visibility
    stage: Stage
    remembered: Remembered | None

    @property
    def submitting(self) -> bool:
        return self.stage == "submit"


def _in_section(checked: _Checked, section: Section) -> Iterator[Finding]:
    if not checked.visibility.section(section.key):
        return
    if section.repeats:
        yield from _row_count(checked, section)
        found = [_found(checked, section, row) for row in enumerate(checked.document.rows(section.key))]
    else:
        found = [_found(checked, section, None)]
    for one in found:
        yield from one.fields
    yield from by_rule([one.rules for one in found])


def _found(checked: _Checked, section: Section, at: tuple[int, Row] | None) -> Found:
    """What is found of a section, or of a row with its number."""
    row = at[1] if at else None
    values = row.values if row else checked.document.sections.get(section.key, NO_VALUES)

    def judge() -> Found:
        fields = _in_row(checked, section, row) if row else _in_fields(checked, section, values, None)
        return Found(tuple(fields), _rules_broken(checked, section, row))

    if checked.remembered is None:
        return judge()
    return checked.remembered.found(section, at, checked.visibility, values, judge)


def _rules_broken(checked: _Checked, section: Section, row: Row | None) -> tuple[Finding | None, ...]:
    if not checked.submitting:
        return ()
    return broken_by(checked.template, section, row, checked.document, checked.visibility)


def _in_row(checked: _Checked, section: Section, row: Row) -> Iterator[Finding]:
    if row.values:
        yield from _in_fields(checked, section, row.values, row)
    elif checked.submitting:
        yield _about(checked, section, row, None, "ROW-EMPTY", "Empty row: fill it in or delete it.")


def _row_count(checked: _Checked, section: Section) -> Iterator[Finding]:
    rows, repeats = len(checked.document.rows(section.key)), section.repeats
    if repeats is None:
        return
    if rows > repeats.maximum:
        message = (
            f"{section.label}: at most {repeats.maximum} rows; there are {rows}. Delete what is not needed."
        )
        yield _about(checked, section, None, None, "ROWS-MOST", message)
    if checked.submitting and rows < repeats.minimum and not section.retired:
        message = (
            f"{section.label}: enter at least {repeats.minimum}; there {'is' if rows == 1 else 'are'} {rows}."
        )
        yield _about(checked, section, None, None, "ROWS-LEAST", message)


def _in_fields(checked: _Checked, section: Section, values: Values, row: Row | None) -> Iterator[Finding]:
    for field in section.fields:
        if not checked.visibility.field(section.key, field.key, row):
            continue
        value = values.get(field.key)
        if fault := fault_in(field, value):
            yield _about(checked, section, row, field, fault.code, f"{field.label}: {fault.message}")
        elif gone := _retired_options(field, value):
            message = f"{field.label}: no longer offered: {gone}. Choose another answer where one fits."
            yield _about(checked, section, row, field, "OPTION-RETIRED", message, "warning")
        elif value is None and checked.submitting and _wanted(checked, section, field, row):
            yield _about(checked, section, row, field, "REQUIRED", _required_message(field))


def _wanted(checked: _Checked, section: Section, field: Field, row: Row | None) -> bool:
    """Whether a blank field has to be filled in: required, in use, typed, and not already following from another."""
    if not field.required or field.retired or section.retired or not kind_of(field).stores:
        return False
    return checked.visibility.value(section.key, field.key, row) is None


def _required_message(field: Field) -> str:
    if not field.missing:
        return f"{field.label}: answer this question."
    return f"{field.label}: answer this question, or say why there is no answer."


def _retired_options(field: Field, value: Value) -> str:
    options = field.codelist.by_value if field.codelist else {}
    codes = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
    return ", ".join(options[code].label for code in codes if code in options and options[code].retired)


def _about(
    checked: _Checked,
    section: Section,
    row: Row | None,
    field: Field | None,
    code: str,
    message: str,
    severity: Severity = "error",
) -> Finding:
    row_id, key = (row.id if row else ""), (field.key if field else "")
    return Finding(
        code=code,
        path=".".join(filter(None, (section.key, row_id, key))),
        message=message,
        severity=severity,
        section=section.key,
        row_id=row_id,
        field_key=key,
        place=place_of(section, checked.document, row_id),
    )

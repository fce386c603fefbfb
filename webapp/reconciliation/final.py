"""The page models of signing off, and of the final extract."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schema.answers.derive import with_derived
from schema.answers.document import Document, Evidence, Values
from schema.answers.finding import Finding
from schema.template.model import Field, Section, Template
from webapp.reconciliation.queue import row_name
from webapp.reconciliation.room import Table
from webapp.reconciliation.wording import in_full


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding on the consensus, and the address of the question it is about."""

    text: str
    confirmation: str
    address: str


@dataclass(frozen=True, slots=True)
class FinalValue:
    """A value of the consensus with its evidence."""

    label: str
    value: str
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class FinalPlace:
    """The values of a section, or of one row."""

    title: str
    values: tuple[FinalValue, ...]


@dataclass(frozen=True, slots=True)
class FinalSection:
    """A section of the consensus; a repeating group has one place for each row."""

    key: str
    label: str
    repeats: bool
    places: tuple[FinalPlace, ...]


def finding_lines(table: Table, found: Iterable[Finding]) -> tuple[FindingLine, ...]:
    """Turn findings on the consensus into lines that lead to the question."""
    return tuple(
        FindingLine(
            f"{row_name(table, table.loaded.template.by_key[finding.section], finding.row_id)}: {finding.message}",
            finding.confirmation,
            _address(table, finding),
        )
        for finding in found
    )


def final_sections(template: Template, document: Document) -> tuple[FinalSection, ...]:
    """The consensus as people read it, with the values that follow from others; empty sections are left out."""
    full = with_derived(template, document)
    sections = (_final_section(template, section, full) for section in template.sections)
    return tuple(section for section in sections if any(place.values for place in section.places))


def _address(table: Table, finding: Finding) -> str:
    path = finding.path if finding.field_key or finding.row_id else ""
    if path.count(".") < (2 if finding.row_id else 1):
        return table.address("resolve_page", section=finding.section, state="all")
    return table.address("resolve_page", at=path, _anchor="position")


def _final_section(template: Template, section: Section, full: Document) -> FinalSection:
    if section.repeats is None:
        values = _values(template, section, full.sections.get(section.key, {}), full, section.key)
        places = [FinalPlace("", values)] if values else []
    else:
        one = section.repeats.one
        places = [
            FinalPlace(
                f"{one[:1].upper()}{one[1:]} {number}",
                _values(template, section, row.values, full, f"{section.key}.{row.id}"),
            )
            for number, row in enumerate(full.rows(section.key), 1)
        ]
    return FinalSection(section.key, section.label, section.repeats is not None, tuple(places))


def _values(
    template: Template, section: Section, values: Values, full: Document, place: str
) -> tuple[FinalValue, ...]:
    held: list[Field] = [field for field in section.fields if values.get(field.key) is not None]
    return tuple(
        FinalValue(
            field.label,
            in_full(template, field, values[field.key]),
            full.evidence.get(f"{place}.{field.key}"),
        )
        for field in held
    )

"""How far each page is: what the section list shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schema.answers.document import NO_VALUES, Document, Row, Values
from schema.answers.validate import Finding, findings
from schema.answers.visibility import Visibility, visible
from schema.template.model import Section, Template

BLANK = frozenset({"REQUIRED", "ROWS-LEAST", "ROW-EMPTY"})


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """One page. ``answered``: values held that apply. ``rows``: of a group. ``required_left``: blanks that submission
    would refuse. ``problems``: values, rows and rules that it would refuse. ``complete``: it would refuse nothing.
    ``applies`` is false where the page is not asked at all.
    """

    answered: int
    rows: int
    required_left: int
    problems: int
    complete: bool
    applies: bool = True


def progress(
    template: Template,
    document: Document,
    *,
    seen: Visibility | None = None,
    found: Iterable[Finding] | None = None,
) -> dict[str, SectionProgress]:
    """Give the progress of every section, in template order.

    ``seen`` and ``found``: what applies and what submission would say, where that has been worked out already.
    """
    seen = seen or visible(template, document)
    refused: dict[str, list[Finding]] = {section.key: [] for section in template.sections}
    for finding in findings(template, document, "submit") if found is None else found:
        if finding.severity == "error":
            refused[finding.section].append(finding)
    return {key: _of(template.by_key[key], document, seen, found) for key, found in refused.items()}


def _of(
    section: Section, document: Document, seen: Visibility, refused: Iterable[Finding]
) -> SectionProgress:
    if not seen.section(section.key):
        return SectionProgress(0, 0, 0, 0, complete=True, applies=False)
    codes = [finding.code for finding in refused]
    left = sum(code in BLANK for code in codes)
    return SectionProgress(
        answered=sum(_answered(section, row, values, seen) for row, values in _held(section, document)),
        rows=len(document.rows(section.key)),
        required_left=left,
        problems=len(codes) - left,
        complete=not codes,
    )


def _held(section: Section, document: Document) -> Iterator[tuple[Row | None, Values]]:
    if section.repeats is None:
        yield None, document.sections.get(section.key, NO_VALUES)
    else:
        yield from ((row, row.values) for row in document.rows(section.key))


def _answered(section: Section, row: Row | None, values: Values, seen: Visibility) -> int:
    return sum(key in section.by_key and seen.field(section.key, key, row) for key in values)

"""Page model of what stands behind one figure: its cases, the rows that count, their words and the quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from schema.answers.document import Row
from schema.answers.summary import row_summary
from schema.answers.words import value_words
from schema.framework.behind import Behind, RowBehind, behind, block_of
from schema.framework.evaluate import CaseExtract
from schema.framework.figures import Evaluation, Line, Source, TableResult
from schema.framework.model import Block, Table
from schema.store.consensus import SignedOff, extracts
from schema.template.model import Field
from webapp.findings.figure_views import MISSING, WITHIN
from webapp.findings.operations import Study

CASES_ON_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class Saying:
    """One answer: its question, its words, and where the report says so."""

    label: str
    words: str
    page: str
    quote: str
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """A row that counts: which it is, its line, and its answers."""

    title: str
    summary: str
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case behind the figure. ``address``: its final extract."""

    reference: str
    title: str
    address: str
    sayings: tuple[Saying, ...]
    rows: tuple[RowView, ...]


@dataclass(frozen=True)
class BehindPage:
    """One figure with a page of its cases."""

    table: TableResult
    line: Line
    figure: str
    part: str
    total: int
    units: int
    cases: tuple[CaseView, ...]
    number: int
    pages: int


def behind_page(
    session: Session,
    study: Study,
    evaluation: Evaluation,
    table_key: str,
    line_key: str,
    part: str,
    number: int,
) -> BehindPage | None:
    """Collect what stands behind a figure; ``None`` where there is no such figure or no such page."""
    result = evaluation.by_key.get(table_key)
    line = result.by_key.get(line_key) if result else None
    table = next((held for held in study.framework.tables if held.key == table_key), None)
    block = block_of(table, line_key) if table else None
    if result is None or line is None or table is None or block is None:
        return None
    sources = {MISSING: line.missing_sources, WITHIN: line.within_sources}.get(part, line.sources)
    cases = study.by_reference(source.case for source in sources)
    pages = max(1, -(-len(cases) // CASES_ON_A_PAGE))
    if not 1 <= number <= pages:
        return None
    shown = cases[(number - 1) * CASES_ON_A_PAGE : number * CASES_ON_A_PAGE]
    return BehindPage(
        result,
        line,
        line.text(study.framework.places),
        part,
        len(cases),
        len(sources),
        tuple(_cases(session, study, table, block, line_key, shown, sources)),
        number,
        pages,
    )


def _cases(
    session: Session,
    study: Study,
    table: Table,
    block: Block,
    line: str,
    cases: Sequence[SignedOff],
    sources: Sequence[Source],
) -> Iterator[CaseView]:
    rows: dict[str, list[str]] = {}
    for source in sources:
        rows.setdefault(source.case, []).append(source.row)
    for case, extract in zip(cases, extracts(session, cases, study.layer), strict=True):
        found = behind(study.framework, table, block, line, extract, rows[case.reference])
        yield _case(study, case, extract, found)


def _case(study: Study, case: SignedOff, extract: CaseExtract, found: Behind) -> CaseView:
    template, document = extract.template, extract.document
    return CaseView(
        case.reference,
        case.title,
        url_for(
            "reconciliation.final_page",
            project_key=study.project.key,
            case_id=case.case_id,
        ),
        tuple(
            _saying(extract, template.by_path[path], path)
            for path in found.paths
            if path in template.by_path and document.get(path) is not None
        ),
        tuple(_row(extract, held) for held in found.rows.values()),
    )


def _row(extract: CaseExtract, held: RowBehind) -> RowView:
    section = extract.template.by_key[held.group]
    one = section.repeats.one if section.repeats else section.label
    number = [row.id for row in extract.document.rows(held.group)].index(held.row.id) + 1
    shown = [field for field in section.fields if _is_shown(extract, held, field)]
    place = f"{held.group}.{held.row.id}"
    return RowView(
        f"{one[:1].upper()}{one[1:]} {number}",
        row_summary(section, held.row),
        tuple(_saying(extract, field, f"{place}.{field.key}") for field in shown),
    )


def _is_shown(extract: CaseExtract, held: RowBehind, field: Field) -> bool:
    """Show what the figure looks at, the words of the report, and every answer that has a quote."""
    if _blank(held.row, field):
        return False
    quoted = extract.document.evidence.get(f"{held.group}.{held.row.id}.{field.key}")
    return field.key in held.fields or bool(quoted) or (field.kind == "long_text" and field.match == "anchor")


def _blank(row: Row, field: Field) -> bool:
    return row.values.get(field.key) is None


def _saying(extract: CaseExtract, field: Field, path: str) -> Saying:
    evidence = extract.document.evidence.get(path)
    words = value_words(extract.template, field, extract.document.get(path))
    return Saying(
        field.label,
        words,
        evidence.page if evidence else "",
        evidence.quote if evidence else "",
        field.kind == "long_text",
    )

"""Page models of the coder's desk: what the templates are given."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from flask import url_for
from markupsafe import Markup

from forms.fields import Typed, shown
from schema.answers.document import Evidence, Row
from schema.answers.paths import describe_path
from schema.answers.progress import SectionProgress
from schema.answers.summary import row_summary
from schema.problem import Problem
from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Invalid, Missing, Value, to_plain
from webapp.access.subjects import CaseSubject
from webapp.entry.desk import Desk
from webapp.entry.drawing import NO_NOTE, Drawn, asked, draw, drawn, identity
from webapp.entry.wording import in_words

FEW_ROWS = 2
NO_EVIDENCE = Evidence()


@dataclass(frozen=True)
class Overlay:
    """What was typed but not saved, and what is wrong with it, laid over the answers as they stand."""

    typed: Mapping[str, Typed] = field(default_factory=dict)
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)


NOTHING_TYPED = Overlay()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the error summary: what is wrong, and the address of the place."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A line of the section list."""

    key: str
    label: str
    address: str
    words: str
    tone: str
    current: bool
    flagged: int


@dataclass(frozen=True, slots=True)
class RowModel:
    """A row of a group: its folded line and, where it is open, its questions. ``flagged``: how many the coder flagged."""

    id: str
    number: int
    summary: str
    body: Markup | None
    problems: int
    first: bool
    last: bool
    flagged: int = 0


#: What the page's script makes a new row from; the server gives its id and draws its questions.
BLANK_ROW = RowModel("template", 0, "", None, 0, first=False, last=False)


@dataclass(frozen=True)
class SectionPage:
    """One section of an entry."""

    section: Section
    links: tuple[SectionLink, ...]
    body: Markup | None
    rows: tuple[RowModel, ...]
    deleted: tuple[RowModel, ...]
    revision: int
    applies: bool
    only_if: str
    outside: str
    before: SectionLink | None
    after: SectionLink | None
    problems: tuple[Line, ...]

    @property
    def one(self) -> str:
        """What a row is called."""
        return self.section.repeats.one if self.section.repeats else ""


def address(subject: CaseSubject, endpoint: str, **values: object) -> str:
    """Give the address of one of this room's pages for a case."""
    names = {"project_key": subject.project.key, "case_id": subject.case.id}
    return url_for(f"entry.{endpoint}", **names, **values)  # type: ignore[arg-type]


def progress_words(progress: SectionProgress) -> tuple[str, str]:
    """Say how far a section is, and the tone of its mark: quiet, active, attention or done."""
    if not progress.applies:
        return "does not apply", "quiet"
    if progress.problems:
        return f"{progress.problems} to look at", "attention"
    if progress.complete:
        started = progress.answered or progress.rows
        return ("complete", "done") if started else ("nothing required", "quiet")
    left = f"{progress.required_left} left"
    return (left, "active") if progress.answered else (f"not started, {left}", "quiet")


def section_links(subject: CaseSubject, desk: Desk, current: str = "") -> tuple[SectionLink, ...]:
    """The section list."""
    links, flagged = [], flags(desk)
    for section in desk.template.sections:
        if section.retired:
            continue
        words, tone = progress_words(desk.progress[section.key])
        where = address(subject, "section_page", section_key=section.key)
        current_one, marked = section.key == current, flagged.get(section.key, 0)
        links.append(SectionLink(section.key, section.label, where, words, tone, current_one, marked))
    return tuple(links)


def section_page(
    subject: CaseSubject,
    desk: Desk,
    section: Section,
    *,
    open_rows: Collection[str] = (),
    deleted: Sequence[Row] = (),
    overlay: Overlay = NOTHING_TYPED,
    problems: Sequence[Problem] = (),
) -> SectionPage:
    """Put a section's page together."""
    links = section_links(subject, desk, section.key)
    at = next(index for index, link in enumerate(links) if link.current)
    return SectionPage(
        section=section,
        links=links,
        body=None if section.repeats else body(desk, section, None, overlay),
        rows=row_models(desk, section, open_rows, overlay),
        deleted=tuple(
            RowModel(row.id, 0, row_summary(section, row), None, 0, first=True, last=True) for row in deleted
        ),
        revision=desk.entry.revision,
        applies=desk.visibility.section(section.key),
        only_if=in_words(desk.template, section, section.visible_when) if section.visible_when else "",
        outside=outside(desk, section),
        before=links[at - 1] if at else None,
        after=links[at + 1] if at + 1 < len(links) else None,
        problems=lines(subject, desk, problems),
    )


def row_models(
    desk: Desk, section: Section, open_rows: Collection[str], overlay: Overlay = NOTHING_TYPED
) -> tuple[RowModel, ...]:
    """The rows of a group; only those that are open are drawn in full."""
    if section.repeats is None:
        return ()
    rows = desk.document.rows(section.key)
    all_open = len(rows) <= FEW_ROWS
    counts, flagged = row_problems(desk, section), flags(desk)
    return tuple(
        RowModel(
            id=row.id,
            number=number,
            summary=row_summary(section, row),
            body=body(desk, section, row, overlay) if all_open or row.id in open_rows else None,
            problems=counts.get(row.id, 0),
            first=number == 1,
            last=number == len(rows),
            flagged=flagged.get(f"{section.key}.{row.id}", 0),
        )
        for number, row in enumerate(rows, 1)
    )


def flags(desk: Desk) -> dict[str, int]:
    """How many questions the coder wants to come back to, by section key and by ``group.row_id``."""
    counts: Counter[str] = Counter()
    for path, note in desk.document.notes.items():
        section, *rest = path.split(".")
        counts.update([section, f"{section}.{rest[0]}"] if note.flagged else [])
    return counts


def row_problems(desk: Desk, section: Section) -> dict[str, int]:
    """How many problems each row of a group has."""
    counts: dict[str, int] = {}
    for problem in desk.problems:
        if problem.section == section.key and problem.row_id:
            counts[problem.row_id] = counts.get(problem.row_id, 0) + 1
    return counts


def body(desk: Desk, section: Section, row: Row | None, overlay: Overlay = NOTHING_TYPED) -> Markup:
    """Draw the questions of a section or row with its answers."""
    prefix = f"{section.key}.{row.id}." if row else f"{section.key}."
    values = [
        _drawn(desk, section, question, row, prefix + question.key, overlay) for question in asked(section)
    ]
    return draw(desk.template, section, values, row.id if row else "")


def _drawn(
    desk: Desk, section: Section, question: Field, row: Row | None, path: str, overlay: Overlay
) -> Drawn:
    typed = overlay.typed.get(path)
    held = typed.shown if typed else shown(question, desk.value(question, row))
    evidence = (typed.evidence if typed else None) or desk.document.evidence.get(path, NO_EVIDENCE)
    noted = typed.note if typed else None
    return drawn(
        question,
        held,
        problems=(*overlay.problems.get(path, ()), *desk.problems_at(path)),
        page=evidence.page,
        quote=evidence.quote,
        off=not desk.applies(section, question, row),
        note=desk.quotes.get(path) if evidence == desk.document.evidence.get(path) else None,
        own=noted if noted is not None else desk.document.notes.get(path, NO_NOTE),
    )


def outside(desk: Desk, section: Section) -> str:
    """Give the values of other sections that this one's conditions read, as JSON for the page's script."""
    conditions = [question.visible_when for question in section.fields if question.visible_when]
    names = {name for condition in conditions for name in condition.names() if "." in name}
    values = {name: to_plain(_seen(desk, name)) for name in sorted(names)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _seen(desk: Desk, name: str) -> Value:
    section, _, key = name.partition(".")
    return desk.visibility.value(section, key)


def in_full(desk: Desk, question: Field, value: Value) -> str:
    """Give a value as people read it: label, date in words, the reason why there is no answer."""
    return answer_in_full(desk.template, question, value)


def answer_in_full(template: Template, question: Field, value: Value) -> str:
    """The same, of any template."""
    if value is None:
        return ""
    if isinstance(value, Missing):
        return template.missing_label(value.code)
    if isinstance(value, Invalid):
        return value.text
    return kind_of(question).show(question, value)


def lines(subject: CaseSubject, desk: Desk, problems: Sequence[Problem]) -> tuple[Line, ...]:
    """Turn problems into lines that lead to the place, on whichever page it is."""
    return tuple(
        Line(f"{problem.message} {problem.remedy}".strip(), place_of(subject, desk, problem.where))
        for problem in problems
    )


def place_of(subject: CaseSubject, desk: Desk, path: str) -> str:
    """Give the address of a value, row or section; empty where the path is none of these."""
    parts = path.split(".")
    section = desk.template.by_key.get(parts[0])
    if section is None:
        return ""
    if section.repeats is None:
        target = identity(path) if len(parts) == 2 and parts[1] in section.by_key else None
        return address(subject, "section_page", section_key=section.key, _anchor=target)
    if len(parts) == 1 or desk.document.row(section.key, parts[1]) is None:
        return address(subject, "section_page", section_key=section.key)
    anchor = identity(path) if len(parts) == 3 else f"row-{parts[1]}"
    return address(subject, "section_page", section_key=section.key, row=parts[1], _anchor=anchor)


def named(desk: Desk, path: str) -> str:
    """Say in words what a path points at."""
    return describe_path(desk.template, desk.document, path)

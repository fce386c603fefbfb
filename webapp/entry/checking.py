"""The page on which coder 2 checks coder 1's values against the report: what it shows, and reading what it sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from forms.builder import section_form
from forms.fields import KindField, Typed, shown
from schema.answers.document import Evidence
from schema.coding.verification import AGREED, CORRECTED, NOT_FOUND, OUTCOMES, Checked, ToCheck, fault_of
from schema.problem import Problem
from schema.store.models import Entry
from schema.store.verification import LoadedVerification
from schema.template.kinds.base import clean
from schema.template.value import Missing
from webapp.entry.desk import Desk, Judged
from webapp.entry.drawing import draw_one, drawn, identity
from webapp.entry.views import in_full

LONGEST_COMMENT = 2_000
NO_EVIDENCE = Evidence()
NOTHING_SAID = Checked("")
FOUND = {AGREED: "Agreed", CORRECTED: "Corrected", NOT_FOUND: "Not found"}


@dataclass(frozen=True, slots=True)
class Said:
    """What the form says of one value, as it was chosen and typed; ``problems``: why it cannot be kept."""

    check: Checked
    typed: Typed
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One value to check. ``control`` is the question's own, for a correction; ``choices`` are outcomes with their words."""

    id: str
    path: str
    label: str
    hint: str
    guidance: str
    given: str
    missing: bool
    page: str
    quote: str
    outcome: str
    found: str
    choices: tuple[tuple[str, str], ...]
    comment: str
    right: str
    control: Markup
    problems: tuple[str, ...]


@dataclass(frozen=True)
class CheckPage:
    """The values to check, by section. ``left`` counts those that are not checked; ``finished``: to be read only."""

    sections: tuple[tuple[str, tuple[CheckLine, ...]], ...]
    revision: int
    left: int
    total: int
    finished: bool
    said: Mapping[str, Said] = field(default_factory=dict)


def check_page(loaded: LoadedVerification, entry: Entry, said: Mapping[str, Said] | None = None) -> CheckPage:
    """Put the page together; ``said`` is what was sent and could not be kept."""
    desk = Desk(entry, Judged(loaded.template, loaded.first))
    lines: dict[str, list[CheckLine]] = {}
    for one in loaded.to_check():
        stored = loaded.checks.get(one.path, NOTHING_SAID)
        lines.setdefault(one.section.label, []).append(_line(desk, one, stored, (said or {}).get(one.path)))
    return CheckPage(
        sections=tuple((label, tuple(held)) for label, held in lines.items()),
        revision=loaded.row.revision,
        left=len(loaded.unchecked()),
        total=sum(len(held) for held in lines.values()),
        finished=loaded.row.finished_at is not None,
        said=said or {},
    )


def read_checks(loaded: LoadedVerification, formdata: Any) -> dict[str, Said]:
    """Read what was chosen and typed on the page, by path; values of which nothing was said are left out.

    Raises ``Refused`` for what no page of ours sends, as :mod:`forms.fields.base` does.
    """
    asked = {one.path: one for one in loaded.to_check()}
    found = {}
    for section in {one.section.key: one.section for one in asked.values()}.values():
        form = section_form(section)
        form.process(formdata)
        for question in form:
            one = asked.get(question.name)
            if one is not None and (said := _said(loaded, one, question, formdata)) is not None:
                found[one.path] = said
    return found


def _said(loaded: LoadedVerification, one: ToCheck, question: KindField, formdata: Any) -> Said | None:
    outcome = formdata.get(f"outcome:{one.path}", "")[:20]
    comment = clean(formdata.get(f"comment:{one.path}", ""))
    corrects = outcome == CORRECTED
    check = Checked(
        outcome,
        question.value if corrects else None,
        comment,
        (question.evidence or NO_EVIDENCE) if corrects else NO_EVIDENCE,
    )
    stored = loaded.checks.get(one.path, NOTHING_SAID)
    stray = not corrects and question.present and question.value not in (None, stored.value)
    if not outcome and not stray and not comment and not question.process_errors:
        return None
    problems = [Problem("FORM", message, where=one.path) for message in question.process_errors]
    if stray:
        problems.append(_stray(one))
    elif not outcome:
        message = f"{one.field.label}: choose whether you agree."
        problems.append(Problem("CHECK-010", message, where=one.path))
    elif not problems and (fault := fault_of(one, check)) is not None:
        problems.append(fault)
    if len(comment) > LONGEST_COMMENT:
        message = f"{one.field.label}: the comment has more than {LONGEST_COMMENT:,} characters."
        problems.append(Problem("CHECK-011", message, "Shorten it.", where=one.path))
    return Said(check, question.typed, tuple(problems))


def _stray(one: ToCheck) -> Problem:
    message = f"{one.field.label}: a value is entered, but “{OUTCOMES[CORRECTED]}” is not chosen."
    return Problem(
        "CHECK-012", message, f"Choose “{OUTCOMES[CORRECTED]}”, or clear the value.", where=one.path
    )


def _line(desk: Desk, one: ToCheck, stored: Checked, said: Said | None) -> CheckLine:
    check = said.check if said else stored
    evidence = check.evidence
    held = said.typed.shown if said else shown(one.field, stored.value)
    if said and said.typed.evidence:
        evidence = said.typed.evidence
    problems = (
        tuple(f"{problem.message} {problem.remedy}".strip() for problem in said.problems) if said else ()
    )
    return CheckLine(
        id=identity(f"check.{one.path}"),
        path=one.path,
        label=one.field.label,
        hint=one.field.hint,
        guidance=one.field.guidance,
        given=in_full(desk, one.field, one.value),
        missing=isinstance(one.value, Missing),
        page=one.evidence.page,
        quote=one.evidence.quote,
        outcome=check.outcome,
        found=FOUND.get(stored.outcome, "Not checked"),
        choices=tuple(_choices(one)),
        comment=check.comment,
        right=in_full(desk, one.field, stored.value),
        control=draw_one(
            desk.template,
            one.section,
            one.field,
            drawn(one.field, held, page=evidence.page, quote=evidence.quote),
        ),
        problems=problems,
    )


def _choices(one: ToCheck) -> Iterator[tuple[str, str]]:
    """What can be said of a value: only an answer can fail to be found."""
    yield AGREED, OUTCOMES[AGREED] if one.value is not None else "Agree: it stays blank"
    yield CORRECTED, OUTCOMES[CORRECTED]
    if one.value is not None and not isinstance(one.value, Missing):
        yield NOT_FOUND, OUTCOMES[NOT_FOUND]

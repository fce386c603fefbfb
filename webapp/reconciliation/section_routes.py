"""The page on which a whole section, or one row, is settled with one form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask import redirect, request

from forms.fields import Shown
from forms.reconciliation import OTHER, ItemForm, OtherValue, RevisionForm, other_value
from schema.coding.questions import locate
from schema.problem import Problem, Refused, refuse
from schema.store.templates import compiled
from schema.template.kinds import kind_of
from schema.template.model import Field
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.messages import form_problems, say
from webapp.reconciliation import operations, stencils
from webapp.reconciliation.choosing import control
from webapp.reconciliation.room import (
    BASE,
    Answer,
    Problems,
    Table,
    comparison_id,
    page,
    room,
    table_of,
)
from webapp.reconciliation.section import MOST, SectionPage, Sent, section_view
from webapp.unit_of_work import reading, writing

CONFLICT = 409
LONGEST_ROW = 64
QUESTIONS = "questions"
"""The place on the page where the questions begin."""
NO_CHOICE = Problem("FORM", "Nothing is chosen here.", "Choose what is right, or clear what you typed.")


@dataclass(frozen=True)
class Read:
    """What came for one question: its form, what stands in the control for another value, and what is wrong."""

    form: ItemForm
    other: OtherValue | None
    problems: Problems

    @property
    def path(self) -> str:
        """The position's path."""
        return str(self.form.path.data or "")

    def sent(self, problems: Problems) -> Sent:
        """It as the page shows it again."""
        return Sent(self.form, self.other.shown if self.other else None, problems)


@room.get(f"{BASE}/resolve/section/<section>")
@permit("comparison.view")
def section_page(subject: CaseSubject, section: str) -> Answer:
    """The open questions of a section, or of one of its rows, on one page."""
    table = table_of(subject)
    if not table.matched:
        say("Match the rows first: values can only be compared where rows belong together.", "info")
        return redirect(table.address("rows_page"), 303)
    return _draw(table, section)


@room.post(f"{BASE}/resolve/section/<section>")
@permit("comparison.work")
def settle_section_now(subject: CaseSubject, section: str) -> Answer:
    """Settle what was chosen; what cannot be taken comes back as it was sent, and the rest is saved."""
    revision = RevisionForm(request.form)
    if not revision.validate():
        raise refuse("RESOLVE-046", "The page was out of date.", "Look at it as it is now, and do it again.")
    read = list(_read_all(subject))
    asked = [_asked(one, revision.revision.data) for one in read if one.form.choice.data and not one.problems]
    refused = _settle(subject, asked)
    _tell([one for one in asked if one.path not in refused])
    table = table_of(subject)
    sent = {one.path: one.sent(found) for one in read if (found := _problems(table, one, refused))}
    if not sent:
        return redirect(_onward(table, section, saved=bool(asked)), 303)
    overtaken = any(one.status == CONFLICT for one in refused.values())
    return _draw(table, section, sent, CONFLICT if overtaken else 422)


def _problems(table: Table, one: Read, refused: Mapping[str, Refused]) -> Problems:
    """Why what came for a question was not taken; nothing where it was, or nothing was meant."""
    if one.problems or one.path in refused:
        return one.problems or refused[one.path].problems
    return _unchosen(table, one.form, one.other)


def _settle(subject: CaseSubject, asked: list[operations.Asked]) -> Mapping[str, Refused]:
    """Settle them all; gives the refusals by path. A comparison that is closed refuses every one."""
    if not asked:
        return {}
    try:
        with writing() as session:
            return operations.settle_several(session, current_actor(), comparison_id(subject), asked)
    except Refused as refused:
        return {one.path: refused for one in asked}


def _read_all(subject: CaseSubject) -> Iterator[Read]:
    for number in request.form.getlist("item")[:MOST]:
        form = ItemForm(request.form, prefix=f"{number[:4]}-")
        try:
            other = _other(_field(subject, form.path.data or ""), form, number[:4])
            problems = () if form.validate() else form_problems(form)
            wrong = tuple(Problem("FORM", text) for text in (other.problems if other else ()))
            yield Read(form, other, (*problems, *wrong))
        except Refused as refused:
            yield Read(form, None, refused.problems)


def _field(subject: CaseSubject, path: str) -> Field | None:
    """The question that a path is about; none for a row."""
    if subject.comparison is None:
        return None
    section, *_, key = path.split(".")
    return compiled(reading(), subject.comparison.template_version_id).by_path.get(f"{section}.{key}")


def _unchosen(table: Table, form: ItemForm, other: OtherValue | None) -> Problems:
    """What was typed without a choice settles nothing, and must not get lost either."""
    if form.choice.data:
        return ()
    position = locate(table.loaded.result, form.path.data or "")
    first = control(table, position, None) if position and other else None
    changed = first is not None and other is not None and _held(other.shown) != _held(first.shown)
    return (NO_CHOICE,) if changed or form.cause.data or form.reason.data else ()


def _held(shown: Shown) -> tuple[str, frozenset[str], str]:
    return " ".join(shown.text.split()), shown.chosen, shown.missing


def _other(field: Field | None, form: ItemForm, number: str) -> OtherValue | None:
    """What stands in the control for another value; what is wrong with it counts only where it was chosen."""
    if field is None or not kind_of(field).stores:
        return None
    found = other_value(field, request.form, name=f"{number}-{OTHER}")
    return found if form.choice.data == "other" else replace(found, problems=())


def _asked(one: Read, revision: int) -> operations.Asked:
    form, choice = one.form, one.form.choice.data or ""
    return operations.Asked(
        path=one.path,
        choice=choice,
        revision=revision,
        value=one.other.value if one.other and choice == "other" else None,
        cause=form.cause.data or "",
        reason=form.reason.data or "",
    )


def _tell(taken: list[operations.Asked]) -> None:
    deferred = sum(one.choice == "defer" for one in taken)
    if taken:
        later = f", put off: {deferred}" if deferred else ""
        say(f"Settled: {len(taken) - deferred}{later}.")


def _onward(table: Table, section: str, *, saved: bool) -> str:
    """The same page while something on it is to do or breaks a rule, then the next section, then the end of the list."""
    row = request.form.get("row", "")[:LONGEST_ROW]
    view = section_view(table, section, row)
    if not saved:
        say("Nothing was chosen, so nothing was settled.", "info")
    if view.to_do or view.broken or not saved:
        return table.address(
            "section_page", section=section, **({"row": row} if row else {}), _anchor=QUESTIONS
        )
    if row and section_view(table, section).to_do:
        return table.address("section_page", section=section, _anchor=QUESTIONS)
    return f"{view.after.address}#{QUESTIONS}" if view.after else table.address("resolve_page")


def _draw(table: Table, section: str, sent: Mapping[str, Sent] | None = None, status: int = 200) -> Answer:
    row = request.values.get("row", "")[:LONGEST_ROW]
    view = section_view(table, section, row, sent)
    return page(
        "section",
        table.subject,
        status,
        problems=_summary(view),
        table=table,
        view=view,
        asked_row=row,
        stencils=stencils,
    )


def _summary(view: SectionPage) -> Problems:
    """Each problem with the place it is about, leading there."""
    return tuple(
        replace(
            problem,
            message=f"{item.view.place}, {item.view.label}: {problem.message}",
            where=f"item-{item.number}",
        )
        for place in view.places
        for item in place.items
        for problem in item.problems
    )

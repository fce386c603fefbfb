"""The pages on which differences are settled, one position at a time."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, request
from werkzeug.datastructures import MultiDict

from forms.reconciliation import DecisionForm, OtherValue, ask_for_reason, other_value
from schema.problem import Problem, Refused
from schema.store import comparisons
from schema.store.asking import threads
from schema.store.templates import compiled
from schema.template.kinds import kind_of
from schema.template.model import Field
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.messages import form_problems, refusal_problems, say
from webapp.reconciliation import operations
from webapp.reconciliation.position import LeftBehind, PositionPage, left_behind
from webapp.reconciliation.queue import FILTER_STATES, TO_DO, Queue, Wanted, queue
from webapp.reconciliation.room import (
    BASE,
    Answer,
    Problems,
    Table,
    address,
    comparison_id,
    page,
    room,
    table_of,
)
from webapp.unit_of_work import reading, writing

LONGEST = 400
NOTHING_ENTERED = "RESOLVE-041"


@room.get(f"{BASE}/resolve")
@permit("comparison.view")
def resolve_page(subject: CaseSubject) -> Answer:
    """The queue, and the question at hand."""
    table = table_of(subject)
    if not table.matched:
        say("Match the rows first: values can only be compared where rows belong together.", "info")
        return redirect(table.address("rows_page"), 303)
    wanted, after = _wanted(request.args), _text(request.args, "after")
    found = queue(table, wanted, at=_text(request.args, "at"), after=after)
    return _draw(table, found, DecisionForm(), left=left_behind(table, wanted, after))


@room.post(f"{BASE}/resolve")
@permit("comparison.work")
def decide_now(subject: CaseSubject) -> Answer:
    """Settle the position, and go on to the next."""
    form, wanted = DecisionForm(request.form), _wanted(request.form)
    other = _other(_field(subject, form.path.data or ""), form)
    problems = () if form.validate() else form_problems(form)
    if problems or (other and other.problems):
        return _again(subject, wanted, form, Refused((*problems, *_of_value(other))), other)
    asked = _asked(form, other)
    try:
        with writing() as session:
            operations.settle(session, current_actor(), comparison_id(subject), asked)
    except Refused as refused:
        return _again(subject, wanted, form, refused, other)
    say("Put off for later." if asked.choice == "defer" else "Settled.")
    return redirect(_onward(subject, wanted, asked.path), 303)


@room.post(f"{BASE}/resolve/undo")
@permit("comparison.work")
def undo_now(subject: CaseSubject) -> Answer:
    """Take the decision on a position back."""
    form, wanted = DecisionForm(request.form), _wanted(request.form)
    path = form.path.data or ""
    try:
        with writing() as session:
            revision = form.revision.data if form.revision.data is not None else -1
            comparisons.undo(session, current_actor(), comparison_id(subject), path, revision=revision)
    except Refused as refused:
        return _again(subject, wanted, form, refused, None)
    say("The decision is undone.")
    return redirect(address(subject, "resolve_page", at=path, **wanted.values(), _anchor="position"), 303)


def _text(values: MultiDict[str, str], name: str) -> str:
    return values.get(name, "")[:LONGEST]


def _wanted(values: MultiDict[str, str]) -> Wanted:
    state = _text(values, "state")
    return Wanted(
        _text(values, "section"),
        _text(values, "verdict"),
        state if state in FILTER_STATES else TO_DO,
        _text(values, "stated_cause"),
        values.get("uncertain") == "y",
    )


def _field(subject: CaseSubject, path: str) -> Field | None:
    """The question that a path is about; none for a row."""
    if subject.comparison is None:
        return None
    section, *_, key = path.split(".")
    return compiled(reading(), subject.comparison.template_version_id).by_path.get(f"{section}.{key}")


def _other(field: Field | None, form: DecisionForm) -> OtherValue | None:
    """What stands in the control for another value; read even where a button was pressed, to lose nothing typed."""
    if field is None or not kind_of(field).stores:
        return None
    found = other_value(field, request.form)
    return found if form.choice.data == "other" else replace(found, problems=())


def _asked(form: DecisionForm, other: OtherValue | None) -> operations.Asked:
    choice = form.choice.data or ""
    return operations.Asked(
        path=form.path.data or "",
        choice=choice,
        revision=form.revision.data,
        value=other.value if other and choice == "other" else None,
        cause=form.cause.data or "",
        reason=form.reason.data or "",
    )


def _onward(subject: CaseSubject, wanted: Wanted, path: str) -> str:
    return address(subject, "resolve_page", after=path, **wanted.values(), _anchor="position")


def _of_value(other: OtherValue | None) -> tuple[Problem, ...]:
    return tuple(Problem("FORM", text, where="value") for text in (other.problems if other else ()))


def _again(
    subject: CaseSubject, wanted: Wanted, form: DecisionForm, refused: Refused, other: OtherValue | None
) -> Answer:
    """Draw the page as things stand now, with everything that was typed."""
    table = table_of(subject)
    found = queue(table, wanted, at=form.path.data or "")
    placed = Refused([_placed(problem) for problem in refused.problems], status=refused.status)
    problems = refusal_problems(form, placed)
    return _draw(table, found, form, other, problems, refused.status)


def draw_position(subject: CaseSubject, path: str, refused: Refused) -> Answer:
    """Draw the page of a position again after a refusal that is not about a decision."""
    table = table_of(subject)
    return _draw(
        table, queue(table, Wanted(), at=path), DecisionForm(), None, refused.problems, refused.status
    )


def _placed(problem: Problem) -> Problem:
    """The problem with the control it is about."""
    if problem.code in ("RESOLVE-007", "RESOLVE-008"):
        return replace(problem, where="reason")
    if problem.where in ("value", "reason", "cause"):
        return problem
    about_value = problem.code.startswith("RESOLVE-") and problem.code not in ("RESOLVE-020", "RESOLVE-021")
    return replace(problem, where="value" if about_value else "position")


def _draw(
    table: Table,
    found: Queue,
    form: DecisionForm,
    other: OtherValue | None = None,
    problems: Problems = (),
    status: int = 200,
    left: LeftBehind | None = None,
) -> Answer:
    view, typed = None, other
    stray: tuple[str, ...] = ()
    if problems and not (table.may_work and found.position and found.position.path == form.path.data):
        form, typed, stray = DecisionForm(), None, _typed(other)  # its position is gone, or closed
    if found.position is not None:
        history = comparisons.history(reading(), table.loaded.row.id, found.position.path)
        view = PositionPage(table, found.position, history, typed.shown if typed else None)
        if view.reason_asked:
            ask_for_reason(form)
    path = found.position.path if found.position else ""
    return page(
        "resolve",
        table.subject,
        status,
        problems=problems,
        table=table,
        queue=found,
        view=view,
        form=form,
        states=FILTER_STATES,
        stray=stray,
        left=left,
        threads=threads(reading(), table.loaded.row.id, path) if path else (),
        typed_question={"whom": request.form.getlist("whom"), "text": request.form.get("text", "")},
    )


def _typed(other: OtherValue | None) -> tuple[str, ...]:
    """What was typed into the form, as texts."""
    typed = (request.form.get("reason", ""), other.shown.text if other else "")
    return tuple(text for text in typed if text)

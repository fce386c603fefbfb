"""The assignment board: replace a person in many cases, by name or by lot, and set deadlines, from one page."""

from __future__ import annotations

import secrets

from flask import redirect, request, url_for

from forms.cases import FilterForm
from forms.planning import BoardForm
from schema.problem import Refused, refuse
from schema.store.assignments import LABEL_OF
from schema.store.case_state import STATES
from schema.store.caselist import CaseFilter
from schema.store.deadlines import DUE_PARTS, WHOLE, set_deadlines
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import ProjectSubject
from webapp.cases import views
from webapp.cases.board import BoardOrder, BoardPlan, apply_board, plan_board
from webapp.cases.room import Answer, Problems, page, room
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, reading, writing
from webapp.wording import count

ADDRESS = "/projects/<project_key>/cases/board"
PART_WORDS = {WHOLE: "The whole case", **LABEL_OF}
BY_LOT = "By lot"


@room.get(ADDRESS)
@permit("case.assign")
def board_page(subject: ProjectSubject) -> Answer:
    """All open cases with their people and deadlines, to tick."""
    return _board(subject, _form(subject, seed=str(secrets.randbelow(10**6))))


@room.post(ADDRESS)
@permit("case.assign")
def board_now(subject: ProjectSubject) -> Answer:
    """Show what replacing would do, or set the deadlines that were asked for."""
    form = _form(subject)
    if not form.validate():
        return _board(subject, form, form_problems(form), 422)
    try:
        if request.form.get("act") == "deadline":
            return _set_deadlines(subject, form)
        return _preview(subject, form, plan_board(reading(), current_actor(), subject.project, _order(form)))
    except Refused as refused:
        return _board(subject, form, refusal_problems(form, refused), refused.status)


@room.post(f"{ADDRESS}/replace")
@permit("case.assign")
def replace_now(subject: ProjectSubject) -> Answer:
    """Make exactly the changes that were shown."""
    form = _form(subject)
    if not form.validate():
        return _board(subject, form, form_problems(form), 422)
    try:
        with writing() as session:
            project = fresh(session, subject.project)
            plan = apply_board(session, current_actor(), project, _order(form), form.shown.data or "")
    except Refused as refused:
        return _shown_again(subject, form, refused)
    say(f"{count(len(plan.made), 'case')} changed hands.")
    return redirect(url_for("cases.board_page", project_key=subject.project.key), 303)


def _order(form: BoardForm) -> BoardOrder:
    return BoardOrder(
        tuple(form.case.data or ()),
        form.leaver.data or "",
        form.successor.data or "",
        int(form.seed.data or 0),
    )


def _set_deadlines(subject: ProjectSubject, form: BoardForm) -> Answer:
    chosen, part = form.case.data or [], form.part.data or ""
    if not chosen:
        raise refuse("BOARD-001", "No case is chosen.", "Tick at least one.", where="case")
    if part not in DUE_PARTS:
        raise refuse("DUE-002", "That is no part of a case.", "Choose one of the list.", where="part")
    try:
        with writing() as session:
            project = fresh(session, subject.project)
            changed = set_deadlines(session, current_actor(), project, chosen, {part: form.due.data})
    except Refused as refused:
        raise refuse(
            refused.problems[0].code, refused.problems[0].message, refused.problems[0].remedy, where="due"
        ) from refused
    say(f"The deadline of {count(changed, 'case')} is {'set' if form.due.data else 'taken away'}.")
    return redirect(url_for("cases.board_page", project_key=subject.project.key), 303)


def _form(subject: ProjectSubject, **data: str) -> BoardForm:
    form = BoardForm(request.form if request.method == "POST" else None, data=data)
    people = views.people_choices(reading(), subject.project)
    form.leaver.choices = [("", "Choose a person"), *people]
    form.successor.choices = [("", BY_LOT), *people]
    form.part.choices = list(PART_WORDS.items())
    return form


def _board(subject: ProjectSubject, form: BoardForm, problems: Problems = (), status: int = 200) -> Answer:
    narrow = FilterForm(request.args)
    narrow.state.choices = [("", "Any state"), *((state, state.capitalize()) for state in STATES)]
    narrow.person.choices = [("", "Anybody"), *views.people_choices(reading(), subject.project)]
    wanted = CaseFilter(narrow.state.data or "", narrow.person.data or "", (narrow.text.data or "")[:100])
    view = views.board_view(reading(), current_actor(), subject, wanted, request.args.get("after", "")[:100])
    trail = views.cases_trail(subject.project)
    return page("board", subject, status, view=view, form=form, narrow=narrow, problems=problems, trail=trail)


def _preview(
    subject: ProjectSubject, form: BoardForm, plan: BoardPlan, problems: Problems = (), status: int = 200
) -> Answer:
    board = ("Assignment board", url_for("cases.board_page", project_key=subject.project.key))
    trail = [*views.cases_trail(subject.project), board]
    return page("board-preview", subject, status, form=form, plan=plan, problems=problems, trail=trail)


def _shown_again(subject: ProjectSubject, form: BoardForm, refused: Refused) -> Answer:
    """What would be done now, where what was shown can be done no more."""
    try:
        plan = plan_board(reading(), current_actor(), subject.project, _order(form))
    except Refused as also:
        return _board(subject, form, also.problems, also.status)
    return _preview(subject, form, plan, refused.problems, refused.status)

"""The pages of coding again: draw or choose old cases for their coder, see how far coders agree with themselves, give one up."""

from __future__ import annotations

import secrets

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.repeats import DrawRepeatsForm, GiveRepeatsForm
from schema.problem import Problem, Refused
from schema.store.models import Entry, User
from schema.store.repeats import give_again, give_up
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject, ProjectSubject
from webapp.agreement.repeat_views import RepeatDraw, coder_choices, draw_repeats, repeats_page
from webapp.agreement.room import room
from webapp.confirmation import Confirmation, ask
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, reading, writing
from webapp.wording import count

ADDRESS = "/projects/<project_key>/agreement/repeats"
Problems = tuple[Problem, ...]


@room.get(ADDRESS, endpoint="repeats_page")
@permit("agreement.repeat")
def show_repeats(subject: ProjectSubject) -> ResponseReturnValue:
    """What is coded again and how coders agree with themselves; where a draw was asked for, its cases to look at."""
    if "coder" not in request.args:
        return _page(subject, _form(subject, days="90", number="5", seed=str(secrets.randbelow(10**6))))
    form = _form(subject)
    if not form.validate():
        return _page(subject, form, form_problems(form), 422)
    try:
        return _page(subject, form, draw=_drawn(subject, form))
    except Refused as refused:
        return _page(subject, form, refusal_problems(form, refused), refused.status)


@room.post(ADDRESS)
@permit("agreement.repeat")
def give_again_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Give the ticked cases to their coder once more."""
    form = GiveRepeatsForm(request.form)
    coder = reading().get(User, form.coder.data or "")
    if coder is None or not form.validate():
        abort(400)
    try:
        with writing() as session:
            given = give_again(
                session,
                current_actor(),
                fresh(session, subject.project),
                fresh(session, coder),
                form.case.data or [],
                days=int(form.days.data or 0),
                seed=int(form.seed.data) if form.seed.data else None,
            )
    except Refused as refused:
        again = _form(
            subject, coder=coder.id, days=form.days.data or "", number="5", seed=form.seed.data or "0"
        )
        return _page(subject, again, refused.problems, refused.status)
    say(f"{count(given, 'case')} given once more. They are on the coder’s start page, under “To code again”.")
    return _back(subject)


@room.get(f"{ADDRESS}/<entry_id>/give-up")
@permit("agreement.repeat")
def give_up_page(subject: CaseSubject) -> ResponseReturnValue:
    """Ask whether a case is not to be coded again after all."""
    return _ask(subject, _named(subject))


@room.post(f"{ADDRESS}/<entry_id>/give-up")
@permit("agreement.repeat")
def give_up_now(subject: CaseSubject) -> ResponseReturnValue:
    """Give it up."""
    entry = _named(subject)
    try:
        with writing() as session:
            give_up(session, current_actor(), fresh(session, entry))
    except Refused as refused:
        return _ask(subject, entry, refused)
    say(f"{subject.case.reference} is not coded again.")
    return _back(subject)


def _named(subject: CaseSubject) -> Entry:
    if subject.entry is None or not subject.entry.repeats:
        abort(404)
    return subject.entry


def _ask(subject: CaseSubject, entry: Entry, refused: Refused | None = None) -> ResponseReturnValue:
    coder = reading().get_one(User, entry.coder_id)
    confirm = Confirmation(
        title=f"Give up coding {subject.case.reference} again",
        paragraphs=(
            f"It leaves the list of {coder.display_name} at once. What was entered the second time is kept aside and counts for nothing.",
            "The case itself, its two entries and its final extract are not touched.",
        ),
        button="Give it up",
        back=url_for("agreement.repeats_page", project_key=subject.project.key),
        back_text="Keep it",
    )
    problems, status = (refused.problems, refused.status) if refused else ((), 200)
    return ask(confirm, problems, status=status, subject=subject)


def _form(subject: ProjectSubject, **data: str) -> DrawRepeatsForm:
    form = DrawRepeatsForm(None if data else request.args, data=data)
    form.coder.choices = [("", "Choose a coder"), *coder_choices(reading(), subject.project)]
    return form


def _drawn(subject: ProjectSubject, form: DrawRepeatsForm) -> RepeatDraw:
    session = reading()
    coder = session.get(User, form.coder.data or "") or abort(404)
    days, number, seed = (int(field.data or 0) for field in (form.days, form.number, form.seed))
    return draw_repeats(session, subject.project, coder, days=days, number=number, seed=seed)


def _page(
    subject: ProjectSubject,
    form: DrawRepeatsForm,
    problems: Problems = (),
    status: int = 200,
    draw: RepeatDraw | None = None,
) -> ResponseReturnValue:
    view = repeats_page(reading(), subject.project)
    page = render_template(
        "agreement/repeats.html", subject=subject, view=view, form=form, draw=draw, problems=problems
    )
    return page, status


def _back(subject: ProjectSubject) -> ResponseReturnValue:
    return redirect(url_for("agreement.repeats_page", project_key=subject.project.key), code=303)

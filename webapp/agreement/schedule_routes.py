"""The pages of schedules of coding again: set one, change it, end it, and give its next round now."""

from __future__ import annotations

import secrets

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.repeats import RepeatScheduleForm
from schema.days import in_words
from schema.problem import Problem, Refused
from schema.store.database import now
from schema.store.models import RepeatSchedule, User
from schema.store.repeat_schedules import (
    Share,
    Terms,
    change_schedule,
    end_schedule,
    find_schedule,
    give_round,
    next_round,
    set_schedule,
    terms_of,
)
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import ProjectSubject
from webapp.agreement.repeat_views import EVERY_CODER, coder_choices
from webapp.agreement.room import room
from webapp.confirmation import Confirmation, ask
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, reading, writing
from webapp.wording import count

NEW = "/projects/<project_key>/agreement/repeats/schedule"
ADDRESS = "/projects/<project_key>/agreement/repeats/schedules/<schedule_id>"
Problems = tuple[Problem, ...]


@room.get(NEW)
@permit("agreement.repeat")
def set_schedule_page(subject: ProjectSubject) -> ResponseReturnValue:
    """An empty form."""
    usual = {"days": "90", "number": "2", "every_weeks": "8", "seed": str(secrets.randbelow(10**6))}
    return _page(subject, _form(subject, next_day=now(reading()).date(), **usual))


@room.post(NEW)
@permit("agreement.repeat")
def set_schedule_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Set the schedule."""
    form = _form(subject)
    if not form.validate():
        return _page(subject, form, form_problems(form), 422)
    terms = _terms(form)
    try:
        with writing() as session:
            set_schedule(session, current_actor(), fresh(session, subject.project), terms)
    except Refused as refused:
        return _page(subject, form, refusal_problems(form, refused), refused.status)
    say("The schedule is set. Its first round is given by itself on its day.")
    return _back(subject)


@room.get(ADDRESS)
@permit("agreement.repeat")
def change_schedule_page(subject: ProjectSubject, schedule_id: str) -> ResponseReturnValue:
    """The form as the schedule stands."""
    held = _named(subject, schedule_id)
    terms = terms_of(held)
    said = {name: str(getattr(terms, name)) for name in ("number", "days", "seed")}
    form = _form(
        subject,
        coder=terms.coder_id or "",
        next_day=terms.next_day,
        every_weeks=str(terms.every_weeks or ""),
        revision=str(held.revision),
        **said,
    )
    return _page(subject, form, schedule=held)


@room.post(ADDRESS)
@permit("agreement.repeat")
def change_schedule_now(subject: ProjectSubject, schedule_id: str) -> ResponseReturnValue:
    """Change it, from its next round on."""
    held, form = _named(subject, schedule_id), _form(subject)
    if not form.validate():
        return _page(subject, form, form_problems(form), 422, held)
    terms = _terms(form)
    try:
        with writing() as session:
            changed = change_schedule(
                session, current_actor(), fresh(session, held), terms, revision=int(form.revision.data or 0)
            )
    except Refused as refused:
        return _page(subject, form, refusal_problems(form, refused), refused.status, held)
    say("The schedule is changed, from its next round on." if changed else "Nothing was changed.")
    return _back(subject)


@room.get(f"{ADDRESS}/<int:revision>/give")
@permit("agreement.repeat")
def give_round_page(subject: ProjectSubject, schedule_id: str, revision: int) -> ResponseReturnValue:
    """What the next round would give now, to be confirmed."""
    return _ask_to_give(subject, _named(subject, schedule_id))


@room.post(f"{ADDRESS}/<int:revision>/give")
@permit("agreement.repeat")
def give_round_now(subject: ProjectSubject, schedule_id: str, revision: int) -> ResponseReturnValue:
    """Give it."""
    held = _named(subject, schedule_id)
    try:
        with writing() as session:
            shares = give_round(session, current_actor(), fresh(session, held), revision=revision)
            given = sum(len(one.case_ids) for one in shares)
    except Refused as refused:
        return _ask_to_give(subject, held, refused)
    say(f"The round is given: {count(given, 'case')} in all.")
    return _back(subject)


@room.get(f"{ADDRESS}/<int:revision>/end")
@permit("agreement.repeat")
def end_schedule_page(subject: ProjectSubject, schedule_id: str, revision: int) -> ResponseReturnValue:
    """Ask whether no round is to follow."""
    return _ask_to_end(subject, _named(subject, schedule_id))


@room.post(f"{ADDRESS}/<int:revision>/end")
@permit("agreement.repeat")
def end_schedule_now(subject: ProjectSubject, schedule_id: str, revision: int) -> ResponseReturnValue:
    """End it."""
    held = _named(subject, schedule_id)
    try:
        with writing() as session:
            end_schedule(session, current_actor(), fresh(session, held), revision=revision)
    except Refused as refused:
        return _ask_to_end(subject, held, refused)
    say("The schedule has ended. What was given stays with its coders.")
    return _back(subject)


def _named(subject: ProjectSubject, schedule_id: str) -> RepeatSchedule:
    return find_schedule(reading(), subject.project, schedule_id) or abort(404)


def _form(subject: ProjectSubject, **data: object) -> RepeatScheduleForm:
    form = RepeatScheduleForm(request.form if request.method == "POST" else None, data=data)
    form.coder.choices = [("", EVERY_CODER), *coder_choices(reading(), subject.project)]
    return form


def _terms(form: RepeatScheduleForm) -> Terms:
    coder_id = form.coder.data or None
    if coder_id is not None and reading().get(User, coder_id) is None:
        abort(400)
    number, days, seed, weeks = (
        int(field.data or 0) for field in (form.number, form.days, form.seed, form.every_weeks)
    )
    assert form.next_day.data is not None, "a valid form has its day"
    return Terms(coder_id, number, days, seed, form.next_day.data, weeks)


def _page(
    subject: ProjectSubject,
    form: RepeatScheduleForm,
    problems: Problems = (),
    status: int = 200,
    schedule: RepeatSchedule | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "agreement/repeat-schedule.html", subject=subject, form=form, schedule=schedule, problems=problems
    )
    return page, status


def _ask_to_give(
    subject: ProjectSubject, held: RepeatSchedule, refused: Refused | None = None
) -> ResponseReturnValue:
    confirm = Confirmation(
        title="Give the next round now",
        paragraphs=(
            *(_share_in_words(one) for one in next_round(reading(), held)),
            "The cases are drawn by lot and given at once, each with a blank entry."
            + (
                f" The round after this one follows in {count(held.every_weeks, 'week')}."
                if held.every_weeks
                else " No round follows."
            ),
        ),
        button="Give them now",
        back=_list(subject),
        back_text=f"Leave it to {in_words(held.next_day)}",
        danger=False,
    )
    return _confirm(subject, confirm, refused)


def _share_in_words(one: Share) -> str:
    """What somebody gets, and why it is not more: ``Amara Okafor: 1 case of 4 that are old enough, beside 1 that waits``."""
    waits = f", beside {one.waiting} not finished yet" if one.waiting else ""
    return f"{one.coder.display_name}: {count(len(one.case_ids), 'case')} of {one.free} that could be given{waits}."


def _ask_to_end(
    subject: ProjectSubject, held: RepeatSchedule, refused: Refused | None = None
) -> ResponseReturnValue:
    confirm = Confirmation(
        title="End this schedule",
        paragraphs=(
            f"No round is given by it any more; {count(held.rounds, 'round')} {'was' if held.rounds == 1 else 'were'} given.",
            "What was given stays with its coders, and what they submitted stays in the figures.",
        ),
        button="End it",
        back=_list(subject),
        back_text="Keep it",
    )
    return _confirm(subject, confirm, refused)


def _confirm(subject: ProjectSubject, confirm: Confirmation, refused: Refused | None) -> ResponseReturnValue:
    problems, status = (refused.problems, refused.status) if refused else ((), 200)
    return ask(confirm, problems, status=status, subject=subject)


def _list(subject: ProjectSubject) -> str:
    return url_for("agreement.repeats_page", project_key=subject.project.key)


def _back(subject: ProjectSubject) -> ResponseReturnValue:
    return redirect(_list(subject), code=303)

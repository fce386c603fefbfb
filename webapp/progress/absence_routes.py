"""The pages of absences: one's own, and those of a project's people."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.planning import AbsenceForm, MemberAbsenceForm
from schema.problem import Problem, Refused
from schema.store.absences import (
    absences_of,
    cancel_absence,
    find_absence,
    people_at_work,
    record_absence,
)
from schema.store.database import now
from schema.store.models import User
from webapp.access.guard import current_actor, permit
from webapp.access.sessions import current_user
from webapp.access.subjects import ProjectSubject
from webapp.messages import form_problems, refusal_problems, say
from webapp.progress.room import room
from webapp.unit_of_work import fresh, reading, writing

Problems = tuple[Problem, ...]


@room.get("/absences")
@permit("account.own")
def absences_page() -> ResponseReturnValue:
    """One's own absences, and the form to record one."""
    return _own(AbsenceForm())


@room.post("/absences")
@permit("account.own")
def record_absence_now() -> ResponseReturnValue:
    """Record when one is away."""
    form = AbsenceForm(request.form)
    if not form.validate():
        return _own(form, form_problems(form), 422)
    try:
        user = current_user()
        with writing() as session:
            record_absence(session, current_actor(), fresh(session, user), *form.days)
    except Refused as refused:
        return _own(form, refusal_problems(form, refused), refused.status)
    say("Recorded.")
    return redirect(url_for("progress.absences_page"), code=303)


@room.post("/absences/<absence_id>/cancel")
@permit("account.own")
def cancel_absence_now(absence_id: str) -> ResponseReturnValue:
    """Take one of one's own absences back."""
    _cancel(absence_id, {current_actor().id})
    return redirect(url_for("progress.absences_page"), code=303)


@room.get("/projects/<project_key>/absences")
@permit("absence.manage")
def team_absences_page(subject: ProjectSubject) -> ResponseReturnValue:
    """When the people of a project are away, and the form to record an absence."""
    return _team(subject, _team_form(subject))


@room.post("/projects/<project_key>/absences")
@permit("absence.manage")
def record_team_absence_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Record when somebody of the project is away."""
    form = _team_form(subject)
    if not form.validate():
        return _team(subject, form, form_problems(form), 422)
    try:
        with writing() as session:
            user = session.get_one(User, form.person.data)
            record_absence(session, current_actor(), user, *form.days)
    except Refused as refused:
        return _team(subject, form, refusal_problems(form, refused), refused.status)
    say("Recorded.")
    return redirect(url_for("progress.team_absences_page", project_key=subject.project.key), code=303)


@room.post("/projects/<project_key>/absences/<absence_id>/cancel")
@permit("absence.manage")
def cancel_team_absence_now(subject: ProjectSubject, absence_id: str) -> ResponseReturnValue:
    """Take an absence of somebody of the project back."""
    _cancel(absence_id, set(people_at_work(reading(), subject.project)))
    return redirect(url_for("progress.team_absences_page", project_key=subject.project.key), code=303)


def _cancel(absence_id: str, user_ids: set[str]) -> None:
    with writing() as session:
        found = find_absence(session, absence_id, user_ids)
        if found is None:
            abort(404)
        cancel_absence(session, current_actor(), found)
    say("Taken back.")


def _team_form(subject: ProjectSubject) -> MemberAbsenceForm:
    form = MemberAbsenceForm(request.form if request.method == "POST" else None)
    form.person.choices = [("", "Choose a person"), *people_at_work(reading(), subject.project).items()]
    return form


def _own(form: AbsenceForm, problems: Problems = (), status: int = 200) -> ResponseReturnValue:
    session = reading()
    away = absences_of(session, {current_actor().id}, now(session).date())
    page = render_template("progress/absences.html", form=form, away=away, problems=problems)
    return page, status


def _team(
    subject: ProjectSubject, form: MemberAbsenceForm, problems: Problems = (), status: int = 200
) -> ResponseReturnValue:
    session = reading()
    people = people_at_work(session, subject.project)
    away = absences_of(session, people, now(session).date())
    page = render_template("progress/absences.html", subject=subject, form=form, away=away, problems=problems)
    return page, status

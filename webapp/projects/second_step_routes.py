"""The page on which a manager says of which roles the project asks a second step of signing in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.project import SecondStepForm
from schema.problem import Problem, Refused
from schema.store.second_steps import ask_of
from webapp.access.guard import current_actor, permit
from webapp.access.reentry import confirm_person
from webapp.access.subjects import ProjectSubject
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, writing

ADDRESS = "/projects/<project_key>/second-step"


def add_to(room: Blueprint) -> None:
    """Add the page to the room of projects."""
    room.get(ADDRESS)(second_step_page)
    room.post(ADDRESS)(ask_second_step_now)


@permit("project.manage")
def second_step_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Of which roles it is asked, to change that."""
    return _page(subject, SecondStepForm(formdata=None, roles=sorted(subject.project.second_step_roles)))


@permit("project.manage")
def ask_second_step_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Ask it of the roles that are ticked; it counts at everybody's next request."""
    form = SecondStepForm(request.form)
    if not form.validate():
        return _page(subject, form, form_problems(form), status=422)
    try:
        confirm_person(form.password.data)
        with writing() as session:
            ask_of(session, current_actor(), fresh(session, subject.project), form.roles.data or [])
    except Refused as refused:
        return _page(subject, form, refusal_problems(form, refused), status=refused.status)
    say("Saved. Whoever is asked and has no second step yet sets it up before they go on in this project.")
    return redirect(url_for("projects.settings_page", project_key=subject.project.key), code=303)


def _page(
    subject: ProjectSubject, form: SecondStepForm, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    return render_template("projects/second-step.html", subject=subject, form=form, problems=problems), status

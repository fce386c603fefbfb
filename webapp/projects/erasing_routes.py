"""The page on which an administrator erases a case or a project."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.project import EraseForm
from schema.problem import Problem, Refused
from webapp.access.guard import current_actor, permit
from webapp.access.reentry import confirm_person
from webapp.access.subjects import ProjectSubject
from webapp.messages import form_problems, refusal_problems, say
from webapp.projects.erasing import CASE, erase, may_erase
from webapp.unit_of_work import installed, let_go, reading

ADDRESS = "/projects/<project_key>/erase"


def add_to(room: Blueprint) -> None:
    """Add the page to the room of projects."""
    room.get(ADDRESS)(erase_page)
    room.post(ADDRESS)(erase_now)


@permit("project.erase")
def erase_page(subject: ProjectSubject) -> ResponseReturnValue:
    """What erasing means, what to do before, what is to go, the reason, and the signature."""
    return _page(subject, EraseForm(formdata=None))


@permit("project.erase")
def erase_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Erase it, for good."""
    form = EraseForm(request.form)
    if not form.validate():
        return _page(subject, form, form_problems(form), status=422)
    what, key, title = form.what.data, subject.project.key, subject.project.title
    try:
        confirm_person(form.password.data)
        let_go()
        place = installed()
        _, left = erase(
            place.database, place.settings, current_actor(), key, what, form.typed.data, form.reason.data
        )
    except Refused as refused:
        return _page(subject, form, refusal_problems(form, refused), status=refused.status)
    say("The case is erased." if what == CASE else f"The project “{title}” is erased.")
    if left:
        current_app.logger.error("Files of what was erased are still at %s", ", ".join(left))
        say(
            f"{len(left)} files are still where they were, because their place does not answer. The log names them.",
            "warning",
        )
    return redirect(url_for("projects.list_page"), code=303)


def _page(
    subject: ProjectSubject, form: EraseForm, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    able = may_erase(reading(), installed().settings)
    page = render_template(
        "projects/erase.html", subject=subject, form=form, problems=problems, may_erase=able
    )
    return page, status

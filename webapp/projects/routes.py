"""The start page and the pages of a project."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.project import MemberForm, NewProjectForm, SettingsForm
from schema.problem import Problem, Refused
from schema.store.models import ROLES, TemplateVersion, User
from schema.store.notices import unread_count
from schema.store.projects import all_projects, edit_project, end_membership, members
from webapp.access.guard import current_actor, permit
from webapp.access.policy import is_member
from webapp.access.second_step import is_wanted
from webapp.access.subjects import ProjectSubject
from webapp.confirmation import Confirmation, ask
from webapp.messages import form_problems, refusal_problems, say
from webapp.projects import erasing_routes, operations, second_step_routes, views
from webapp.unit_of_work import fresh, reading, writing

room = Blueprint("projects", __name__)
erasing_routes.add_to(room)
second_step_routes.add_to(room)


@room.get("/")
@permit("account.own")
def home_page() -> ResponseReturnValue:
    """What waits for the person, project by project."""
    session, actor = reading(), current_actor()
    new = unread_count(session, actor.id)
    works = views.work_of(session, actor)
    return render_template("projects/home.html", works=works, new=new, closed=is_wanted())


@room.get("/projects")
@permit("project.create")
def list_page() -> ResponseReturnValue:
    """All projects of the installation, for administrators: names and members, no cases."""
    actor = current_actor()
    lines = [(project, bool(actor.roles.get(project.id))) for project in all_projects(reading())]
    return render_template("projects/list.html", lines=lines)


@room.get("/projects/new")
@permit("project.create")
def new_page() -> ResponseReturnValue:
    """Ask for a new project."""
    return _new(_new_form())


@room.post("/projects/new")
@permit("project.create")
def create_now() -> ResponseReturnValue:
    """Start the project with its first manager."""
    form = _new_form()
    if not form.validate():
        return _new(form, form_problems(form), status=422)
    wanted = operations.NewProject(
        key=form.key.data,
        title=form.title.data,
        description=form.description.data,
        template=form.template.data,
        manager=form.manager.data,
        rehearsal=form.rehearsal.data,
    )
    try:
        with writing() as session:
            project = operations.start_project(session, current_actor(), wanted)
    except Refused as refused:
        return _new(form, refusal_problems(form, refused), status=refused.status)
    say("The project is ready. Add the people who take part.")
    return redirect(url_for("projects.members_page", project_key=project.key), code=303)


@room.get("/projects/<project_key>")
@permit("project.view")
def project_page(subject: ProjectSubject) -> ResponseReturnValue:
    """One project: what waits for the person, counts by state, and where to go."""
    work = views.work_in(reading(), current_actor(), subject.project)
    version = reading().get_one(TemplateVersion, subject.project.template_version_id)
    return render_template("projects/project.html", subject=subject, work=work, version=version)


@room.get("/projects/<project_key>/settings")
@permit("project.manage")
def settings_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Title, description and what coders see, to change them."""
    return _settings(subject, SettingsForm(obj=subject.project))


@room.post("/projects/<project_key>/settings")
@permit("project.manage")
def save_settings_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Change title, description and what coders see."""
    form = SettingsForm()
    if not form.validate():
        return _settings(subject, form, form_problems(form), status=422)
    try:
        with writing() as session:
            project = fresh(session, subject.project)
            edit_project(
                session,
                current_actor(),
                project,
                title=form.title.data,
                description=form.description.data,
                coders_see_each_other=form.coders_see_each_other.data,
                coders_unnamed=form.coders_unnamed.data,
                content_note=form.content_note.data,
            )
    except Refused as refused:
        return _settings(subject, form, refusal_problems(form, refused), status=refused.status)
    say("Saved.")
    return redirect(_settings_or_project(subject), code=303)


@room.get("/projects/<project_key>/members")
@permit("project.manage")
def members_page(subject: ProjectSubject) -> ResponseReturnValue:
    """Who takes part, in which role."""
    return _members(subject, _member_form())


@room.post("/projects/<project_key>/members")
@permit("project.manage")
def add_member_now(subject: ProjectSubject) -> ResponseReturnValue:
    """Give somebody a role."""
    form = _member_form()
    if not form.validate():
        return _members(subject, form, form_problems(form), status=422)
    try:
        with writing() as session:
            user = operations.give_role(
                session, current_actor(), fresh(session, subject.project), form.name.data, form.role.data
            )
    except Refused as refused:
        return _members(subject, form, refusal_problems(form, refused), status=refused.status)
    say(f"{user.display_name} is now a {form.role.data} of this project.")
    return redirect(url_for("projects.members_page", project_key=subject.project.key), code=303)


@room.get("/projects/<project_key>/members/<user_id>/<role>/end")
@permit("project.manage")
def end_member_page(subject: ProjectSubject, user_id: str, role: str) -> ResponseReturnValue:
    """Ask before somebody loses a role."""
    return _ask_to_end(subject, _person(user_id), role)


@room.post("/projects/<project_key>/members/<user_id>/<role>/end")
@permit("project.manage")
def end_member_now(subject: ProjectSubject, user_id: str, role: str) -> ResponseReturnValue:
    """Take the role away; it counts at the person's next click."""
    person = _person(user_id)
    try:
        with writing() as session:
            end_membership(
                session, current_actor(), fresh(session, subject.project), fresh(session, person), role
            )
    except Refused as refused:
        return _ask_to_end(subject, person, role, refused.problems, status=refused.status)
    say(f"{person.display_name} is no longer a {role} of this project.")
    return redirect(url_for("projects.members_page", project_key=subject.project.key), code=303)


def _new_form() -> NewProjectForm:
    form = NewProjectForm()
    form.template.choices = {"": "Choose a questionnaire", **operations.template_choices(reading())}
    form.manager.choices = {"": "Choose a person", **operations.person_choices(reading())}
    return form


def _member_form() -> MemberForm:
    form = MemberForm()
    form.name.choices = {"": "Choose a person", **operations.person_choices(reading())}
    return form


def _person(user_id: str) -> User:
    found = reading().get(User, user_id)
    if found is None:
        abort(404)
    return found


def _settings_or_project(subject: ProjectSubject) -> str:
    page = "project_page" if is_member(current_actor(), subject) else "settings_page"
    return url_for(f"projects.{page}", project_key=subject.project.key)


def _new(
    form: NewProjectForm, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    return render_template("projects/new.html", form=form, problems=problems), status


def _settings(
    subject: ProjectSubject, form: SettingsForm, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    page = render_template("projects/settings.html", subject=subject, form=form, problems=problems)
    return page, status


def _members(
    subject: ProjectSubject, form: MemberForm, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "projects/members.html",
        subject=subject,
        form=form,
        problems=problems,
        members=members(reading(), subject.project),
    )
    return page, status


def _ask_to_end(
    subject: ProjectSubject,
    person: User,
    role: str,
    problems: tuple[Problem, ...] = (),
    *,
    status: int = 200,
) -> ResponseReturnValue:
    if role not in ROLES:
        abort(404)
    confirm = Confirmation(
        title=f"End {person.display_name}’s part as {role}",
        paragraphs=(
            f"{person.display_name} can no longer act as {role} in this project from their next click on.",
            "What they entered and decided stays, with their name. Cases given to them stay theirs until you assign them anew.",
        ),
        button=f"End the part as {role}",
        back=url_for("projects.members_page", project_key=subject.project.key),
    )
    return ask(confirm, problems, status=status, subject=subject)

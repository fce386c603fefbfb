"""Pages about people's accounts, for administrators."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forms.people import PersonForm
from schema.actor import Actor
from schema.problem import Problem, Refused
from schema.store import two_step
from schema.store.models import User
from schema.store.people import disable_user, enable_user, end_all_sessions, issue_reset_code, set_admin
from webapp.access.guard import current_actor, permit
from webapp.confirmation import Confirmation, ask
from webapp.messages import form_problems, refusal_problems, say
from webapp.people import operations
from webapp.unit_of_work import fresh, reading, writing

room = Blueprint("people", __name__, url_prefix="/people")
Act = Callable[[Session, Actor, User], None]


@room.get("")
@permit("people.manage")
def list_page() -> ResponseReturnValue:
    """All accounts."""
    return render_template("people/list.html", people=operations.people(reading()))


@room.get("/new")
@permit("people.manage")
def new_page() -> ResponseReturnValue:
    """Ask for a new account."""
    return _new(PersonForm())


@room.post("/new")
@permit("people.manage")
def add_now() -> ResponseReturnValue:
    """Make the account and show its code, once."""
    form = PersonForm()
    if not form.validate():
        return _new(form, form_problems(form), status=422)
    try:
        with writing() as session:
            made = operations.add_person(
                session, current_actor(), form.name.data, form.display_name.data, form.is_admin.data
            )
    except Refused as refused:
        return _new(form, refusal_problems(form, refused), status=refused.status)
    return render_template("people/code.html", person=made.user, code=made.code, is_new=True)


@room.get("/<user_id>")
@permit("people.manage")
def person_page(user_id: str) -> ResponseReturnValue:
    """One account: its state, its roles, and what can be done about it."""
    return _person(_find(user_id))


@room.post("/<user_id>/code")
@permit("people.manage")
def code_now(user_id: str) -> ResponseReturnValue:
    """Make a one-time code and show it, once."""
    person = _find(user_id)
    try:
        with writing() as session:
            code = issue_reset_code(session, current_actor(), fresh(session, person))
    except Refused as refused:
        return _person(person, refused.problems, status=refused.status)
    return render_template("people/code.html", person=person, code=code, is_new=False)


@room.get("/<user_id>/disable")
@permit("people.manage")
def disable_page(user_id: str) -> ResponseReturnValue:
    """Ask before an account is disabled."""
    return _ask_to_disable(_find(user_id))


@room.post("/<user_id>/disable")
@permit("people.manage")
def disable_now(user_id: str) -> ResponseReturnValue:
    """Disable the account; its sessions end at once."""
    person = _find(user_id)
    try:
        _change(person, disable_user)
    except Refused as refused:
        return _ask_to_disable(person, refused.problems, status=refused.status)
    say(f"{person.display_name} can no longer sign in.")
    return redirect(url_for("people.list_page"), code=303)


@room.post("/<user_id>/enable")
@permit("people.manage")
def enable_now(user_id: str) -> ResponseReturnValue:
    """Open a disabled account again."""
    person = _find(user_id)
    _change(person, enable_user)
    say(f"{person.display_name} can sign in again, with the same password and roles.")
    return redirect(url_for("people.person_page", user_id=user_id), code=303)


@room.post("/<user_id>/sign-out")
@permit("people.manage")
def sign_out_now(user_id: str) -> ResponseReturnValue:
    """Sign the person out everywhere; they can sign in again at once."""
    person = _find(user_id)
    _change(person, end_all_sessions)
    say(f"{person.display_name} is signed out everywhere, and can sign in again.")
    return redirect(url_for("people.person_page", user_id=user_id), code=303)


@room.get("/<user_id>/reset-two-step")
@permit("people.manage")
def reset_two_step_page(user_id: str) -> ResponseReturnValue:
    """Ask before a lost second step is taken away."""
    return _ask_to_reset(_find(user_id))


@room.post("/<user_id>/reset-two-step")
@permit("people.manage")
def reset_two_step_now(user_id: str) -> ResponseReturnValue:
    """Take the second step away from somebody who lost their device."""
    person = _find(user_id)
    try:
        _change(person, two_step.reset)
    except Refused as refused:
        return _ask_to_reset(person, refused.problems, status=refused.status)
    say(f"The second step of {person.display_name} is reset. They are signed out everywhere.")
    return redirect(url_for("people.person_page", user_id=user_id), code=303)


@room.post("/<user_id>/administrator")
@permit("people.manage")
def promote_now(user_id: str) -> ResponseReturnValue:
    """Make the person an administrator."""
    return _set_admin(_find(user_id), True)


@room.post("/<user_id>/ordinary")
@permit("people.manage")
def demote_now(user_id: str) -> ResponseReturnValue:
    """Make an administrator an ordinary person again."""
    return _set_admin(_find(user_id), False)


def _set_admin(person: User, is_admin: bool) -> ResponseReturnValue:
    try:
        _change(person, lambda session, actor, user: set_admin(session, actor, user, is_admin))
    except Refused as refused:
        return _person(person, refused.problems, status=refused.status)
    say(f"{person.display_name} is {'now' if is_admin else 'no longer'} an administrator.")
    return redirect(url_for("people.person_page", user_id=person.id), code=303)


def _change(person: User, act: Act) -> None:
    with writing() as session:
        act(session, current_actor(), fresh(session, person))


def _find(user_id: str) -> User:
    found = reading().get(User, user_id)
    if found is None:
        abort(404)
    return found


def _new(form: PersonForm, problems: tuple[Problem, ...] = (), *, status: int = 200) -> ResponseReturnValue:
    return render_template("people/new.html", form=form, problems=problems), status


def _person(person: User, problems: tuple[Problem, ...] = (), *, status: int = 200) -> ResponseReturnValue:
    roles = operations.roles_of(reading(), person)
    has_step = two_step.is_on(reading(), person.id)
    page = render_template(
        "people/person.html", person=person, roles=roles, problems=problems, has_step=has_step
    )
    return page, status


def _ask_to_reset(
    person: User, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    confirm = Confirmation(
        title=f"Reset the second step of {person.display_name}",
        paragraphs=(
            "Make sure that it is they who ask, for instance by calling them back on a number that you know.",
            "They are signed out everywhere. Then they sign in with their password alone, or set a second step up anew.",
            "It stays on record that you did this.",
        ),
        button="Reset the second step",
        back=url_for("people.person_page", user_id=person.id),
    )
    return ask(confirm, problems, status=status)


def _ask_to_disable(
    person: User, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    confirm = Confirmation(
        title=f"Disable the account of {person.display_name}",
        paragraphs=(
            "They are signed out everywhere and cannot sign in. What they entered and decided stays, with their name.",
            "The account can be enabled again at any time.",
        ),
        button="Disable the account",
        back=url_for("people.person_page", user_id=person.id),
    )
    return ask(confirm, problems, status=status)

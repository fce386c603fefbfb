"""The second step of signing in: a code from the app, or setting the app up where the installation asks for it."""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.account import CodeForm
from schema.problem import Refused
from schema.store import two_step
from schema.store.models import User
from schema.store.people import actor_for
from webapp.access.devices import subject_of
from webapp.access.guard import public
from webapp.access.reentry import count_attempt
from webapp.access.sessions import half_way
from webapp.account import operations, views
from webapp.account.room import Problems, enter, own_path, page, room, welcome
from webapp.errors import reference
from webapp.messages import form_problems, refusal_problems
from webapp.unit_of_work import fresh, installed, reading, writing


@room.get("/sign-in/code")
@public
def code_page() -> ResponseReturnValue:
    """Ask for the code."""
    if half_way(operations.CODE) is None:
        return _back()
    return page("code", CodeForm(next=own_path(request.args.get("next", ""))))


@room.post("/sign-in/code")
@public
def code_now() -> ResponseReturnValue:
    """Sign in by the code, which then is spent."""
    user = half_way(operations.CODE)
    if user is None:
        return _back()
    form = CodeForm()
    if not form.validate():
        return page("code", form, form_problems(form), status=422)
    subject = subject_of("code", user.name)
    try:
        count_attempt(subject)
        way = operations.spend_code(installed().database, user, reference(), form.code.data)
    except Refused as refused:
        return page("code", form, refusal_problems(form, refused), status=refused.status)
    return welcome(user, subject, own_path(form.next.data), way=way)


@room.get("/sign-in/set-up-app")
@public
def enrol_page() -> ResponseReturnValue:
    """Show what the app reads, and ask for its first code."""
    user = half_way(operations.ENROL)
    if user is None:
        return _back()
    return _enrol(user, CodeForm(next=own_path(request.args.get("next", ""))))


@room.post("/sign-in/set-up-app")
@public
def enrol_now() -> ResponseReturnValue:
    """Turn the second step on, sign in, and show the recovery codes, once."""
    user = half_way(operations.ENROL)
    if user is None:
        return _back()
    form = CodeForm()
    if not form.validate():
        return _enrol(user, form, form_problems(form), status=422)
    subject = operations.enrolment_subject(user)
    try:
        count_attempt(subject, guessable=False)
        with writing() as session:
            mine = fresh(session, user)
            codes = two_step.confirm(session, actor_for(session, mine, reference()), mine, form.code.data)
    except Refused as refused:
        return _enrol(user, form, refusal_problems(form, refused), status=refused.status)
    shown = page("recovery-codes", None, codes=codes, onward=own_path(form.next.data))
    return enter(make_response(shown), user, subject, way="password and app")


def _back() -> ResponseReturnValue:
    return redirect(url_for("account.sign_in_page"), code=303)


def _enrol(user: User, form: CodeForm, problems: Problems = (), *, status: int = 200) -> ResponseReturnValue:
    view = views.enrolment(reading(), user)
    return page("set-up-app", form, problems, status=status, view=view) if view else _back()

"""The pages on which people set up, renew and turn off the second step of signing in; each act asks for the password again."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from forms.account import AgainForm, CodeForm
from schema.problem import Refused
from schema.store import two_step
from schema.store.throttle import succeeded
from webapp.access.guard import current_actor, permit
from webapp.access.reentry import confirm_person, count_attempt
from webapp.access.sessions import current_user
from webapp.account import operations, views
from webapp.account.room import Problems, page, room
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, installed, reading, writing


@room.get("/account/two-step")
@permit("account.own")
def two_step_page() -> ResponseReturnValue:
    """Whether there is a second step, and what can be done about it."""
    return _page(AgainForm())


@room.post("/account/two-step/begin")
@permit("account.own")
def begin_now() -> ResponseReturnValue:
    """Make a seed, to be confirmed by a first code."""

    def act(_: str) -> ResponseReturnValue:
        user = current_user()
        with writing() as session:
            two_step.begin(session, fresh(session, user))
        return redirect(url_for("account.two_step_page"), code=303)

    return _with_password(act)


@room.post("/account/two-step/confirm")
@permit("account.own")
def confirm_now() -> ResponseReturnValue:
    """Turn the second step on by a first code, and show the recovery codes, once."""
    form = CodeForm()
    if not form.validate():
        return _page(form, form_problems(form), status=422)
    user = current_user()
    subject = operations.enrolment_subject(user)
    try:
        count_attempt(subject, guessable=False)
        with writing() as session:
            codes = two_step.confirm(session, current_actor(), fresh(session, user), form.code.data)
            succeeded(session, subject)
    except Refused as refused:
        return _page(form, refusal_problems(form, refused), status=refused.status)
    return page("recovery-codes", None, codes=codes, onward=url_for("account.account_page"))


@room.post("/account/two-step/codes")
@permit("account.own")
def renew_codes_now() -> ResponseReturnValue:
    """Make new recovery codes, and show them, once."""

    def act(_: str) -> ResponseReturnValue:
        user = current_user()
        with writing() as session:
            codes = two_step.renew_recovery_codes(session, current_actor(), fresh(session, user))
        return page("recovery-codes", None, codes=codes, onward=url_for("account.account_page"))

    return _with_password(act)


@room.post("/account/two-step/off")
@permit("account.own")
def turn_off_now() -> ResponseReturnValue:
    """Turn the second step off, unless it is asked for or the password cannot stand alone."""

    def act(password: str) -> ResponseReturnValue:
        user, asked = current_user(), installed().settings.two_step
        with writing() as session:
            operations.turn_off(session, current_actor(), fresh(session, user), password, asked)
        say("From now on you sign in with your password alone.")
        return redirect(url_for("account.account_page"), code=303)

    return _with_password(act)


def _with_password(act: Callable[[str], ResponseReturnValue]) -> ResponseReturnValue:
    form = AgainForm()
    if not form.validate():
        return _page(form, form_problems(form), status=422)
    try:
        confirm_person(form.password.data)
        return act(form.password.data)
    except Refused as refused:
        return _page(form, refusal_problems(form, refused), status=refused.status)


def _page(form: FlaskForm, problems: Problems = (), *, status: int = 200) -> ResponseReturnValue:
    view = views.two_step_view(reading(), current_user(), installed().settings.two_step)
    code = form if isinstance(form, CodeForm) else CodeForm(formdata=None)
    again = form if isinstance(form, AgainForm) else AgainForm(formdata=None)
    return page("two-step", form, problems, status=status, view=view, code=code, again=again)

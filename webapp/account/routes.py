"""Pages about one's own account."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from forms.account import ChangePasswordForm, ResetForm, SetUpForm, SignInForm
from schema.problem import Problem, Refused
from schema.store import passwords
from schema.store.first_start import is_waiting, make_first_administrator
from schema.store.models import User
from schema.store.people import end_sessions_of, store_rehash, use_reset_code
from schema.store.throttle import TooManyAttempts, succeeded
from webapp.access.devices import remember_device, subject_of
from webapp.access.guard import current_actor, permit, public
from webapp.access.reentry import count_attempt, reentry_subject
from webapp.access.sessions import current_token, current_user, remember, sign_in, sign_out, signed_in
from webapp.account import operations
from webapp.errors import reference
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, reading, writing

room = Blueprint("account", __name__)


@room.get("/sign-in")
@public
def sign_in_page() -> ResponseReturnValue:
    """Ask for name and password; lead to the set-up where there is no account yet."""
    if signed_in():
        return redirect(own_path(request.args.get("next", "")), code=303)
    if is_waiting(reading()):
        return redirect(url_for("account.set_up_page"), code=303)
    form = SignInForm(next=own_path(request.args.get("next", "")))
    return _page("sign-in", form)


@room.post("/sign-in")
@public
def sign_in_now() -> ResponseReturnValue:
    """Sign in and go where the person was going."""
    form = SignInForm()
    if not form.validate():
        return _page("sign-in", form, form_problems(form), status=422)
    subject = subject_of("sign-in", form.name.data)
    try:
        count_attempt(subject)
        user = operations.recognise(reading(), form.name.data, form.password.data)
    except TooManyAttempts as refused:
        return _page("sign-in", form, refused.problems, status=refused.status)
    except Refused as refused:
        with writing() as session:
            operations.note_refused(session, form.name.data, reference())
        return _page("sign-in", form, refusal_problems(form, refused), status=refused.status)
    better = operations.better_hash(user, form.password.data)
    if better:
        with writing() as session:
            store_rehash(session, fresh(session, user), better)
    return _welcome(user, subject, own_path(form.next.data))


@room.post("/sign-out")
@public
def sign_out_now() -> ResponseReturnValue:
    """End the session."""
    return sign_out(make_response(redirect(url_for("account.sign_in_page"), code=303)))


@room.get("/set-up")
@public
def set_up_page() -> ResponseReturnValue:
    """Ask for the code that the server printed and for the first administrator."""
    if not is_waiting(reading()):
        return redirect(url_for("account.sign_in_page"), code=303)
    return _page("set-up", SetUpForm())


@room.post("/set-up")
@public
def set_up_now() -> ResponseReturnValue:
    """Make the first administrator and sign them in."""
    form = SetUpForm()
    if not form.validate():
        return _page("set-up", form, form_problems(form), status=422)
    try:
        hashed = passwords.accept(form.password.data, name=form.name.data)
        count_attempt("set-up")
        with writing() as session:
            user = make_first_administrator(
                session, form.code.data, form.name.data, form.display_name.data, hashed, reference()
            )
    except Refused as refused:
        return _page("set-up", form, refusal_problems(form, refused), status=refused.status)
    return _welcome(user, "set-up", "/")


@room.get("/reset")
@public
def reset_page() -> ResponseReturnValue:
    """Ask for a one-time code and a new password."""
    return _page("reset", ResetForm())


@room.post("/reset")
@public
def reset_now() -> ResponseReturnValue:
    """Choose a password by a one-time code, and sign in with it."""
    form = ResetForm()
    if not form.validate():
        return _page("reset", form, form_problems(form), status=422)
    subject = subject_of("reset", form.name.data)
    try:
        hashed = passwords.accept(form.password.data, name=form.name.data)
        count_attempt(subject)
        with writing() as session:
            user = use_reset_code(session, form.name.data, form.code.data, hashed, reference())
    except Refused as refused:
        return _page("reset", form, refusal_problems(form, refused), status=refused.status)
    response = _welcome(user, subject, "/")
    say("Your new password counts from now on.")
    return response


@room.get("/account")
@permit("account.own")
def account_page() -> ResponseReturnValue:
    """Who is signed in, where, and the form to change the password."""
    return _account(ChangePasswordForm())


@room.post("/account/password")
@permit("account.own")
def change_password_now() -> ResponseReturnValue:
    """Change the password; this browser gets a new session, all others end."""
    form = ChangePasswordForm()
    if not form.validate():
        return _account(form, form_problems(form), status=422)
    user = current_user()
    subject = reentry_subject(user.id)
    try:
        count_attempt(subject)
        hashed = operations.accepted_hash(reading(), user, form.present.data, form.password.data)
    except Refused as refused:
        return _account(form, refusal_problems(form, refused), status=refused.status)
    with writing() as session:
        operations.change_password(
            session, current_actor(), fresh(session, user), hashed, keep_token=current_token()
        )
        succeeded(session, subject)
    response = remember(make_response(redirect(url_for("account.account_page"), code=303)), sign_in(user))
    say("Your password is changed. You are signed out everywhere else.")
    return response


@room.post("/account/sessions/end")
@permit("account.own")
def end_sessions_now() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    user = current_user()
    with writing() as session:
        others = len(operations.open_sessions(session, user)) - 1
        end_sessions_of(session, user, keep_token=current_token())
        operations.end_other_sessions(session, current_actor(), user, others)
    say("You are signed out everywhere else.")
    return redirect(url_for("account.account_page"), code=303)


def own_path(target: str | None) -> str:
    """Return the target where it is a path of this site, and the start page otherwise."""
    path = target or "/"
    parts = urlsplit(path)
    own = path.startswith("/") and not parts.scheme and not parts.netloc and path.isprintable()
    return path if own and not path.startswith(("//", "/\\")) and "\\" not in path else "/"


def _welcome(user: User, subject: str, target: str) -> Response:
    """Sign the person in, begin their count anew, and mark this browser as theirs."""
    with writing() as session:
        succeeded(session, subject)
    response = remember(make_response(redirect(target, code=303)), sign_in(user))
    return remember_device(response, user.name)


def _page(
    name: str, form: FlaskForm, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    return render_template(f"account/{name}.html", form=form, problems=problems), status


def _account(
    form: ChangePasswordForm, problems: tuple[Problem, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    sessions = operations.open_sessions(reading(), current_user())
    page = render_template("account/account.html", form=form, problems=problems, sessions=sessions)
    return page, status

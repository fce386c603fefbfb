"""The doors: signing in and out, the first set-up, one-time codes. The pages about one's own account are in modules of their own."""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.account import ResetForm, SetUpForm, SignInForm
from schema.problem import Refused
from schema.store import passwords
from schema.store.codes import first_group
from schema.store.first_start import is_waiting, make_first_administrator
from schema.store.hashing import TURNS, TooBusy
from schema.store.people import actor_for, store_rehash, use_reset_code
from schema.store.throttle import TooManyAttempts, TooManyInARow, reopen
from webapp.access.devices import subject_of
from webapp.access.guard import public
from webapp.access.reentry import count_attempt
from webapp.access.sessions import sign_out, signed_in
from webapp.account import operations, own_routes, sign_on_routes, step_routes, two_step_routes
from webapp.account.room import doors_of, go_on, own_path, page, room
from webapp.errors import reference
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, installed, reading, writing

__all__ = ["own_path", "own_routes", "room", "sign_on_routes", "step_routes", "two_step_routes"]


@room.get("/sign-in")
@public
def sign_in_page() -> ResponseReturnValue:
    """Ask for name and password; lead to the set-up where there is no account yet."""
    if signed_in():
        return redirect(own_path(request.args.get("next", "")), code=303)
    if is_waiting(reading()):
        return redirect(url_for("account.set_up_page"), code=303)
    form = SignInForm(next=own_path(request.args.get("next", "")))
    return page("sign-in", form, left=bool(request.args.get("left")))


@room.post("/sign-in")
@public
def sign_in_now() -> ResponseReturnValue:
    """Sign in and go where the person was going, by way of the second step where there is one."""
    form = SignInForm()
    if not form.validate():
        return page("sign-in", form, form_problems(form), status=422)
    subject = subject_of("sign-in", form.name.data)
    try:
        with TURNS.turn():  # before anything is counted or looked up
            count_attempt(subject)
            user = operations.recognise(reading(), form.name.data, form.password.data)
            better = operations.better_hash(user, form.password.data)
    except (TooBusy, TooManyAttempts, TooManyInARow) as refused:
        return page("sign-in", form, refusal_problems(form, refused), status=refused.status)
    except Refused as refused:
        with writing() as session:
            operations.note_refused(session, form.name.data, reference())
        return page("sign-in", form, refusal_problems(form, refused), status=refused.status)
    if better:
        with writing() as session:
            store_rehash(session, actor_for(session, user, reference()), fresh(session, user), better)
    return go_on(user, subject, own_path(form.next.data), form.password.data)


@room.post("/sign-out")
@public
def sign_out_now() -> ResponseReturnValue:
    """End the session; the university's sign-on, where there is one, goes on until it is ended there."""
    left = "1" if installed().settings.sign_on.issuer else None
    return sign_out(make_response(redirect(url_for("account.sign_in_page", left=left), code=303)))


@room.get("/set-up")
@public
def set_up_page() -> ResponseReturnValue:
    """Ask for the code that the server printed and for the first administrator."""
    if not is_waiting(reading()):
        return redirect(url_for("account.sign_in_page"), code=303)
    return page("set-up", SetUpForm())


@room.post("/set-up")
@public
def set_up_now() -> ResponseReturnValue:
    """Make the first administrator and sign them in."""
    form = SetUpForm()
    if not form.validate():
        return page("set-up", form, form_problems(form), status=422)
    try:
        with TURNS.turn():
            hashed = passwords.accept(form.password.data, name=form.name.data)
            count_attempt(f"set-up:{first_group(form.code.data)}", guessable=False)
        with writing() as session:
            user = make_first_administrator(
                session, form.code.data, form.name.data, form.display_name.data, hashed, reference()
            )
    except Refused as refused:
        return page("set-up", form, refusal_problems(form, refused), status=refused.status)
    return go_on(user, f"set-up:{first_group(form.code.data)}", "/", form.password.data)


@room.get("/reset")
@public
def reset_page() -> ResponseReturnValue:
    """Ask for a one-time code and a new password."""
    return page("reset", ResetForm())


@room.post("/reset")
@public
def reset_now() -> ResponseReturnValue:
    """Choose a password by a one-time code, and sign in with it; a second step is still asked for."""
    form = ResetForm()
    if not form.validate():
        return page("reset", form, form_problems(form), status=422)
    subject = f"{subject_of('reset', form.name.data)}:{first_group(form.code.data)}"
    try:
        with TURNS.turn():
            hashed = passwords.accept(form.password.data, name=form.name.data)
            count_attempt(subject, guessable=False)
        with writing() as session:
            user = use_reset_code(session, form.name.data, form.code.data, hashed, reference())
            operations.refuse_project_names(session, user, form.password.data)
            reopen(session, *doors_of(user))
    except Refused as refused:
        return page("reset", form, refusal_problems(form, refused), status=refused.status)
    response = go_on(user, subject, "/", form.password.data)
    say("Your new password counts from now on.")
    return response

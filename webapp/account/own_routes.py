"""Pages about one's own account: the password, and where one is signed in."""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.account import ChangePasswordForm
from schema.problem import Refused
from schema.store.hashing import TURNS
from schema.store.people import end_sessions_of
from schema.store.throttle import succeeded
from webapp.access.guard import current_actor, permit
from webapp.access.reentry import count_attempt, reentry_subject
from webapp.access.sessions import current_token, current_user, remember, sign_in, sign_out
from webapp.account import operations, views
from webapp.account.room import Problems, page, room
from webapp.messages import form_problems, refusal_problems, say
from webapp.unit_of_work import fresh, reading, writing


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
        with TURNS.turn():
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


@room.post("/account/sessions/end-one")
@permit("account.own")
def end_session_now() -> ResponseReturnValue:
    """Sign out of one browser; of this one by the usual way."""
    mark = request.form.get("session", "")
    if mark == views.session_mark(current_token()):
        return sign_out(make_response(redirect(url_for("account.sign_in_page"), code=303)))
    user = current_user()
    try:
        with writing() as session:
            operations.end_one_session(session, current_actor(), fresh(session, user), mark)
    except Refused as refused:
        return _account(ChangePasswordForm(), refused.problems, status=refused.status)
    say("That browser is signed out.")
    return redirect(url_for("account.account_page"), code=303)


def _account(form: ChangePasswordForm, problems: Problems = (), *, status: int = 200) -> ResponseReturnValue:
    view = views.account_view(reading(), current_user(), current_token())
    form.password.description = view.password_hint
    return page("account", form, problems, status=status, view=view)

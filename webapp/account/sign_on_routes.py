"""Signing in through a university: the way there and back, and connecting one's account with it.

Nobody is recognised by name or e-mail address, only by the stable subject that the account was connected with.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, redirect, request, url_for
from flask import session as page_session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forms.account import AgainForm, SignInForm
from schema.problem import Refused, refuse
from schema.store.identities import connect, disconnect, identity_of, make_connected, person_of
from schema.store.models import User
from webapp.access.guard import current_actor, permit, public
from webapp.access.reentry import confirm_person
from webapp.access.sessions import current_user, signed_in
from webapp.account import provider
from webapp.account.provider import Vouched
from webapp.account.room import Problems, own_path, page, room, welcome
from webapp.errors import reference
from webapp.messages import form_problems, refusal_problems, say
from webapp.sign_on import SignOn, peer_address
from webapp.unit_of_work import fresh, installed, reading, writing

GOING, WAITING = (
    "sign-on going",
    "sign-on waiting",
)  # keys of the page session: where to, and whom to connect with
CONNECTING = "connect"


@room.get("/sign-on")
@public
def sign_on_page() -> ResponseReturnValue:
    """Go to the university's sign-on; a proxy in front has asked already."""
    page_session[GOING] = own_path(request.args.get("next", ""))
    return _set_off(_sign_on())


@room.get("/sign-on/return")
@public
def sign_on_returned() -> ResponseReturnValue:
    """Come back from the provider."""
    known = _sign_on().provider
    if known is None:
        abort(404)
    try:
        return _arrive(provider.vouched(known))
    except Refused as refused:
        return _at_the_door(refused)


@room.get("/sign-on/out")
@public
def sign_on_out() -> ResponseReturnValue:
    """Go on to sign out of the university's sign-on as well."""
    found = _sign_on()
    try:
        back = url_for("account.sign_in_page", _external=True)
        address = found.sign_out or (provider.sign_out_address(back) if found.provider else "")
    except Refused as refused:
        return _at_the_door(refused)
    if not address:
        abort(404)
    return redirect(address, code=303)


@room.get("/account/sign-on")
@permit("account.own")
def connection_page() -> ResponseReturnValue:
    """Whether the account is connected, and with whom it waits to be."""
    return _connection(AgainForm())


@room.get("/account/sign-on/begin")
@permit("account.own")
def begin_connecting() -> ResponseReturnValue:
    """Go to the university's sign-on to find out who one is there."""
    page_session[GOING] = CONNECTING
    return _set_off(_sign_on())


@room.post("/account/sign-on/connect")
@permit("account.own")
def connect_now() -> ResponseReturnValue:
    """Connect the account with whom the university vouched for, under the person's password."""
    issuer, subject = _sign_on().issuer, str(page_session.get(WAITING, ""))
    if not subject:
        return redirect(url_for("account.connection_page"), code=303)
    return _change_connection(
        lambda session, user: connect(session, current_actor(), user, issuer, subject),
        "From now on you can sign in through the connected account.",
    )


@room.post("/account/sign-on/disconnect")
@permit("account.own")
def disconnect_now() -> ResponseReturnValue:
    """Take the connection away, under the person's password."""
    issuer = _sign_on().issuer
    return _change_connection(
        lambda session, user: disconnect(session, current_actor(), user, issuer),
        "From now on you sign in with your password.",
    )


def _sign_on() -> SignOn:
    found = installed().settings.sign_on
    if not found.issuer:
        abort(404)
    return found


def _set_off(found: SignOn) -> ResponseReturnValue:
    try:
        if found.provider is not None:
            return provider.send_there(url_for("account.sign_on_returned", _external=True))
        return _arrive(_named_by_proxy(found))
    except Refused as refused:
        return _at_the_door(refused)


def _named_by_proxy(found: SignOn) -> Vouched:
    """Whom the proxy in front names. Its header counts here alone, and from the proxy's own address alone."""
    proxy = found.proxy
    name = request.headers.get(proxy.header, "").strip() if proxy is not None else ""
    if proxy is None or peer_address(request.environ) not in proxy.addresses or not name:
        raise refuse(
            "SSO-012",
            "Your institution's sign-on did not say who you are.",
            "Open Tandem by its usual address, or sign in with a password.",
            status=403,
        )
    return Vouched(name, name, name)


def _arrive(who: Vouched) -> ResponseReturnValue:
    going = str(page_session.pop(GOING, "/"))
    if signed_in() and going == CONNECTING:
        page_session[WAITING] = who.subject
        return redirect(url_for("account.connection_page"), code=303)
    user = _known(who)
    return welcome(user, f"sign-on:{user.id}", own_path(going), way="single sign-on")


def _known(who: Vouched) -> User:
    found = _sign_on()
    user = person_of(reading(), found.issuer, who.subject)
    if user is None and found.create:
        with writing() as session:
            user = make_connected(session, found.issuer, who.subject, who.name, who.display_name, reference())
    if user is None or user.disabled_at is not None:
        raise refuse(
            "SSO-005",
            "Your account there is not connected with one of this installation.",
            "Sign in with your password, and connect it under your account.",
            status=403,
        )
    return user


def _at_the_door(refused: Refused) -> ResponseReturnValue:
    if signed_in():
        return _connection(AgainForm(), refused.problems, status=refused.status)
    return page("sign-in", SignInForm(), refused.problems, status=refused.status)


def _change_connection(act: Callable[[Session, User], object], done: str) -> ResponseReturnValue:
    form = AgainForm()
    if not form.validate():
        return _connection(form, form_problems(form), status=422)
    try:
        confirm_person(form.password.data)
        user = current_user()
        with writing() as session:
            act(session, fresh(session, user))
    except Refused as refused:
        return _connection(form, refusal_problems(form, refused), status=refused.status)
    page_session.pop(WAITING, None)
    say(done)
    return redirect(url_for("account.connection_page"), code=303)


def _connection(form: AgainForm, problems: Problems = (), *, status: int = 200) -> ResponseReturnValue:
    present = identity_of(reading(), current_user().id, _sign_on().issuer)
    waiting = str(page_session.get(WAITING, ""))
    return page("sign-on", form, problems, status=status, present=present, waiting=waiting)

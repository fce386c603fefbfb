"""The room's blueprint, how its pages are drawn, and the one way in that every door leads to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from schema.problem import Problem
from schema.store import two_step
from schema.store.models import User
from schema.store.sessions import OPEN
from schema.store.throttle import reopen, succeeded
from webapp.access.devices import remember_device, subject_of
from webapp.access.reentry import reentry_subject
from webapp.access.sessions import begin_step, remember, sign_in
from webapp.account import operations
from webapp.unit_of_work import fresh, installed, reading, writing

room = Blueprint("account", __name__)
Problems = tuple[Problem, ...]


def page(
    name: str, form: FlaskForm | None, problems: Problems = (), *, status: int = 200, **values: Any
) -> ResponseReturnValue:
    """Draw a page of this room."""
    sign_on = installed().settings.sign_on
    drawn = render_template(f"account/{name}.html", form=form, problems=problems, sign_on=sign_on, **values)
    return drawn, status


def go_on(user: User, subject: str, target: str, password: str) -> Response:
    """After the password: sign the person in, or lead to the second step where they have one or need one."""
    stage = operations.next_stage(reading(), user, password, installed().settings.two_step)
    if stage == OPEN:
        return welcome(user, subject, target)
    with writing() as session:
        succeeded(session, subject)
        if stage == operations.ENROL:
            two_step.begin(session, fresh(session, user))
    address = url_for(f"account.{stage}_page", next=target if target != "/" else None)
    return remember(make_response(redirect(address, code=303)), begin_step(user, stage))


def welcome(user: User, subject: str, target: str, *, way: str = "password") -> Response:
    """Sign the person in, begin their count anew, and mark this browser as theirs."""
    return enter(make_response(redirect(target, code=303)), user, subject, way=way)


def enter(response: Response, user: User, subject: str, *, way: str = "password") -> Response:
    """Let the response sign the person in."""
    doors = doors_of(user)
    with writing() as session:
        succeeded(session, subject)
        reopen(session, *doors)
    return remember_device(remember(response, sign_in(user, way=way)), user.name)


def doors_of(user: User) -> tuple[str, ...]:
    """Under what wrong passwords and codes of this person are counted that others may have given, or they elsewhere."""
    kinds = ("sign-in", "code")
    by_strangers = (f"{kind}:{user.name}" for kind in kinds)
    return (*by_strangers, *(subject_of(kind, user.name) for kind in kinds), reentry_subject(user.id))


def own_path(target: str | None) -> str:
    """Return the target where it is a path of this site, and the start page otherwise."""
    path = target or "/"
    parts = urlsplit(path)
    own = path.startswith("/") and not parts.scheme and not parts.netloc and path.isprintable()
    return path if own and not path.startswith(("//", "/\\")) and "\\" not in path else "/"

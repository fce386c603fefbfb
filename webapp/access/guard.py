"""The one decorator that stands before every view: it finds the subject and asks the policy.

Every view carries ``permit(action)`` or ``public``; one that carries neither is never run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for

from schema.actor import Actor
from webapp import errors
from webapp.access.content_note import note_first
from webapp.access.finding import NothingThere, find_subject
from webapp.access.openings import note_opening
from webapp.access.policy import ACTIONS, can, is_member
from webapp.access.refusals import note_refusal
from webapp.access.second_step import step_first
from webapp.access.sessions import WITHOUT_PERSON
from webapp.access.subjects import Subject
from webapp.unit_of_work import reading

View = TypeVar("View", bound=Callable[..., Any])
ACTION = "tandem_action"
PUBLIC = "tandem_public"


def current_actor() -> Actor:
    """Whoever is signed in, with their present roles. 401 where nobody is; behind ``permit`` somebody always is."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        abort(401)
    return actor


def public(view: View) -> View:
    """Mark a view as open to everybody, signed in or not."""
    setattr(view, PUBLIC, True)
    return view


def permit(action: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view run only for those who may do the action on the subject that its address names.

    ``project_key``, ``case_id``, ``entry_id`` and ``comparison_id`` are taken from the address; the view receives
    ``subject`` in their place (nothing where the address names none). What is unknown, foreign, or in a project that
    the person takes no part in is 404, all alike; what a member may not do is 403.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action} is not in the policy table")

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            if g.get("actor") is None:
                return _ask_to_sign_in()
            subject = _subject(action, values)
            step = step_first(subject)
            if step is not None:
                return step
            _require(action, subject)
            note = note_first(current_actor(), action, subject)
            if note is not None:
                return note
            note_opening(current_actor(), action, subject)
            if subject is not None:
                values["subject"] = subject
            return view(**values)

        setattr(guarded, ACTION, action)
        return guarded

    return decorate


def install(app: Flask) -> None:
    """Refuse views without a mark, and let templates ask ``can("case.edit", subject)``."""
    app.before_request(_refuse_unmarked)
    app.jinja_env.globals["can"] = lambda action, subject=None: can(g.get("actor"), action, subject)


def action_of(view: Callable[..., Any]) -> str:
    """What a view asks the policy: an action, ``public``, or nothing where the mark is missing."""
    return str(getattr(view, ACTION, "")) or ("public" if getattr(view, PUBLIC, False) else "")


def _refuse_unmarked() -> None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in WITHOUT_PERSON:
        return
    if not action_of(current_app.view_functions[endpoint]):
        current_app.logger.error("The view %s has neither permit nor public", endpoint)
        abort(403)


def _subject(action: str, values: dict[str, Any]) -> Subject | None:
    try:
        return find_subject(reading(), values)
    except NothingThere:
        note_refusal(current_actor(), action, None)
        abort(404)


def _require(action: str, subject: Subject | None) -> None:
    actor = current_actor()
    if can(actor, action, subject):
        return
    foreign = subject is not None and not is_member(actor, subject)
    note_refusal(actor, action, None if foreign else subject)
    abort(404 if foreign else 403)


def _ask_to_sign_in() -> Any:
    if errors.wants_json():
        return errors.error_response(401)
    if request.method not in ("GET", "HEAD"):
        return errors.send_again(401)
    path = request.full_path.rstrip("?")
    return redirect(url_for("account.sign_in_page", next=path if path != "/" else None), code=303)

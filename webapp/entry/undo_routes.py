"""The latest changes of an entry and taking them back, by button and by key; and the way back to where the coder was."""

from __future__ import annotations

from flask import jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from schema.problem import Problem, Refused
from schema.store.undo import last_path, past_saves
from webapp import messages
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.entry import operations, reply
from webapp.entry.desk import Desk
from webapp.entry.frame import ENTRY, frame, own_desk, own_desk_again, room, section_of
from webapp.entry.past import past_models
from webapp.entry.saving import WHOLE
from webapp.entry.views import address, named, place_of
from webapp.unit_of_work import fresh, reading, writing

# The hyphens keep these addresses apart from sections, whose keys have none.


@room.get(f"{ENTRY}/latest-changes")
@permit("entry.work")
def changes_page(subject: CaseSubject) -> ResponseReturnValue:
    """What the coder saved last, newest first, with a button beside whatever can be undone."""
    return _draw(subject, own_desk(subject))


@room.post(f"{ENTRY}/latest-changes")
@permit("entry.work")
def undo_now(subject: CaseSubject) -> ResponseReturnValue:
    """Undo the save that the button names."""
    desk = own_desk(subject)
    number = request.form.get("revision", "")
    try:
        with writing() as session:
            revision = int(number) if WHOLE.fullmatch(number) else 0
            operations.undo(session, current_actor(), fresh(session, desk.entry), revision)
    except Refused as refused:
        return _draw(subject, own_desk_again(subject), refused.problems, refused.status)
    messages.say("Undone. Both the change and its undoing stay in the list.")
    return redirect(address(subject, "changes_page"), code=303)


@room.post(f"{ENTRY}/<section_key>/undo")
@permit("entry.work")
def undo_latest(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """Undo the latest change, for the page's script: the section's new state, and what was undone in words."""
    desk = own_desk(subject)
    section = section_of(desk, section_key)
    with writing() as session:
        paths = operations.undo_latest(session, current_actor(), fresh(session, desk.entry))
    desk = own_desk(subject)
    state = reply.state(desk, section, elsewhere=paths)
    return jsonify({**state, "undone": [_place(subject, desk, path) for path in paths]})


@room.get(f"{ENTRY}/go-on")
@permit("entry.work")
def go_on(subject: CaseSubject) -> ResponseReturnValue:
    """Lead to the place where the coder saved last."""
    desk = own_desk(subject)
    if desk.entry.state == "submitted":
        return redirect(address(subject, "read_page"), code=303)
    where = place_of(subject, desk, last_path(reading(), desk.entry))
    return redirect(where or address(subject, "overview_page"), code=303)


def _place(subject: CaseSubject, desk: Desk, path: str) -> dict[str, str]:
    return {"path": path, "label": named(desk, path), "address": place_of(subject, desk, path)}


def _draw(
    subject: CaseSubject, desk: Desk, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "entry/latest-changes.html",
        **frame(subject, desk),
        saves=past_models(subject, desk, past_saves(reading(), desk.entry)),
        problems=problems,
        closed=desk.entry.state == "submitted",
    )
    return make_response(page, status)

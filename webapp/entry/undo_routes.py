"""The latest changes of an entry and taking them back, by button and by key; and the way back to where the coder was."""

from __future__ import annotations

from flask import abort, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from schema.problem import Problem, Refused
from schema.store.past import saves_before
from schema.store.undo import last_path, past_saves
from webapp import messages
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.entry import operations, reply
from webapp.entry.desk import Desk
from webapp.entry.frame import (
    ENTRY,
    frame,
    own_desk,
    require_same_entry,
    room,
    section_of,
)
from webapp.entry.past import (
    PastModel,
    earlier_address,
    earlier_models,
    is_place,
    past_models,
    places_of,
)
from webapp.entry.saving import whole
from webapp.entry.views import address, named, place_of
from webapp.unit_of_work import fresh, reading, writing

# The hyphens keep these addresses apart from sections, whose keys have none.


@room.get(f"{ENTRY}/latest-changes")
@permit("entry.work")
def changes_page(subject: CaseSubject) -> ResponseReturnValue:
    """What the coder saved last, newest first, with a button beside whatever can be undone.

    ``?before=REVISION`` goes on from there; ``?of=PATH`` gives every change of one answer, or row, however old.
    """
    desk = own_desk(subject)
    of, before = request.args.get("of", ""), whole(request.args.get("before", ""))
    if not of and not before:
        return _draw(subject, desk)
    if of and not is_place(desk, of):
        abort(404)
    found = saves_before(reading(), desk.entry, before, places_of(desk, of))
    return _page(subject, desk, earlier_models(subject, desk, found), of)


@room.post(f"{ENTRY}/latest-changes")
@permit("entry.work")
def undo_now(subject: CaseSubject) -> ResponseReturnValue:
    """Undo the save that the button names."""
    desk = own_desk(subject)
    revision = whole(request.form.get("revision", ""))
    try:
        with writing() as session:
            operations.undo(session, current_actor(), fresh(session, desk.entry), revision)
    except Refused as refused:
        return _draw(subject, own_desk(subject), refused.problems, refused.status)
    messages.say("Undone. Both the change and its undoing stay in the list.")
    return redirect(address(subject, "changes_page"), code=303)


@room.post(f"{ENTRY}/<section_key>/undo")
@permit("entry.work")
def undo_latest(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """Undo the latest change, for the page's script: the section's new state, and what was undone in words."""
    desk = own_desk(subject)
    require_same_entry(desk)
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
    saves = past_models(subject, desk, past_saves(reading(), desk.entry))
    return make_response(_page(subject, desk, saves, problems=problems), status)


def _page(
    subject: CaseSubject,
    desk: Desk,
    saves: tuple[PastModel, ...],
    of: str = "",
    problems: tuple[Problem, ...] = (),
) -> str:
    return render_template(
        "entry/latest-changes.html",
        **frame(subject, desk),
        saves=saves,
        of=named(desk, of) if of else "",
        latest=address(subject, "changes_page"),
        earlier=earlier_address(subject, saves, of),
        problems=problems,
        closed=desk.entry.state == "submitted",
    )

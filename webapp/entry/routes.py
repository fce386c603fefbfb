"""The pages of the coder's desk: overview, sections, saving by button and by script, rows."""

from __future__ import annotations

from flask import abort, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.changes import autosaved
from schema.answers.intake import json_object
from schema.problem import refuse
from schema.store.entries import Stale
from schema.store.reports_read import has_suggestions
from schema.store.undo import last_path
from schema.template.model import Section
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.entry import (
    checking_routes,
    handing_back_routes,
    offline_routes,
    operations,
    paste_routes,
    repeat_routes,
    reply,
    submission_routes,
    suggest_routes,
    suggesting,
    undo_routes,
)
from webapp.entry.changed import changed_since
from webapp.entry.desk import Desk, desk_after
from webapp.entry.frame import (
    ENTRY,
    checked_later,
    frame,
    own_desk,
    require_same_entry,
    room,
    section_of,
)
from webapp.entry.notes import note_lines
from webapp.entry.saving import Outcome, save_posted
from webapp.entry.spent import spent_words
from webapp.entry.views import BLANK_ROW, address, named, section_page
from webapp.unit_of_work import fresh, reading, writing


@room.get(ENTRY)
@permit("entry.work")
def overview_page(subject: CaseSubject) -> ResponseReturnValue:
    """The entry at a glance: its sections, how far they are, and what to do next."""
    desk = own_desk(subject)
    last = last_path(reading(), desk.entry)
    return render_template(
        "entry/overview.html",
        **frame(subject, desk),
        checked_later=checked_later(desk),
        last=named(desk, last) if last else "",
        last_address=address(subject, "go_on"),
        changes_address=address(subject, "changes_page"),
        offline_address=address(subject, "offline_page"),
        notes=note_lines(subject, desk),
        notes_address=address(subject, "take_flag_off"),
        changed=changed_since(reading(), desk),
        spent=spent_words(reading(), desk.entry),
        hand_back_address=address(subject, "hand_back_page"),
    )


@room.post(f"{ENTRY}/own-notes")
@permit("entry.work")
def take_flag_off(subject: CaseSubject) -> ResponseReturnValue:
    """Take a flag off from the list, also where its question does not apply any more."""
    desk, path = own_desk(subject), request.form.get("path", "")
    if path in desk.document.notes:
        with writing() as session:
            operations.take_flag_off(session, current_actor(), fresh(session, desk.entry), path)
    return redirect(address(subject, "overview_page", _anchor="notes"), code=303)


@room.get(f"{ENTRY}/<section_key>", endpoint="section_page")
@permit("entry.work")
def show_section(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """One section, ready to be filled in."""
    desk = own_desk(subject)
    section = section_of(desk, section_key)
    if desk.entry.state == "submitted":
        return redirect(address(subject, "read_page"), code=303)
    return _draw_section(subject, desk, section, Outcome(200, tuple(request.args.getlist("row"))))


@room.post(f"{ENTRY}/<section_key>")
@permit("entry.work")
def save_section(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """Save the whole section by button, then do what the button says."""
    desk = own_desk(subject)
    section = section_of(desk, section_key)
    outcome = save_posted(subject, current_actor(), desk, section, request.form)
    if outcome.status == 303:
        target = f"row-{outcome.target}" if outcome.target in outcome.open_rows else None
        rows = list(outcome.open_rows)
        where = address(subject, "section_page", section_key=section.key, row=rows, _anchor=target)
        return redirect(where, code=303)
    return _draw_section(subject, own_desk(subject), section, outcome)


@room.post(f"{ENTRY}/<section_key>/autosave")
@permit("entry.work")
def autosave(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """Save what the page's script sends; 409 with both values where another window changed the same field."""
    desk = own_desk(subject)
    require_same_entry(desk)
    section = section_of(desk, section_key)
    sent = autosaved(desk.template, _body())
    try:
        with writing() as session:
            saved = operations.autosave(
                session, current_actor(), desk.entry, sent.base_revision, sent.changes
            )
    except Stale as stale:
        return _conflicts(own_desk(subject), stale)
    return jsonify(reply.state(desk_after(reading(), desk, saved), section, elsewhere=saved.elsewhere))


@room.post(f"{ENTRY}/<section_key>/rows")
@permit("entry.work")
def arrange_rows(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """Do what the page's script asks of a row: ``{"act", "row", "base_revision"}``; gives the new state."""
    desk = own_desk(subject)
    require_same_entry(desk)
    section = section_of(desk, section_key)
    act, row_id, base = _row_act(section, _body())
    with writing() as session:
        entry = fresh(session, desk.entry)
        made, saved = operations.arrange(session, current_actor(), entry, section, act, row_id, base)
    state = reply.state(
        desk_after(reading(), desk, saved), section, open_rows=[made], elsewhere=saved.elsewhere
    )
    return jsonify({**state, "row": made})


@room.get(f"{ENTRY}/<section_key>/rows/<row_id>")
@permit("entry.work")
def row_fragment(subject: CaseSubject, section_key: str, row_id: str) -> ResponseReturnValue:
    """One row's questions, for the page's script to unfold."""
    desk = own_desk(subject)
    section = section_of(desk, section_key)
    if section.repeats is None or desk.document.row(section.key, row_id) is None:
        abort(404)
    return jsonify(reply.state(desk, section, open_rows=[row_id]))


def _draw_section(
    subject: CaseSubject, desk: Desk, section: Section, outcome: Outcome
) -> ResponseReturnValue:
    model = section_page(
        subject,
        desk,
        section,
        open_rows=outcome.open_rows,
        deleted=desk.deleted(section),
        overlay=outcome.overlay,
        problems=outcome.problems,
    )
    page = render_template(
        "entry/section.html",
        **frame(subject, desk, model.links),
        model=model,
        blank_row=BLANK_ROW,
        unsaved=outcome.unsaved,
        read_address=address(subject, "read_page"),
        closed=desk.entry.state == "submitted",
        changed=changed_since(reading(), desk, section.key),
        saved_at=f"{desk.entry.updated_at:%H:%M:%S}" if desk.entry.updated_at else "",
        page_address=address(subject, "section_page", section_key=section.key),
        save_address=address(subject, "save_section", section_key=section.key, entry=desk.entry.id),
        autosave_address=address(subject, "autosave", section_key=section.key, entry=desk.entry.id),
        rows_address=address(subject, "arrange_rows", section_key=section.key, entry=desk.entry.id),
        suggest_address=address(subject, "suggest_page", section_key=section.key)
        if suggesting.takes_suggestions(section) and has_suggestions(reading(), subject.case.id)
        else "",
        undo_address=address(subject, "undo_latest", section_key=section.key, entry=desk.entry.id),
        changes_address=address(subject, "changes_page"),
        paste_address=address(subject, "paste_page", section_key=section.key),
        sign_in_address=url_for("account.sign_in_page"),
    )
    return make_response(page, outcome.status)


def _body() -> dict[str, object]:
    """Read the JSON that a script sent, strictly. Raises ``Refused`` (400) where it is none."""
    try:
        text = request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse("FORM-010", "This is not text in UTF-8.", "Load the page again.", status=400) from error
    return json_object(text)


def _row_act(section: Section, body: dict[str, object]) -> tuple[str, str, int]:
    match body:
        case {"act": str(act), "row": str(row_id), "base_revision": int(base), **rest} if (
            not rest and not isinstance(base, bool) and section.repeats is not None and len(row_id) <= 40
        ):
            return act, row_id, base
    raise refuse("FORM-010", "This is not an act on a row.", "Load the page again.", status=400)


def _conflicts(desk: Desk, stale: Stale) -> ResponseReturnValue:
    conflicts = [reply.conflict(desk, one) for one in stale.conflicts if one.path.count(".") < 3]
    return jsonify({"status": 409, "conflicts": conflicts, "revision": stale.revision}), 409


__all__ = [
    "checking_routes",
    "handing_back_routes",
    "offline_routes",
    "paste_routes",
    "repeat_routes",
    "room",
    "submission_routes",
    "suggest_routes",
    "undo_routes",
]

"""Making rows out of a pasted text: a box, a preview, then the rows."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from schema.problem import Problem, Refused, refuse
from schema.template.model import Field, Section
from webapp import messages
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.entry import operations
from webapp.entry.desk import Desk
from webapp.entry.frame import ENTRY, frame, own_desk, room, section_of
from webapp.entry.paste import Block, Proposed, pasteable, propose, read_block
from webapp.entry.views import address, in_full
from webapp.unit_of_work import fresh, writing


@dataclass(frozen=True)
class Preview:
    """What a pasted text will become: the columns as chosen, the rows as read, and which of them to make."""

    text: str
    block: Block
    columns: tuple[str, ...]
    rows: tuple[tuple[Proposed, tuple[tuple[Field, str, bool], ...]], ...]
    chosen: frozenset[int]


@room.get(f"{ENTRY}/<section_key>/paste")
@permit("entry.work")
def paste_page(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """The box to paste into."""
    desk = own_desk(subject)
    return _draw(subject, desk, _group(desk, section_key))


@room.post(f"{ENTRY}/<section_key>/paste")
@permit("entry.work")
def paste_rows(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """Show what the text will become; make the rows where that was confirmed."""
    desk = own_desk(subject)
    section = _group(desk, section_key)
    text = request.form.get("text", "")
    try:
        operations.require_open(desk.entry)
        preview = _preview(desk, section, text)
        if request.form.get("act") != "make":
            return _draw(subject, desk, section, text, preview)
        rows = [row for number, (row, _) in enumerate(preview.rows) if number in preview.chosen]
        made = _make(desk, section, rows)
    except Refused as refused:
        return _draw(subject, desk, section, text, problems=refused.problems, status=refused.status)
    messages.say(f"{made} {'row' if made == 1 else 'rows'} made.")
    return redirect(address(subject, "section_page", section_key=section.key), code=303)


def _group(desk: Desk, section_key: str) -> Section:
    section = section_of(desk, section_key)
    if section.repeats is None:
        abort(404)
    return section


def _make(desk: Desk, section: Section, rows: list[Proposed]) -> int:
    if not rows:
        raise refuse("PASTE-007", "No row is chosen.", "Choose at least one.", where="text")
    with writing() as session:
        return operations.make_rows(session, current_actor(), fresh(session, desk.entry), section, rows)


def _preview(desk: Desk, section: Section, text: str) -> Preview:
    block = read_block(section, text)
    sent = request.form.getlist("column")
    columns = tuple(sent) if len(sent) == len(block.columns) else block.columns
    rows = propose(section, block, columns)
    kept = request.form.getlist("row")
    numbers = {int(number) for number in kept if number.isdecimal() and len(number) < 6}
    chosen = (
        frozenset(numbers) if request.form.get("act") in ("make", "columns") else frozenset(range(len(rows)))
    )
    shown = tuple((row, _texts(desk, row)) for row in rows)
    return Preview(text, block, columns, shown, chosen)


def _texts(desk: Desk, row: Proposed) -> tuple[tuple[Field, str, bool], ...]:
    return tuple(
        (field, in_full(desk, field, value), field.label in row.unread) for field, value, _ in row.values
    )


def _draw(
    subject: CaseSubject,
    desk: Desk,
    section: Section,
    text: str = "",
    preview: Preview | None = None,
    *,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "entry/paste.html",
        **frame(subject, desk),
        section=section,
        questions=pasteable(section),
        back=address(subject, "section_page", section_key=section.key),
        text=text,
        preview=preview,
        problems=problems,
    )
    return make_response(page, status)

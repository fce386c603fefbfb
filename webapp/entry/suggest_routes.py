"""Rows out of what the reports recommend: a list in which the coder ticks what becomes a row. Nothing is made without that."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from schema.problem import Problem, Refused, refuse
from schema.store.reports import LABEL_OF
from schema.store.reports_read import Suggested, suggestions_for
from schema.template.model import Section
from webapp import messages
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.entry import operations, suggesting
from webapp.entry.desk import Desk
from webapp.entry.frame import ENTRY, frame, own_desk, room, section_of
from webapp.entry.views import address
from webapp.unit_of_work import fresh, reading, writing
from webapp.wording import count


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion as it is offered: where it stands, whether it is ticked, whether a row was made of it already."""

    suggested: Suggested
    document: str
    ticked: bool
    made: bool


@room.get(f"{ENTRY}/<section_key>/suggest")
@permit("entry.work")
def suggest_page(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """What the reports of the case recommend: the same list for both coders."""
    desk = own_desk(subject)
    return _draw(subject, desk, _group(desk, section_key))


@room.post(f"{ENTRY}/<section_key>/suggest")
@permit("entry.work")
def make_suggested(subject: CaseSubject, section_key: str) -> ResponseReturnValue:
    """Make rows of what was ticked."""
    desk = own_desk(subject)
    section = _group(desk, section_key)
    ticked = frozenset(request.form.getlist("take"))
    chosen = [one for one in suggestions_for(reading(), subject.case.id) if one.key in ticked]
    try:
        if not chosen:
            raise refuse("SUGGEST-001", "Nothing is ticked.", "Tick what should become a row.", where="take")
        with writing() as session:
            made = suggesting.make_rows(session, current_actor(), fresh(session, desk.entry), section, chosen)
    except Refused as refused:
        return _draw(subject, desk, section, ticked, refused.problems, refused.status)
    messages.say(f"{count(made, 'row')} made. Read each against the report.")
    return redirect(address(subject, "section_page", section_key=section.key), code=303)


def _group(desk: Desk, section_key: str) -> Section:
    section = section_of(desk, section_key)
    if not suggesting.takes_suggestions(section):
        abort(404)
    operations.require_open(desk.entry)
    return section


def _draw(
    subject: CaseSubject,
    desk: Desk,
    section: Section,
    ticked: frozenset[str] = frozenset(),
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    made = suggesting.made_already(reading(), desk.entry, desk.document, section)
    offers = [
        Offer(one, LABEL_OF[one.report.kind], one.key in ticked, one.key in made)
        for one in suggestions_for(reading(), subject.case.id)
    ]
    page = render_template(
        "entry/suggest.html",
        **frame(subject, desk),
        section=section,
        offers=offers,
        back=address(subject, "section_page", section_key=section.key),
        problems=problems,
    )
    return make_response(page, status)

"""The coder's own page of a case that they coded twice."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from schema.store.repeats_read import repeated
from webapp.access.guard import current_actor, permit
from webapp.access.subjects import CaseSubject
from webapp.entry.frame import ENTRY, case_address, room, trail
from webapp.entry.repeat_views import coded_again
from webapp.unit_of_work import reading


@room.get(f"{ENTRY}/coded-twice")
@permit("repeat.own")
def again_page(subject: CaseSubject) -> ResponseReturnValue:
    """Where one's two codings of a case differ."""
    entry = subject.repeat_of(current_actor()) or abort(404)
    return render_template(
        "entry/again.html",
        subject=subject,
        entry=entry,
        view=coded_again(repeated(reading(), entry)),
        trail=[*trail(subject)[:2], (subject.case.reference, case_address(subject))],
    )

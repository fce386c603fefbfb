"""Working without a connection: the entry as a workbook, and a preview of what a filled-in one would change."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from forms.changes import MOST_CHANGES, autosaved
from schema.problem import Problem, Refused, refuse
from schema.store.entries import Stale
from webapp import messages
from webapp.access.guard import current_actor, permit
from webapp.access.share import takes_long
from webapp.access.subjects import CaseSubject
from webapp.entry import operations
from webapp.entry.desk import Desk
from webapp.entry.frame import ENTRY, frame, own_desk, room
from webapp.entry.offline import TakenIn
from webapp.entry.offline_making import XLSX, taken_in, workbook_of
from webapp.entry.saving import revision_in
from webapp.entry.views import address
from webapp.unit_of_work import fresh, reading, writing
from webapp.wording import count

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Preview:
    """What would change, with all of it as the confirming form sends it."""

    found: TakenIn
    items: str

    @property
    def changed_since(self) -> int:
        """How many of the answers were changed here after the workbook was made."""
        return sum(one.since for one in self.found.differences)


# The hyphen keeps these addresses apart from sections, whose keys have none.


@room.get(f"{ENTRY}/offline-workbook")
@permit("entry.work")
def offline_page(subject: CaseSubject) -> ResponseReturnValue:
    """Download the workbook, or upload it again."""
    return _draw(subject, own_desk(subject))


@room.get(f"{ENTRY}/offline-workbook/file")
@permit("entry.work")
@takes_long
def fetch_workbook(subject: CaseSubject) -> ResponseReturnValue:
    """The workbook, with what the entry holds now."""
    desk = own_desk(subject)
    answer = Response(workbook_of(reading(), subject.case, desk), mimetype=XLSX)
    name = UNSAFE.sub("-", subject.case.reference).strip("-.") or "case"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-entry.xlsx"'
    return answer


@room.post(f"{ENTRY}/offline-workbook")
@permit("entry.work")
@takes_long
def look_at_workbook(subject: CaseSubject) -> ResponseReturnValue:
    """Show what a filled-in workbook would change; nothing is saved."""
    desk = own_desk(subject)
    sent = request.files.get("file")
    try:
        found = taken_in(reading(), desk, sent.read() if sent else b"")
        if len(found.differences) > MOST_CHANGES:
            raise refuse(
                "OFFLINE-007",
                f"The workbook would change more than {MOST_CHANGES:,} answers at once.",
                "Fill it in and upload it in parts.",
                where="file",
            )
    except Refused as refused:
        return _draw(subject, desk, problems=refused.problems, status=refused.status)
    items = json.dumps([one.item for one in found.differences], ensure_ascii=False)
    return _draw(subject, desk, Preview(found, items))


@room.post(f"{ENTRY}/offline-workbook/apply")
@permit("entry.work")
def apply_workbook(subject: CaseSubject) -> ResponseReturnValue:
    """Save what was ticked of the preview, as one save."""
    desk = own_desk(subject)
    try:
        base, chosen = revision_in(request.form), _chosen()
        changes = autosaved(desk.template, {"base_revision": base, "changes": chosen}).changes
        with writing() as session:
            operations.take_in(session, current_actor(), fresh(session, desk.entry), base, changes)
    except Stale:
        problem = Problem(
            "OFFLINE-009",
            "Your entry was changed in another window while you looked at this.",
            "Upload the workbook again: it shows what it would change now.",
            "file",
        )
        return _draw(subject, own_desk(subject), problems=(problem,), status=409)
    except Refused as refused:
        return _draw(subject, own_desk(subject), problems=refused.problems, status=refused.status)
    messages.say(f"{count(len(changes), 'answer')} of the workbook saved. Undoing it undoes all of them.")
    return redirect(address(subject, "overview_page"), code=303)


def _chosen() -> list[object]:
    """The ticked items of the preview. Raises ``Refused`` (OFFLINE-008) where nothing is ticked or it is no preview of ours."""
    try:
        items = json.loads(request.form.get("items", ""))
        numbers = [int(number) for number in request.form.getlist("take") if number.isdecimal()]
        chosen = [items[number] for number in numbers]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise refuse(
            "OFFLINE-008", "This is no preview.", "Upload the workbook again.", where="file"
        ) from error
    if not chosen:
        raise refuse(
            "OFFLINE-008",
            "Nothing was ticked.",
            "Upload the workbook again and tick what to save.",
            where="file",
        )
    return chosen


def _draw(
    subject: CaseSubject,
    desk: Desk,
    preview: Preview | None = None,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "entry/offline.html",
        **frame(subject, desk),
        preview=preview,
        problems=problems,
        closed=desk.entry.state == "submitted",
        here=address(subject, "offline_page"),
        file_address=address(subject, "fetch_workbook"),
        apply_address=address(subject, "apply_workbook"),
    )
    return make_response(page, status)

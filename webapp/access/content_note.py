"""A project's content note comes before the first opening of a case: before its report, and before the entry.

For whoever codes or reconciles the case; a project without a note has no such page.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for

from schema.actor import Actor
from schema.store.handing_back import note_was_read
from webapp.access.subjects import CaseSubject, Subject
from webapp.unit_of_work import reading

OPENING = frozenset({"entry.work", "report.view", "comparison.work"})


def note_first(actor: Actor, action: str, subject: Subject | None) -> Any:
    """Lead to the note where a page would open a case to somebody who has not read it; None where nothing is to be read."""
    if action not in OPENING or request.method != "GET" or not isinstance(subject, CaseSubject):
        return None
    if not subject.project.content_note or not subject.part_of(actor):
        return None
    if note_was_read(reading(), subject.case.id, actor.id):
        return None
    names = {"project_key": subject.project.key, "case_id": subject.case.id}
    wanted = request.full_path.removesuffix("?")
    return redirect(url_for("entry.content_note_page", next=wanted, **names), code=303)  # type: ignore[arg-type]

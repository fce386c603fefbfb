"""Who opened what: reading another person's entry, a comparison or a final extract is on record, once an hour for each.

Whoever has opened one has seen values that the coders are blind to, and cannot become a coder of that case any more."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from schema.actor import Actor
from schema.store.audit import record
from schema.store.audit_read import noted_lately
from schema.store.knowledge import note_knowledge
from webapp.access.subjects import CaseSubject, Subject
from webapp.unit_of_work import reading, writing

#: What the policy was asked, and the act that stands in the trail for it.
OPENINGS: Mapping[str, str] = {
    "entry.read": "entry.read",
    "entry.check": "verification.read",
    "comparison.view": "comparison.open",
    "comparison.work": "comparison.open",
    "comparison.final": "comparison.open_final",
    "comparison.yours": "comparison.open_final",
}


def note_opening(actor: Actor, action: str, subject: Subject | None) -> None:
    """Write down that the actor opens what the subject names; nobody's own entry, and nothing that is not a page."""
    act = OPENINGS.get(action)
    if act is None or request.method != "GET" or not isinstance(subject, CaseSubject):
        return
    if act == "entry.read" and (subject.entry is None or subject.entry.coder_id == actor.id):
        return
    found = _opened(act, subject)
    if not found or noted_lately(reading(), actor, act, found, subject.case.id):
        return
    with writing() as session:
        record(session, actor, act, project_id=subject.project_id, case_id=subject.case.id, object_id=found)
        note_knowledge(session, actor.id, subject.case.id, act)


def _opened(act: str, subject: CaseSubject) -> str:
    """The id of what the act is about; empty where the case has none."""
    rows = {"entry.read": subject.entry, "verification.read": subject.verification}
    row = rows.get(act, subject.comparison)
    return row.id if row is not None else ""

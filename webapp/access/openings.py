"""Who opened what: reading another person's entry, a comparison or a final extract is on record, once an hour for each.

Whoever has opened one has seen values that the coders are blind to, and cannot become a coder of that case any more."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from schema.actor import Actor
from schema.store.audit import record
from schema.store.audit_read import opened_lately
from schema.store.knowledge import note_knowledge
from webapp.access.subjects import CaseSubject, Subject
from webapp.unit_of_work import reading, writing

#: What the policy was asked, and the act that stands in the trail for it.
OPENINGS: Mapping[str, str] = {
    "entry.read": "entry.read",
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
    entry, comparison = subject.entry, subject.comparison
    if act == "entry.read" and (entry is None or entry.coder_id == actor.id):
        return
    found = entry.id if act == "entry.read" and entry else comparison.id if comparison else ""
    if not found or opened_lately(reading(), actor, act, found):
        return
    with writing() as session:
        record(session, actor, act, project_id=subject.project_id, case_id=subject.case.id, object_id=found)
        note_knowledge(session, actor.id, subject.case.id, act)

"""Who was refused a page: on record once an hour for each person, page and case, so that probing shows and fills nothing.

What is unknown and what belongs to others is answered alike, and so it is written down alike: without saying where it was looked for.
"""

from __future__ import annotations

from schema.actor import Actor
from schema.store.audit import record
from schema.store.audit_read import noted_lately
from webapp.access.subjects import CaseSubject, Subject
from webapp.unit_of_work import reading, writing

ACT = "access.refuse"


def note_refusal(actor: Actor, action: str, subject: Subject | None) -> None:
    """Write down that the actor was refused what the policy was asked for; ``subject`` only where they take part in it."""
    project_id = subject.project_id if subject is not None else None
    case_id = subject.case.id if isinstance(subject, CaseSubject) else None
    if noted_lately(reading(), actor, ACT, action, case_id):
        return
    with writing() as session:
        detail = {"asked": action}
        record(session, actor, ACT, project_id=project_id, case_id=case_id, object_id=action, detail=detail)

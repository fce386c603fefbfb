"""Cases: register, describe, withdraw, restore."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.models import Case, Project
from schema.template.kinds import clean

REFERENCE_LENGTH = 100


def find_case(session: Session, project_id: str, reference: str) -> Case | None:
    """Find a case of a project by its reference."""
    return session.scalar(select(Case).where(Case.project_id == project_id, Case.reference == reference))


def clean_reference(reference: str) -> str:
    """Clean a reference. Raises ``Refused`` (CASE-001) where it is blank or too long."""
    text = " ".join(clean(reference).split())
    if not text or len(text) > REFERENCE_LENGTH:
        raise refuse(
            "CASE-001",
            f"A case needs a reference of 1 to {REFERENCE_LENGTH} characters.",
            "Use the reference of your study, for example DHR-001.",
            where="reference",
        )
    return text


def register_case(
    session: Session,
    actor: Actor,
    project: Project,
    reference: str,
    *,
    title: str = "",
    source: str = "",
    note: str = "",
) -> Case:
    """Register a case. Raises ``Refused`` (CASE-002) where the project has the reference already."""
    reference = clean_reference(reference)
    if find_case(session, project.id, reference):
        raise refuse(
            "CASE-002",
            f"This project already has a case “{reference}”.",
            "Choose another reference, or edit the existing case.",
            where="reference",
            status=409,
        )
    case = new_case(session, actor, project, reference, title=title, source=source, note=note)
    session.flush()
    return case


def new_case(
    session: Session,
    actor: Actor,
    project: Project,
    reference: str,
    *,
    title: str = "",
    source: str = "",
    note: str = "",
) -> Case:
    """Make a case whose reference is clean and new to the project, written with whatever is written next."""
    case = Case(
        id=new_id(session),
        project_id=project.id,
        reference=reference,
        title=clean(title)[:300],
        source=clean(source)[:300],
        note=clean(note),
        registered_at=now(session),
    )
    session.add(case)
    record(
        session,
        actor,
        "case.register",
        project_id=project.id,
        case_id=case.id,
        object_id=case.id,
        detail={"after": description(case)},
    )
    return case


def description(case: Case) -> dict[str, object]:
    """What is written down about a case, for the audit trail and for previews."""
    return {"reference": case.reference, "title": case.title, "source": case.source, "note": case.note}


def describe_case(
    session: Session, actor: Actor, case: Case, *, reference: str, title: str, source: str, note: str
) -> bool:
    """Change what is written down about a case; gives whether anything changed."""
    reference = clean_reference(reference)
    other = find_case(session, case.project_id, reference)
    if other is not None and other.id != case.id:
        raise refuse(
            "CASE-002",
            f"This project already has a case “{reference}”.",
            "Choose another reference.",
            where="reference",
            status=409,
        )
    before = description(case)
    case.reference, case.title = reference, clean(title)[:300]
    case.source, case.note = clean(source)[:300], clean(note)
    after = description(case)
    if after == before:
        return False
    session.flush()
    _record(session, actor, case, "case.describe", {"before": before, "after": after})
    return True


def withdraw_case(session: Session, actor: Actor, case: Case, reason: str) -> None:
    """Take a case out of the study, with the reason; what was entered is kept."""
    reason = clean(reason)
    if not reason:
        raise refuse("CASE-003", "Say why the case is withdrawn.", "Enter a reason.", where="reason")
    if case.withdrawn_at is not None:
        raise refuse("CASE-004", "This case has been withdrawn already.", status=409)
    case.withdrawn_at, case.withdrawn_reason = now(session), reason
    session.flush()
    _record(session, actor, case, "case.withdraw", {"reason": reason})


def restore_case(session: Session, actor: Actor, case: Case) -> None:
    """Bring a withdrawn case back, as it was."""
    if case.withdrawn_at is None:
        raise refuse("CASE-005", "This case is not withdrawn.", status=409)
    reason = case.withdrawn_reason
    case.withdrawn_at, case.withdrawn_reason = None, ""
    session.flush()
    _record(session, actor, case, "case.restore", {"withdrawn_for": reason})


def _record(session: Session, actor: Actor, case: Case, action: str, detail: dict[str, object]) -> None:
    record(
        session,
        actor,
        action,
        project_id=case.project_id,
        case_id=case.id,
        object_id=case.id,
        detail=detail,
    )

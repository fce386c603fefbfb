"""Submitting an entry: checked, frozen, and compared (or verified first) as soon as both coders of the case have submitted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.validate import Finding, findings
from schema.answers.visibility import without_hidden
from schema.problem import Problem, Refused
from schema.store.audit import record
from schema.store.comparisons import supersede
from schema.store.entries import load_document, mark_returned, mark_submitted
from schema.store.models import Case, Entry, Snapshot, is_current
from schema.store.notices import RETURNED, notify
from schema.store.repeats import finish_repeat, refuse_while_repeated
from schema.store.snapshots import freeze
from schema.store.unblinding import refuse_unblinded
from schema.store.verification import supersede_verification, verify_or_compare
from schema.template.model import Template


@dataclass(frozen=True, slots=True)
class Submitted:
    """The frozen snapshot, and the paths of values that were dropped because their questions did not apply."""

    snapshot: Snapshot
    dropped: tuple[str, ...]


def standing_in_the_way(found: Collection[Finding]) -> tuple[Finding, ...]:
    """The findings that refuse submission: errors, and confirmations not given."""
    return tuple(finding for finding in found if finding.severity in ("error", "confirm"))


def submit_entry(
    session: Session, actor: Actor, entry: Entry, template: Template, confirmed: Collection[str] = ()
) -> Submitted:
    """Check, freeze and submit an entry; when the case has both, open the checks of its checked sections, or compare. What was
    coded again is set beside what the same coder submitted first, and changes nothing of the case.

    Raises ``Refused`` with one problem for each finding (``where`` is its path), or 409 where it is submitted already.
    """
    case = _locked_case(session, entry.case_id)
    document, dropped = without_hidden(template, load_document(session, entry.id))
    if refused := standing_in_the_way(findings(template, document, "submit", confirmed=confirmed)):
        raise Refused([Problem(f.code, f.message, where=f.path, severity=f.severity) for f in refused])
    snapshot = freeze(
        session,
        actor,
        entry=entry,
        template_version_id=entry.template_version_id,
        document=document,
        revision=entry.revision,
    )
    mark_submitted(session, actor, entry)
    record(
        session,
        actor,
        "entry.submit",
        project_id=case.project_id,
        case_id=case.id,
        object_id=entry.id,
        detail={
            "snapshot": snapshot.id,
            "sha256": snapshot.sha256,
            "revision": entry.revision,
            "dropped": list(dropped),
            "confirmed": sorted(confirmed),
        },
    )
    if entry.repeats:
        finish_repeat(session, actor, entry, snapshot)
    elif _submitted(session, case.id) == 2:
        verify_or_compare(session, actor, case)
    return Submitted(snapshot, tuple(dropped))


def return_entry(session: Session, actor: Actor, entry: Entry, reason: str) -> None:
    """Give a submitted entry back to its coder, with the reason; a live comparison is superseded.

    Raises ``Refused``: ENTRY-014 without a reason, ENTRY-015 (409) where it is not submitted, UNBLIND-005 (409) for an
    unblinded case, REPEAT-007 and REPEAT-008 (409) for what is coded again.
    """
    case = _locked_case(session, entry.case_id)
    refuse_while_repeated(session, entry)
    refuse_unblinded(session, case.id)
    mark_returned(session, actor, entry, reason)
    supersede(session, actor, case, entry.returned_reason)
    supersede_verification(session, actor, case, entry.returned_reason)
    notify(session, actor, entry.coder_id, RETURNED, case.id)
    record(
        session,
        actor,
        "entry.return",
        project_id=case.project_id,
        case_id=case.id,
        object_id=entry.id,
        detail={"reason": entry.returned_reason, "revision": entry.revision},
    )


def _locked_case(session: Session, case_id: str) -> Case:
    """The case, one writer at a time: of two coders who submit at the same moment, the later one sees both entries."""
    return session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()


def _submitted(session: Session, case_id: str) -> int:
    query = select(func.count()).where(Entry.case_id == case_id, is_current(), Entry.state == "submitted")
    return session.scalar(query) or 0

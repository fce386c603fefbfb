"""Signing a case off: nothing undecided, agreed values accepted, the consensus in order, and then frozen."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Document
from schema.answers.finding import Finding
from schema.answers.validate import findings
from schema.coding.model import Position
from schema.problem import Problem, Refused, refuse
from schema.store.audit import record
from schema.store.database import now
from schema.store.decisions import Choice, accept_agreed, decide_batch
from schema.store.loaded import LoadedComparison, claim, load, project_of
from schema.store.models import Case, Project, Snapshot
from schema.store.notices import notify_coders
from schema.store.pairings import confirm, refuse_stale
from schema.store.snapshots import freeze
from schema.template.kinds import clean
from schema.template.model import Template


def sign_off(
    session: Session, actor: Actor, comparison_id: str, *, revision: int, confirmed: Collection[str] = ()
) -> Snapshot:
    """Freeze the consensus and close the case; gives the consensus snapshot.

    ``confirmed`` holds the ``confirmation`` of findings that the reconciler ticked. Raises ``Refused``: 409 where the
    comparison has moved on, something is undecided or the agreed values are not accepted; 422 with one problem for
    every rule the consensus breaks.
    """
    loaded = claim(session, actor, comparison_id, "resolving", "resolved")
    refuse_stale(loaded.row, revision)
    _refuse_unfinished(loaded)
    consensus = loaded.consensus()
    _refuse_findings(loaded.template, consensus, confirmed)
    row = loaded.row
    row.revision += 1
    snapshot = freeze(
        session,
        actor,
        comparison_id=row.id,
        template_version_id=row.template_version_id,
        document=consensus,
        revision=row.revision,
    )
    row.state, row.signed_off_at, row.signed_off_by = "signed_off", now(session), actor.id
    session.flush()
    detail: dict[str, object] = {
        "snapshot": snapshot.id,
        "sha256": snapshot.sha256,
        "confirmed": sorted(confirmed),
    }
    notify_coders(session, actor, row.case_id)
    _audit(session, actor, loaded, "comparison.sign_off", detail)
    return snapshot


def confirmations(loaded: LoadedComparison) -> tuple[Finding, ...]:
    """What the reconciler has to tick before the consensus can be signed off."""
    found = findings(loaded.template, loaded.consensus(), "submit")
    return tuple(finding for finding in found if finding.severity == "confirm")


def settle_everything(
    session: Session, actor: Actor, comparison_id: str, *, take: str, reason: str
) -> LoadedComparison:
    """In a rehearsal project: take one coder's side of all that is open, so that the case can be signed off.

    ``take`` is a or b. Confirms the pairing where that is open, leaves earlier decisions alone, accepts the agreed values;
    logged as such. Raises ``Refused`` (409) in a project that is not a rehearsal, (422) without a reason.
    """
    loaded = claim(session, actor, comparison_id)
    _refuse_no_rehearsal(session, loaded, take, clean(reason))
    if loaded.row.state in ("open", "matching"):
        confirm(session, actor, loaded)
    if choices := [_side(position, take) for position in loaded.agenda().undecided()]:
        decide_batch(session, actor, loaded, choices, reason=clean(reason))
    if not loaded.row.agreed_accepted:
        accept_agreed(session, actor, comparison_id)
    detail: dict[str, object] = {"take": take, "reason": clean(reason), "settled": len(choices)}
    _audit(session, actor, loaded, "comparison.settle_everything", detail)
    return load(session, loaded.row)


def _side(position: Position, take: str) -> Choice:
    if position.field is not None:
        return Choice(position.path, take)
    own = position.pair is not None and (position.pair.row_a if take == "a" else position.pair.row_b)
    return Choice(position.path, "keep_row" if own else "drop_row")


def _refuse_no_rehearsal(session: Session, loaded: LoadedComparison, take: str, reason: str) -> None:
    project = session.get_one(Project, session.get_one(Case, loaded.row.case_id).project_id)
    if not project.rehearsal:
        raise refuse(
            "RESOLVE-033",
            "Only a project marked as a rehearsal can be settled in one go.",
            "Reconcile the case by hand.",
            status=409,
        )
    if take not in ("a", "b"):
        raise refuse("RESOLVE-034", "Say whose side to take.", "Give a or b.", where="take")
    if not reason:
        raise refuse(
            "RESOLVE-035", "Say why everything is settled at once.", "Give a reason.", where="reason"
        )


def _refuse_unfinished(loaded: LoadedComparison) -> None:
    problems = []
    if loaded.row.undecided:
        problems.append(
            Problem("RESOLVE-031", f"Still undecided: {loaded.row.undecided}.", "Settle them, then sign off.")
        )
    if not loaded.row.agreed_accepted:
        problems.append(
            Problem(
                "RESOLVE-032", "The agreed values have not been accepted.", "Look through them and accept."
            )
        )
    if problems:
        raise Refused(problems, status=409)


def _refuse_findings(template: Template, consensus: Document, confirmed: Collection[str]) -> None:
    found = findings(template, consensus, "submit", confirmed=confirmed)
    problems = [
        Problem(f.code, f.message, where=f.path, severity=f.severity)
        for f in found
        if f.severity != "warning"
    ]
    if problems:
        raise Refused(problems)


def _audit(
    session: Session, actor: Actor, loaded: LoadedComparison, action: str, detail: dict[str, object]
) -> None:
    row = loaded.row
    project = project_of(session, row)
    record(session, actor, action, project_id=project, case_id=row.case_id, object_id=row.id, detail=detail)

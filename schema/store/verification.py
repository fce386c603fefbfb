"""Checking instead of coding twice, in the store: opened when both coders have submitted, finished by coder 2.

Only coder 2 writes here. What they check is frozen, and so is what comes of it: their entry with the checked sections in it, which
is then compared with coder 1's as every entry is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.document import Document, Evidence
from schema.answers.lift import lift
from schema.coding.verification import (
    OUTCOMES,
    Checked,
    ToCheck,
    checked_document,
    fault_of,
    not_checked,
    still_true,
    to_check,
    unchecked,
)
from schema.problem import Problem, Refused, refuse
from schema.store.audit import record
from schema.store.comparisons import create_comparison
from schema.store.database import new_id, now
from schema.store.loaded import plain_json
from schema.store.models import Case, Entry, Snapshot, ValueCheck, Verification, is_current
from schema.store.snapshots import freeze, thaw
from schema.store.templates import compiled
from schema.template.model import Template
from schema.template.value import from_plain


@dataclass(frozen=True)
class LoadedVerification:
    """A round of checks as coder 2 works on it: ``first`` is coder 1's entry, read by coder 2's ``template``."""

    row: Verification
    template: Template
    first: Document
    checks: Mapping[str, Checked]

    def to_check(self) -> tuple[ToCheck, ...]:
        """Every question that comes up."""
        return to_check(self.template, self.first)

    def unchecked(self) -> tuple[ToCheck, ...]:
        """The values that still have to be checked."""
        return unchecked(self.template, self.first, self.checks)


def verify_or_compare(session: Session, actor: Actor, case: Case) -> None:
    """Go on with a case whose two entries are submitted: open the checks where there is anything to check, else compare."""
    first, second = _submitted(session, case)
    template, document = _as_second_reads(session, first.id, second.id)
    if not to_check(template, document):
        create_comparison(session, actor, case, second=second)
        return
    before = _latest(session, case)
    row = Verification(
        id=new_id(session),
        case_id=case.id,
        entry_id=second.entry_id or "",
        first_id=first.id,
        second_id=second.id,
        revision=0,
        opened_at=now(session),
        superseded_reason="",
    )
    session.add(row)
    session.flush()
    kept = _carry_over(session, before, row, document) if before else []
    detail = {"snapshots": [first.id, second.id], "carried_over": {one.path: _described(one) for one in kept}}
    _audit(session, actor, row, "verification.open", detail)


def find_verification(session: Session, case_id: str, *, lock: bool = False) -> Verification | None:
    """The live round of checks of a case, finished or not; ``None`` where there is none."""
    query = select(Verification).where(Verification.case_id == case_id, Verification.superseded_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def load_verification(session: Session, row: Verification) -> LoadedVerification:
    """Load a round of checks whole."""
    template, document = _as_second_reads(session, row.first_id, row.second_id)
    return LoadedVerification(row, template, document, _checks(session, row))


def save_checks(
    session: Session, actor: Actor, verification_id: str, revision: int, checks: Mapping[str, Checked]
) -> int:
    """Keep what coder 2 said of some values, from a page of ``revision``; gives the new revision.

    What says the same as before leaves no trace. Raises ``Refused``: CHECK-001 (404), CHECK-002 (409) where the round is
    finished or set aside, CHECK-003 (409) where another window has saved since, CHECK-004 (403) for anybody but coder 2,
    CHECK-005 to CHECK-008 (422), by path, for a check that cannot be.
    """
    loaded = _claim(session, actor, verification_id, revision)
    _refuse_unfit(loaded, checks)
    fresh = {path: said for path, said in checks.items() if loaded.checks.get(path) != said}
    if not fresh:
        return loaded.row.revision
    moment = now(session)
    for held in _live(session, loaded.row.id):
        if held.path in fresh:
            held.superseded_at = moment
    session.flush()
    rows = [_row(loaded.row, actor.id, path, said, session) for path, said in sorted(fresh.items())]
    session.add_all(rows)
    loaded.row.revision += 1
    session.flush()
    said = {row.path: _described(row) for row in rows}
    _audit(session, actor, loaded.row, "verification.check", {"checks": said})
    return loaded.row.revision


def finish_checks(session: Session, actor: Actor, verification_id: str, revision: int) -> Snapshot:
    """Freeze coder 2's entry with the checked sections in it, and compare the two entries.

    Raises ``Refused`` as :func:`save_checks` does, and CHECK-009 (422), by path, for each value that is not checked yet.
    """
    loaded = _claim(session, actor, verification_id, revision)
    if open_ := loaded.unchecked():
        raise Refused([not_checked(one) for one in open_])
    row, entry = loaded.row, session.get_one(Entry, loaded.row.entry_id)
    own = session.get_one(Snapshot, row.second_id)
    document = checked_document(loaded.template, thaw(session, own.id), loaded.first, loaded.checks)
    result = freeze(
        session,
        actor,
        entry=entry,
        template_version_id=own.template_version_id,
        document=document,
        revision=entry.revision,
    )
    row.finished_at, row.result_id = now(session), result.id
    row.revision += 1
    session.flush()
    outcomes = [said.outcome for said in loaded.checks.values()]
    counts: dict[str, object] = {outcome: outcomes.count(outcome) for outcome in OUTCOMES}
    _audit(session, actor, row, "verification.finish", {**counts, "snapshot": result.id})
    create_comparison(session, actor, session.get_one(Case, row.case_id), second=result)
    return result


def supersede_verification(session: Session, actor: Actor, case: Case, reason: str) -> None:
    """Set the round of checks of a case aside, because an entry was returned; nothing of it is lost."""
    row = find_verification(session, case.id, lock=True)
    if row is None:
        return
    row.superseded_at, row.superseded_reason = now(session), reason
    row.revision += 1
    session.flush()
    _audit(session, actor, row, "verification.supersede", {"reason": reason})


def _submitted(session: Session, case: Case) -> tuple[Snapshot, Snapshot]:
    """Both entries as their coders submitted them: what came of earlier checks is none of these."""
    query = select(Entry.id).where(Entry.case_id == case.id, is_current(), Entry.state == "submitted")
    first, second = (as_submitted(session, entry) for entry in session.scalars(query.order_by(Entry.slot)))
    return first, second


def as_submitted(session: Session, entry_id: str) -> Snapshot:
    """What the coder of an entry submitted last, without what they checked in it afterwards."""
    results = select(Verification.result_id).where(Verification.result_id.is_not(None))
    query = select(Snapshot).where(Snapshot.entry_id == entry_id, Snapshot.id.not_in(results))
    return session.scalars(
        query.order_by(Snapshot.created_at.desc(), Snapshot.revision.desc()).limit(1)
    ).one()


def _as_second_reads(session: Session, first_id: str, second_id: str) -> tuple[Template, Document]:
    """Coder 2's version of the template, and coder 1's entry as that version reads it."""
    query = select(Snapshot.id, Snapshot.template_version_id).where(Snapshot.id.in_((first_id, second_id)))
    versions = {row.id: row.template_version_id for row in session.execute(query)}
    template, document = compiled(session, versions[second_id]), thaw(session, first_id)
    if versions[first_id] == versions[second_id]:
        return template, document
    own = compiled(session, versions[first_id])
    return template, lift(document, own, template).document if own.version < template.version else document


def _latest(session: Session, case: Case) -> Verification | None:
    query = select(Verification).where(Verification.case_id == case.id)
    return session.scalar(query.order_by(Verification.opened_at.desc(), Verification.id).limit(1))


def _carry_over(
    session: Session, before: Verification, row: Verification, now_: Document
) -> list[ValueCheck]:
    """Copy the checks of values that did not change, where the same person goes on checking; gives the copies."""
    if before.entry_id != row.entry_id:
        return []
    copies = []
    old = load_verification(session, before)
    kept = still_true(old.checks, old.first, now_)
    for held in _live(session, before.id):
        if held.path in kept:
            said = _row(row, held.checked_by, held.path, kept[held.path], session)
            said.checked_at = held.checked_at
            copies.append(said)
    session.add_all(copies)
    session.flush()
    return copies


def _claim(session: Session, actor: Actor, verification_id: str, revision: int) -> LoadedVerification:
    query = select(Verification).where(Verification.id == verification_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise refuse("CHECK-001", "There is nothing to check.", status=404)
    if row.finished_at is not None or row.superseded_at is not None:
        message = "These checks are finished." if row.finished_at else "An entry of this case was returned."
        raise refuse("CHECK-002", message, "Nothing more can be saved here now.", status=409)
    if session.get_one(Entry, row.entry_id).coder_id != actor.id:
        raise refuse("CHECK-004", "Only coder 2 checks what coder 1 entered.", status=403)
    if row.revision != revision:
        raise refuse(
            "CHECK-003",
            "These checks were saved in another window since this page was loaded.",
            "What you chose here is shown below and is not saved yet. Save again to keep it.",
            status=409,
        )
    return load_verification(session, row)


def _refuse_unfit(loaded: LoadedVerification, checks: Mapping[str, Checked]) -> None:
    asked = {one.path: one for one in loaded.to_check()}
    found = [
        fault_of(asked[path], said) if path in asked else _stranger(path) for path, said in checks.items()
    ]
    if problems := [problem for problem in found if problem is not None]:
        raise Refused(problems)


def _stranger(path: str) -> Problem:
    return Problem("CHECK-005", "This is not a value to check.", "Load the page again.", where=path)


def _checks(session: Session, row: Verification) -> dict[str, Checked]:
    return {
        held.path: Checked(
            held.outcome, from_plain(json.loads(held.value)), held.comment, Evidence(held.page, held.quote)
        )
        for held in _live(session, row.id)
    }


def _live(session: Session, verification_id: str) -> list[ValueCheck]:
    query = select(ValueCheck).where(
        ValueCheck.verification_id == verification_id, ValueCheck.superseded_at.is_(None)
    )
    return list(session.scalars(query.order_by(ValueCheck.id)))


def _row(row: Verification, checked_by: str, path: str, said: Checked, session: Session) -> ValueCheck:
    return ValueCheck(
        verification_id=row.id,
        path=path,
        outcome=said.outcome,
        value=plain_json(said.value),
        comment=said.comment,
        page=said.evidence.page,
        quote=said.evidence.quote,
        checked_at=now(session),
        checked_by=checked_by,
    )


def _described(check: ValueCheck) -> dict[str, object]:
    """A check as the audit trail holds it."""
    return {
        "outcome": check.outcome,
        "value": json.loads(check.value),
        "comment": check.comment,
        "page": check.page,
        "quote": check.quote,
        "checked_by": check.checked_by,
    }


def _audit(
    session: Session, actor: Actor, row: Verification, action: str, detail: Mapping[str, object]
) -> None:
    project = session.get_one(Case, row.case_id).project_id
    record(session, actor, action, project_id=project, case_id=row.case_id, object_id=row.id, detail=detail)

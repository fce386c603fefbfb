"""What a reconciler does with a comparison. Every act says who acts and on which revision of it.

Pairing, deciding and freezing themselves live in the store; here the choices of a page become theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.answers.finding import Finding
from schema.answers.validate import findings
from schema.coding.choices import union
from schema.coding.model import Position
from schema.coding.questions import locate
from schema.coding.verification import AGREED, Checked
from schema.problem import Refused, refuse
from schema.store import comparisons
from schema.store.audit import record
from schema.store.case_state import case_state_expression
from schema.store.decisions import DECIDING, Choice, decide_several
from schema.store.loaded import LoadedComparison, claim, find_live, load
from schema.store.models import Case, Comparison, Decision, Entry, Project, Snapshot, User
from schema.store.pairings import confirm_group, refuse_stale
from schema.store.people import actor_for
from schema.store.verification import find_verification, finish_checks, load_verification, save_checks
from schema.template.kinds.choices import in_list_order
from schema.template.value import Value

__all__ = ["confirm_group"]


NOT_THE_STORES = frozenset({"shared", "union", "equivalent_b", "blank"})
"""Choices of the page that the store knows by another name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asked for on one position.

    ``choice``: one of the store's, or union (all that either ticked), shared (what both ticked), equivalent_b (they mean
    the same, B's words stay), blank (no value at all).
    """

    path: str
    choice: str
    revision: int
    value: Value = None
    cause: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Readiness:
    """What stands between a comparison and its sign-off.

    ``undecided`` counts questions, ``deferred`` how many of them were put off; the findings are those of the consensus.
    """

    undecided: int
    deferred: int
    agreed_accepted: bool
    errors: tuple[Finding, ...]
    confirmations: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether only the ticks and the password are missing."""
        return not self.undecided and self.agreed_accepted and not self.errors


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What settling a whole rehearsal project did: references signed off, and how many positions were settled."""

    signed_off: tuple[str, ...]
    settled: int


def settle(session: Session, actor: Actor, comparison_id: str, asked: Asked) -> Decision:
    """Decide one position as the page asked.

    Raises ``Refused`` as :func:`schema.store.decisions.decide` does, and (422) where nothing was entered or both coders
    ticked nothing in common.
    """
    choice, value = asked.choice, asked.value
    if choice == "other" or choice in NOT_THE_STORES:
        located = locate(comparisons.load_comparison(session, comparison_id).result, asked.path)
        choice, value = stored_choice(located, choice, value) if located else ("defer", None)
    return comparisons.decide(
        session,
        actor,
        comparison_id,
        asked.path,
        choice,
        revision=asked.revision,
        value=value,
        cause=asked.cause,
        reason=asked.reason,
    )


def settle_several(
    session: Session, actor: Actor, comparison_id: str, asked: Sequence[Asked]
) -> dict[str, Refused]:
    """Decide several positions as one page asked, each for itself; gives the refusals by path.

    Raises ``Refused`` (409) where the comparison is closed to decisions.
    """
    loaded = claim(session, actor, comparison_id, *DECIDING)
    choices: list[Choice] = []
    refused: dict[str, Refused] = {}
    for one in asked:
        try:
            located = locate(loaded.result, one.path)
            choice, value = stored_choice(located, one.choice, one.value) if located else ("defer", None)
            choices.append(Choice(one.path, choice, value, one.cause, one.reason))
        except Refused as problem:
            refused[one.path] = problem
    revision = min((one.revision for one in asked), default=0)
    return refused | decide_several(session, actor, loaded, choices, revision=revision)


def stored_choice(position: Position, choice: str, value: Value) -> tuple[str, Value]:
    """Give the store's choice and value for what the page asked for. Raises ``Refused`` (422) as :func:`settle`."""
    match choice:
        case "union":
            return "both", None
        case "shared":
            return "both", _shared(position)
        case "equivalent_b":
            return "equivalent", position.b
        case "blank":
            return "other", None
        case "other" if value is None:
            raise refuse(
                "RESOLVE-041",
                "No value has been entered.",
                "Enter one, or choose to leave the question blank.",
                where=position.path,
            )
        case "other" if value in (position.a, position.b):
            return ("a" if value == position.a else "b"), None
        case "other" if _from_both(position, value):
            return "both", value
    return choice, value


def shared(position: Position) -> tuple[str, ...]:
    """What both coders ticked, in code-list order; empty where the values are not sets."""
    a, b = position.a, position.b
    if position.field is None or not isinstance(a, tuple) or not isinstance(b, tuple):
        return ()
    return in_list_order(position.field, [code for code in a if code in b])


def accept_agreed(session: Session, actor: Actor, comparison_id: str, *, revision: int) -> int:
    """Accept the agreed values that the page showed. Raises ``Refused`` (409) where they have changed since."""
    refuse_stale(claim(session, actor, comparison_id).row, revision)
    return comparisons.accept_agreed(session, actor, comparison_id)


def withdraw_agreed(session: Session, actor: Actor, comparison_id: str, *, revision: int) -> None:
    """Take the acceptance back. Raises ``Refused`` (409) where the comparison has moved on."""
    refuse_stale(claim(session, actor, comparison_id).row, revision)
    comparisons.withdraw_agreed(session, actor, comparison_id)


def readiness(loaded: LoadedComparison) -> Readiness:
    """Work out what stands between the comparison and its sign-off."""
    found = findings(loaded.template, loaded.consensus(), "submit")
    deferred = {decision.path for decision in loaded.decisions if decision.choice == "defer"}
    undecided = loaded.agenda().undecided()
    return Readiness(
        undecided=len(undecided),
        deferred=sum(position.path in deferred for position in undecided),
        agreed_accepted=loaded.row.agreed_accepted,
        errors=tuple(one for one in found if one.severity == "error"),
        confirmations=tuple(one for one in found if one.severity == "confirm"),
        warnings=tuple(one for one in found if one.severity == "warning"),
    )


def broken_rules(loaded: LoadedComparison, position: Position) -> tuple[str, ...]:
    """Rules that the row or section of a position breaks as decided; nothing while a question in it is open."""
    place = (position.section, position.pair)
    if any((one.section, one.pair) == place for one in loaded.agenda().undecided()):
        return ()
    row_id = position.pair.id if position.pair else ""
    found = findings(loaded.template, loaded.consensus(), "submit")
    own = [one for one in found if (one.section, one.row_id) == (position.section, row_id)]
    return tuple(one.message for one in own if one.rule_key and one.severity == "error")


def final_snapshot(session: Session, row: Comparison) -> Snapshot:
    """The frozen consensus of a signed-off comparison. Raises ``Refused`` (404) where there is none."""
    query = select(Snapshot).where(Snapshot.comparison_id == row.id).order_by(Snapshot.revision.desc())
    found = session.scalars(query.limit(1)).first()
    if found is None:
        raise refuse("RESOLVE-043", "This case has not been signed off.", status=404)
    return found


def ready_cases(session: Session, project: Project) -> tuple[Case, ...]:
    """The cases of a project that can be reconciled now, in the order of their references."""
    return _cases_in(session, project, "ready to compare", "matching rows", "resolving", "reconciled")


def cases_to_check(session: Session, project: Project) -> tuple[Case, ...]:
    """The cases of a project that wait for coder 2's checks, in the order of their references."""
    return _cases_in(session, project, "verifying")


def _cases_in(session: Session, project: Project, *states: str) -> tuple[Case, ...]:
    query = select(Case).where(Case.project_id == project.id, case_state_expression().in_(states))
    return tuple(session.scalars(query.order_by(Case.reference)))


def rehearse_checks(session: Session, actor: Actor, case: Case, *, reason: str) -> int:
    """In a rehearsal project: let coder 2 agree with every value that they have not checked; gives how many.

    What coder 2 has checked stays. Each check bears the reason as its comment, and the audit trail says who had it done.
    Raises ``Refused`` (409) where nothing waits, or the project is no rehearsal.
    """
    row = find_verification(session, case.id)
    if row is None or not session.get_one(Project, case.project_id).rehearsal:
        message = f"{case.reference}: no checks of a rehearsal wait here."
        raise refuse("RESOLVE-072", message, "Let coder 2 check the values.", status=409)
    coder = actor_for(session, session.get_one(User, session.get_one(Entry, row.entry_id).coder_id))
    agreed = {
        one.path: Checked(AGREED, comment=reason) for one in load_verification(session, row).unchecked()
    }
    revision = save_checks(session, coder, row.id, row.revision, agreed)
    finish_checks(session, coder, row.id, revision)
    detail: dict[str, object] = {"rehearsal": True, "checks_agreed": len(agreed), "reason": reason}
    record(
        session,
        actor,
        "comparison.rehearse",
        project_id=case.project_id,
        case_id=case.id,
        object_id=row.id,
        detail=detail,
    )
    return len(agreed)


def rehearse(session: Session, actor: Actor, case: Case, *, take: str, reason: str) -> int:
    """Settle whatever is open in one case of a rehearsal project, and sign it off; gives how many positions that were.

    Logged as a rehearsal. Raises ``Refused`` as :func:`schema.store.sign_off.settle_everything` and ``sign_off`` do; each
    problem names the case.
    """
    row = find_live(session, case.id)
    if row is None:
        raise refuse("RESOLVE-044", f"{case.reference}: there is nothing to compare.", status=409)
    try:
        before = len(load(session, row).agenda().undecided())
        loaded = comparisons.settle_everything(session, actor, row.id, take=take, reason=reason)
        ticks = [finding.confirmation for finding in comparisons.confirmations(loaded)]
        comparisons.sign_off(session, actor, row.id, revision=loaded.row.revision, confirmed=ticks)
    except Refused as refused:
        raise _in_case(case, refused) from refused
    detail: dict[str, object] = {"rehearsal": True, "take": take, "reason": reason, "confirmed": ticks}
    record(
        session,
        actor,
        "comparison.rehearse",
        project_id=case.project_id,
        case_id=case.id,
        object_id=row.id,
        detail=detail,
    )
    return before


def _shared(position: Position) -> tuple[str, ...]:
    found = shared(position)
    if not found:
        raise refuse(
            "RESOLVE-045",
            "The two coders ticked nothing in common.",
            "Take A, take B or tick what is right.",
            where=position.path,
        )
    return found


def _from_both(position: Position, value: Value) -> bool:
    """Whether ticks were only picked from what the coders ticked: then nobody's word is left behind."""
    either = union(position)
    return isinstance(value, tuple) and isinstance(either, tuple) and set(value) <= set(either)


def _in_case(case: Case, refused: Refused) -> Refused:
    named = [replace(p, message=f"{case.reference}: {p.message}") for p in refused.problems]
    return Refused(named, status=refused.status)


def log_report_fetched(session: Session, actor: Actor, case: Case) -> None:
    """Log that somebody took the report of a case's discrepancies away."""
    record(
        session,
        actor,
        "export.fetch",
        project_id=case.project_id,
        case_id=case.id,
        object_id=case.id,
        detail={"report": "discrepancies"},
    )

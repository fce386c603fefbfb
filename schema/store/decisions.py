"""What a reconciler decides. A later decision supersedes an earlier one; nothing is overwritten, everything is logged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.model import CAUSES, Position
from schema.coding.reconcile import check_choice, check_reason, chosen_value, locate
from schema.problem import Refused, refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.discrepancies import recount
from schema.store.loaded import LoadedComparison, claim, live_decisions, plain_json, project_of
from schema.store.models import Comparison, Decision, User
from schema.template.kinds import clean
from schema.template.value import Value

DECIDING = ("resolving", "resolved")


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose on one path; ``value`` as :func:`schema.coding.choices.chosen_value` reads it."""

    path: str
    choice: str
    value: Value = None
    cause: str = ""
    reason: str = ""


def decide(
    session: Session,
    actor: Actor,
    comparison_id: str,
    path: str,
    choice: str,
    *,
    revision: int,
    value: Value = None,
    cause: str = "",
    reason: str = "",
) -> Decision:
    """Settle (or defer) one position.

    ``revision`` is that of the comparison the person saw; where others have decided other positions since, the decision
    is taken all the same. Raises ``Refused``: 409 where somebody settled this very position meanwhile or its rows are
    paired differently, 422 where the choice is impossible or a reason or cause is wanting.
    """
    loaded = claim(session, actor, comparison_id, *DECIDING)
    made = Choice(path, choice, value, cause, clean(reason))
    refuse_overtaken(session, loaded, path, revision)
    position = _check(loaded, made)
    decision = _write(session, actor, loaded, position, made)
    _finish(session, actor, loaded, "decision.make", described(decision))
    return decision


def decide_several(
    session: Session, actor: Actor, loaded: LoadedComparison, choices: Sequence[Choice], *, revision: int
) -> dict[str, Refused]:
    """Settle several positions as :func:`decide` does, each for itself; gives the refusals by path.

    What is refused changes nothing and does not stand in the way of the others. ``loaded`` must have been claimed.
    """
    refused: dict[str, Refused] = {}
    decided: list[Decision] = []
    for stated in choices:
        made = replace(stated, reason=clean(stated.reason))
        try:
            refuse_overtaken(session, loaded, made.path, revision)
            position = _check(loaded, made)
        except Refused as problem:
            refused[made.path] = problem
            continue
        decided.append(_write(session, actor, loaded, position, made))
    if decided:
        _move_on(session, loaded)
    for decision in decided:
        _log(session, actor, loaded, "decision.make", described(decision))
    return refused


def decide_batch(
    session: Session, actor: Actor, loaded: LoadedComparison, choices: Sequence[Choice], *, reason: str
) -> str:
    """Settle several positions as one undoable batch; gives the batch's id. ``loaded`` must have been claimed."""
    batch = new_id(session)
    stated = [replace(made, reason=made.reason or clean(reason)) for made in choices]
    made = [_write(session, actor, loaded, _check(loaded, one), one, batch=batch) for one in stated]
    detail: dict[str, object] = {
        "batch": batch,
        "choices": [described(one) for one in made],
        "reason": reason,
    }
    _finish(session, actor, loaded, "decision.batch", detail)
    return batch


def undo(session: Session, actor: Actor, comparison_id: str, path: str, *, revision: int) -> None:
    """Take back the live decision on a path: the position is open again, the decision stays in the history."""
    loaded = claim(session, actor, comparison_id, *DECIDING)
    refuse_overtaken(session, loaded, path, revision)
    decision = loaded.live_decision(path)
    if decision is None:
        raise refuse("RESOLVE-023", "There is no decision to undo.", where=path, status=409)
    _supersede(session, loaded.row, [decision])
    _finish(session, actor, loaded, "decision.undo", described(decision))


def undo_batch(session: Session, actor: Actor, comparison_id: str, batch_id: str, *, revision: int) -> int:
    """Take back what still stands of a batch; gives how many decisions that were."""
    loaded = claim(session, actor, comparison_id, *DECIDING)
    standing = [decision for decision in loaded.decisions if decision.batch_id == batch_id]
    if not standing:
        raise refuse("RESOLVE-023", "There is no decision to undo.", status=409)
    for decision in standing:
        refuse_overtaken(session, loaded, decision.path, revision)
    _supersede(session, loaded.row, standing)
    _finish(session, actor, loaded, "decision.undo_batch", {"batch": batch_id, "count": len(standing)})
    return len(standing)


def accept_agreed(session: Session, actor: Actor, comparison_id: str) -> int:
    """Accept all values that need nobody, as one logged batch; gives how many. It never touches a person's decision."""
    loaded = claim(session, actor, comparison_id, *DECIDING)
    if loaded.row.agreed_accepted:
        raise refuse("RESOLVE-024", "The agreed values have been accepted already.", status=409)
    loaded.row.agreed_accepted = True
    _finish(session, actor, loaded, "agreed.accept", {"agreed": loaded.row.agreed})
    return loaded.row.agreed


def withdraw_agreed(session: Session, actor: Actor, comparison_id: str) -> None:
    """Undo :func:`accept_agreed`."""
    loaded = claim(session, actor, comparison_id, *DECIDING)
    if not loaded.row.agreed_accepted:
        raise refuse("RESOLVE-025", "The agreed values have not been accepted.", status=409)
    loaded.row.agreed_accepted = False
    _finish(session, actor, loaded, "agreed.withdraw", {"agreed": loaded.row.agreed})


def refuse_overtaken(session: Session, loaded: LoadedComparison, path: str, revision: int) -> None:
    """Refuse where somebody decided this position, or undid that, after the revision that the page was based on."""
    if loaded.row.revision == revision:
        return
    touched = select(Decision).where(
        Decision.comparison_id == loaded.row.id,
        Decision.path == path,
        or_(Decision.revision > revision, Decision.superseded_revision > revision),
    )
    latest = session.scalar(touched.order_by(Decision.id.desc()).limit(1))
    if latest is not None:
        raise _overtaken(session, latest)


def _overtaken(session: Session, latest: Decision) -> Refused:
    who = session.get_one(User, latest.decided_by).display_name
    done = "settled this and took it back" if latest.superseded_at else "settled this"
    return refuse(
        "RESOLVE-020",
        f"{who} {done} while you had the page open.",
        "Nothing of yours is lost: look at what stands now, and decide again if you still disagree.",
        where=latest.path,
        status=409,
    )


def _check(loaded: LoadedComparison, made: Choice) -> Position:
    position = locate(loaded.result, made.path)
    if position is None:
        raise refuse(
            "RESOLVE-021",
            "This position is no longer there: the rows were paired differently meanwhile.",
            "Look at the list again.",
            where=made.path,
            status=409,
        )
    if made.cause and made.cause not in CAUSES:
        raise refuse("RESOLVE-022", "That is no cause we know.", "Choose one of the list.", where=made.path)
    if made.choice == "defer":
        return position
    if refused := check_choice(position, made.choice, made.value, loaded.template):
        raise refused
    if refused := check_reason(position, made.choice, made.value, made.reason):
        raise refused
    return position


def _write(
    session: Session,
    actor: Actor,
    loaded: LoadedComparison,
    position: Position,
    made: Choice,
    *,
    batch: str | None = None,
) -> Decision:
    row = loaded.row
    _supersede(session, row, [d for d in loaded.decisions if d.path == made.path])
    decision = Decision(
        comparison_id=row.id,
        path=made.path,
        choice=made.choice,
        value=plain_json(chosen_value(position, made.choice, made.value)),
        cause=made.cause,
        reason=made.reason,
        batch_id=batch,
        decided_at=now(session),
        decided_by=actor.id,
        revision=row.revision + 1,
    )
    session.add(decision)
    session.flush()
    return decision


def _supersede(session: Session, row: Comparison, decisions: Sequence[Decision]) -> None:
    for decision in decisions:
        decision.superseded_at, decision.superseded_revision = now(session), row.revision + 1
    session.flush()  # before the next live decision on the path: one index holds that there is only one


def _finish(
    session: Session, actor: Actor, loaded: LoadedComparison, action: str, detail: dict[str, object]
) -> None:
    """Move the comparison on by one revision, count again and write down who did what."""
    _move_on(session, loaded)
    _log(session, actor, loaded, action, detail)


def _move_on(session: Session, loaded: LoadedComparison) -> None:
    loaded.row.revision += 1
    recount(session, replace(loaded, decisions=live_decisions(session, loaded.row.id)))


def _log(
    session: Session, actor: Actor, loaded: LoadedComparison, action: str, detail: dict[str, object]
) -> None:
    row = loaded.row
    before = {decision.path: described(decision) for decision in loaded.decisions}
    path = detail.get("path")
    detail |= {"revision": row.revision, "undecided": row.undecided}
    detail |= {"before": before[path]} if path in before and action == "decision.make" else {}
    project = project_of(session, row)
    record(session, actor, action, project_id=project, case_id=row.case_id, object_id=row.id, detail=detail)


def described(decision: Decision) -> dict[str, object]:
    """A decision as the audit trail holds it."""
    return {
        "path": decision.path,
        "choice": decision.choice,
        "value": json.loads(decision.value),
        "cause": decision.cause,
        "reason": decision.reason,
    }

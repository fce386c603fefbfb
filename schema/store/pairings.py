"""What people do to the pairing of rows: link, unlink, swap, confirm. Every act is stored with before and after."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from schema.actor import Actor
from schema.coding.align import arrange
from schema.coding.model import Pair
from schema.coding.similarity import Anchors
from schema.problem import refuse
from schema.store.audit import record
from schema.store.database import new_id, now
from schema.store.discrepancies import recount
from schema.store.loaded import LoadedComparison, claim, project_of
from schema.store.models import Comparison, RowPair


def link(
    session: Session,
    actor: Actor,
    comparison_id: str,
    group: str,
    row_a: str,
    row_b: str,
    *,
    revision: int,
    keep_others: bool = False,
) -> Pair:
    """Say that a row of A and a row of B are the same.

    Their earlier links are dissolved, and the partners so left stand alone; with ``keep_others`` the link is added, for
    what one coder split and the other lumped. Raises ``Refused`` (409) where the comparison has moved on or a decision
    hangs on a pair that would go; (422) for rows that do not exist or are linked already.
    """
    loaded = claim_pairing(session, actor, comparison_id, revision)
    _check_rows(loaded, group, row_a, row_b)
    old = [pair for pair in loaded.pairs if pair.group == group]
    touched = [pair for pair in old if pair.row_a == row_a or pair.row_b == row_b]
    going = [pair for pair in touched if is_lone(pair) or not keep_others]
    made = scored(loaded, Pair(new_id(session), group, row_a, row_b, origin="person"))
    kept = [pair for pair in old if pair not in going]
    replace_pairs(session, actor, loaded, group, going, [made, *_left_alone(session, going, [made, *kept])])
    return made


def unlink(
    session: Session, actor: Actor, comparison_id: str, pair_id: str, *, revision: int
) -> tuple[Pair, ...]:
    """Say that the rows of a pair are not the same; gives the lone rows that this leaves.

    Raises ``Refused`` as :func:`link` does.
    """
    loaded = claim_pairing(session, actor, comparison_id, revision)
    pair = next((pair for pair in loaded.pairs if pair.id == pair_id), None)
    if pair is None or is_lone(pair):
        raise refuse("MATCH-003", "These rows are not linked.", "Look at the list again.", status=409)
    kept = [other for other in loaded.pairs if other.group == pair.group and other is not pair]
    alone = _left_alone(session, [pair], kept)
    replace_pairs(session, actor, loaded, pair.group, [pair], alone)
    return alone


def swap(
    session: Session, actor: Actor, comparison_id: str, pair_ids: tuple[str, str], *, revision: int
) -> tuple[Pair, Pair]:
    """Let two linked pairs of one group exchange their rows of B; gives the two pairs that this makes.

    Raises ``Refused`` as :func:`link` does, (409) also where one of them is gone or stands alone, or where the exchange would
    link rows that are linked already.
    """
    loaded = claim_pairing(session, actor, comparison_id, revision)
    going = [pair for pair in loaded.pairs if pair.id in pair_ids and not is_lone(pair)]
    if len(going) != 2 or going[0].group != going[1].group:
        raise refuse("MATCH-007", "Choose two pairs of linked rows.", "Look at the list again.", status=409)
    one, other = going
    for row_a, row_b in ((one.row_a, other.row_b), (other.row_a, one.row_b)):
        _check_rows(loaded, one.group, row_a, row_b)
    made = tuple(
        scored(loaded, Pair(new_id(session), one.group, row_a, row_b, origin="person"))
        for row_a, row_b in ((one.row_a, other.row_b), (other.row_a, one.row_b))
    )
    replace_pairs(session, actor, loaded, one.group, going, made)
    return made[0], made[1]


def confirm_group(session: Session, actor: Actor, comparison_id: str, group: str, *, revision: int) -> None:
    """Say that the rows of one group are matched: its pairs become a person's, and no proposal replaces them.

    Raises ``Refused`` (409) as :func:`link` does, (422) for a group that has no rows.
    """
    loaded = claim(session, actor, comparison_id, "open", "matching")
    refuse_stale(loaded.row, revision)
    own = [pair for pair in loaded.pairs if pair.group == group]
    if not own:
        raise refuse("MATCH-006", "There is nothing to match here.", where=group)
    session.execute(
        update(RowPair)
        .where(RowPair.comparison_id == comparison_id, RowPair.group == group)
        .values(origin="person")
    )
    row = loaded.row
    row.revision += 1
    row.state = "matching"
    session.flush()
    detail: dict[str, object] = {"group": group, "pairs": [plain_pair(pair) for pair in own]}
    audit_pairing(session, actor, row, "pairing.confirm_group", detail)


def confirm_pairing(session: Session, actor: Actor, comparison_id: str, *, revision: int) -> None:
    """Say that the rows are matched: from here on values are decided. Raises ``Refused`` (409) as :func:`link` does."""
    loaded = claim(session, actor, comparison_id, "open", "matching")
    refuse_stale(loaded.row, revision)
    confirm(session, actor, loaded)


def confirm(session: Session, actor: Actor, loaded: LoadedComparison) -> None:
    """Set the state to resolving (or resolved, where nothing needs a person) and write it down."""
    row = loaded.row
    row.state, row.matched_at = "resolving", now(session)
    row.revision += 1
    recount(session, loaded)
    detail = {"pairs": [plain_pair(pair) for pair in loaded.pairs], "discrepancies": row.discrepancies}
    audit_pairing(session, actor, row, "pairing.confirm", detail)


def store_pairs(session: Session, comparison_id: str, pairs: Iterable[Pair]) -> None:
    """Write the pairs of one or more groups, numbered in the order given."""
    for position, pair in enumerate(pairs):
        session.add(
            RowPair(
                id=pair.id,
                comparison_id=comparison_id,
                group=pair.group,
                position=position,
                row_a=pair.row_a,
                row_b=pair.row_b,
                score=pair.score,
                why=json.dumps(pair.why),
                origin=pair.origin,
            )
        )
    session.flush()


def refuse_stale(row: Comparison, revision: int) -> None:
    """Refuse an act on the pairing that was based on an earlier state of the comparison."""
    if row.revision != revision:
        raise refuse(
            "MATCH-001",
            "The comparison has changed since you opened this page.",
            "Look at the rows as they are now, and do it again if it is still right.",
            status=409,
        )


def claim_pairing(session: Session, actor: Actor, comparison_id: str, revision: int) -> LoadedComparison:
    """Load a comparison to change its pairing. Raises ``Refused`` where it may not be, or has moved on since ``revision``."""
    loaded = claim(session, actor, comparison_id)
    refuse_stale(loaded.row, revision)
    return loaded


def _check_rows(loaded: LoadedComparison, group: str, row_a: str, row_b: str) -> None:
    section = loaded.template.by_key.get(group)
    rows = loaded.a.row(group, row_a), loaded.b.row(group, row_b)
    if section is None or section.repeats is None or None in rows:
        raise refuse("MATCH-002", "There is no such row.", "Choose one row of each coder.", where=group)
    if any((pair.group, pair.row_a, pair.row_b) == (group, row_a, row_b) for pair in loaded.pairs):
        raise refuse("MATCH-004", "These rows are linked already.", where=group)


def is_lone(pair: Pair) -> bool:
    """Whether the pair is a row without a partner."""
    return not (pair.row_a and pair.row_b)


def scored(loaded: LoadedComparison, pair: Pair) -> Pair:
    """The pair with the likeness of its rows; a lone row as it is."""
    if is_lone(pair):
        return pair
    rows_a, rows_b = loaded.a.rows(pair.group), loaded.b.rows(pair.group)
    row_a, row_b = loaded.a.row(pair.group, pair.row_a), loaded.b.row(pair.group, pair.row_b)
    assert row_a is not None
    assert row_b is not None
    alike = Anchors(loaded.template.by_key[pair.group], rows_a, rows_b).likeness(row_a, row_b)
    return replace(pair, score=alike.score, why=alike.why)


def _left_alone(session: Session, going: Sequence[Pair], staying: Sequence[Pair]) -> tuple[Pair, ...]:
    """Lone pairs for the rows of ``going`` that no staying pair holds."""
    in_a, in_b = {pair.row_a for pair in staying}, {pair.row_b for pair in staying}
    lost_a = dict.fromkeys(pair.row_a for pair in going if pair.row_a and pair.row_a not in in_a)
    lost_b = dict.fromkeys(pair.row_b for pair in going if pair.row_b and pair.row_b not in in_b)
    group = going[0].group if going else ""
    return (
        *(Pair(new_id(session), group, row, "", origin="person") for row in lost_a),
        *(Pair(new_id(session), group, "", row, origin="person") for row in lost_b),
    )


def replace_pairs(
    session: Session,
    actor: Actor,
    loaded: LoadedComparison,
    group: str,
    going: Sequence[Pair],
    coming: Sequence[Pair],
    *,
    undoes: int | None = None,
) -> None:
    """Replace pairs by others in one group, count again and write it down.

    ``undoes`` is the number of the audited act that this takes back. Raises ``Refused`` (409) where a decision hangs on a pair
    that would go.
    """
    _refuse_frozen(loaded, going)
    own = [pair for pair in loaded.pairs if pair.group == group and pair not in going]
    arranged = arrange([*own, *coming], loaded.a.rows(group), loaded.b.rows(group))
    session.execute(delete(RowPair).where(RowPair.comparison_id == loaded.row.id, RowPair.group == group))
    store_pairs(session, loaded.row.id, arranged)
    others = [pair for pair in loaded.pairs if pair.group != group]
    row = loaded.row
    row.revision += 1
    row.state = "matching" if row.state == "open" else row.state
    row.agreed_accepted = False  # the agreed values are no longer those that were accepted
    recount(session, loaded.with_pairs([*others, *arranged]))
    before, after = [plain_pair(pair) for pair in going], [plain_pair(pair) for pair in coming]
    detail: dict[str, object] = {"group": group, "before": before, "after": after}
    if undoes is None:
        audit_pairing(session, actor, row, "pairing.change", detail)
    else:
        audit_pairing(session, actor, row, "pairing.undo", {**detail, "undoes": undoes})


def _refuse_frozen(loaded: LoadedComparison, going: Sequence[Pair]) -> None:
    held = {f"{pair.group}.{pair.id}" for pair in going}
    hanging = [d.path for d in loaded.decisions if ".".join(d.path.split(".")[:2]) in held]
    if hanging:
        raise refuse(
            "MATCH-005",
            f"Decisions hang on these rows: {len(hanging)}.",
            "Undo those decisions first, then change the pairing.",
            where=hanging[0],
            status=409,
        )


def plain_pair(pair: Pair) -> dict[str, object]:
    """A pair as the audit trail holds it."""
    return {"id": pair.id, "group": pair.group, "a": pair.row_a, "b": pair.row_b, "origin": pair.origin}


def audit_pairing(
    session: Session, actor: Actor, row: Comparison, action: str, detail: dict[str, object]
) -> None:
    """Write down an act on the pairing."""
    project = project_of(session, row)
    record(session, actor, action, project_id=project, case_id=row.case_id, object_id=row.id, detail=detail)

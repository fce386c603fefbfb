"""A case as it follows from the trail alone: the acts on it, and the log of saves of its entries. Written apart from the code.

Only ``audit`` and ``entry_change`` are read, which nothing can change. ``stored_case`` reads the same things from the tables that
people work on, so that the two can be compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schema.store.models import (
    Assignment,
    Audit,
    Case,
    Comparison,
    Decision,
    Entry,
    EntryChange,
    EntryPart,
    RepeatCoding,
    RepeatSchedule,
    RowPair,
    Unblinding,
    ValueCheck,
    Verification,
)

Plain = dict[str, Any]
#: What is kept of a question, by the act that changes it: its value, its evidence, the coder's own flag and memo.
KEPT = {"set": "v", "evidence": "e", "note": "n"}


@dataclass
class Rebuilt:
    """What is known of a case: its description, who has which part, its entries, rounds of checks and comparisons, by id; and of
    entries in which a coder coded it again, what they had submitted first and which rows belong together.
    """

    case: Plain = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    unblinded: str = ""
    entries: dict[str, Plain] = field(default_factory=dict)
    checks: dict[str, Plain] = field(default_factory=dict)
    comparisons: dict[str, Plain] = field(default_factory=dict)
    repeats: dict[str, Plain] = field(default_factory=dict)


# -------------------------------------------------------------------------------------- from the trail


def case_from_trail(session: Session, case_id: str) -> Rebuilt:
    """Go through the acts on the case in their order, then through the saves of its entries."""
    made = Rebuilt()
    undone: dict[int, Plain] = {}
    for act in session.scalars(select(Audit).where(Audit.case_id == case_id).order_by(Audit.seq)):
        detail = undone[act.seq] = json.loads(act.detail)
        if "undoes" in detail:
            detail["undone"] = undone[detail["undoes"]]
        if follow := _ACTS.get(act.action):
            follow(made, act, detail)
    for entry_id, entry in made.entries.items():
        _follow_saves(session, entry_id, entry)
    return made


def _described(made: Rebuilt, _: Audit, detail: Plain) -> None:
    made.case |= {"withdrawn": "", **made.case, **detail["after"]}


def _withdrawn(made: Rebuilt, _: Audit, detail: Plain) -> None:
    made.case["withdrawn"] = detail.get("reason", "")


def _assigned(made: Rebuilt, _: Audit, detail: Plain) -> None:
    made.parts[detail["part"]] = detail["after"]


def _handed_back(made: Rebuilt, _: Audit, detail: Plain) -> None:
    slot = int(detail["part"].removeprefix("coder_"))
    made.parts.pop(detail["part"], None)
    _end(made, slot)


def _end(made: Rebuilt, slot: int) -> None:
    """What was coded in a place has ended; what is coded again in it stands apart."""
    for key, entry in made.entries.items():
        entry["ended"] = entry["ended"] or (entry["slot"] == slot and key not in made.repeats)


def _unblinded(made: Rebuilt, _: Audit, detail: Plain) -> None:
    made.unblinded = detail["reason"]


def _opened(made: Rebuilt, act: Audit, detail: Plain) -> None:
    _end(made, detail["slot"])
    _begun(made, act, detail)


def _begun(made: Rebuilt, act: Audit, detail: Plain) -> None:
    made.entries[act.object_id] = {
        "slot": detail["slot"],
        "coder": detail["coder_id"],
        "version": detail["template_version"],
        "state": "not_started",
        "at": 0,
        "reason": "",
        "ended": False,
    }


def _given_again(made: Rebuilt, act: Audit, detail: Plain) -> None:
    made.repeats[act.object_id] = {"first": detail["first"], "given_by": act.actor_id, "pairs": None}
    _begun(made, act, detail)


def _paired_again(made: Rebuilt, act: Audit, detail: Plain) -> None:
    made.repeats[act.object_id]["pairs"] = detail["pairs"]


def _given_up(made: Rebuilt, act: Audit, _: Plain) -> None:
    made.entries[act.object_id]["ended"] = True


def _submitted(made: Rebuilt, act: Audit, detail: Plain) -> None:
    made.entries[act.object_id] |= {"state": "submitted", "at": detail["revision"], "reason": ""}


def _returned(made: Rebuilt, act: Audit, detail: Plain) -> None:
    made.entries[act.object_id] |= {"state": "returned", "at": detail["revision"], "reason": detail["reason"]}


def _follow_saves(session: Session, entry_id: str, entry: Plain) -> None:
    """Replay the log of saves; a save after the last act on an entry says that it is in progress."""
    at, parts = entry.pop("at"), Parts()
    log = select(EntryChange).where(EntryChange.entry_id == entry_id).order_by(EntryChange.revision)
    entry["revision"] = 0
    for save in session.scalars(log):
        lines = json.loads(save.changes)
        entry["revision"] += 1
        assert save.revision == entry["revision"], "the log has a gap"
        if save.revision > at and lines[0]["what"] != "lift":
            entry["state"] = "in_progress"
        for line in lines:
            parts.follow(line)
    if entry["state"] != "returned":
        entry["reason"] = ""
    entry["answers"] = parts.plain()


def _empty() -> Plain:
    return {kept: {} for kept in KEPT.values()}


class Parts:
    """Sections and rows while a log is replayed: values, evidence and notes by place; rows in order, deleted ones among them."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Plain] = {}
        self.order: dict[str, list[str]] = {}
        self.deleted: set[tuple[str, str]] = set()

    def follow(self, line: Plain) -> None:
        what, (section, *rest) = line["what"], line["path"].split(".")
        if what in KEPT:
            row = rest[0] if len(rest) == 2 else ""
            held = self.held.setdefault((section, row), _empty())[KEPT[what]]
            if line["new"] is None:
                held.pop(rest[-1], None)
            else:
                held[rest[-1]] = line["new"]
        elif what in ("add_row", "move_row"):
            self.held.setdefault((section, rest[0]), _empty())
            self._place(section, rest[0], line["new"])
        elif what == "delete_row":
            self.deleted.add((section, rest[0]))
        elif what == "restore_row":
            self.deleted.discard((section, rest[0]))

    def _place(self, group: str, row: str, at: int) -> None:
        others = [one for one in self.order.get(group, []) if one != row]
        live = [one for one in others if (group, one) not in self.deleted]
        before = others.index(live[at]) if at < len(live) else len(others)
        self.order[group] = [*others[:before], row, *others[before:]]

    def plain(self) -> Plain:
        """Sections and live rows that hold anything, rows with their ids and in order."""
        sections = {key[0]: body for key, body in self.held.items() if not key[1] and any(body.values())}
        rows = {
            group: [(row, self.held[group, row]) for row in order if (group, row) not in self.deleted]
            for group, order in self.order.items()
        }
        return {"sections": sections, "rows": {group: held for group, held in rows.items() if held}}


def _verification(made: Rebuilt, act: Audit, detail: Plain) -> None:
    if act.action == "verification.open":
        made.checks[act.object_id] = {
            "snapshots": detail["snapshots"],
            "said": dict(detail["carried_over"]),
            "result": None,
            "superseded": "",
        }
    held = made.checks[act.object_id]
    held["said"] |= detail.get("checks", {})
    held["result"] = detail.get("snapshot", held["result"])
    held["superseded"] = detail.get("reason", "")


def _compared(made: Rebuilt, act: Audit, detail: Plain) -> None:
    made.comparisons[act.object_id] = {
        "snapshots": detail["snapshots"],
        "version": detail["template_version"],
        "pairs": {pair["id"]: pair for pair in detail["pairs"]},
        "decisions": {one["path"]: _decided(one, one["decided_by"]) for one in detail["carried_over"]},
        "matched": False,
        "accepted": False,
        "signed_by": None,
        "superseded": None,
        "reopened": "",
    }


def _decided(one: Plain, who: str | None, batch: str | None = None) -> Plain:
    kept = {name: one[name] for name in ("choice", "value", "cause", "reason")}
    return kept | {"by": who, "batch": batch}


def _decision(made: Rebuilt, act: Audit, detail: Plain) -> None:
    live = made.comparisons[act.object_id]["decisions"]
    if act.action == "decision.undo":
        del live[detail["path"]]
    elif act.action == "decision.undo_batch":
        for path in [path for path, one in live.items() if one["batch"] == detail["batch"]]:
            del live[path]
    else:
        for one in detail.get("choices", [detail]):
            live[one["path"]] = _decided(one, act.actor_id, detail.get("batch"))


def _paired(made: Rebuilt, act: Audit, detail: Plain) -> None:
    held = made.comparisons[act.object_id]
    if "before" not in detail:  # the confirmation of a group is taken back: its pairs are whose they were
        held["pairs"] |= {pair["id"]: pair for pair in detail["undone"]["pairs"]}
        return
    for pair in detail["before"]:
        del held["pairs"][pair["id"]]
    held["pairs"] |= {pair["id"]: pair for pair in detail["after"]}
    held["accepted"] = False


def _group_confirmed(made: Rebuilt, act: Audit, detail: Plain) -> None:
    pairs = made.comparisons[act.object_id]["pairs"]
    pairs |= {pair["id"]: pair | {"origin": "person"} for pair in detail["pairs"]}


def _comparison(**known: Any) -> Callable[[Rebuilt, Audit, Plain], None]:
    def follow(made: Rebuilt, act: Audit, detail: Plain) -> None:
        given = {"by": act.actor_id, "reason": detail.get("reason")}
        made.comparisons[act.object_id] |= {name: given.get(of, of) for name, of in known.items()}

    return follow


_ACTS: dict[str, Callable[[Rebuilt, Audit, Plain], None]] = {
    "case.register": _described,
    "case.describe": _described,
    "case.withdraw": _withdrawn,
    "case.restore": lambda made, act, _: _withdrawn(made, act, {}),
    "case.assign": _assigned,
    "case.hand_back": _handed_back,
    "case.unblind": _unblinded,
    "entry.open": _opened,
    "entry.lift": lambda made, act, detail: made.entries[act.object_id].update(
        version=detail["template_version"]
    ),
    "entry.submit": _submitted,
    "entry.return": _returned,
    "repeat.give": _given_again,
    "repeat.finish": _paired_again,
    "repeat.give_up": _given_up,
    "verification.open": _verification,
    "verification.check": _verification,
    "verification.finish": _verification,
    "verification.supersede": _verification,
    "comparison.create": _compared,
    "comparison.supersede": _comparison(superseded="reason"),
    "comparison.sign_off": _comparison(signed_by="by"),
    "comparison.reopen": _comparison(signed_by=None, reopened="reason"),
    "agreed.accept": _comparison(accepted=True),
    "agreed.withdraw": _comparison(accepted=False),
    "pairing.change": _paired,
    "pairing.undo": _paired,
    "pairing.confirm_group": _group_confirmed,
    "pairing.confirm": _comparison(matched=True),
    "decision.make": _decision,
    "decision.batch": _decision,
    "decision.undo": _decision,
    "decision.undo_batch": _decision,
}


def schedules_from_trail(session: Session, project_id: str) -> dict[str, Plain]:
    """The schedules of coding again of a project, by id."""
    made: dict[str, Plain] = {}
    acts = select(Audit).where(Audit.project_id == project_id, Audit.action.like("repeat.%"))
    for act in session.scalars(acts.order_by(Audit.seq)):
        detail = json.loads(act.detail)
        if act.action == "repeat.schedule":
            made[act.object_id] = {**detail, "rounds": 0, "ended": False, "set_by": act.actor_id}
        elif act.action == "repeat.reschedule":
            made[act.object_id] |= {**detail["after"], "set_by": act.actor_id}
        elif act.action == "repeat.end_schedule":
            made[act.object_id]["ended"] = True
        elif act.action == "repeat.give_round":
            held = made[act.object_id]
            next_day = detail["next_day"] or held["next_day"]
            held |= {"rounds": detail["round"], "ended": detail["next_day"] is None, "next_day": next_day}
    return made


# ------------------------------------------------------------------------------------- from the tables


def stored_case(session: Session, case_id: str) -> Rebuilt:
    """The same, as it stands in the tables that people work on."""
    case = session.get_one(Case, case_id)
    described = {name: getattr(case, name) for name in ("reference", "title", "source", "note")}
    held = select(Assignment).where(Assignment.case_id == case_id, Assignment.ended_at.is_(None))
    entries = session.scalars(select(Entry).where(Entry.case_id == case_id))
    rounds = session.scalars(select(Verification).where(Verification.case_id == case_id))
    comparisons = session.scalars(select(Comparison).where(Comparison.case_id == case_id))
    opened = session.scalar(select(Unblinding).where(Unblinding.case_id == case_id))
    again = select(RepeatCoding).join(Entry, Entry.id == RepeatCoding.entry_id)
    repeats = session.scalars(again.where(Entry.case_id == case_id))
    return Rebuilt(
        described | {"withdrawn": case.withdrawn_reason},
        {one.part: one.user_id for one in session.scalars(held)},
        opened.reason if opened else "",
        {entry.id: _stored_entry(session, entry) for entry in entries},
        {one.id: _stored_checks(session, one) for one in rounds},
        {one.id: _stored_comparison(session, one) for one in comparisons},
        {one.entry_id: _stored_repeat(one) for one in repeats},
    )


def _stored_repeat(one: RepeatCoding) -> Plain:
    return {"first": one.first_id, "given_by": one.given_by, "pairs": json.loads(one.pairs or "null")}


def _stored_entry(session: Session, entry: Entry) -> Plain:
    parts = session.scalars(
        select(EntryPart)
        .where(EntryPart.entry_id == entry.id, EntryPart.deleted.is_(False))
        .order_by(EntryPart.section, EntryPart.position)
    )
    sections: Plain = {}
    rows: Plain = {}
    for part in parts:
        body = _empty() | json.loads(part.body)
        if part.row_id:
            rows.setdefault(part.section, []).append((part.row_id, body))
        elif any(body.values()):
            sections[part.section] = body
    return {
        "slot": entry.slot,
        "coder": entry.coder_id,
        "version": entry.template_version_id,
        "state": entry.state,
        "reason": entry.returned_reason if entry.state == "returned" else "",
        "ended": entry.ended_at is not None,
        "revision": entry.revision,
        "answers": {"sections": sections, "rows": rows},
    }


def _stored_checks(session: Session, row: Verification) -> Plain:
    live = select(ValueCheck).where(ValueCheck.verification_id == row.id, ValueCheck.superseded_at.is_(None))
    said = {
        one.path: {
            "outcome": one.outcome,
            "value": json.loads(one.value),
            "comment": one.comment,
            "page": one.page,
            "quote": one.quote,
            "checked_by": one.checked_by,
        }
        for one in session.scalars(live)
    }
    return {
        "snapshots": [row.first_id, row.second_id],
        "said": said,
        "result": row.result_id,
        "superseded": row.superseded_reason,
    }


def _stored_comparison(session: Session, row: Comparison) -> Plain:
    pairs = session.scalars(select(RowPair).where(RowPair.comparison_id == row.id))
    live = select(Decision).where(Decision.comparison_id == row.id, Decision.superseded_at.is_(None))
    return {
        "snapshots": [row.snapshot_1_id, row.snapshot_2_id],
        "version": row.template_version_id,
        "pairs": {
            one.id: {"id": one.id, "group": one.group, "a": one.row_a, "b": one.row_b, "origin": one.origin}
            for one in pairs
        },
        "decisions": {
            one.path: {
                "choice": one.choice,
                "value": json.loads(one.value),
                "cause": one.cause,
                "reason": one.reason,
                "by": one.decided_by,
                "batch": one.batch_id,
            }
            for one in session.scalars(live)
        },
        "matched": row.matched_at is not None,
        "accepted": row.agreed_accepted,
        "signed_by": row.signed_off_by,
        "superseded": row.superseded_reason if row.superseded_at else None,
        "reopened": row.reopened_reason,
    }


def stored_schedules(session: Session, project_id: str) -> dict[str, Plain]:
    """The same, as they stand in their table."""
    said = ("coder_id", "number", "days", "seed", "every_weeks", "rounds", "set_by")
    held = session.scalars(select(RepeatSchedule).where(RepeatSchedule.project_id == project_id))
    return {
        one.id: {
            **{name: getattr(one, name) for name in said},
            "next_day": one.next_day.isoformat(),
            "ended": one.ended_at is not None,
        }
        for one in held
    }

"""The page model of what people did to the pairing: each act in words, the last one first, and whether it can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from schema.coding.model import Pair
from schema.store.loaded import LoadedComparison
from schema.store.models import User
from schema.store.pairing_undo import CONFIRM_GROUP, PairingAct, pairing_acts
from webapp.reconciliation.room import Table
from webapp.unit_of_work import reading


@dataclass(frozen=True, slots=True)
class ActLine:
    """An act: what was done in which group, by whom and when. ``held``: decisions hang on what it made."""

    words: str
    group: str
    group_label: str
    who: str
    at: datetime
    held: bool


def act_lines(table: Table) -> tuple[ActLine, ...]:
    """The acts that stand, the last one first: that is the order in which they can be undone."""
    acts = pairing_acts(reading(), table.loaded.row)
    signed = select(User).where(User.name.in_({act.actor_name for act in acts}))
    names = {user.name: user.display_name for user in reading().scalars(signed)} if acts else {}
    return tuple(_line(table, act, names.get(act.actor_name, act.actor_name)) for act in reversed(acts))


def _line(table: Table, act: PairingAct, who: str) -> ActLine:
    loaded = table.loaded
    section = loaded.template.by_key[act.group]
    made = {f"{act.group}.{pair.id}" for pair in act.after} if act.action != CONFIRM_GROUP else set()
    held = any(".".join(one.path.split(".")[:2]) in made for one in loaded.decisions)
    return ActLine(_words(loaded, act), act.group, section.label, who, act.at, held)


def _words(loaded: LoadedComparison, act: PairingAct) -> str:
    """Say what was done: "A 3 linked with B 2, in place of A 3 with B 1"."""
    if act.action == CONFIRM_GROUP:
        return "rows confirmed"
    made, gone = _named(loaded, act.after), _named(loaded, act.before)
    if made and gone:
        return f"{made} linked, in place of {gone}"
    return f"{made} linked" if made else f"{gone} unlinked"


def _named(loaded: LoadedComparison, pairs: Iterable[Pair]) -> str:
    """The links among pairs: "A 1 with B 2 and A 2 with B 1"; empty where all rows stand alone."""
    linked = (pair for pair in pairs if pair.row_a and pair.row_b)
    return " and ".join(
        f"A {_number(loaded, pair, 'a')} with B {_number(loaded, pair, 'b')}" for pair in linked
    )


def _number(loaded: LoadedComparison, pair: Pair, side: str) -> int:
    """The row's number in its entry, from 1."""
    document, row_id = (loaded.a, pair.row_a) if side == "a" else (loaded.b, pair.row_b)
    return [row.id for row in document.rows(pair.group)].index(row_id) + 1

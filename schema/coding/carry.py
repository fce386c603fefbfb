"""Carry decisions over to a new comparison of the same case, where nothing they rest on has changed; and say what has.

A new comparison follows when an entry was returned and submitted again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from schema.answers.document import Document
from schema.coding.model import Comparison, Decided, Pair
from schema.coding.questions import locate
from schema.template.value import Value

Entries = tuple[Document, Document]
"""A's entry and B's."""


class Because(StrEnum):
    """Why a decision was not carried over."""

    ROWS = "rows"  # the rows it was about are gone, or linked otherwise
    VALUES = "values"  # a coder says something else now
    QUESTION = "question"  # the question is not compared any more


@dataclass(frozen=True, slots=True)
class Dropped:
    """A decision that must be made anew, at its old path, and why. ``path``: where it is now; empty where its rows are gone."""

    decided: Decided
    because: Because
    path: str


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value that an entry has otherwise: ``side`` a or b, ``path`` as in the entry (``group.row_id.key``); ``None``: blank."""

    side: str
    path: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that came into an entry or went out of it; its values are not listed one by one."""

    side: str
    group: str
    row: str
    added: bool


@dataclass(frozen=True)
class WhatChanged:
    """What differs between two comparisons of one case.

    ``kept`` and ``made`` are pairs of the new comparison, ``gone`` of the old one; a pair is the same where it links the same two
    rows, and a row that stands alone is the same where it still does. ``carried`` holds each decision with the one it came from.
    """

    kept: tuple[Pair, ...]
    gone: tuple[Pair, ...]
    made: tuple[Pair, ...]
    carried: tuple[tuple[Decided, Decided], ...]
    dropped: tuple[Dropped, ...]
    values: tuple[ChangedValue, ...]
    rows: tuple[ChangedRow, ...]

    def __bool__(self) -> bool:
        """Whether anything is not as it was."""
        return bool(self.gone or self.made or self.dropped or self.values or self.rows)


def what_changed(
    old: Comparison, new: Comparison, decided: Sequence[Decided], before: Entries, after: Entries
) -> WhatChanged:
    """List what differs between two comparisons of one case: pairs, decisions, and what the coders entered.

    ``decided`` are the live decisions of the old comparison; ``before`` and ``after`` the entries that each compares. Pairs come
    in their order, values in the order of the entries.
    """
    links_old, links_new = {_link(pair) for pair in old.pairs}, {_link(pair) for pair in new.pairs}
    carried = carried_decisions(old, new, decided)
    stayed = {decision.path for decision, _ in carried}
    ids = _new_ids(old.pairs, new.pairs)
    sides = tuple(zip("ab", before, after, strict=True))
    return WhatChanged(
        tuple(pair for pair in new.pairs if _link(pair) in links_old),
        tuple(pair for pair in old.pairs if _link(pair) not in links_new),
        tuple(pair for pair in new.pairs if _link(pair) not in links_old),
        carried,
        tuple(
            Dropped(decision, _because(new, path), path)
            for decision in decided
            if decision.path not in stayed
            for path in (_new_path(decision.path, ids),)
        ),
        tuple(found for side, was, now in sides for found in _values(side, was, now)),
        tuple(found for side, was, now in sides for found in _rows(side, was, now)),
    )


def _link(pair: Pair) -> tuple[str, str, str]:
    return pair.group, pair.row_a, pair.row_b


def _because(new: Comparison, path: str) -> Because:
    if not path:
        return Because.ROWS
    return Because.VALUES if locate(new, path) else Because.QUESTION


def _values(side: str, was: Document, now: Document) -> Iterator[ChangedValue]:
    """Changed values, leaving out those of rows that came or went."""
    old, new = dict(was.paths()), dict(now.paths())
    moved = {f"{row.group}.{row.row}" for row in _rows(side, was, now)}
    for path in dict.fromkeys([*old, *new]):
        in_moved = path.count(".") == 2 and path.rsplit(".", 1)[0] in moved
        if old.get(path) != new.get(path) and not in_moved:
            yield ChangedValue(side, path, old.get(path), new.get(path))


def _rows(side: str, was: Document, now: Document) -> Iterator[ChangedRow]:
    for group in dict.fromkeys([*was.groups, *now.groups]):
        old, new = ([row.id for row in held.rows(group)] for held in (was, now))
        yield from (ChangedRow(side, group, row, added=False) for row in old if row not in new)
        yield from (ChangedRow(side, group, row, added=True) for row in new if row not in old)


def carry_over(old: Comparison, new: Comparison, decided: Sequence[Decided]) -> tuple[Decided, ...]:
    """Give the decisions whose two values (or whose lone row) are the same in the new comparison, at their new paths.

    A decision inside a repeating group needs the same two rows to be linked again.
    """
    return tuple(carried for _, carried in carried_decisions(old, new, decided))


def carried_decisions(
    old: Comparison, new: Comparison, decided: Sequence[Decided]
) -> tuple[tuple[Decided, Decided], ...]:
    """As :func:`carry_over`, each with the decision it comes from."""
    ids = _new_ids(old.pairs, new.pairs)
    moved = ((decision, _new_path(decision.path, ids)) for decision in decided)
    return tuple(
        (decision, replace(decision, path=path))
        for decision, path in moved
        if path and _same(old, new, decision.path, path)
    )


def _new_ids(old: Sequence[Pair], new: Sequence[Pair]) -> dict[str, str]:
    """The new id of every old pair; empty where the pair is gone."""
    named = {_link(pair): pair.id for pair in new}
    return {pair.id: named.get(_link(pair), "") for pair in old}


def _new_path(path: str, ids: dict[str, str]) -> str:
    """The path in the new comparison; empty where its pair is gone."""
    section, second, *key = path.split(".")
    if second not in ids:
        return "" if key else path
    return ".".join((section, ids[second], *key)) if ids[second] else ""


def _same(old: Comparison, new: Comparison, old_path: str, new_path: str) -> bool:
    before, after = locate(old, old_path), locate(new, new_path)
    if before is None or after is None or before.row != after.row:
        return False
    if before.field is None or after.field is None:
        return before.field is after.field
    return (before.a, before.b) == (after.a, after.b) and before.field.kind == after.field.kind

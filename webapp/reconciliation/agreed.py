"""The page model of what agrees: every value that needed nobody, by section and row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from schema.answers.derive import derived
from schema.coding.model import Position, Verdict
from schema.template.kinds import kind_of
from webapp.reconciliation.queue import label_of, place_of
from webapp.reconciliation.room import Table
from webapp.reconciliation.wording import CHOSEN, in_full, or_blank, verdict_words


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """One agreed value. ``note`` says how it agrees where not word for word; ``overruled`` what a person made of it."""

    label: str
    value: str
    note: str
    overruled: str
    address: str


@dataclass(frozen=True, slots=True)
class AgreedPlace:
    """The agreed values of a section or row."""

    title: str
    lines: tuple[AgreedLine, ...]


def agreed_places(table: Table) -> tuple[AgreedPlace, ...]:
    """All values that needed nobody, in the order of the template."""
    agreed = [position for position in table.loaded.result.positions if not position.needs_person]
    return tuple(
        AgreedPlace(title, _lines(table, list(found)))
        for title, found in groupby(agreed, key=lambda one: place_of(table, one))
    )


def follows(table: Table, position: Position) -> bool:
    """Whether the value follows from another agreed answer, so that it cannot be settled by itself."""
    field = position.field
    if field is None or not kind_of(field).stores:
        return field is not None
    if field.derive is None:
        return False
    source = f"{position.path.rpartition('.')[0]}.{field.derive.source}"
    found = next((one for one in table.loaded.result.positions if one.path == source), None)
    section = table.loaded.template.by_key[position.section]
    values = {field.derive.source: found.a} if found and not found.needs_person else {}
    return field.key in derived(table.loaded.template, section, values)


def _lines(table: Table, positions: Sequence[Position]) -> tuple[AgreedLine, ...]:
    return tuple(_line(table, position) for position in positions)


def _line(table: Table, position: Position) -> AgreedLine:
    section = table.loaded.template.by_key[position.section]
    decision = table.loaded.live_decision(position.path)
    settled_here = not follows(table, position)
    return AgreedLine(
        label_of(position, section),
        _value(table, position),
        _note(table, position),
        CHOSEN[decision.choice] if decision else "",
        table.address("resolve_page", at=position.path, _anchor="position") if settled_here else "",
    )


def _value(table: Table, position: Position) -> str:
    if position.field is None:
        return "the row as entered"
    value = position.a if position.a is not None else position.b
    return or_blank(table.loaded.template, position.field, value)


def _note(table: Table, position: Position) -> str:
    if follows(table, position):
        return "Follows from other answers"
    if position.field is None or position.verdict is Verdict.AGREE:
        return ""
    if position.verdict is Verdict.WITHIN_TOLERANCE:
        other = in_full(table.loaded.template, position.field, position.b)
        return f"{verdict_words(position.verdict)}: B says {other}"
    return verdict_words(position.verdict)

"""What can be chosen on a position: buttons for what the coders said, and the question's own control for another value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from forms.fields import FIELDS, Shown, shown
from schema.coding.choices import check_choice, union
from schema.coding.model import Position
from schema.template.kinds import kind_of
from schema.template.model import Field, Option, Template
from schema.template.value import Missing, Value, from_plain, is_answer
from webapp.reconciliation.operations import shared
from webapp.reconciliation.room import Table
from webapp.reconciliation.sides import TEXTS
from webapp.reconciliation.wording import option_words, or_blank

LONGEST_ON_BUTTON = 32


@dataclass(frozen=True, slots=True)
class Button:
    """One choice: the value the form sends, its words, and the key that presses it."""

    choice: str
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class Offered:
    """An option as the control offers it."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Control:
    """The control for another value. ``kind``: text, area, buttons, select or ticks; ``reasons``: missing codes offered."""

    kind: str
    shown: Shown
    reasons: tuple[tuple[str, str], ...]
    template: Template
    field: Field

    @property
    def options(self) -> tuple[tuple[str, tuple[Offered, ...]], ...]:
        """What is offered, clustered under the words of its group, which are empty where a list has no groups."""
        return tuple(_options(self.template, self.field, self.shown))

    def untouched(self) -> Control:
        """The same with nothing chosen."""
        return replace(self, shown=Shown())


def buttons(table: Table, position: Position) -> list[Button]:
    """What can be chosen with one press, in the order of the page; nothing where the value follows from others."""
    field = position.field
    if field is None:
        return [
            Button("keep_row", "Keep the row", "a"),
            Button("drop_row", "Leave the row out", "b"),
            Button("defer", "Decide later", "d"),
        ]
    if not kind_of(field).stores:
        return []
    found = [button for button in _of_values(table, position, field) if _possible(table, position, button)]
    return [*found, Button("defer", "Decide later", "d")]


def _of_values(table: Table, position: Position, field: Field) -> list[Button]:
    template = table.loaded.template
    a, b = (or_blank(template, field, value) for value in (position.a, position.b))
    if position.a is None and position.b is None:
        return []
    if position.a == position.b:
        return [Button("a", "Keep what both say", "a")]
    found = [
        Button("a", f"Take A{_short(a, position.a)}", "a"),
        Button("b", f"Take B{_short(b, position.b)}", "b"),
    ]
    if isinstance(position.a, tuple) and isinstance(position.b, tuple):
        found += _of_sets(position)
    elif field.kind in TEXTS:
        found.append(Button("equivalent", "They mean the same: keep A’s words", "e"))
        found.append(Button("equivalent_b", "They mean the same: keep B’s words", "w"))
    return found


def _of_sets(position: Position) -> Iterator[Button]:
    """Both together, where that is neither coder's own set."""
    own = (position.a, position.b)
    if union(position) not in own:
        yield Button("union", "All that either ticked", "u")
    if shared(position) and shared(position) not in own:
        yield Button("shared", "Only what both ticked", "i")


def _short(text: str, value: Value) -> str:
    """The value in the words of its button, where it is short; of a missing code what stands before its explanation."""
    said = text.split(":")[0].lower() if isinstance(value, Missing) else text
    return f": {said}" if len(said) <= LONGEST_ON_BUTTON else ""


def _possible(table: Table, position: Position, button: Button) -> bool:
    stored = {"union": "both", "shared": "both", "equivalent_b": "equivalent"}.get(
        button.choice, button.choice
    )
    return check_choice(position, stored, None, table.loaded.template) is None


def may_be_blank(table: Table, position: Position) -> bool:
    """Whether the question may be left blank against what both coders said."""
    if position.field is None or position.a is None or position.b is None:
        return False
    return check_choice(position, "other", None, table.loaded.template) is None


def control(table: Table, position: Position, typed: Shown | None) -> Control | None:
    """The question's own control, holding what was typed or else what it starts with; none for a row."""
    field = position.field
    if field is None or not kind_of(field).stores:
        return None
    template = table.loaded.template
    held = typed or shown(field, _starting_value(table, position))
    return Control(
        FIELDS[field.kind].control(field),
        held,
        tuple((code, template.missing_label(code)) for code in field.missing),
        template,
        field,
    )


def _starting_value(table: Table, position: Position) -> Value:
    """What stands in the control at first: the answer decided before, else A's, else B's. A missing code is chosen anew."""
    live = table.loaded.live_decision(position.path)
    decided = from_plain(json.loads(live.value)) if live else None
    return next((value for value in (decided, position.a, position.b) if is_answer(value)), None)


def _options(template: Template, field: Field, held: Shown) -> Iterator[tuple[str, tuple[Offered, ...]]]:
    """The options that are not retired, or chosen already, by group."""
    parents = _parents(template, field)
    for group, options in field.codelist.groups() if field.codelist else ():
        offered = [option for option in options if not option.retired or option.value in held.chosen]
        words = option_words(parents[group]) if group in parents else group
        if offered:
            yield words, tuple(Offered(option.value, option_words(option)) for option in offered)


def _parents(template: Template, field: Field) -> Mapping[str, Option]:
    """The options of the question whose answers the groups of this one belong to, as a rule of the template says."""
    section = template.by_key[field.section]
    for rule in template.rules:
        if rule.kind == "belongs" and rule.section == section.key and rule.fields.get("child") == field.key:
            parent = section.by_key.get(rule.fields["parent"])
            return parent.codelist.by_value if parent and parent.codelist else {}
    return {}

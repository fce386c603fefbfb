"""The page model of one position: both coders' values with their evidence, and what can be chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from forms.fields import FIELDS, Shown, shown
from schema.answers.document import Document, Evidence
from schema.answers.summary import row_summary
from schema.coding.align import nearest_misses
from schema.coding.choices import check_choice
from schema.coding.model import CAUSES, Position, Verdict
from schema.store.models import Decision
from schema.template.kinds import kind_of
from schema.template.model import Field, Option, Section
from schema.template.value import Value, from_plain, is_answer
from webapp.reconciliation.differences import Run, Runs, differing_words
from webapp.reconciliation.operations import shared
from webapp.reconciliation.queue import label_of, place_of
from webapp.reconciliation.room import Table
from webapp.reconciliation.wording import (
    VERDICTS,
    decision_words,
    in_full,
    or_blank,
    percent,
    why_shown,
)

NO_EVIDENCE = Evidence()
TEXTS = ("text", "long_text")


@dataclass(frozen=True, slots=True)
class Side:
    """One coder's side. ``missing``: the value is a missing code; ``row``: the line of the row it stands in."""

    letter: str
    coder: str
    runs: Runs
    missing: bool
    page: str
    quote: Runs
    row: str

    @property
    def blank(self) -> bool:
        """Whether the coder gave nothing."""
        return not self.runs


@dataclass(frozen=True, slots=True)
class Tick:
    """One code of a multiple choice, and who ticked it."""

    label: str
    a: bool
    b: bool


@dataclass(frozen=True, slots=True)
class Button:
    """One choice: the value the form sends, its words, and the key that presses it."""

    choice: str
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class Made:
    """A decision as it is told: what, why, by whom and when."""

    words: str
    cause: str
    reason: str
    who: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class ContextLine:
    """Another value of the same row, on both sides."""

    label: str
    a: str
    b: str
    differs: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Control:
    """The control for another value. ``kind``: text, area, buttons, select or ticks; ``reasons``: missing codes offered."""

    kind: str
    shown: Shown
    options: tuple[tuple[str, tuple[Option, ...]], ...]
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PositionPage:
    """A position to be settled. ``values`` lists a lone row's answers; ``nearest`` its nearest row of the other entry."""

    position: Position
    section: Section
    place: str
    label: str
    verdict: str
    why: str
    a: Side
    b: Side
    ticks: tuple[Tick, ...]
    values: tuple[tuple[str, str], ...]
    nearest: str
    buttons: tuple[Button, ...]
    control: Control | None
    may_be_blank: bool
    settled_elsewhere: bool
    made: Made | None
    earlier: tuple[Made, ...]
    context: tuple[ContextLine, ...]
    causes: Mapping[str, str]

    @property
    def path(self) -> str:
        """The position's path."""
        return self.position.path

    @property
    def field(self) -> Field | None:
        """The question; none for a row that stands alone."""
        return self.position.field

    @property
    def agreed(self) -> bool:
        """Whether nobody had to look: to decide otherwise is to overrule both coders."""
        return not self.position.needs_person and self.position.verdict is not Verdict.NOT_ASKED


def position_page(
    table: Table, position: Position, history: tuple[Decision, ...], typed: Shown | None = None
) -> PositionPage:
    """Put the page of a position together; ``typed`` is what was entered as another value and not taken."""
    section = table.loaded.template.by_key[position.section]
    live = table.loaded.live_decision(position.path)
    a, b = sides(table, position)
    return PositionPage(
        position=position,
        section=section,
        place=place_of(table, position),
        label=label_of(position, section),
        verdict=VERDICTS[position.verdict][0],
        why=why_shown(position),
        a=a,
        b=b,
        ticks=_ticks(position),
        values=_row_values(table, position),
        nearest=_nearest(table, position),
        buttons=tuple(_buttons(table, position)),
        control=_control(table, position, typed),
        may_be_blank=_may_be_blank(table, position),
        settled_elsewhere=bool(position.field and not kind_of(position.field).stores),
        made=_made(table, position.field, live) if live else None,
        earlier=tuple(_made(table, position.field, one) for one in history if one.superseded_at),
        context=_context(table, position),
        causes=CAUSES,
    )


def sides(table: Table, position: Position) -> tuple[Side, Side]:
    """Both sides, with the words marked that only one of two texts has."""
    runs = value_runs(table, position)
    quotes = differing_words(*(_evidence(table, position, letter).quote for letter in ("A", "B")))
    a, b = (
        Side(
            letter,
            table.coder(letter),
            runs[index],
            value is not None and not is_answer(value),
            _evidence(table, position, letter).page,
            quotes[index],
            _row_line(table, position, letter),
        )
        for index, (letter, value) in enumerate((("A", position.a), ("B", position.b)))
    )
    return a, b


def value_runs(table: Table, position: Position) -> tuple[Runs, Runs]:
    """Both values as runs of text; words are marked only inside texts."""
    field = position.field
    if field is None:
        return (), ()
    a, b = (in_full(table.loaded.template, field, value) for value in (position.a, position.b))
    if field.kind in TEXTS and is_answer(position.a) and is_answer(position.b):
        return differing_words(a, b)
    return tuple((Run(text),) if text else () for text in (a, b))  # type: ignore[return-value]


def _evidence(table: Table, position: Position, letter: str) -> Evidence:
    if position.field is None:
        return NO_EVIDENCE
    document, row_id = _own(table, position, letter)
    place = f"{position.section}.{row_id}" if position.pair else position.section
    return document.evidence.get(f"{place}.{position.field.key}", NO_EVIDENCE)


def _own(table: Table, position: Position, letter: str) -> tuple[Document, str]:
    """The coder's document, and the id of their row (empty in a plain section)."""
    pair = position.pair
    if letter == "A":
        return table.loaded.a, pair.row_a if pair else ""
    return table.loaded.b, pair.row_b if pair else ""


def _row_line(table: Table, position: Position, letter: str) -> str:
    document, row_id = _own(table, position, letter)
    rows = document.rows(position.section)
    section = table.loaded.template.by_key[position.section]
    numbered = enumerate(rows, 1)
    return next(
        (f"{number}. {row_summary(section, row)}" for number, row in numbered if row.id == row_id), ""
    )


def _ticks(position: Position) -> tuple[Tick, ...]:
    a, b = position.a, position.b
    field = position.field
    if field is None or field.codelist is None or not (isinstance(a, tuple) or isinstance(b, tuple)):
        return ()
    ticked = [set(value) if isinstance(value, tuple) else set() for value in (a, b)]
    return tuple(
        Tick(option.label, option.value in ticked[0], option.value in ticked[1])
        for option in field.codelist.options
        if option.value in ticked[0] | ticked[1]
    )


def _row_values(table: Table, position: Position) -> tuple[tuple[str, str], ...]:
    if position.field is not None or position.row is None:
        return ()
    section = table.loaded.template.by_key[position.section]
    held = position.row.values
    return tuple(
        (field.label, in_full(table.loaded.template, field, held[field.key]))
        for field in section.fields
        if field.key in held
    )


def _nearest(table: Table, position: Position) -> str:
    pair = position.pair
    if position.field is not None or pair is None:
        return ""
    loaded = table.loaded
    miss = nearest_misses(loaded.template, loaded.a, loaded.b, [pair]).get(pair.id)
    letter, document = ("B", loaded.b) if pair.row_a else ("A", loaded.a)
    row = document.row(position.section, miss.row) if miss else None
    if miss is None or row is None:
        return ""
    section = loaded.template.by_key[position.section]
    return f"{letter}: {row_summary(section, row)} ({percent(miss.score)} alike)"


def _buttons(table: Table, position: Position) -> list[Button]:
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
    found = [Button("a", f"Take A{_short(a)}", "a"), Button("b", f"Take B{_short(b)}", "b")]
    if isinstance(position.a, tuple) and isinstance(position.b, tuple):
        found.append(Button("union", "All that either ticked", "u"))
        if shared(position):
            found.append(Button("shared", "Only what both ticked", "i"))
    elif field.kind in TEXTS:
        found.append(Button("equivalent", "They mean the same: keep A’s words", "e"))
        found.append(Button("equivalent_b", "They mean the same: keep B’s words", "w"))
    return found


def _short(text: str) -> str:
    return f": {text}" if len(text) <= 32 else ""


def _possible(table: Table, position: Position, button: Button) -> bool:
    stored = {"union": "both", "shared": "both", "equivalent_b": "equivalent"}.get(
        button.choice, button.choice
    )
    return check_choice(position, stored, None, table.loaded.template) is None


def _may_be_blank(table: Table, position: Position) -> bool:
    if position.field is None or position.a is None or position.b is None:
        return False
    return check_choice(position, "other", None, table.loaded.template) is None


def _control(table: Table, position: Position, typed: Shown | None) -> Control | None:
    field = position.field
    if field is None or not kind_of(field).stores:
        return None
    template = table.loaded.template
    return Control(
        FIELDS[field.kind].control(field),
        typed or shown(field, _starting_value(table, position)),
        field.codelist.groups() if field.codelist else (),
        tuple((code, template.missing_label(code)) for code in field.missing),
    )


def _starting_value(table: Table, position: Position) -> Value:
    """What stands in the control at first: the answer decided before, else A's, else B's. A missing code is chosen anew."""
    live = table.loaded.live_decision(position.path)
    decided = from_plain(json.loads(live.value)) if live else None
    return next((value for value in (decided, position.a, position.b) if is_answer(value)), None)


def _made(table: Table, field: Field | None, decision: Decision) -> Made:
    value = from_plain(json.loads(decision.value))
    words = decision_words(table.loaded.template, field, decision, value)
    who = table.names.get(decision.decided_by, "")
    return Made(words, CAUSES.get(decision.cause, ""), decision.reason, who, decision)


def _context(table: Table, position: Position) -> tuple[ContextLine, ...]:
    """All values of the row, or of the section, as both coders gave them."""
    if position.field is None:
        return ()
    template = table.loaded.template
    same = [
        p for p in table.loaded.result.positions if (p.section, p.pair) == (position.section, position.pair)
    ]
    return tuple(
        ContextLine(
            one.field.label,
            or_blank(template, one.field, one.a),
            or_blank(template, one.field, one.b),
            one.needs_person,
            one.path == position.path,
        )
        for one in same
        if one.field is not None
    )

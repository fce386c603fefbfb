"""The queue of questions: what needs a person, narrowed as asked, with the way to the next and the previous one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from schema.coding.model import CAUSES, Position, Verdict
from schema.coding.questions import Agenda, in_order, locate
from schema.template.model import Section
from webapp.reconciliation.room import Table
from webapp.reconciliation.wording import STATES, verdict_words

TO_DO = "to do"
ALL = "all"
ASKED = "asked"
FILTER_STATES: Mapping[str, str] = {
    TO_DO: "Still to do",
    "open": "Open",
    "deferred": "Deferred",
    "decided": "Settled",
    ASKED: "Asked of coders",
    ALL: "All",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the queue is narrowed to; empty means any.

    A cause stands with a decision, so who asks for one is shown what was settled as well, unless they name a state.
    """

    section: str = ""
    verdict: str = ""
    state: str = TO_DO
    cause: str = ""
    uncertain: bool = False

    @property
    def looked_in(self) -> str:
        """The state that is looked for."""
        return ALL if self.cause and self.state == TO_DO else self.state

    def values(self) -> dict[str, str]:
        """The filter as it stands in an address: only what differs from the ordinary queue."""
        state = "" if self.state == TO_DO else self.state
        uncertain = "y" if self.uncertain else ""
        named = {"section": self.section, "verdict": self.verdict, "state": state}
        named |= {"stated_cause": self.cause, "uncertain": uncertain}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the queue."""

    path: str
    label: str
    verdict: str
    state: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """The questions of a section or of one row. ``address``: the page on which they are settled together."""

    title: str
    items: tuple[Item, ...]
    address: str


@dataclass(frozen=True)
class Queue:
    """The queue with its counts. ``position`` is the question at hand; none where nothing is left of what was asked for."""

    wanted: Wanted
    clusters: tuple[Cluster, ...]
    shown: int
    questions: int
    settled: int
    deferred: int
    position: Position | None
    before: str
    after: str
    sections: tuple[tuple[str, str], ...]
    verdicts: tuple[tuple[str, str], ...]
    causes: tuple[tuple[str, str], ...]

    @property
    def left(self) -> int:
        """How many questions are not settled, deferred ones included."""
        return self.questions - self.settled


def queue(table: Table, wanted: Wanted, *, at: str = "", after: str = "") -> Queue:
    """Put the queue together.

    ``at`` is the path of the question to show, any position of the comparison; ``after`` asks for the first that the
    filter leaves after that path, from the beginning again where there is none.
    """
    agenda = table.loaded.agenda()
    questions = agenda.questions()
    states = states_of(table, questions)
    causes = {decision.path: decision.cause for decision in table.loaded.decisions}
    asked = table.asked if wanted.state == ASKED else ()
    fitting = (position for position in questions if fits(position, states[position.path], wanted, asked))
    shown = [position for position in fitting if wanted.cause in ("", causes.get(position.path, ""))]
    position = (_opened(agenda, at) or locate(table.loaded.result, at)) if at else None
    position = position or _next_after(table, shown, after)
    before, following = _around(table, shown, position)
    return Queue(
        wanted,
        _clusters(table, wanted, shown, states, position),
        len(shown),
        len(questions),
        sum(state == "decided" for state in states.values()),
        sum(state == "deferred" for state in states.values()),
        position,
        address_of(table, wanted, before),
        address_of(table, wanted, following),
        _sections(table, questions),
        _verdicts(questions),
        tuple((code, words) for code, words in CAUSES.items() if code in causes.values()),
    )


def states_of(table: Table, positions: Sequence[Position]) -> dict[str, str]:
    """The state of each position by path: open, deferred or decided."""
    chosen = {decision.path: decision.choice for decision in table.loaded.decisions}
    return {position.path: _state(chosen.get(position.path)) for position in positions}


def address_of(table: Table, wanted: Wanted, position: Position | None) -> str:
    """The address of a question in the queue; empty for none."""
    if position is None:
        return ""
    return table.address("resolve_page", at=position.path, **wanted.values(), _anchor="position")


def place_of(table: Table, position: Position) -> str:
    """Name the section, or the row by its number among the pairs: "Recommendation 3"."""
    section = table.loaded.template.by_key[position.section]
    return row_name(table, section, position.pair.id) if position.pair else section.label


def row_name(table: Table, section: Section, pair_id: str) -> str:
    """Name a row by its number among the pairs of its group; the section's label where it has no such pair."""
    ids = [pair.id for pair in table.loaded.pairs if pair.group == section.key]
    if section.repeats is None or pair_id not in ids:
        return section.label
    one = section.repeats.one
    return f"{one[:1].upper()}{one[1:]} {ids.index(pair_id) + 1}"


def label_of(position: Position, section: Section) -> str:
    """Name what a position asks: the field, or whether the row stays."""
    if position.field is not None:
        return position.field.label
    return f"Is this {section.repeats.one if section.repeats else 'row'} in the report?"


def fits(position: Position, state: str, wanted: Wanted, asked: Collection[str]) -> bool:
    """Whether a position in this state is among those wanted, whatever its cause; ``asked``: paths asked of coders."""
    looked_in = wanted.looked_in
    found = state in ("open", "deferred") if looked_in == TO_DO else looked_in in (ALL, state)
    found = position.path in asked if looked_in == ASKED else found
    found = found and (position.uncertain or not wanted.uncertain)
    in_section = wanted.section in ("", position.section)
    return found and in_section and wanted.verdict in ("", position.verdict)


def _state(choice: str | None) -> str:
    if choice is None:
        return "open"
    return "deferred" if choice == "defer" else "decided"


def _opened(agenda: Agenda, path: str) -> Position | None:
    return next((position for position in agenda.opened if position.path == path), None)


def _next_after(table: Table, shown: Sequence[Position], path: str) -> Position | None:
    if not shown:
        return None
    known = locate(table.loaded.result, path) if path else None
    if known is None:
        return shown[0]
    order = [position.path for position in in_order(table.loaded.result, [*_others(shown, path), known])]
    later = order[order.index(path) + 1 :]
    return next((position for position in shown if position.path in later), shown[0])


def _others(shown: Sequence[Position], path: str) -> list[Position]:
    return [position for position in shown if position.path != path]


def _around(
    table: Table, shown: Sequence[Position], position: Position | None
) -> tuple[Position | None, Position | None]:
    """The questions before and after the one at hand, which need not be among those shown."""
    if position is None:
        return None, None
    order = in_order(table.loaded.result, [*_others(shown, position.path), position])
    at = [one.path for one in order].index(position.path)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


def _clusters(
    table: Table,
    wanted: Wanted,
    shown: Sequence[Position],
    states: Mapping[str, str],
    position: Position | None,
) -> tuple[Cluster, ...]:
    current = position.path if position else ""
    places = [(title, list(found)) for title, found in groupby(shown, key=lambda one: place_of(table, one))]
    return tuple(
        Cluster(
            title,
            tuple(_item(table, wanted, one, states[one.path], current) for one in found),
            _together(table, found[0]),
        )
        for title, found in places
    )


def _together(table: Table, position: Position) -> str:
    row = {"row": position.pair.id} if position.pair else {}
    return table.address("section_page", section=position.section, **row)


def _item(table: Table, wanted: Wanted, position: Position, state: str, current: str) -> Item:
    section = table.loaded.template.by_key[position.section]
    return Item(
        position.path,
        label_of(position, section),
        verdict_words(position.verdict),
        STATES[state],
        address_of(table, wanted, position),
        position.path == current,
    )


def _sections(table: Table, questions: Sequence[Position]) -> tuple[tuple[str, str], ...]:
    present = {position.section for position in questions}
    sections = table.loaded.template.sections
    return tuple((section.key, section.label) for section in sections if section.key in present)


def _verdicts(questions: Sequence[Position]) -> tuple[tuple[str, str], ...]:
    present = {position.verdict for position in questions}
    return tuple((str(verdict), verdict_words(verdict)) for verdict in Verdict if verdict in present)

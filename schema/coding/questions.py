"""What a reconciler still has to settle: it changes as decisions open and close questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from schema.answers.derive import derived
from schema.answers.document import NO_VALUES, Row
from schema.answers.visibility import visible
from schema.coding.consensus import compose
from schema.coding.model import Comparison, Decided, Pair, Position, Verdict
from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template


class Agenda:
    """The questions of a comparison as decided so far.

    ``moot``: paths of positions that the consensus does not ask about, because the question they hang on is settled
    that way. ``opened``: questions that the consensus asks and neither coder answered. A position whose own condition
    is still open stays a question.
    """

    def __init__(self, comparison: Comparison, decided: Sequence[Decided]) -> None:
        """Compute the consensus so far, and from it what is asked."""
        self.comparison = comparison
        self._decided = {decision.path for decision in decided}
        self._open = {p.path for p in comparison.needing_a_person()} - self._decided
        self._document = compose(comparison, decided)
        self._seen = visible(comparison.template, self._document)
        self.moot = frozenset(p.path for p in comparison.positions if self._is_moot(p))
        self.opened = tuple(self._opened())

    def questions(self) -> tuple[Position, ...]:
        """Every position that a person has to settle or has settled, in the order of the template."""
        return self._questions

    def undecided(self) -> tuple[Position, ...]:
        """The questions without a decision."""
        return self._undecided

    @cached_property
    def _questions(self) -> tuple[Position, ...]:
        needed = [p for p in self.comparison.needing_a_person() if p.path not in self.moot]
        return in_order(self.comparison, [*needed, *self.opened])

    @cached_property
    def _undecided(self) -> tuple[Position, ...]:
        return tuple(p for p in self._questions if p.path not in self._decided)

    def _is_moot(self, position: Position) -> bool:
        section = self.comparison.template.by_key[position.section]
        row_id = position.pair.id if position.pair else ""
        if self._applies(section, position, self._document.row(section.key, row_id)):
            return False
        names = _gates(self.comparison.template, section, position.field, row_id)
        return not any(path in self._open for path in names)

    def _applies(self, section: Section, position: Position, row: Row | None) -> bool:
        if position.field is None:
            return self._seen.section(section.key)
        held = row.values if row else self._document.sections.get(section.key, NO_VALUES)
        follows = position.field.key in derived(self.comparison.template, section, held)
        return not follows and self._seen.field(section.key, position.field.key, row)

    def _opened(self) -> Iterator[Position]:
        compared = {position.path for position in self.comparison.positions}
        for section in self.comparison.template.sections:
            if section.repeats is None:
                yield from self._opened_in(section, None, None, compared)
                continue
            pairs = {pair.id: pair for pair in self.comparison.pairs}
            for row in self._document.rows(section.key):
                yield from self._opened_in(section, pairs[row.id], row, compared)

    def _opened_in(
        self, section: Section, pair: Pair | None, row: Row | None, compared: set[str]
    ) -> Iterator[Position]:
        for field in section.fields:
            path = f"{section.key}.{row.id}.{field.key}" if row else field.path
            if path not in compared and self._asks_anew(path, section, field, row):
                yield Position(path, section.key, pair, field, None, None, Verdict.NOT_ASKED, True)

    def _asks_anew(self, path: str, section: Section, field: Field, row: Row | None) -> bool:
        if not field.required or field.retired or section.retired or not kind_of(field).stores:
            return False
        if not self._seen.field(section.key, field.key, row):
            return False
        # A kept lone row brings its values along; others follow from an answer: neither is a question.
        known = self._seen.value(section.key, field.key, row) is not None and path not in self._decided
        gates = _gates(self.comparison.template, section, field, row.id if row else "")
        return not known and not any(gate in self._open for gate in gates)


def undecided(comparison: Comparison, decided: Sequence[Decided]) -> tuple[Position, ...]:
    """The positions that still need a decision, in the order of the template (see :class:`Agenda`)."""
    return Agenda(comparison, decided).undecided()


def locate(comparison: Comparison, path: str) -> Position | None:
    """The position at a path, also where nothing was compared: an unasked question, a value inside a lone row."""
    found = next((position for position in comparison.positions if position.path == path), None)
    if found:
        return found
    *place, key = path.split(".")
    field = comparison.template.by_path.get(f"{place[0]}.{key}") if place else None
    pair = next((pair for pair in comparison.pairs if place[1:] == [pair.id]), None)
    section = comparison.template.by_key.get(place[0]) if place else None
    if field is None or section is None or bool(pair) != bool(section.repeats):
        return None
    return _unasked(comparison, path, field, pair)


def in_order(comparison: Comparison, positions: Sequence[Position]) -> tuple[Position, ...]:
    """Positions in template order, rows of a group in the order of the pairs, a lone row before its values."""
    sections = {section.key: index for index, section in enumerate(comparison.template.sections)}
    pairs = {pair.id: index for index, pair in enumerate(comparison.pairs)}
    fields = {field.path: index for index, field in enumerate(comparison.template.fields())}

    def place(position: Position) -> tuple[int, int, int]:
        pair = pairs.get(position.pair.id, -1) if position.pair else -1
        return sections[position.section], pair, fields[position.field.path] if position.field else -1

    return tuple(sorted(positions, key=place))


def _unasked(comparison: Comparison, path: str, field: Field, pair: Pair | None) -> Position:
    lone = next((p.row for p in comparison.positions if p.field is None and p.pair == pair and pair), None)
    held = lone.values.get(field.key) if lone else None
    in_a = pair is not None and bool(pair.row_a)
    return Position(
        path,
        field.section,
        pair,
        field,
        held if in_a else None,
        None if in_a else held,
        Verdict.NOT_ASKED,
        False,
    )


def _gates(template: Template, section: Section, field: Field | None, row_id: str) -> set[str]:
    """Paths of all answers on which it hangs whether a question is asked, through any number of steps."""
    found: set[str] = set()
    waiting = [(section, field)]
    while waiting:
        own_section, own_field = waiting.pop()
        for name in _names(own_section, own_field):
            other_key, _, key = name.rpartition(".")
            other = template.by_key.get(other_key or own_section.key)
            path = _path(other_key or own_section.key, key, row_id if other is section else "")
            if other is not None and key in other.by_key and path not in found:
                found.add(path)
                waiting.append((other, other.by_key[key]))
    return found


def _names(section: Section, field: Field | None) -> Iterator[str]:
    if section.visible_when:
        yield from section.visible_when.names()
    if field and field.visible_when:
        yield from field.visible_when.names()
    if field and field.derive:
        yield field.derive.source


def _path(section: str, key: str, row_id: str) -> str:
    return f"{section}.{row_id}.{key}" if row_id else f"{section}.{key}"

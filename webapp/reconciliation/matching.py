"""Page models of matching rows: which row of A is which row of B, doubtful pairs first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schema.answers.document import Row
from schema.answers.summary import row_summary
from schema.coding.align import NearestMiss
from schema.coding.model import Pair
from schema.problem import refuse
from schema.template.kinds import kind_of
from schema.template.model import Field, Section
from schema.template.value import Value
from webapp.reconciliation.differences import Runs, differing_words
from webapp.reconciliation.room import Table
from webapp.reconciliation.wording import in_full, percent

CERTAIN = 0.9
"""Pairs as alike as this are folded away."""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A repeating group in the list: rows of each coder, pairs, doubtful ones, rows that stand alone."""

    key: str
    label: str
    rows_a: int
    rows_b: int
    linked: int
    doubtful: int
    alone: int
    confirmed: bool
    address: str


@dataclass(frozen=True, slots=True)
class RowCard:
    """A row in short: its number in the entry and the line it folds to."""

    id: str
    letter: str
    number: int
    summary: str

    @property
    def name(self) -> str:
        """The row as a list offers it: "A 3: 4.2: Education"."""
        return f"{self.letter} {self.number}: {self.summary}"


@dataclass(frozen=True, slots=True)
class AnchorLine:
    """One field that helps to tell rows apart, on both sides, with what differs marked."""

    label: str
    a: Runs
    b: Runs


@dataclass(frozen=True, slots=True)
class PairCard:
    """Two linked rows; ``why`` names what the likeness is made of; ``decisions`` hang on the pair and freeze it.

    ``also``: rows that one of the two is linked with as well. ``onward``: the card that an act on this one leads to.
    """

    id: str
    a: RowCard
    b: RowCard
    likeness: str
    why: tuple[tuple[str, str], ...]
    lines: tuple[AnchorLine, ...]
    by_person: bool
    decisions: int
    also: tuple[str, ...]
    onward: str = ""


@dataclass(frozen=True, slots=True)
class LoneCard:
    """A row that stands alone, and the row of the other entry that comes nearest.

    ``part_of``: a linked row whose text holds this one's, by the share ``contained``. ``onward`` as for pairs.
    """

    id: str
    row: RowCard
    lines: tuple[AnchorLine, ...]
    nearest: RowCard | None
    likeness: str
    why: tuple[tuple[str, str], ...]
    part_of: RowCard | None
    contained: str
    decisions: int
    onward: str = ""


@dataclass(frozen=True, slots=True)
class ListLine:
    """A row in the list of its entry, and the cards of the rows that it is linked with, by pair id."""

    row: RowCard
    pair: str
    partners: tuple[tuple[str, RowCard], ...]


@dataclass(frozen=True)
class GroupPage:
    """The matching page of one group. ``lists`` are both entries' rows in their own order, with their links."""

    section: Section
    doubtful: tuple[PairCard, ...]
    certain: tuple[PairCard, ...]
    alone: tuple[LoneCard, ...]
    rows_a: tuple[RowCard, ...]
    rows_b: tuple[RowCard, ...]
    lists: tuple[tuple[ListLine, ...], tuple[ListLine, ...]]
    lines: tuple[GroupLine, ...]
    confirmed: bool

    @property
    def swappable(self) -> tuple[PairCard, ...]:
        """The pairs that may exchange rows: those on which no decision hangs, as the lists have them."""
        free = [card for card in (*self.doubtful, *self.certain) if not card.decisions]
        return tuple(sorted(free, key=lambda card: (card.a.number, card.b.number)))

    @property
    def one(self) -> str:
        """What a row is called."""
        return self.section.repeats.one if self.section.repeats else "row"

    @property
    def next_group(self) -> GroupLine | None:
        """The next group that nobody has confirmed yet."""
        after = [line.key for line in self.lines].index(self.section.key) + 1
        return next((line for line in (*self.lines[after:], *self.lines) if not line.confirmed), None)


def group_lines(table: Table) -> tuple[GroupLine, ...]:
    """All groups in which somebody entered a row."""
    loaded = table.loaded
    return tuple(
        _group_line(table, section, [pair for pair in loaded.pairs if pair.group == section.key])
        for section in loaded.template.groups()
        if loaded.a.rows(section.key) or loaded.b.rows(section.key)
    )


def group_view(table: Table, key: str) -> GroupPage:
    """Put the page of one group together. Raises ``Refused`` (404) for a group without rows."""
    section = table.loaded.template.by_key.get(key)
    lines = group_lines(table)
    if section is None or all(line.key != key for line in lines):
        raise refuse("MATCH-006", "There is nothing to match here.", status=404)
    drawing = _Drawing(table, section)
    linked = [pair for pair in drawing.pairs if pair.row_a and pair.row_b]
    doubtful = sorted((pair for pair in linked if is_doubtful(table, pair)), key=lambda pair: pair.score)
    alone = [pair for pair in drawing.pairs if not (pair.row_a and pair.row_b)]
    onward = _onward([pair.id for pair in (*doubtful, *alone)])
    return GroupPage(
        section,
        tuple(replace(drawing.pair_card(pair, in_full=True), onward=onward[pair.id]) for pair in doubtful),
        tuple(drawing.pair_card(pair) for pair in linked if not is_doubtful(table, pair)),
        tuple(replace(drawing.lone_card(pair), onward=onward[pair.id]) for pair in alone),
        tuple(drawing.cards["A"].values()),
        tuple(drawing.cards["B"].values()),
        (drawing.list_lines("A"), drawing.list_lines("B")),
        lines,
        next(line.confirmed for line in lines if line.key == key),
    )


def is_doubtful(table: Table, pair: Pair) -> bool:
    """Whether a proposed link should be looked at: nobody has confirmed it, and the rows are not nearly the same."""
    return not table.matched and pair.origin != "person" and pair.score < CERTAIN


def _onward(ids: Sequence[str]) -> dict[str, str]:
    """For each card that asks for a look, the one after it; for the last, the one before it."""
    after = [*ids[1:], *ids[-2:-1]]
    return dict(zip(ids, [*after, ""], strict=False))


def _group_line(table: Table, section: Section, pairs: Sequence[Pair]) -> GroupLine:
    linked = [pair for pair in pairs if pair.row_a and pair.row_b]
    return GroupLine(
        section.key,
        section.label,
        len(table.loaded.a.rows(section.key)),
        len(table.loaded.b.rows(section.key)),
        len(linked),
        sum(is_doubtful(table, pair) for pair in linked),
        len(pairs) - len(linked),
        table.matched or all(pair.origin == "person" for pair in pairs),
        table.address("group_page", group=section.key),
    )


class _Drawing:
    """What the cards of one group are made from."""

    def __init__(self, table: Table, section: Section) -> None:
        loaded = table.loaded
        self.template, self.section = loaded.template, section
        self.pairs = [pair for pair in loaded.pairs if pair.group == section.key]
        self.rows = {"A": loaded.a.rows(section.key), "B": loaded.b.rows(section.key)}
        self.cards = {letter: self._cards(letter) for letter in ("A", "B")}
        self.misses = table.misses(section.key)
        self.hanging = Counter(".".join(one.path.split(".")[:2]) for one in loaded.decisions)
        self.anchors = [field for field in section.fields if field.match != "none" and not field.retired]

    def pair_card(self, pair: Pair, *, in_full: bool = False) -> PairCard:
        a, b = self._row("A", pair.row_a), self._row("B", pair.row_b)
        return PairCard(
            pair.id,
            self.cards["A"][pair.row_a],
            self.cards["B"][pair.row_b],
            percent(pair.score),
            self._why(pair.why),
            tuple(self._line(field, a, b) for field in self.anchors) if in_full else (),
            pair.origin == "person",
            self.hanging[f"{pair.group}.{pair.id}"],
            self._also(pair),
        )

    def lone_card(self, pair: Pair) -> LoneCard:
        letter, other = ("A", "B") if pair.row_a else ("B", "A")
        row_id = pair.row_a or pair.row_b
        miss: NearestMiss | None = self.misses.get(pair.id)
        own, near = self._row(letter, row_id), self._row(other, miss.row if miss else "")
        a, b = (own, near) if letter == "A" else (near, own)
        return LoneCard(
            pair.id,
            self.cards[letter][row_id],
            tuple(self._line(field, a, b) for field in self.anchors),
            self.cards[other][miss.row] if miss else None,
            percent(miss.score) if miss else "",
            self._why(miss.why) if miss else (),
            self.cards[other].get(miss.part_of) if miss else None,
            percent(miss.contained) if miss else "",
            self.hanging[f"{pair.group}.{pair.id}"],
        )

    def list_lines(self, letter: str) -> tuple[ListLine, ...]:
        """The rows of one entry in their own order, each with what it is linked with."""
        return tuple(self._list_line(letter, card) for card in self.cards[letter].values())

    def _list_line(self, letter: str, card: RowCard) -> ListLine:
        other = "B" if letter == "A" else "A"
        own = [pair for pair in self.pairs if card.id == (pair.row_a if letter == "A" else pair.row_b)]
        found = ((pair.id, pair.row_b if letter == "A" else pair.row_a) for pair in own)
        partners = tuple((pair_id, self.cards[other][row]) for pair_id, row in found if row)
        return ListLine(card, own[0].id if own else "", partners)

    def _also(self, pair: Pair) -> tuple[str, ...]:
        """Names of the rows that a row of this pair is linked with beside the other one."""
        others = [one for one in self.pairs if one.id != pair.id and one.row_a and one.row_b]
        cards = [self.cards["B"][one.row_b] for one in others if one.row_a == pair.row_a]
        cards += [self.cards["A"][one.row_a] for one in others if one.row_b == pair.row_b]
        return tuple(f"{card.letter} {card.number}" for card in cards)

    def _cards(self, letter: str) -> dict[str, RowCard]:
        return {
            row.id: RowCard(row.id, letter, number, row_summary(self.section, row))
            for number, row in enumerate(self.rows[letter], 1)
        }

    def _row(self, letter: str, row_id: str) -> Row | None:
        return next((row for row in self.rows[letter] if row.id == row_id), None)

    def _why(self, why: tuple[tuple[str, float], ...]) -> tuple[tuple[str, str], ...]:
        fields = self.section.by_key
        return tuple((fields[key].label if key in fields else key, percent(score)) for key, score in why)

    def _line(self, field: Field, a: Row | None, b: Row | None) -> AnchorLine:
        texts = [self._text(field, row.values.get(field.key) if row else None) for row in (a, b)]
        if kind_of(field).choosing:
            return AnchorLine(field.label, *(differing_words("", text)[1] for text in texts))
        return AnchorLine(field.label, *differing_words(*texts))

    def _text(self, field: Field, value: Value) -> str:
        return in_full(self.template, field, value)

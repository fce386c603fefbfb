"""The page model of settling a section on one page: its open questions, row by row, each with what can be chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from forms.fields import Shown
from forms.reconciliation import ItemForm, ask_for_reason
from schema.coding.model import Position
from schema.coding.questions import locate
from schema.problem import Problem, refuse
from schema.template.model import Section
from webapp.reconciliation.operations import broken_rules
from webapp.reconciliation.position import PositionPage
from webapp.reconciliation.queue import place_of, row_name
from webapp.reconciliation.room import Table

MOST = 60
"""Questions on one page; the others follow once these are settled."""


@dataclass(frozen=True)
class Sent:
    """What came for one question and was not taken: its form, what was typed as another value, and why it was refused."""

    form: ItemForm
    typed: Shown | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Item:
    """One question. ``number`` names its controls on this page; ``problems`` say why what was sent was not taken.

    ``form``: what was sent for it; none where nothing was.
    """

    number: int
    view: PositionPage
    form: ItemForm | None
    problems: tuple[Problem, ...]
    typed: Shown | None


@dataclass(frozen=True)
class Place:
    """The open questions of the section itself or of one row."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A section in the navigation: its open questions, and how many of these nobody put off."""

    key: str
    label: str
    undecided: int
    to_do: int
    address: str


@dataclass(frozen=True, slots=True)
class BrokenPlace:
    """A row or section that is settled and breaks rules."""

    title: str
    rules: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class SectionPage:
    """The page. ``links`` name this section and every other that has questions. ``open`` counts the open questions of what was asked for, also those beyond the first ``MOST``; ``to_do`` how
    many of these nobody put off. ``row`` names the row it is narrowed to; ``stray`` are texts that were typed for positions which are gone.
    """

    section: Section
    row: str
    places: tuple[Place, ...]
    open: int
    to_do: int
    questions: int
    settled: int
    links: tuple[SectionLink, ...]
    broken: tuple[BrokenPlace, ...]
    stray: tuple[str, ...]

    @property
    def shown(self) -> int:
        """How many questions are on the page."""
        return sum(len(place.items) for place in self.places)

    @property
    def before(self) -> SectionLink | None:
        """The nearest section before this one that has open questions."""
        at = [link.key for link in self.links].index(self.section.key)
        return next((link for link in reversed(self.links[:at]) if link.to_do), None)

    @property
    def after(self) -> SectionLink | None:
        """The next section that has open questions, from the beginning again after the last."""
        at = [link.key for link in self.links].index(self.section.key)
        others = (*self.links[at + 1 :], *self.links[:at])
        return next((link for link in others if link.to_do), None)


def section_view(
    table: Table, key: str, row: str = "", sent: Mapping[str, Sent] | None = None
) -> SectionPage:
    """Put the page together; ``sent`` holds what was refused, by path. Raises ``Refused`` (404) for an unknown section."""
    section = table.loaded.template.by_key.get(key)
    if section is None:
        raise refuse("RESOLVE-053", "There is no such section.", "Look at the list again.", status=404)
    sent = sent or {}
    agenda = table.loaded.agenda()
    undecided, questions = agenda.undecided(), agenda.questions()
    put_off = {one.path for one in table.loaded.decisions if one.choice == "defer"}
    wanted = [one for one in undecided if _asked_for(one, key, row)]
    to_do = [one for one in wanted if one.path not in put_off]
    shown = [*_refused(table, sent, {one.path for one in wanted}), *wanted]
    return SectionPage(
        section,
        row_name(table, section, row) if row else "",
        _places(table, shown[:MOST], sent),
        len(wanted),
        len(to_do),
        len(questions),
        len(questions) - len(undecided),
        _links(table, key, questions, undecided, put_off),
        _broken(table, section, [one for one in questions if _asked_for(one, key, row)]),
        tuple(
            text
            for path, one in sent.items()
            if locate(table.loaded.result, path) is None
            for text in _texts(one)
        ),
    )


def _asked_for(position: Position, key: str, row: str) -> bool:
    return position.section == key and (not row or (position.pair is not None and position.pair.id == row))


def _refused(table: Table, sent: Mapping[str, Sent], open_paths: set[str]) -> list[Position]:
    """Positions of what was refused that are open no more: somebody settled them meanwhile."""
    gone = (locate(table.loaded.result, path) for path in sent if path not in open_paths)
    return [position for position in gone if position is not None]


def _places(table: Table, shown: Sequence[Position], sent: Mapping[str, Sent]) -> tuple[Place, ...]:
    numbered = [_item(table, number, one, sent.get(one.path)) for number, one in enumerate(shown, 1)]
    clusters = groupby(numbered, key=lambda item: item.view.place)
    return tuple(Place(title, tuple(items)) for title, items in clusters)


def _item(table: Table, number: int, position: Position, sent: Sent | None) -> Item:
    if sent is None:
        return Item(number, PositionPage(table, position), None, (), None)
    form = ItemForm(prefix=f"{number}-", data=sent.form.data)
    view = PositionPage(table, position, typed=sent.typed)
    if view.reason_asked:
        ask_for_reason(form)
    return Item(number, view, form, sent.problems, sent.typed)


def _links(
    table: Table, key: str, questions: Sequence[Position], undecided: Sequence[Position], put_off: set[str]
) -> tuple[SectionLink, ...]:
    present = {one.section for one in questions} | {key}
    left = Counter(one.section for one in undecided)
    to_do = Counter(one.section for one in undecided if one.path not in put_off)
    return tuple(
        SectionLink(
            section.key,
            section.label,
            left[section.key],
            to_do[section.key],
            table.address("section_page", section=section.key),
        )
        for section in table.loaded.template.sections
        if section.key in present
    )


def _broken(table: Table, section: Section, questions: Sequence[Position]) -> tuple[BrokenPlace, ...]:
    """The rules that the section, or its rows, break as settled; one position of each place is looked at."""
    firsts = {place_of(table, one): one for one in reversed(questions)}
    found = ((title, one, broken_rules(table.loaded, one)) for title, one in reversed(firsts.items()))
    return tuple(
        BrokenPlace(title, rules, table.address("resolve_page", at=one.path, _anchor="position"))
        for title, one, rules in found
        if rules
    )


def _texts(sent: Sent) -> tuple[str, ...]:
    typed = (sent.form.reason.data or "", sent.typed.text if sent.typed else "")
    return tuple(text for text in typed if text)

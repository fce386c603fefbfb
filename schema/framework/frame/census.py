"""Counting rows under a frame, case by case: how many carry each code, what became of the old codes, and what waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from schema.answers.document import Document
from schema.framework.frame.framed import is_framed
from schema.framework.frame.layer import Layer, Recoded, Touched, codes_of, list_of, places_of
from schema.framework.frame.model import Codes, Frame
from schema.template.model import Field, Template

Key = tuple[str, str]
NOTHING = ""


@dataclass(frozen=True)
class Original:
    """A signed-off case as frozen. ``template``: the version it was extracted with."""

    case_id: str
    reference: str
    template: Template
    document: Document


@dataclass(frozen=True, slots=True)
class Crossing:
    """What became of a code: ``old`` in the frame of the template, ``new`` under the frame; either may be empty.

    ``acts``: the acts that did it, none for what stayed. ``rows``: answers that it holds for; ``cases``: cases with such a row.
    """

    codelist: str
    old: str
    new: str
    acts: tuple[int, ...]
    rows: int
    cases: int


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row that needs a choice."""

    case_id: str
    reference: str
    place: str
    key: str
    codelist: str
    value: str


@dataclass
class Tally:
    """Answers, and the cases they stand in."""

    rows: int = 0
    cases: set[str] = field(default_factory=set)

    def add(self, case_id: str) -> None:
        """Count one answer of a case."""
        self.rows += 1
        self.cases.add(case_id)


@dataclass
class Census:
    """Takes cases one by one. ``changed``: rows that the frame has changed, with their cases."""

    layer: Layer
    by_code: dict[Key, Tally] = field(default_factory=dict)
    changed: Tally = field(default_factory=Tally)
    waiting: list[WaitingRow] = field(default_factory=list)
    stale: dict[int, list[str]] = field(default_factory=dict)
    _crossings: dict[tuple[str, str, str, tuple[int, ...]], Tally] = field(default_factory=dict)

    def add(self, case: Original) -> Recoded:
        """Count one case, and give it as the frame has it."""
        made = self.layer.recoded(case.case_id, case.template, case.document)
        for _, _, held in framed_answers(case.template, self.layer.frame, made.document):
            for value in held[1]:
                self.by_code.setdefault((list_of(held[0]), value), Tally()).add(case.case_id)
        self._cross(case, made)
        for _place in {touched.place for touched in made.touched}:
            self.changed.add(case.case_id)
        for one in made.waiting:
            field_ = case.template.by_path[f"{one.place.split('.')[0]}.{one.key}"]
            self.waiting.append(
                WaitingRow(case.case_id, case.reference, one.place, one.key, list_of(field_), one.value)
            )
        for number in made.stale:
            self.stale.setdefault(number, []).append(case.reference)
        return made

    def crossings(self) -> tuple[Crossing, ...]:
        """The crosswalk, in the order of the old codes and then of the new ones."""
        order = {(code.codelist, code.value): at for at, code in enumerate(self.layer.frame.codes)}
        last = len(order)
        made = (Crossing(*key, tally.rows, len(tally.cases)) for key, tally in self._crossings.items())
        return tuple(
            sorted(
                made,
                key=lambda one: (
                    order.get((one.codelist, one.old or one.new), last),
                    not one.old,
                    order.get((one.codelist, one.new), last),
                    one.acts,
                ),
            )
        )

    def _cross(self, case: Original, made: Recoded) -> None:
        touched: dict[str, list[Touched]] = {}
        for one in made.touched:
            touched.setdefault(one.path, []).append(one)
        for place, key, (field_, codes) in framed_answers(case.template, self.layer.frame, case.document):
            for old, new, acts in lineage(self.layer.frame, field_, codes, touched.get(f"{place}.{key}", ())):
                crossing = list_of(field_), old, new, acts
                self._crossings.setdefault(crossing, Tally()).add(case.case_id)


def census(layer: Layer, cases: Iterable[Original]) -> Census:
    """Count all cases."""
    counted = Census(layer)
    for case in cases:
        counted.add(case)
    return counted


def framed_answers(
    template: Template, frame: Frame, document: Document
) -> Iterator[tuple[str, str, tuple[Field, Codes]]]:
    """Every answer that is given with codes of the frame: place, key, and its question with the codes."""
    for place, section, values in places_of(document, template):
        for one in section.fields:
            if is_framed(one, frame.lists) and codes_of(values.get(one.key)):
                yield place, one.key, (one, codes_of(values.get(one.key)))


def lineage(
    frame: Frame, question: Field, codes: Codes, touched: Iterable[Touched]
) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Follow each code of an answer through the acts: old code, new code, and the acts that touched it.

    A code that an act took away leads to those that the same act put in its place: where it was merged or split, to those of
    them that it went into; otherwise to all of them. What was added to an answer that lost nothing has no old code.
    """
    held: dict[str, tuple[dict[str, None], tuple[int, ...]]] = {code: ({code: None}, ()) for code in codes}
    for one in touched:
        _pass_on(frame, question, held, one)
    for old, (now, acts) in held.items():
        for new in now or {NOTHING: None}:
            if old or new:
                yield old, new, acts if old != new else ()


def _pass_on(
    frame: Frame, question: Field, held: dict[str, tuple[dict[str, None], tuple[int, ...]]], one: Touched
) -> None:
    gone = [code for code in one.before if code not in one.after]
    came = [code for code in one.after if code not in one.before]
    # A merge into a code that the row already carries adds nothing: the code leads to that one.
    heirs = {code: _heirs(frame, question, code, came, one.after) for code in gone}
    for old, (now, acts) in list(held.items()):
        if not now.keys() & heirs.keys():
            continue
        new = dict.fromkeys(heir for code in now for heir in heirs.get(code, [code]))
        held[old] = new, (*acts, one.act)
    claimed = {heir for listed in heirs.values() for heir in listed}
    for code in came:
        if code not in claimed:
            now, acts = held.get(NOTHING, ({}, ()))
            held[NOTHING] = {**now, code: None}, (*acts, one.act)


def _heirs(frame: Frame, question: Field, code: str, came: list[str], after: Codes) -> list[str]:
    known = frame.code(list_of(question), code)
    into = known.into if known else ()
    return [heir for heir in into if heir in after] or came


def counts(tallies: Mapping[Key, Tally], codelist: str, value: str) -> tuple[int, int]:
    """How many rows and how many cases carry a code."""
    tally = tallies.get((codelist, value))
    return (tally.rows, len(tally.cases)) if tally else (0, 0)

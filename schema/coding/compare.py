"""Compare two entries once: the page, the statistics and the workbook all read this one result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schema.answers.document import NO_VALUES, Document, Row, Values
from schema.coding.model import AGREEING, Comparison, Pair, Position, Verdict
from schema.coding.routing import Route, Routes, Routing, Way
from schema.coding.rules import judge_answers, only_one_ticked
from schema.coding.sides import Side, Standing, judge_missingness
from schema.coding.verification import by_checks
from schema.template.kinds import kind_of
from schema.template.model import Field, Section, Template
from schema.template.value import Missing, Value

UNCERTAIN = "uncertain"
NEEDS_NOBODY = AGREEING | {Verdict.NOT_ASKED, Verdict.IGNORED}
#: How much is kept: pairs of answers to a question, pairs of routes, comparers. What is beyond is worked out anew.
ANSWERS, ROUTES, COMPARERS = 256, 4096, 32


class Question(dict[tuple[Value, Value], Position | None]):
    """One question as both coders came to it: the position that two typed answers make, kept as they are met.

    Codes, numbers and dates come again from case to case; what people wrote does not, and is not kept. ``None``: neither coder
    has anything to compare. In a row it is the position without its pair (see :func:`_in_row`).
    """

    def __init__(self, field: Field, a: Route, b: Route) -> None:
        """Begin with no answers."""
        super().__init__()
        self.field, self.a, self.b = field, a, b
        self._written = kind_of(field).written
        self._plain = self._written and a == b == Route()

    def __missing__(self, typed: tuple[Value, Value]) -> Position | None:
        """Compare two answers that are met for the first time."""
        a, b = typed
        if self._plain and isinstance(a, str) and isinstance(b, str):
            return self._of_texts(a, b)
        position = _compare_field(self.field, self.a.side(a), self.b.side(b))
        if len(self) < ANSWERS and not (self._written and (isinstance(a, str) or isinstance(b, str))):
            self[typed] = position
        return position

    def _of_texts(self, a: str, b: str) -> Position:
        """The position of two texts that both were typed: all that is to be said of it is in the verdict."""
        field, verdict = self.field, judge_answers(self.field, a, b)
        return Position(field.path, field.section, None, field, a, b, verdict, verdict not in NEEDS_NOBODY)


Questions = list[tuple[str, Question]]
Marks = frozenset[str]  # the keys of a section's questions by which a coder marks it uncertain


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of one coder's entry, by group and id, and where its answers led."""

    routing: Routing
    document: Document
    way: Way
    rows: Mapping[tuple[str, str], Row]

    def in_row(self, section: Section, row_id: str) -> tuple[Values, Routes]:
        """What was typed in a row, and how its questions were come to."""
        row = self.rows.get((section.key, row_id))
        return row.values if row else NO_VALUES, self.routing.row(self.way, section, row, self.document)

    def asks_section(self, key: str) -> bool:
        """Whether the coder's version has the section at all."""
        section = self.routing.own.by_key.get(key)
        return section is not None and not section.retired


class Comparer:
    """Compares entries of one template, and keeps what the next case needs again: routes, and what answers make together.

    It is told nothing of a case. ``template`` is the version of the consensus, the others those that the coders used.
    """

    def __init__(self, template: Template, template_a: Template, template_b: Template) -> None:
        """Begin with what the templates say."""
        self.template = template
        self._a = Routing(template, template_a)
        self._b = self._a if template_a is template_b else Routing(template, template_b)
        self._marks = {section.key: _marks(section) for section in template.sections}
        self._questions: dict[tuple[str, Route, Route], Question] = {}
        self._parts: dict[tuple[Routes, Routes], Questions] = {}
        self._plans: dict[tuple[Way, Way], list[tuple[str, Questions | None, Marks]]] = {}

    def compare(self, a: Document, b: Document, pairs: Sequence[Pair]) -> Comparison:
        """Compare two entries; see :func:`compare`."""
        way_a, way_b = self._a.way(a), self._b.way(b)
        in_rows = self._in_rows(_read(self._a, a, way_a), _read(self._b, b, way_b), pairs) if pairs else {}
        positions: list[Position] = []
        held_a, held_b = a.sections, b.sections
        for key, questions, marks in self._plans.get((way_a, way_b)) or self._plan(way_a, way_b):
            if questions is not None:
                positions += _compared(
                    questions, marks, held_a.get(key, NO_VALUES), held_b.get(key, NO_VALUES)
                )
            elif in_rows:
                positions += in_rows[key]
        if a.checks or b.checks:
            positions = list(by_checks(positions, a, b))
        return Comparison(self.template, tuple(pairs), tuple(positions))

    def _in_rows(self, a: Reading, b: Reading, pairs: Sequence[Pair]) -> dict[str, list[Position]]:
        found: dict[str, list[Position]] = {section.key: [] for section in self.template.groups()}
        for pair in pairs:
            if pair.group in found:
                found[pair.group] += self._pair(self.template.by_key[pair.group], pair, a, b)
        return found

    def _pair(self, section: Section, pair: Pair, a: Reading, b: Reading) -> list[Position]:
        if pair.row_a and pair.row_b:
            values_a, routes_a = a.in_row(section, pair.row_a)
            values_b, routes_b = b.in_row(section, pair.row_b)
            questions = self._parts.get((routes_a, routes_b)) or self._part(section, routes_a, routes_b)
            found = _compared(questions, self._marks[section.key], values_a, values_b)
            return [_in_row(position, pair) for position in found]
        if pair.row_a:
            row = a.rows.get((section.key, pair.row_a))
            return [_lone(section, pair, row, Verdict.ROW_ONLY_A, b)]
        return [_lone(section, pair, b.rows.get((section.key, pair.row_b)), Verdict.ROW_ONLY_B, a)]

    def _plan(self, a: Way, b: Way) -> list[tuple[str, Questions | None, Marks]]:
        """Every section by its key: a plain one with its questions as both came to them, a repeating one without."""
        plan = [
            (
                section.key,
                None if section.repeats else self._part(section, a.plain[section.key], b.plain[section.key]),
                self._marks[section.key],
            )
            for section in self.template.sections
        ]
        if len(self._plans) < ROUTES:
            self._plans[a, b] = plan
        return plan

    def _part(self, section: Section, a: Routes, b: Routes) -> Questions:
        questions = [
            (field.key, self._question(field, *routes))
            for field, *routes in zip(section.fields, a.each, b.each, strict=True)
        ]
        if len(self._parts) < ROUTES:
            self._parts[a, b] = questions
        return questions

    def _question(self, field: Field, a: Route, b: Route) -> Question:
        place = (field.path, a, b)
        question = self._questions.get(place)
        if question is None:
            question = Question(field, a, b)
            if len(self._questions) < ROUTES:
                self._questions[place] = question
        return question


def compare(
    template: Template,
    a: Document,
    b: Document,
    pairs: Sequence[Pair],
    *,
    template_a: Template | None = None,
    template_b: Template | None = None,
) -> Comparison:
    """Compare two entries position by position.

    ``template`` is the version the consensus will have; ``template_a`` and ``template_b`` are the versions that the
    coders used (default: the same). ``pairs`` links the rows of the repeating groups; rows in no pair are not compared.
    Gives positions in template order, inside a group in the order of ``pairs``. Where one of the entries holds checks of the
    other's values, what they found is the verdict (see :mod:`schema.coding.verification`).
    """
    return _comparer(template, template_a or template, template_b or template).compare(a, b, pairs)


def _comparer(*templates: Template) -> Comparer:
    """The comparer of these templates. Templates are kept in the process by their source, so they are known by identity."""
    place = tuple(map(id, templates))
    comparer = _COMPARERS.get(place)
    if comparer is None:
        if len(_COMPARERS) >= COMPARERS:
            _COMPARERS.clear()
        comparer = _COMPARERS[place] = Comparer(*templates)
    return comparer


_COMPARERS: dict[tuple[int, ...], Comparer] = {}


def _compared(questions: Questions, marks: Marks, a: Values, b: Values) -> list[Position]:
    """The positions of a section or row: of every question that one of the coders has anything to compare of."""
    found = [
        position for key, question in questions if (position := question[a.get(key), b.get(key)]) is not None
    ]
    return _flag_uncertain(found) if marks and _marked(found, marks) else found


def needs_person(verdict: Verdict, a: Side, b: Side) -> bool:
    """Whether the reconciler must look. Two values that both follow from other answers are settled with those."""
    return verdict not in NEEDS_NOBODY and not (_follows(a) and _follows(b))


def marked_uncertain(section: Section, values: Iterable[Values]) -> bool:
    """Whether a coder marked the section or row uncertain: a field that is not compared holds the code "uncertain"."""
    marks = _marks(section)
    return any(held.get(key) == UNCERTAIN for held in values for key in marks)


def _marks(section: Section) -> Marks:
    return frozenset(
        field.key for field in section.fields if field.compare.rule == "ignore" and field.codelist
    )


def _follows(side: Side) -> bool:
    return side.derived or side.standing in (Standing.HIDDEN, Standing.BLANK)


def _read(routing: Routing, document: Document, way: Way) -> Reading:
    rows = {(group, row.id): row for group, rows in document.groups.items() for row in rows}
    return Reading(routing, document, way, rows)


def _lone(section: Section, pair: Pair, row: Row | None, verdict: Verdict, other: Reading) -> Position:
    if not other.asks_section(section.key):
        verdict = Verdict.NOT_ASKED
    elif section.key not in other.way.applies:
        verdict = Verdict.APPLICABILITY_DIFFERS
    uncertain = marked_uncertain(section, [row.values] if row else [])
    return Position(
        f"{section.key}.{pair.id}", section.key, pair, None, None, None, verdict, verdict not in NEEDS_NOBODY,
        uncertain=uncertain, row=row,
    )  # fmt: skip


def _in_row(position: Position, pair: Pair) -> Position:
    """The position of a question in the rows of a pair."""
    field = position.field
    assert field is not None
    return Position(f"{pair.group}.{pair.id}.{field.key}", pair.group, pair, *position[3:])


def _compare_field(field: Field, a: Side, b: Side) -> Position | None:
    verdict = _judge(field, a, b)
    if verdict is None:
        return None
    only_a, only_b = only_one_ticked(field, a.value, b.value)
    needed = needs_person(verdict, a, b)
    return Position(field.path, field.section, None, field, a.value, b.value, verdict, needed, only_a, only_b)


def _judge(field: Field, a: Side, b: Side) -> Verdict | None:
    if a.standing is Standing.ANSWER and b.standing is Standing.ANSWER:
        assert a.value is not None
        assert b.value is not None
        assert not isinstance(a.value, Missing)
        assert not isinstance(b.value, Missing)
        return judge_answers(field, a.value, b.value)
    verdict = judge_missingness(a, b)
    ignored = field.compare.rule == "ignore" and verdict not in (None, Verdict.NOT_ASKED)
    return Verdict.IGNORED if ignored else verdict


def _marked(positions: Sequence[Position], marks: Marks) -> bool:
    return any(
        UNCERTAIN in (position.a, position.b)
        for position in positions
        if position.field and position.field.key in marks
    )


def _flag_uncertain(positions: list[Position]) -> list[Position]:
    """Mark every position of an uncertain row; where none needs a person, its first measured one does."""
    flagged = [position._replace(uncertain=True) for position in positions]
    if any(position.needs_person for position in flagged):
        return flagged
    compared = [index for index, position in enumerate(flagged) if position.verdict in AGREEING]
    measured = [index for index in compared if _measure(flagged[index]) != "none"]
    for index in (measured or compared)[:1]:
        flagged[index] = flagged[index]._replace(needs_person=True)
    return flagged


def _measure(position: Position) -> str:
    return position.field.measure if position.field else "none"

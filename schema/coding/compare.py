"""Compare two entries once: the page, the statistics and the workbook all read this one result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schema.answers.derive import with_derived
from schema.answers.document import NO_VALUES, Document, Row, Values
from schema.answers.visibility import Visibility, visible
from schema.coding.model import AGREEING, Comparison, Pair, Position, Verdict
from schema.coding.rules import judge_answers, only_one_ticked
from schema.coding.sides import HIDDEN, NOT_ASKED, Side, Standing, judge_missingness, side_of
from schema.coding.verification import by_checks
from schema.template.model import Field, Section, Template
from schema.template.value import Missing

UNCERTAIN = "uncertain"
NEEDS_NOBODY = AGREEING | {Verdict.NOT_ASKED, Verdict.IGNORED}


@dataclass(frozen=True, slots=True)
class Part:
    """One section or row of an entry: what was typed, and that with what follows from it."""

    row: Row | None
    typed: Values
    full: Values


@dataclass(frozen=True)
class Reading:
    """One coder's entry as comparison reads it: its sections and rows, and what was asked."""

    template: Template
    parts: Mapping[tuple[str, str], Part]
    seen: Visibility

    def asks_section(self, key: str) -> bool:
        """Whether the coder's version has the section at all."""
        section = self.template.by_key.get(key)
        return section is not None and not section.retired

    def part(self, section: str, row_id: str = "") -> Part:
        """A section, or a row by its id; an empty one where there is none."""
        return self.parts.get((section, row_id), NO_PART)

    def side(self, field: Field, part: Part) -> Side:
        """The coder's side of one field of a section or row."""
        own = self.template.by_path.get(field.path)
        if own is None or own.retired:
            return NOT_ASKED
        value = part.full.get(field.key)
        shown = self.seen.field(field.section, field.key, part.row)
        if own.derive is None or value is None:
            return side_of(value) if shown else HIDDEN
        return side_of(value, derived=not (shown and part.typed.get(field.key) == value))


NO_PART = Part(None, NO_VALUES, NO_VALUES)


def read(template: Template, document: Document) -> Reading:
    """Prepare one entry for comparison, under the version its coder used."""
    seen = visible(template, document)
    full = with_derived(template, document, seen)
    parts = {
        (key, ""): Part(None, document.sections.get(key, NO_VALUES), values)
        for key, values in full.sections.items()
    }
    for key, rows in full.groups.items():
        for typed, row in zip(document.rows(key), rows, strict=True):
            parts[(key, row.id)] = Part(typed, typed.values, row.values)
    return Reading(template, parts, seen)


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
    reading_a, reading_b = read(template_a or template, a), read(template_b or template, b)
    positions: list[Position] = []
    for section in template.sections:
        if section.repeats is None:
            positions += _compare_values(section, None, reading_a, reading_b)
            continue
        for pair in pairs:
            if pair.group == section.key:
                positions += _compare_pair(section, pair, reading_a, reading_b)
    return Comparison(template, tuple(pairs), tuple(by_checks(positions, a, b)))


def needs_person(verdict: Verdict, a: Side, b: Side) -> bool:
    """Whether the reconciler must look. Two values that both follow from other answers are settled with those."""
    return verdict not in NEEDS_NOBODY and not (_follows(a) and _follows(b))


def marked_uncertain(section: Section, values: Iterable[Values]) -> bool:
    """Whether a coder marked the section or row uncertain: a field that is not compared holds the code "uncertain"."""
    ignored = [field.key for field in section.fields if field.compare.rule == "ignore" and field.codelist]
    return any(held.get(key) == UNCERTAIN for held in values for key in ignored)


def _follows(side: Side) -> bool:
    return side.derived or side.standing in (Standing.HIDDEN, Standing.BLANK)


def _compare_pair(section: Section, pair: Pair, a: Reading, b: Reading) -> Iterator[Position]:
    if pair.row_a and pair.row_b:
        yield from _compare_values(section, pair, a, b)
    elif pair.row_a:
        yield _lone(section, pair, a.part(section.key, pair.row_a).row, Verdict.ROW_ONLY_A, a, b)
    else:
        yield _lone(section, pair, b.part(section.key, pair.row_b).row, Verdict.ROW_ONLY_B, b, a)


def _lone(
    section: Section, pair: Pair, row: Row | None, verdict: Verdict, own: Reading, other: Reading
) -> Position:
    if not other.asks_section(section.key):
        verdict = Verdict.NOT_ASKED
    elif not other.seen.section(section.key):
        verdict = Verdict.APPLICABILITY_DIFFERS
    uncertain = marked_uncertain(section, [row.values] if row else [])
    return Position(
        f"{section.key}.{pair.id}", section.key, pair, None, None, None, verdict, verdict not in NEEDS_NOBODY,
        uncertain=uncertain, row=row,
    )  # fmt: skip


def _compare_values(section: Section, pair: Pair | None, a: Reading, b: Reading) -> list[Position]:
    part_a, part_b = (
        reading.part(section.key, row_id)
        for reading, row_id in ((a, pair.row_a if pair else ""), (b, pair.row_b if pair else ""))
    )
    found = [
        position
        for field in section.fields
        if (position := _compare_field(field, pair, a.side(field, part_a), b.side(field, part_b)))
    ]
    return _flag_uncertain(found) if marked_uncertain(section, (part_a.full, part_b.full)) else found


def _compare_field(field: Field, pair: Pair | None, a: Side, b: Side) -> Position | None:
    verdict = _judge(field, a, b)
    if verdict is None:
        return None
    path = f"{field.section}.{pair.id}.{field.key}" if pair else field.path
    only_a, only_b = only_one_ticked(field, a.value, b.value)
    needed = needs_person(verdict, a, b)
    return Position(path, field.section, pair, field, a.value, b.value, verdict, needed, only_a, only_b)


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

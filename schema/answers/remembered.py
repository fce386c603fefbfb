"""What was found in each section and row of an entry, so that after a save only what it changed is judged again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schema.answers.document import Document, Row, Values
from schema.answers.finding import Finding
from schema.answers.visibility import Visibility
from schema.template.model import Section, Template
from schema.template.value import Value

#: A rule of this kind counts the rows of another group, so it follows from more than values.
COUNTING = "count"


@dataclass(frozen=True, slots=True)
class Found:
    """Of one section that does not repeat, or one row: what its fields say, and what each rule of the section says of it, in order."""

    fields: tuple[Finding, ...]
    rules: tuple[Finding | None, ...]


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the findings of a section or row follow from: its values, its number among the rows, and what its conditions read elsewhere."""

    values: Values
    number: int
    elsewhere: tuple[Value, ...]


class Remembered:
    """The findings of one entry under one template, at one stage; each is looked for again where its basis has changed."""

    def __init__(self, template: Template) -> None:
        """Remember nothing yet."""
        self.template = template
        self._elsewhere = {one.key: _read_elsewhere(template, one) for one in template.sections}
        self._counting = {rule.section for rule in template.rules if rule.kind == COUNTING}
        self._held: dict[tuple[str, str], tuple[_Basis, Found]] = {}

    def found(
        self,
        section: Section,
        row: tuple[int, Row] | None,
        seen: Visibility,
        values: Values,
        judge: Callable[[], Found],
    ) -> Found:
        """What was found before of a section, or of a row with its number, on the same basis; otherwise what ``judge`` finds."""
        if section.key in self._counting:
            return judge()
        number, place = (row[0], row[1].id) if row else (0, "")
        elsewhere = tuple(seen.value(other, name) for other, name in self._elsewhere[section.key])
        basis, key = _Basis(values, number, elsewhere), (section.key, place)
        held = self._held.get(key)
        if held is None or not _same(held[0], basis):
            held = self._held[key] = (basis, judge())
        return held[1]

    def keep_only(self, document: Document) -> None:
        """Let go of rows that the document has no more."""
        there = {(key, row.id) for key, rows in document.groups.items() for row in rows}
        for place in list(self._held):  # at once, since another thread may be judging the same entry
            if place[1] and place not in there:
                self._held.pop(place, None)


def _same(one: _Basis, other: _Basis) -> bool:
    """Whether both are the same to the letter: 1, 1.0 and True are equal in Python, and not to a questionnaire."""
    return (
        one == other
        and all(type(value) is type(other.values[key]) for key, value in one.values.items())
        and all(type(a) is type(b) for a, b in zip(one.elsewhere, other.elsewhere, strict=True))
    )


def _read_elsewhere(template: Template, section: Section) -> tuple[tuple[str, str], ...]:
    """The fields of other sections, by section and key, that conditions and rules of a section read."""
    pairs = {(name.rpartition(".")[0], name.rpartition(".")[2]) for name in _names(template, section)}
    return tuple(sorted(pair for pair in pairs if pair[0] not in ("", section.key)))


def _names(template: Template, section: Section) -> Iterator[str]:
    for field in section.fields:
        if field.visible_when is not None:
            yield from field.visible_when.names()
    for rule in template.rules:
        if rule.section == section.key:
            yield from rule.fields.values()
            for condition in rule.conditions.values():
                yield from condition.names()

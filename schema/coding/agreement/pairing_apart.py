"""Agreement on a field that helped to pair the rows, with the pairing made without it: how far the pairing flatters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from schema.answers.document import Document
from schema.coding.agreement.by_field import FieldAgreement, FieldCount
from schema.coding.align import measured_anchors, pairing_without, propose
from schema.coding.compare import compare
from schema.coding.model import Comparison
from schema.template.model import Field, Template


@dataclass(frozen=True, slots=True)
class Entries:
    """The two entries of a case as submitted, and the versions of the template that the coders used."""

    a: Document
    b: Document
    template_a: Template
    template_b: Template


@dataclass(frozen=True, slots=True)
class Apart:
    """A measured field that helps the pairing, the template of its group alone, and that with the field left out of the pairing."""

    field: Field
    group: Template
    pairing: Template


class PairingApart:
    """Counts each measured field that helps the pairing on rows that are paired by rule without it.

    What people paired is left aside here, because they saw the field; the rule's other anchors stay.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._counts: dict[str, FieldCount] = {}
        self._lone: Counter[str] = Counter()
        self._groups: dict[int, tuple[Template, tuple[Apart, ...]]] = {}

    def add(self, template: Template, entries: Entries, case: int) -> None:
        """Count one case."""
        for apart in self._apart(template):
            path = apart.field.path
            counted = self._counts.setdefault(path, FieldCount(drawn=False))
            for position in redone(apart, entries).positions:
                if position.field is None:
                    self._lone[path] += 1
                elif position.field.path == path:
                    counted.add(position.field, position, case)

    def result(self, held: Field) -> FieldAgreement | None:
        """The figures of a field; ``None`` where it takes no part in the pairing, or no entries were given."""
        counted = self._counts.get(held.path)
        return counted.result(held, self._lone[held.path]) if counted else None

    def _apart(self, template: Template) -> tuple[Apart, ...]:
        """The measured anchors of a template, which is the same object for every case that has its version."""
        if id(template) not in self._groups:
            found = tuple(_alone(template, held) for held in measured_anchors(template))
            self._groups[id(template)] = template, found
        return self._groups[id(template)][1]


def redone(apart: Apart, entries: Entries) -> Comparison:
    """Compare one repeating group, its rows paired without the field. Rows of other groups are not compared."""
    names = _names()
    pairs = propose(apart.pairing, entries.a, entries.b, new_id=lambda: next(names))
    return compare(
        apart.group, entries.a, entries.b, pairs, template_a=entries.template_a, template_b=entries.template_b
    )


def _alone(template: Template, held: Field) -> Apart:
    group = replace(template, sections=(template.by_key[held.section],))
    return Apart(held, group, pairing_without(group, held.path))


def _names() -> Iterator[str]:
    return (str(number) for number in count(1))

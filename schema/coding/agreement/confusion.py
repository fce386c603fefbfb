"""Who gave which code where the other gave which: the table behind a heat map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from schema.coding.agreement.by_field import (
    ANSWER,
    FieldAgreement,
    is_coded,
    option_values,
)
from schema.template.kinds import kind_of
from schema.template.kinds.base import label_of
from schema.template.model import Field, Template

NOTHING = "(nothing instead)"
BLANK = "(left blank)"
MOST_CODES = 60


@dataclass(frozen=True)
class Confusion:
    """Codes with their labels, in order, and how often A gave one where B gave another: ``counts[a, b]``.

    For several choices a position counts once for every option that both ticked, and once for every pair of an option that
    only A and one that only B ticked (``NOTHING`` where the other ticked nothing else).
    """

    codes: tuple[tuple[str, str], ...]
    counts: Mapping[tuple[str, str], int]

    @property
    def most(self) -> int:
        """The largest count off the diagonal."""
        return max((times for (a, b), times in self.counts.items() if a != b), default=0)

    def worst(self) -> tuple[tuple[str, str, int], ...]:
        """What was confused, the most frequent first: label of A, label of B, how often."""
        labels, order = dict(self.codes), {code: index for index, (code, _) in enumerate(self.codes)}
        mixed = [(a, b, times) for (a, b), times in self.counts.items() if a != b]
        mixed.sort(key=lambda found: (-found[2], order[found[0]], order[found[1]]))
        return tuple((labels[a], labels[b], times) for a, b, times in mixed)


def confusion(template: Template, held: FieldAgreement) -> Confusion | None:
    """The confusion of a field's codes; ``None`` for numbers and texts, and where nothing was compared."""
    if not held.table or not (kind_of(held.field).many or is_coded(held.field)):
        return None
    if kind_of(held.field).many:
        return _of_sets(template, held)
    counts: Counter[tuple[str, str]] = Counter()
    for (a, b), times in held.table.items():
        counts[_code(a), _code(b)] += times
    return _labelled(template, held.field, counts)


def _of_sets(template: Template, held: FieldAgreement) -> Confusion | None:
    counts: Counter[tuple[str, str]] = Counter()
    for (a, b), times in held.table.items():
        if isinstance(a, frozenset) and isinstance(b, frozenset):
            for pair in _mixed(a, b):
                counts[pair] += times
    return _labelled(template, held.field, counts)


def _mixed(a: frozenset[str], b: frozenset[str]) -> list[tuple[str, str]]:
    only_a, only_b = sorted(a - b), sorted(b - a)
    both = [(option, option) for option in sorted(a & b)]
    if not only_a and not only_b:
        return both
    return both + [(first, second) for first in only_a or [NOTHING] for second in only_b or [NOTHING]]


def _labelled(template: Template, field: Field, counts: Mapping[tuple[str, str], int]) -> Confusion | None:
    order = list(field.codelist.order) if field.codelist else []
    pairs = [(frozenset({a}), frozenset({b})) for a, b in counts]
    used = option_values(order, pairs)
    if not used or len(used) > MOST_CODES:
        return None
    codes = tuple((code, _label(template, field, code)) for code in used)
    return Confusion(codes, dict(counts))


def _code(found: Hashable) -> str:
    assert isinstance(found, tuple)
    if found[0] == ANSWER:
        return str(found[1])
    return f"missing:{found[1]}" if found[1] else BLANK


def _label(template: Template, field: Field, code: str) -> str:
    if code.startswith("missing:"):
        return template.missing_label(code.removeprefix("missing:"))
    return label_of(field, code)

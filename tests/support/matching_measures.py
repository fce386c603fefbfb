"""How well a rule of pairing finds the rows that are the same, and what that does to the agreement on themes.

Three rules are compared in the same run: Tandem's proposal, rows by position, and rows by the number as printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count

from schema.answers.document import Document, Row
from schema.coding.agreement import Estimate, field_agreement
from schema.coding.align import nearest_misses, pairing_without, propose
from schema.coding.compare import compare
from schema.coding.model import Comparison, Pair
from schema.coding.normalise import printed_number
from schema.template.loader import load_template
from schema.template.model import Template
from schema.template.shipped import shipped_template
from tests.support.matching_corpus import CASES, TEXT_GROUPS, CodedCase, Noise, corpus

Links = frozenset[tuple[str, str]]
Rule = Callable[[CodedCase, str], Links]
GROUPS = ("recommendations", "learning", "good_practice", "children", "victims", "perpetrators")
CHILDREN = "children"
JUDGED = ("recommendations", "themes")


@dataclass(frozen=True, slots=True)
class Agreed:
    """Agreement on the themes of the linked recommendations: share of equal sets, and mean kappa of the options."""

    percent: float
    kappa: float


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs that a rule found in one group: rightly, wrongly, and those that it missed."""

    right: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed)


@dataclass(frozen=True)
class Measured:
    """One level of noise: what each rule found by group, the true agreement, and the agreement each rule would report."""

    noise: Noise
    found: Mapping[tuple[str, str], Found]
    true: Agreed
    reported: Mapping[str, Agreed]


@cache
def template() -> Template:
    """The shipped questionnaire."""
    shipped = shipped_template("dhr-childrens-services", 1)
    loaded = load_template(shipped.source, shipped.codelists)
    assert loaded.template is not None
    return loaded.template


def proposed(case: CodedCase, group: str) -> Links:
    """Tandem's own proposal."""
    return _proposed_under(template(), case, group)


def _proposed_under(version: Template, case: CodedCase, group: str) -> Links:
    names, (a, b) = count(), (_only(document, group) for document in (case.a, case.b))
    pairs = propose(version, a, b, new_id=lambda: f"p{next(names)}")
    return frozenset((p.row_a, p.row_b) for p in pairs if p.row_a and p.row_b)


def by_position(case: CodedCase, group: str) -> Links:
    """The first row with the first, the second with the second."""
    return frozenset((a.id, b.id) for a, b in zip(case.a.rows(group), case.b.rows(group), strict=False))


def by_number(case: CodedCase, group: str) -> Links:
    """The first rows left that print the same number, however it is written."""
    free = list(case.b.rows(group))
    links = set()
    for row in case.a.rows(group):
        number = _number(row)
        other = next((other for other in free if number and _number(other) == number), None)
        if other:
            free.remove(other)
            links.add((row.id, other.id))
    return frozenset(links)


RULES: Mapping[str, Rule] = {"proposal": proposed, "position": by_position, "number": by_number}


@cache
def measure(noise: Noise, *, cases: int = CASES) -> Measured:
    """Measure one level of noise over the whole corpus."""
    coded = corpus(noise, cases=cases)
    links = {
        (rule, group): [find(case, group) for case in coded]
        for rule, find in RULES.items()
        for group in GROUPS
        if rule != "number" or group == JUDGED[0]
    }
    found = {key: _found(coded, key[1], made) for key, made in links.items()}
    true = agreement(coded, [case.links[JUDGED[0]] for case in coded])
    reported = {rule: agreement(coded, links[rule, JUDGED[0]]) for rule in RULES}
    return Measured(noise, found, true, reported)


@cache
def age_agreement(noise: Noise) -> tuple[float, float, float]:
    """Share of equal ages of linked children: of those who are the same, as proposed, and as proposed without the age."""
    coded = corpus(noise)
    rules: tuple[Rule, ...] = (_truly, proposed, _without_age)
    true, usual, without = (_same_age(coded, [find(case, CHILDREN) for case in coded]) for find in rules)
    return true, usual, without


def _truly(case: CodedCase, group: str) -> Links:
    return case.links.get(group, frozenset())


def _without_age(case: CodedCase, group: str) -> Links:
    return _proposed_under(pairing_without(template(), f"{CHILDREN}.age"), case, group)


def _same_age(coded: Iterable[CodedCase], links: Iterable[Links]) -> float:
    compared = (_compared(case, made, CHILDREN) for case, made in zip(coded, links, strict=True))
    ages = next(one for one in field_agreement(compared) if one.field.path == f"{CHILDREN}.age")
    assert isinstance(ages.percent, Estimate)
    return ages.percent.value


def hinted(case: CodedCase) -> Found:
    """Lone rows that are a part of a linked row (or the whole of one): those named rightly, wrongly, and not at all."""
    names, found = count(), Counter[str]()
    for group in TEXT_GROUPS:
        a, b = (_only(document, group) for document in (case.a, case.b))
        pairs = propose(template(), a, b, new_id=lambda: f"p{next(names)}")
        said = _said(a, b, pairs)
        alone = {pair.row_a or pair.row_b for pair in pairs if not (pair.row_a and pair.row_b)}
        same = case.links.get(group, frozenset()) | case.parts.get(group, frozenset())
        true = {link for link in same if len(alone & set(link)) == 1}
        found += Counter(right=len(said & true), wrong=len(said - true), missed=len(true - said))
    return Found(found["right"], found["wrong"], found["missed"])


def _said(a: Document, b: Document, pairs: Sequence[Pair]) -> set[tuple[str, str]]:
    misses = nearest_misses(template(), a, b, pairs)
    wholes = ((pair, misses[pair.id].part_of) for pair in pairs if pair.id in misses)
    return {(pair.row_a or whole, pair.row_b or whole) for pair, whole in wholes if whole}


def agreement(coded: Iterable[CodedCase], links: Iterable[Links]) -> Agreed:
    """Agreement on themes as Tandem reports it, where these rows are linked."""
    held = field_agreement(_compared(case, made) for case, made in zip(coded, links, strict=True))
    themes = next(one for one in held if (one.section, one.field.key) == JUDGED)
    assert isinstance(themes.percent, Estimate)
    assert isinstance(themes.kappa, Estimate)
    return Agreed(themes.percent.value, themes.kappa.value)


def _compared(case: CodedCase, links: Links, group: str = JUDGED[0]) -> Comparison:
    pairs = [Pair(f"{one}{other}", group, one, other) for one, other in sorted(links)]
    return compare(template(), _only(case.a, group), _only(case.b, group), pairs)


def _only(document: Document, group: str) -> Document:
    gates = {"childhood": document.sections["childhood"]} if group == CHILDREN else {}
    return Document(gates, {group: document.rows(group)})


def _found(coded: Sequence[CodedCase], group: str, made: Sequence[Links]) -> Found:
    """Count over all cases; a lumped row linked with the shorter part counts as wrong where its longer part is there."""
    total: Counter[str] = Counter()
    for case, links in zip(coded, made, strict=True):
        true = case.links.get(group, frozenset())
        total["right"] += len(links & true)
        total["wrong"] += len(links - true)
        total["missed"] += len(true - links)
    return Found(total["right"], total["wrong"], total["missed"])


def _number(row: Row) -> str | None:
    return printed_number(str(row.values.get("number", "")))

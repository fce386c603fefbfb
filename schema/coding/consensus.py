"""The consensus is computed: a function of the comparison and the decisions, never edited by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from schema.answers.derive import derived
from schema.answers.document import Document, Evidence, Row, Values
from schema.answers.visibility import without_hidden
from schema.coding.model import AGREEING, Comparison, Decided, Pair, Position, Verdict
from schema.template.kinds import kind_of
from schema.template.model import Section, Template
from schema.template.value import Value

Chosen = Mapping[str, Decided]
EITHER = AGREEING | {Verdict.NOT_ASKED, Verdict.IGNORED}


def build_consensus(comparison: Comparison, a: Document, b: Document, decided: Sequence[Decided]) -> Document:
    """Lay the decisions over the comparison.

    A row's id is its pair's id. Agreed values are A's; a value that only one coder was asked for, or that is not
    compared, is A's or else B's; what is undecided is blank, an undecided lone row is left out. What the consensus
    does not ask for is dropped, whoever answered it, and so is a typed value that now follows from another answer.
    Evidence comes from the coder whose value was taken (A's, or else B's, where they agree). What was checked instead of
    coded twice keeps its checks, so that the consensus says how each value came about.
    """
    chosen = by_path(decided)
    composed = replace(
        compose(comparison, decided),
        evidence=_evidence(comparison, a, b, chosen),
        checks={position.path: position.check for position in comparison.positions if position.check},
    )
    kept, _ = without_hidden(comparison.template, composed)
    return _without_followed(comparison.template, kept)


def compose(comparison: Comparison, decided: Sequence[Decided]) -> Document:
    """Give all values as decided so far, hidden ones included, without evidence."""
    chosen = by_path(decided)
    sections: dict[str, dict[str, Value]] = {}
    rows: dict[str, dict[str, Value]] = {}
    for position in comparison.positions:
        if position.field is None:
            if _keeps(position, chosen):
                rows[_pair_id(position)] = dict(position.row.values if position.row else {})
        elif (value := settled_value(position, chosen.get(position.path))) is not None:
            held = rows if position.pair else sections
            held.setdefault(_pair_id(position) or position.section, {})[position.field.key] = value
    _add_unasked(comparison, chosen, sections, rows)
    return Document(sections, _groups(comparison, rows))


def settled_value(position: Position, decision: Decided | None) -> Value:
    """The consensus value of one position: the decision's, or what stands without one; blank where it is open."""
    if position.field is None or not kind_of(position.field).stores:
        return None
    if decision:
        return decision.value
    if position.needs_person or position.verdict not in EITHER:
        return None
    return position.a if position.a is not None else position.b


def by_path(decided: Sequence[Decided]) -> Chosen:
    """Decisions by the path they settle."""
    return {decision.path: decision for decision in decided}


def _keeps(position: Position, chosen: Chosen) -> bool:
    decision = chosen.get(position.path)
    if decision is None:
        return not position.needs_person
    return decision.choice == "keep_row"


def _pair_id(position: Position) -> str:
    return position.pair.id if position.pair else ""


def _add_unasked(
    comparison: Comparison,
    chosen: Chosen,
    sections: dict[str, dict[str, Value]],
    rows: dict[str, dict[str, Value]],
) -> None:
    """Add decisions on what nobody was asked, and corrections inside a kept lone row."""
    compared = {position.path for position in comparison.positions}
    linked = {pair.id for pair in comparison.pairs if pair.row_a and pair.row_b}
    for path, decision in chosen.items():
        *place, key = path.split(".")
        if path in compared or decision.value is None:
            continue
        if len(place) == 1 and key not in rows:
            sections.setdefault(place[0], {})[key] = decision.value
        elif len(place) == 2 and (place[1] in rows or place[1] in linked):
            rows.setdefault(place[1], {})[key] = decision.value


def _groups(comparison: Comparison, rows: Mapping[str, Values]) -> dict[str, tuple[Row, ...]]:
    """Rows in the order of the pairs; a linked pair is a row even where everything in it is open."""
    groups: dict[str, list[Row]] = {}
    for pair in comparison.pairs:
        if pair.id in rows or (pair.row_a and pair.row_b):
            groups.setdefault(pair.group, []).append(Row(pair.id, rows.get(pair.id, {})))
    return {key: tuple(found) for key, found in groups.items()}


def _evidence(comparison: Comparison, a: Document, b: Document, chosen: Chosen) -> dict[str, Evidence]:
    found: dict[str, Evidence] = {}
    for position in comparison.positions:
        if position.field is None and position.pair and _keeps(position, chosen):
            found |= _row_evidence(position.pair, a, b)
        elif position.field and settled_value(position, chosen.get(position.path)) is not None:
            held = _taken(position, chosen.get(position.path), a, b)
            found |= {position.path: held} if held else {}
    return found


def _taken(position: Position, decision: Decided | None, a: Document, b: Document) -> Evidence | None:
    path_a, path_b = _own_paths(position)
    own_a, own_b = a.evidence.get(path_a), b.evidence.get(path_b)
    choice = decision.choice if decision else ""
    if choice in ("a", "b", "other"):
        return {"a": own_a, "b": own_b}.get(choice)
    if position.b is None:
        return own_a
    return own_b if position.a is None else own_a or own_b


def _own_paths(position: Position) -> tuple[str, str]:
    key = position.field.key if position.field else ""
    if position.pair is None:
        return position.path, position.path
    group = position.section
    return f"{group}.{position.pair.row_a}.{key}", f"{group}.{position.pair.row_b}.{key}"


def _row_evidence(pair: Pair, a: Document, b: Document) -> dict[str, Evidence]:
    document, row_id = (a, pair.row_a) if pair.row_a else (b, pair.row_b)
    prefix = f"{pair.group}.{row_id}."
    return {
        f"{pair.group}.{pair.id}.{path.removeprefix(prefix)}": held
        for path, held in document.evidence.items()
        if path.startswith(prefix)
    }


def _without_followed(template: Template, document: Document) -> Document:
    """Drop typed values that follow from other answers of the consensus."""
    sections = {
        key: _typed_only(template, template.by_key[key], values) for key, values in document.sections.items()
    }
    groups = {
        key: tuple(Row(row.id, _typed_only(template, template.by_key[key], row.values)) for row in rows)
        for key, rows in document.groups.items()
    }
    kept = dict(_values_held(sections, groups))
    evidence = {path: held for path, held in document.evidence.items() if path in kept}
    return replace(document, sections=sections, groups=groups, evidence=evidence)


def _typed_only(template: Template, section: Section, values: Values) -> Values:
    following = derived(template, section, values)
    return {key: value for key, value in values.items() if key not in following}


def _values_held(
    sections: Mapping[str, Values], groups: Mapping[str, tuple[Row, ...]]
) -> Iterator[tuple[str, Value]]:
    yield from Document(sections, groups).paths()

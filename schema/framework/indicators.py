"""Indicator declarations: one column each, or a family with a column for each option of a field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from schema.framework.model import CASE, Category, Crossing, Indicator
from schema.framework.scope import Scope, holding
from schema.framework.source import Node
from schema.template.conditions import All, Condition
from schema.template.model import Field

KEYS = frozenset(
    {"key", "label", "where", "any", "count", "each", "only", "grouping", "categories", "by", "within"}
)
BY_KEYS = frozenset({"field", "only", "grouping", "categories"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What the columns of one declaration share. ``unit`` is ``case`` or the group whose rows are looked at."""

    key: str
    label: str
    unit: str
    counts: bool
    where: Condition | None
    within: str


@dataclass(frozen=True, slots=True)
class Part:
    """One option or category of a family: its key, its label, the group of its option, and its condition."""

    key: str
    label: str
    group: str
    condition: Condition
    recoded: bool = False


def read_indicators(scope: Scope, node: Node) -> None:
    """Add the columns of one declaration to the scope (FRW-013 for a key used twice)."""
    reader = scope.reader
    reader.allow(node, KEYS, "An indicator")
    shape = _shape(scope, node)
    if shape is None:
        return
    for indicator in _columns(scope, node, shape):
        if indicator.key in scope.indicators:
            reader.say("FRW-013", f"“{indicator.key}” is declared twice.", "Choose another key.", node.line)
        elif indicator.within and indicator.within not in scope.indicators:
            remedy = f"“within” of “{indicator.key}” must name an indicator that was declared before."
            reader.say("FRW-011", f"There is no indicator “{indicator.within}” yet.", remedy, node.line)
        else:
            scope.indicators[indicator.key] = indicator


def _shape(scope: Scope, node: Node) -> Shape | None:
    reader = scope.reader
    key = reader.text(node, "key", required=True)
    any_of, count = reader.text(node, "any"), reader.text(node, "count")
    if any_of and count:
        reader.say("FRW-014", "“any” and “count” exclude each other.", "Keep one of them.", node.line)
    group = any_of or count
    if group:
        scope.group(group, node.line)
    unit = group or CASE
    if not group and "where" not in node.held and "each" not in node.held:
        remedy = "Give “where”, “each”, “any” or “count”."
        reader.say("FRW-014", f"“{key}” says nothing to look for.", remedy, node.line)
        return None
    where = scope.condition(node, "where", unit)
    label, within = reader.text(node, "label"), reader.text(node, "within")
    return Shape(key, label, unit, bool(count), where, within)


def _columns(scope: Scope, node: Node, shape: Shape) -> Iterator[Indicator]:
    each = scope.reader.text(node, "each")
    if not each:
        yield _indicator(shape, shape.key, shape.label or shape.key, shape.where, shape.within)
        return
    by = scope.reader.node(node, "by")
    crossed = tuple(_parts(scope, by, scope.reader.text(by, "field", required=True), shape)) if by else ()
    if by:
        scope.reader.allow(by, BY_KEYS, "“by”")
    for part in _parts(scope, node, each, shape):
        if not by:
            yield _member(shape, part)
        for other in crossed:
            yield _crossed(shape, part, other)


def _parts(scope: Scope, node: Node, name: str, shape: Shape) -> Iterator[Part]:
    field = scope.field(name, shape.unit, node.line)
    if field is None:
        return
    for category in scope.categories(node, field):
        condition = holding(field, name, category.values)
        yield Part(category.key, category.label, _group_of(field, category), condition, category.recoded)


def _group_of(field: Field, category: Category) -> str:
    option = field.codelist.by_value.get(category.key) if field.codelist else None
    return option.group if option else ""


def _member(shape: Shape, part: Part) -> Indicator:
    label = _filled(shape.label or "{label}", part)
    key = f"{shape.key}.{part.key}"
    where, within = _both(shape.where, part.condition), _filled(shape.within, part)
    return _indicator(shape, key, label, where, within, recoded=part.recoded)


def _crossed(shape: Shape, part: Part, other: Part) -> Indicator:
    label = _filled(shape.label or "{label}: {by}", part)
    key = f"{shape.key}.{part.key}.{other.key}"
    where = _both(_both(shape.where, part.condition), other.condition)
    within, recoded = _filled(shape.within, part), part.recoded or other.recoded
    made = _indicator(shape, key, label.replace("{by}", other.label), where, within, recoded=recoded)
    row = label.replace("{by}", "").strip(" :,;") or part.label
    return replace(made, crossing=Crossing(part.key, row, other.key, other.label))


def _filled(pattern: str, part: Part) -> str:
    filled = pattern.replace("{value}", part.key).replace("{group}", part.group)
    return filled.replace("{label}", part.label)


def _both(one: Condition | None, other: Condition) -> Condition:
    return other if one is None else All((one, other))


def _indicator(
    shape: Shape, key: str, label: str, where: Condition | None, within: str, *, recoded: bool = False
) -> Indicator:
    group = "" if shape.unit == CASE else shape.unit
    return Indicator(key, label, shape.key, where, group, shape.counts, within, recoded)

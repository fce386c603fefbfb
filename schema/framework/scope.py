"""What a framework may name: fields of the template as seen from a unit, and indicators declared so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any as Anything

from schema.framework.model import CASE, Category, Indicator, JoinedUnit
from schema.framework.source import Node, Reader
from schema.template.conditions import OPERATORS, All, Any, Condition, Not, Test
from schema.template.model import Field, Option, Template

CONDITION_KEYS = frozenset({"field", "indicator", "all", "any", "not"}) | OPERATORS


@dataclass
class Scope:
    """The template, the groupings and the indicators that the declarations can refer to."""

    template: Template
    reader: Reader
    groupings: dict[str, tuple[Category, ...]] = field(default_factory=dict)
    units: dict[str, JoinedUnit] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)

    def field(self, name: str, unit: str, line: int) -> Field | None:
        """Find a field: bare names belong to the unit's rows, dotted ones to plain sections (FRW-005)."""
        if unit in self.units and "." not in name:
            return joined_field(self, name, self.units[unit], line)
        path = name if "." in name else f"{unit}.{name}"
        found = self.template.by_path.get(path)
        section = self.template.by_key.get(path.split(".")[0])
        if found is None:
            remedy = f"Check the field keys of template “{self.template.key}”."
            self.reader.say("FRW-005", f"There is no field “{path}”.", remedy, line)
        elif section is not None and section.repeats and section.key != unit:
            remedy = f"Name the group as the unit (“any: {section.key}”), and the field by its key alone."
            self.reader.say("FRW-006", f"“{path}” belongs to the rows of a repeating group.", remedy, line)
            return None
        return found

    def group(self, name: str, line: int) -> str:
        """Check the name of a repeating group, or of a unit of several (FRW-007)."""
        if name in self.units:
            return name
        section = self.template.by_key.get(name)
        if section is None or not section.repeats:
            known = ", ".join([*self.units, *(group.key for group in self.template.groups())])
            self.reader.say("FRW-007", f"There is no repeating group “{name}”.", f"Known: {known}.", line)
        return name

    def options(self, field_: Field, only: tuple[str, ...], line: int) -> tuple[Option, ...]:
        """The options of a field's code list, or those named (FRW-008 for unknown ones, FRW-009 for no list)."""
        if field_.codelist is None:
            remedy = "Name a field of kind choice, choices, yes_no or derived."
            self.reader.say("FRW-009", f"“{field_.path}” has no code list.", remedy, line)
            return ()
        self.check_codes(field_, only, line)
        return tuple(option for option in field_.codelist.options if not only or option.value in only)

    def check_codes(self, field_: Field, codes: tuple[str, ...], line: int) -> None:
        """Note codes that the field's list does not hold (FRW-008)."""
        for code in codes:
            if field_.codelist is not None and code not in field_.codelist.by_value:
                remedy = f"Use a code of the list “{field_.codelist.name}”."
                self.reader.say("FRW-008", f"“{field_.path}” has no code “{code}”.", remedy, line)

    def condition(self, node: Node, key: str, unit: str) -> Condition | None:
        """Read the condition under a key; ``None`` where there is none or where it has problems."""
        inner = self.reader.node(node, key)
        return self._condition(inner, unit) if inner else None

    def _condition(self, node: Node, unit: str) -> Condition | None:
        self.reader.allow(node, CONDITION_KEYS, "A condition")
        for name, build in (("all", All), ("any", Any)):
            if name in node.held:
                parts = tuple(
                    part for inner in self.reader.nodes(node, name) if (part := self._condition(inner, unit))
                )
                return build(parts)
        if inner := self.reader.node(node, "not"):
            part = self._condition(inner, unit)
            return Not(part) if part else None
        return self._test(node, unit)

    def _test(self, node: Node, unit: str) -> Condition | None:
        operators = [key for key in node.held if key in OPERATORS]
        if indicator := self.reader.text(node, "indicator"):
            return self._indicator_test(node, indicator, operators)
        name = self.reader.text(node, "field", required=True)
        if not name or len(operators) != 1:
            remedy = f"Give a field and one of {', '.join(sorted(OPERATORS))}."
            self.reader.say("FRW-010", "This is not a condition.", remedy, node.line)
            return None
        found = self.field(name, unit, node.line)
        if found is None:
            return None
        operand = _operand(node.held[operators[0]])
        if operators[0] in ("equals", "in", "contains"):
            self.check_codes(found, tuple(str(item) for item in operand), node.line)
        return Test(name, operators[0], operand)

    def _indicator_test(self, node: Node, name: str, operators: list[str]) -> Condition | None:
        if name not in self.indicators:
            remedy = "Declare it before it is used."
            self.reader.say("FRW-011", f"There is no indicator “{name}” yet.", remedy, node.line)
            return None
        if not operators:
            return Test(f"@{name}", "equals", (1,))
        return Test(f"@{name}", operators[0], _operand(node.held[operators[0]]))

    def names(self, patterns: tuple[str, ...], line: int) -> tuple[str, ...]:
        """Indicator keys by name or by ``family.*`` (FRW-011 where nothing matches)."""
        found: list[str] = []
        for pattern in patterns:
            stem = pattern.removesuffix("*")
            wide = stem != pattern
            matches = [key for key in self.indicators if key == pattern or (wide and key.startswith(stem))]
            if not matches:
                self.reader.say("FRW-011", f"There is no indicator “{pattern}”.", "Declare it first.", line)
            found.extend(key for key in matches if key not in found)
        return tuple(found)

    def categories(self, node: Node, field_: Field) -> tuple[Category, ...]:
        """The categories of a field: a named grouping, those written out, or one for each option."""
        if name := self.reader.text(node, "grouping"):
            if name not in self.groupings:
                self.reader.say("FRW-012", f"There is no grouping “{name}”.", "Declare it first.", node.line)
            return self.groupings.get(name, ())
        written = tuple(read_category(self, inner, field_) for inner in self.reader.nodes(node, "categories"))
        return written or tuple(
            Category(option.value, option.label, frozenset({option.value}), option.recoded)
            for option in self.options(field_, self.reader.texts(node, "only"), node.line)
        )


def joined_field(scope: Scope, name: str, unit: JoinedUnit, line: int) -> Field | None:
    """The field of that key which all groups of a unit have: of one kind, with one code list (FRW-005, FRW-024)."""
    found = [scope.template.by_path.get(f"{group}.{name}") for group in unit.groups]
    for group, held in zip(unit.groups, found, strict=True):
        if held is None:
            remedy = f"Name a field that all of them have: {', '.join(unit.groups)}."
            scope.reader.say("FRW-005", f"There is no field “{group}.{name}”.", remedy, line)
    fields = [held for held in found if held is not None]
    if len(fields) < len(found):
        return None
    if len({_answers_of(held) for held in fields}) > 1:
        remedy = "Count the groups in tables of their own, or name a field of one kind and one code list."
        scope.reader.say(
            "FRW-024", f"“{name}” is not the same question in {' and '.join(unit.groups)}.", remedy, line
        )
    return fields[0]


def _answers_of(field_: Field) -> tuple[str, str, tuple[str, ...]]:
    """What makes two fields one question to count by: kind, code list, and the codes of it that are offered."""
    held = field_.codelist
    return (field_.kind, held.name, tuple(held.by_value)) if held else (field_.kind, "", ())


def read_category(scope: Scope, node: Node, field_: Field) -> Category:
    """Read one category: ``values`` and all options of the groups in ``groups``."""
    reader = scope.reader
    reader.allow(node, frozenset({"key", "label", "values", "groups"}), "A category")
    values, groups = reader.texts(node, "values"), reader.texts(node, "groups")
    scope.check_codes(field_, values, node.line)
    options = field_.codelist.options if field_.codelist else ()
    known = {option.group for option in options}
    for group in groups:
        if group not in known:
            reader.say(
                "FRW-008", f"“{field_.path}” has no group “{group}”.", "Check the code list.", node.line
            )
    held = frozenset(values) | {option.value for option in options if option.group in groups}
    return Category(reader.text(node, "key", required=True), reader.text(node, "label", required=True), held)


def holding(field_: Field, name: str, values: frozenset[str]) -> Condition:
    """The condition that a field holds one of the codes: ``in`` for one answer, ``contains`` for several."""
    codes = tuple(sorted(values))
    if field_.kind != "choices":
        return Test(name, "in", codes)
    parts = tuple(Test(name, "contains", (code,)) for code in codes)
    return parts[0] if len(parts) == 1 else Any(parts)


def _operand(held: Anything) -> tuple[str | float, ...]:
    return tuple(held) if isinstance(held, list) else (held,)


def unit_of(scope: Scope, node: Node, default: str = CASE) -> str:
    """The unit of a table or block: ``case``, a repeating group, or a unit of several."""
    name = scope.reader.text(node, "unit") or default
    return name if name == CASE else scope.group(name, node.line_of("unit"))

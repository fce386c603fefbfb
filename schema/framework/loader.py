"""Reads a framework's YAML against the template whose answers it counts; every problem in one run.

The language is described in ``docs/framework-language.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from schema.framework.bands import RANGED, read_bands
from schema.framework.filters import read_filter
from schema.framework.indicators import read_indicators
from schema.framework.model import CASE, Block, Category, Filter, Framework, JoinedUnit, LeaveOut, Table
from schema.framework.scope import Scope, unit_of
from schema.framework.source import Node, Reader, read_yaml
from schema.problem import Problem
from schema.template.conditions import Condition
from schema.template.model import Template

TOP_KEYS = frozenset(
    {
        "framework", "title", "template", "percent_places", "none", "coding_frame", "filters", "units",
        "groupings", "indicators", "leave_out", "tables",
    }
)  # fmt: skip
TABLE_KEYS = frozenset({"key", "title", "unit", "unit_label", "first", "where", "blocks", "note"})
BLOCK_KEYS = frozenset(
    {
        "kind", "key", "label", "unit", "where", "within", "field", "only", "grouping", "categories",
        "indicators", "of", "treated", "note", "precedence", "missing_line", "bands", "indicator",
    }
)  # fmt: skip
BLOCK_KINDS = ("count", "distribution", "indicators", "statistics")
DENOMINATORS = ("valid", "all", "none")
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class LoadedFramework:
    """The framework where it could be read without an error, and every problem found."""

    framework: Framework | None
    problems: tuple[Problem, ...]


def load_framework(source: str, template: Template, *, file: str = "") -> LoadedFramework:
    """Read a framework from YAML against a template; ``framework`` is ``None`` where there is a problem."""
    reader = Reader(file)
    node = read_yaml(source, reader)
    framework = _framework(node, source, Scope(template, reader)) if node else None
    problems = tuple(sorted(reader.problems, key=lambda problem: problem.line))
    return LoadedFramework(None if problems else framework, problems)


def _framework(node: Node, source: str, scope: Scope) -> Framework:
    reader = scope.reader
    reader.allow(node, TOP_KEYS, "A framework")
    named = reader.text(node, "template", required=True)
    if named and named != scope.template.key:
        remedy = f"Write template: {scope.template.key}, or load the template that it names."
        reader.say("FRW-015", f"This framework is for template “{named}”.", remedy, node.line_of("template"))
    for unit in reader.nodes(node, "units"):
        _unit(scope, unit)
    for grouping in reader.nodes(node, "groupings"):
        _grouping(scope, grouping)
    for indicator in reader.nodes(node, "indicators"):
        read_indicators(scope, indicator)
    filters = _filters(scope, node)
    leave_out = tuple(_leave_out(scope, node))
    tables = tuple(_table(scope, table) for table in reader.nodes(node, "tables"))
    _check_twice(reader, [table.key for table in tables], node)
    return Framework(
        key=reader.text(node, "framework", required=True),
        title=reader.text(node, "title", required=True),
        template=named,
        indicators=tuple(scope.indicators.values()),
        tables=tables,
        none=frozenset(_none(scope, node)),
        places=_places(reader, node),
        source_hash=sha256(source.encode("utf-8", "surrogatepass")).hexdigest(),
        filters=filters,
        leave_out=leave_out,
        coding_frame=tuple(_coding_frame(scope, node)),
        units=tuple(scope.units.values()),
    )


def _places(reader: Reader, node: Node) -> int:
    value = reader.number(node, "percent_places")
    if value not in range(MOST_PLACES + 1):
        remedy = f"Write a whole number from 0 to {MOST_PLACES}."
        line = node.line_of("percent_places")
        reader.say("FRW-017", "“percent_places” is no number of decimals.", remedy, line)
        return 0
    return int(value)


def _filters(scope: Scope, node: Node) -> tuple[Filter, ...]:
    read = (read_filter(scope, inner) for inner in scope.reader.nodes(node, "filters"))
    filters = tuple(found for found in read if found)
    _check_twice(scope.reader, [found.key for found in filters], node)
    return filters


def _leave_out(scope: Scope, node: Node) -> Iterator[LeaveOut]:
    reader = scope.reader
    for inner in reader.nodes(node, "leave_out"):
        reader.allow(inner, frozenset({"key", "label", "where"}), "A reason to leave out")
        key, label = reader.text(inner, "key", required=True), reader.text(inner, "label", required=True)
        where = scope.condition(inner, "where", CASE)
        if "where" not in inner.held:
            reader.say("FRW-004", "“where” is missing.", "Say which cases are left out.", inner.line)
        if where is not None:
            yield LeaveOut(key, label, where)


def _none(scope: Scope, node: Node) -> Iterator[str]:
    for code in scope.reader.texts(node, "none"):
        if code not in scope.template.missing.by_value:
            remedy = f"Use a code of the list “{scope.template.missing.name}”."
            scope.reader.say("FRW-008", f"There is no missing code “{code}”.", remedy, node.line_of("none"))
        yield code


def _coding_frame(scope: Scope, node: Node) -> Iterator[str]:
    coded = (field for field in scope.template.fields() if field.kind in ("choice", "choices"))
    known = {field.codelist.name for field in coded if field.codelist}
    for name in scope.reader.texts(node, "coding_frame"):
        if name not in known:
            remedy = (
                f"Name a list that a question of kind choice or choices uses: {', '.join(sorted(known))}."
            )
            line = node.line_of("coding_frame")
            scope.reader.say("FRW-020", f"No such question is answered from a list “{name}”.", remedy, line)
        yield name


def _unit(scope: Scope, node: Node) -> None:
    """A unit of several groups: FRW-007 for what is no group, FRW-013 for a name that is taken, FRW-023 for fewer than two groups."""
    reader = scope.reader
    reader.allow(node, frozenset({"key", "groups"}), "A unit")
    key, groups = reader.text(node, "key", required=True), reader.texts(node, "groups")
    taken = {CASE, *scope.units, *(section.key for section in scope.template.sections)}
    if key in taken:
        reader.say("FRW-013", f"“{key}” is taken.", "Choose another key for the unit.", node.line_of("key"))
        return
    if len(set(groups)) < max(2, len(groups)):
        remedy = "List two repeating groups or more, each once."
        reader.say("FRW-023", f"“{key}” does not join several groups.", remedy, node.line_of("groups"))
    plain = {group.key for group in scope.template.groups()}
    for group in groups:
        if group not in plain:
            remedy = f"Known: {', '.join(sorted(plain))}."
            reader.say("FRW-007", f"There is no repeating group “{group}”.", remedy, node.line_of("groups"))
    if plain.issuperset(groups):
        scope.units[key] = JoinedUnit(key, groups)


def _grouping(scope: Scope, node: Node) -> None:
    reader = scope.reader
    reader.allow(node, frozenset({"key", "field", "categories"}), "A grouping")
    path = reader.text(node, "field", required=True)
    field = scope.template.by_path.get(path)
    if field is None:
        remedy = "Write group.field, for instance recommendations.agencies."
        reader.say("FRW-005", f"There is no field “{path}”.", remedy, node.line_of("field"))
        return
    scope.groupings[reader.text(node, "key", required=True)] = scope.categories(node, field)


def _table(scope: Scope, node: Node) -> Table:
    reader = scope.reader
    reader.allow(node, TABLE_KEYS, "A table")
    unit = unit_of(scope, node)
    blocks = tuple(_block(scope, block, unit) for block in reader.nodes(node, "blocks"))
    _check_twice(reader, [block.key for block in blocks], node)
    return Table(
        key=reader.text(node, "key", required=True),
        title=reader.text(node, "title", required=True),
        unit=unit,
        unit_label=reader.text(node, "unit_label", required=True),
        blocks=blocks,
        first=reader.flag(node, "first"),
        where=scope.condition(node, "where", unit),
        note=reader.text(node, "note"),
    )


def _block(scope: Scope, node: Node, table_unit: str) -> Block:
    reader = scope.reader
    reader.allow(node, BLOCK_KEYS, "A block")
    kind, of = reader.text(node, "kind", required=True), reader.text(node, "of") or "valid"
    for said, known, key in ((kind, BLOCK_KINDS, "kind"), (of, DENOMINATORS, "of")):
        if said not in known:
            remedy = f"Choose from {', '.join(known)}."
            reader.say("FRW-016", f"“{said}” is no {key} of a block.", remedy, node.line_of(key))
    unit = CASE if kind == "indicators" else unit_of(scope, node, table_unit)
    field, categories = _field(scope, node, unit, kind)
    return Block(
        kind=kind,
        key=reader.text(node, "key", required=True),
        label=reader.text(node, "label"),
        unit=unit,
        where=scope.condition(node, "where", unit),
        within=scope.condition(node, "within", unit),
        field=field,
        categories=categories,
        indicators=scope.names(reader.texts(node, "indicators"), node.line),
        of=of,
        treated=tuple(_treated(scope, node, unit)),
        note=reader.text(node, "note"),
        precedence=reader.flag(node, "precedence"),
        missing_line=reader.flag(node, "missing_line", default=True),
    )


def _field(scope: Scope, node: Node, unit: str, kind: str) -> tuple[str, tuple[Category, ...]]:
    if kind not in ("distribution", "statistics"):
        return "", ()
    if "indicator" in node.held:
        return _indicator(scope, node, unit, kind)
    name = scope.reader.text(node, "field", required=True)
    found = scope.field(name, unit, node.line) if name else None
    if found is None:
        return name, ()
    if "bands" in node.held and found.kind not in RANGED:
        remedy = f"Name a field of kind {', '.join(RANGED)}, or an indicator."
        scope.reader.say("FRW-009", f"“{found.path}” has no bands.", remedy, node.line_of("bands"))
    elif kind == "distribution":
        return name, read_bands(scope.reader, node) if "bands" in node.held else scope.categories(node, found)
    elif found.kind not in ("integer", "decimal"):
        remedy = "Name a field of kind integer or decimal."
        scope.reader.say("FRW-009", f"“{found.path}” is not a number.", remedy, node.line_of("field"))
    return name, ()


def _indicator(scope: Scope, node: Node, unit: str, kind: str) -> tuple[str, tuple[Category, ...]]:
    """An indicator in place of a field: cases by bands of its number, or its least, most and mean."""
    reader, name = scope.reader, scope.reader.text(node, "indicator")
    if "field" in node.held or unit != CASE:
        remedy = "Leave the field out, and count cases (unit: case)."
        reader.say(
            "FRW-027",
            "A block counts a field or an indicator of the case.",
            remedy,
            node.line_of("indicator"),
        )
    if name not in scope.indicators:
        reader.say(
            "FRW-011", f"There is no indicator “{name}”.", "Declare it first.", node.line_of("indicator")
        )
    if kind == "distribution" and "bands" not in node.held:
        reader.say("FRW-004", "“bands” is missing.", "Say which numbers belong together.", node.line)
    return f"@{name}", read_bands(reader, node) if kind == "distribution" else ()


def _treated(scope: Scope, node: Node, unit: str) -> Iterator[tuple[Condition, float]]:
    for inner in scope.reader.nodes(node, "treated"):
        scope.reader.allow(inner, frozenset({"where", "as"}), "“treated”")
        condition = scope.condition(inner, "where", unit)
        if condition is not None:
            yield condition, scope.reader.number(inner, "as")


def _check_twice(reader: Reader, keys: list[str], node: Node) -> None:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        reader.say("FRW-013", f"“{key}” is declared twice.", "Choose another key.", node.line)

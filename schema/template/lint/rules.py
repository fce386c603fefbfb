"""Cross-field rules: each kind says which parameters it takes and what they must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schema.template.conditions import Condition
from schema.template.lint.lists import repeated
from schema.template.lint.reading import Reading, nearest
from schema.template.lint.steering import Desk, read_condition
from schema.template.model import Rule
from schema.template.shape import RuleShape

SEVERITIES = ("error", "confirm", "warning")
ROWS = ("equal", "at_most")
ANY_KIND: tuple[str, ...] = ()
TIMES = ("integer", "date", "partial_date")
COMMON = frozenset({"key", "kind", "section", "message", "severity"})


@dataclass(frozen=True)
class RuleKind:
    """What one kind of rule takes: fields of the section with their allowed kinds, conditions, and its own check."""

    fields: Mapping[str, tuple[str, ...]]
    conditions: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    severity: str = "error"
    check: Callable[[Reading, RuleShape], None] | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that the rule must have."""
        needed = tuple(name for name in self.others if name != "rows")
        return (*self.fields, *self.conditions, *needed)


def build_rules(reading: Reading) -> tuple[Rule, ...]:
    """Check every rule and give those that can be used."""
    for rule, first in repeated(reading.shape.rules, lambda rule: rule.key):
        message = f"rule `{rule.key}` is there already, on line {first.line('key')}."
        reading.add("TPL-039", rule.line("key"), message, "Give each rule a key of its own.")
    built = [_build(reading, shape) for shape in reading.shape.rules]
    return tuple(rule for rule in built if rule)


def _build(reading: Reading, shape: RuleShape) -> Rule | None:
    kind = RULE_KINDS.get(shape.kind)
    name = f"rule `{shape.key}`"
    if kind is None:
        message = f"{name} has the unknown kind “{shape.kind}”."
        reading.add("TPL-036", shape.line("kind"), message, nearest(shape.kind, RULE_KINDS))
        return None
    severity = _severity(reading, name, shape, kind)
    if not _has_parameters(reading, name, shape, kind) or not _has_section(reading, name, shape):
        return None
    _check_fields(reading, name, shape, kind)
    if kind.check:
        kind.check(reading, shape)
    given = (*kind.fields, *kind.others)
    fields = {part: value for part in given if (value := getattr(shape, part)) is not None}
    return Rule(
        shape.key,
        shape.kind,
        shape.section,
        shape.message,
        severity,
        fields,
        _conditions(reading, name, shape, kind),
    )


def _severity(reading: Reading, name: str, shape: RuleShape, kind: RuleKind) -> str:
    severity = shape.severity or kind.severity
    if severity not in SEVERITIES:
        message = f"{name} has the unknown severity “{severity}”."
        reading.add("TPL-040", shape.line("severity"), message, nearest(severity, SEVERITIES))
    elif shape.kind == "confirm" and severity != "confirm":
        message = f"{name} asks for a confirmation, so its severity cannot be “{severity}”."
        reading.add("TPL-040", shape.line("severity"), message, "Write `severity: confirm`, or leave it out.")
    return severity


def _has_parameters(reading: Reading, name: str, shape: RuleShape, kind: RuleKind) -> bool:
    given = shape.written() - COMMON
    known = frozenset((*kind.parameters, *kind.others))
    for key in sorted(given - known):
        message = f"{name}: `{key}` does not belong to the kind “{shape.kind}”."
        reading.add("TPL-038", shape.line(key), message, f"It takes: {', '.join(sorted(known))}.")
    for key in sorted(frozenset(kind.parameters) - given):
        message = f"{name}: the kind “{shape.kind}” needs `{key}`."
        reading.add("TPL-038", shape.line(), message, f"Write `{key}:`.")
    return given >= frozenset(kind.parameters)


def _has_section(reading: Reading, name: str, shape: RuleShape) -> bool:
    if shape.section in reading.sections:
        return True
    if shape.section not in reading.cut:
        message = f"{name} names the section “{shape.section}”, which does not exist."
        reading.add("TPL-037", shape.line("section"), message, nearest(shape.section, reading.sections))
    return False


def _check_fields(reading: Reading, name: str, shape: RuleShape, kind: RuleKind) -> None:
    for part, kinds in kind.fields.items():
        key = str(getattr(shape, part))
        field = reading.built.get(f"{shape.section}.{key}")
        if field is not None and kinds and field.kind not in kinds:
            message = f"{name}: `{part}` is “{key}”, which is of the kind {field.kind}."
            reading.add(
                "TPL-037", shape.line(part), message, f"Name a field of the kind {' or '.join(kinds)}."
            )
        if field is None and key not in reading.cut and not reading.has_field(shape.section, key):
            known = [field.key for field in reading.sections[shape.section].fields_]
            message = f"{name}: `{part}` is “{key}”, which section `{shape.section}` does not have."
            reading.add("TPL-037", shape.line(part), message, nearest(key, known))


def _conditions(reading: Reading, name: str, shape: RuleShape, kind: RuleKind) -> dict[str, Condition]:
    conditions: dict[str, Condition] = {}
    for part in kind.conditions:
        desk = Desk(reading, f"{name}, `{part}`", shape.section, shape.line(part), earlier_only=False)
        if condition := read_condition(desk, getattr(shape, part)):
            conditions[part] = condition
    return conditions


def _check_belongs(reading: Reading, shape: RuleShape) -> None:
    """Each option of the child must be in a group that is an option of the parent, and no parent be childless."""
    parent = reading.built.get(f"{shape.section}.{shape.parent}")
    child = reading.built.get(f"{shape.section}.{shape.child}")
    if parent is None or child is None or not parent.codelist or not child.codelist:
        return
    groups = {option.group for option in child.codelist.options}
    for group in sorted(groups - set(parent.codelist.by_value)):
        message = (
            f"rule `{shape.key}`: the group “{group}” of “{child.key}” is not an option of “{parent.key}”."
        )
        reading.add(
            "TPL-037", shape.line("child"), message, "Leave that group out of the code list of the field."
        )
    for value in (value for value in parent.codelist.by_value if value not in groups):
        message = f"rule `{shape.key}`: “{value}” of “{parent.key}” has no options in “{child.key}”."
        reading.add("TPL-037", shape.line("parent"), message, "Nobody could fulfil the rule; give it some.")


def _check_count(reading: Reading, shape: RuleShape) -> None:
    group = reading.sections.get(str(shape.group))
    if str(shape.group) not in reading.cut and (group is None or group.repeats is None):
        groups = [section.key for section in reading.shape.sections if section.repeats]
        message = f"rule `{shape.key}`: “{shape.group}” is no repeating group."
        remedy = nearest(str(shape.group), groups, f"Name one of: {', '.join(groups) or 'none is there'}.")
        reading.add("TPL-037", shape.line("group"), message, remedy)
    if reading.sections[shape.section].repeats:
        message = f"rule `{shape.key}`: the number must stand in a section that does not repeat."
        reading.add("TPL-037", shape.line("section"), message, "Name a plain section.")
    if shape.rows is not None and shape.rows not in ROWS:
        message = f"rule `{shape.key}`: “{shape.rows}” is no value of `rows`."
        reading.add("TPL-038", shape.line("rows"), message, nearest(shape.rows, ROWS))


RULE_KINDS: Mapping[str, RuleKind] = {
    "belongs": RuleKind({"parent": ("choices",), "child": ("choices",)}, check=_check_belongs),
    "exactly_when": RuleKind({}, ("left", "right")),
    "count": RuleKind({"field": ("integer",)}, others=("group", "rows"), check=_check_count),
    "confirm": RuleKind({}, ("when",), severity="confirm"),
    "order": RuleKind({"earlier": TIMES, "later": TIMES}),
    "requires": RuleKind({"field": ANY_KIND}, ("when",)),
}

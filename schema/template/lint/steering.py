"""Conditions: from the file to :mod:`schema.template.conditions`, checked against the fields that they read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from schema.template import words
from schema.template.conditions import OPERATORS, All, Any, Condition, Not, Test
from schema.template.lint.fields import NUMBERS
from schema.template.lint.reading import Reading, nearest
from schema.template.model import CodeList, Field
from schema.template.source import Block, Items, Node, Scalar

COMBINING = ("all", "any", "not")
EXAMPLE = 'Write for example `{field: sex, equals: "female"}`, or join conditions with all, any or not.'
FITTING = {
    "equals": ("choice", "yes_no", "integer", "decimal"),
    "in": ("choice", "yes_no", "integer", "decimal"),
    "contains": ("choices",),
    "below": NUMBERS,
    "above": NUMBERS,
}
RULES_ONLY = ("below", "above")


@dataclass(frozen=True)
class Desk:
    """Where a condition stands: ``who`` for the messages, the section whose row it sees, and what it may read.

    ``earlier_only``: visibility sees only fields that come before. ``own``: whether bare names mean anything here.
    """

    reading: Reading
    who: str
    section: str
    line: int
    earlier_only: bool = True
    own: bool = True

    def add(self, code: str, node: Node, message: str, remedy: str) -> None:
        """Note a problem at a node of the condition."""
        self.reading.add(code, node.line or self.line, f"{self.who}: {message}", remedy)


def read_condition(desk: Desk, node: object) -> Condition | None:
    """Give the condition that stands at ``node``; ``None``, with problems noted, where it is none."""
    if not isinstance(node, Block):
        desk.reading.add("TPL-022", desk.line, f"{desk.who}: a condition is a mapping.", EXAMPLE)
        return None
    combining = [key for key in COMBINING if key in node]
    if len(combining) == 1 and len(node) == 1:
        return _combined(desk, combining[0], node[combining[0]])
    return _test(desk, node)


def _combined(desk: Desk, how: str, node: Node) -> Condition | None:
    if how == "not":
        part = read_condition(desk, node)
        return Not(part) if part else None
    if not isinstance(node, Items) or not node:
        desk.add("TPL-022", node, f"`{how}` needs a list of conditions.", EXAMPLE)
        return None
    parts = [read_condition(desk, item) for item in node]
    sound = tuple(part for part in parts if part)
    if len(sound) < len(parts):
        return None
    return All(sound) if how == "all" else Any(sound)


def _test(desk: Desk, node: Block) -> Test | None:
    for key in (key for key in node if key != "field" and key not in OPERATORS):
        remedy = nearest(key, ["field", *sorted(OPERATORS), *COMBINING])
        desk.add("TPL-003", Scalar("", node.line_of(key)), f"`{key}` is not a key of a condition.", remedy)
        return None
    operators = [key for key in node if key in OPERATORS]
    named = node.get("field")
    if not isinstance(named, Scalar) or not named.text or len(operators) != 1:
        desk.add("TPL-022", node, "a condition names one field and makes one test of it.", EXAMPLE)
        return None
    field = _resolve(desk, named)
    operand = _operand(desk, operators[0], node[operators[0]])
    if field is None or operand is None:
        return None
    _check_fit(desk, operators[0], field, node)
    _check_values(desk, field, operators[0], operand, node[operators[0]])
    return Test(named.text, operators[0], operand)


def _resolve(desk: Desk, named: Scalar) -> Field | None:
    """The field that a condition names, where it may read it."""
    reading, (section, key) = desk.reading, _split(desk, named.text)
    if not section:
        desk.add("TPL-017", named, f"“{named.text}” has no section here.", "Write `section.field`.")
        return None
    if key in reading.cut or section in reading.cut:
        return None
    if not reading.has_field(section, key):
        desk.add("TPL-017", named, f"there is no field “{named.text}”.", _remedy_for(desk, named.text))
        return None
    shape = reading.sections[section]
    if shape.repeats and (section != desk.section or "." in named.text):
        remedy = (
            "Only fields of the same row, by their bare key, and of sections that do not repeat can be read."
        )
        desk.add("TPL-019", named, f"“{named.text}” is in the repeating group `{section}`.", remedy)
        return None
    return _readable(desk, named, f"{section}.{key}")


def _split(desk: Desk, name: str) -> tuple[str, str]:
    section, dot, key = name.rpartition(".")
    return (section, key) if dot else (desk.section if desk.own else "", name)


def _readable(desk: Desk, named: Scalar, path: str) -> Field | None:
    reading = desk.reading
    field = reading.built.get(path)
    if field is None:
        if desk.earlier_only and path not in reading.unbuilt:
            remedy = "Move that field up, or this one down: what is shown can only depend on what was asked before."
            desk.add("TPL-018", named, f"the field “{named.text}” comes later.", remedy)
        return None
    if field.kind == "derived":
        desk.add("TPL-022", named, f"“{named.text}” is derived.", "Read the field that it is derived from.")
    if field.retired:
        remedy = "Nobody is asked it any more; retire this as well, or take the condition out."
        desk.add("TPL-048", named, f"the field “{named.text}” is retired.", remedy)
    return field


def _remedy_for(desk: Desk, name: str) -> str:
    key = name.rpartition(".")[2]
    elsewhere = [
        f"{section.key}.{key}"
        for section in desk.reading.shape.sections
        if not section.repeats and any(field.key == key for field in section.fields_)
    ]
    if elsewhere:
        return f"Did you mean `{elsewhere[0]}`?"
    own = desk.reading.sections.get(desk.section)
    return nearest(name, [field.key for field in own.fields_] if own else [], "Check the key.")


def _operand(desk: Desk, operator: str, node: Node) -> tuple[str | float, ...] | None:
    try:
        return OPERANDS[operator](node)
    except PydanticCustomError as error:
        said = error.context or {}
        desk.add(said["code"], node, f"`{operator}`: {said['message']}", said["remedy"])
        return None


def _value(node: Node) -> str | float:
    """A code, or a number where it is plainly one: ``equals: 3``."""
    if isinstance(node, Scalar) and not node.quoted and words.NUMBER.fullmatch(node.text):
        return words.number(node)
    return words.code(node)


def _one(node: Node) -> tuple[str | float, ...]:
    return (_value(node),)


def _several(node: Node) -> tuple[str | float, ...]:
    if not isinstance(node, Items) or not node:
        raise words.mistake("TPL-005", "a list of codes is expected here.", 'Write `["one", "two"]`.')
    return tuple(_value(item) for item in node)


def _bound(node: Node) -> tuple[str | float, ...]:
    return (words.number(node),)


def _true(node: Node) -> tuple[str | float, ...]:
    if not words.flag(node):
        raise words.mistake("TPL-022", "only true can stand here.", "For the contrary write `not: {…}`.")
    return ()


OPERANDS: dict[str, Callable[[Node], tuple[str | float, ...]]] = {
    "equals": _one,
    "in": _several,
    "contains": _one,
    "answered": _true,
    "missing": _true,
    "below": _bound,
    "above": _bound,
}


def _check_fit(desk: Desk, operator: str, field: Field, node: Block) -> None:
    line = Scalar("", node.line_of(operator))
    if desk.earlier_only and operator in RULES_ONLY:
        desk.add(
            "TPL-022",
            line,
            f"`{operator}` is for rules only.",
            "Derive bands from the number, and test those.",
        )
    elif operator in FITTING and field.kind not in FITTING[operator]:
        offered = [name for name, kinds in FITTING.items() if field.kind in kinds] + ["answered", "missing"]
        message = f"`{operator}` cannot test “{field.key}”, which is of the kind {field.kind}."
        desk.add("TPL-022", line, message, f"Use one of: {', '.join(offered)}.")
    elif operator == "missing" and not field.missing:
        message = f"“{field.key}” offers no missing code, so `missing` never holds."
        desk.add("TPL-022", line, message, "Offer missing codes there, or test for something else.")


def _check_values(
    desk: Desk, field: Field, operator: str, operand: tuple[str | float, ...], node: Node
) -> None:
    if operator not in ("equals", "in", "contains"):
        return
    if field.kind in NUMBERS:
        if any(isinstance(value, str) for value in operand):
            message = f"“{field.key}” is a number and never equals a text."
            desk.add("TPL-020", node, message, "Write the number without quotation marks.")
        return
    if field.codelist:
        for value in operand:
            _check_code(desk, field, field.codelist, str(value), node)


def _check_code(desk: Desk, field: Field, codelist: CodeList, value: str, node: Node) -> None:
    option = codelist.by_value.get(value)
    if option is None:
        message = f"“{value}” is not an option of “{field.key}” (code list “{codelist.name}”)."
        desk.add("TPL-020", node, message, nearest(value, codelist.by_value))
    elif option.retired:
        message = f"the option “{value}” of “{field.key}” is retired, so nobody chooses it any more."
        desk.add("TPL-021", node, message, "Take it out of the condition.")

"""Conditions in words and as JSON: the page says when a question applies, and its script knows too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schema.template.conditions import All, Condition, Not, Test
from schema.template.conditions import Any as AnyOf
from schema.template.kinds.base import label_of
from schema.template.model import Field, Section, Template


def question_named(template: Template, section: Section, name: str) -> Field | None:
    """Find the field that a condition of a section names: ``key`` or ``section.key``."""
    return template.by_path.get(name) if "." in name else section.by_key.get(name)


def in_words(template: Template, section: Section, condition: Condition) -> str:
    """Say when a condition holds: "Type of homicide is Other"."""
    if isinstance(condition, Test):
        return _test_in_words(template, section, condition)
    if isinstance(condition, Not):
        return f"it is not so that {in_words(template, section, condition.part)}"
    parts = [in_words(template, section, part) for part in condition.parts]
    return (" and " if isinstance(condition, All) else " or ").join(parts)


def _test_in_words(template: Template, section: Section, test: Test) -> str:
    field = question_named(template, section, test.field)
    label = f"“{field.label}”" if field else test.field
    operands = [label_of(field, str(operand)) if field else str(operand) for operand in test.operand]
    return _WORDS[test.operator](label, " or ".join(operands))


_WORDS: dict[str, Callable[[str, str], str]] = {
    "equals": lambda label, operand: f"{label} is {operand}",
    "in": lambda label, operand: f"{label} is {operand}",
    "contains": lambda label, operand: f"{label} includes {operand}",
    "answered": lambda label, _: f"{label} has an answer",
    "missing": lambda label, _: f"{label} has a reason in place of an answer",
    "below": lambda label, operand: f"{label} is below {operand}",
    "above": lambda label, operand: f"{label} is above {operand}",
}


def as_json(condition: Condition) -> dict[str, Any]:
    """Give the closed form that the page's script evaluates."""
    if isinstance(condition, Test):
        return {"field": condition.field, "test": condition.operator, "operand": list(condition.operand)}
    if isinstance(condition, Not):
        return {"not": as_json(condition.part)}
    assert isinstance(condition, All | AnyOf)
    return {"all" if isinstance(condition, All) else "any": [as_json(part) for part in condition.parts]}

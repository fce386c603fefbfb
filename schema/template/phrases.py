"""Conditions and rules as sentences, for pages and paper: what is asked when, and what is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from schema.template.conditions import All, Condition, Not, Test
from schema.template.kinds.base import label_of
from schema.template.model import Field, Rule, Section, Template


def question_named(template: Template, section: Section, name: str) -> Field | None:
    """Find the field that a condition of a section names: ``key`` or ``section.key``."""
    return template.by_path.get(name) if "." in name else section.by_key.get(name)


def in_words(template: Template, section: Section, condition: Condition) -> str:
    """Say when a condition holds: "“Type of homicide” is Other"."""
    if isinstance(condition, Test):
        return _test_in_words(template, section, condition)
    if isinstance(condition, Not):
        return f"it is not so that {in_words(template, section, condition.part)}"
    parts = [in_words(template, section, part) for part in condition.parts]
    return (" and " if isinstance(condition, All) else " or ").join(parts)


def rule_in_words(template: Template, rule: Rule) -> str:
    """Say what a rule checks; the rule's own message says what a coder is told when it fails."""
    return _RULES[rule.kind](_Named(template, template.by_key[rule.section], rule))


def _test_in_words(template: Template, section: Section, test: Test) -> str:
    field = question_named(template, section, test.field)
    label = f"“{field.label}”" if field else test.field
    operands = [label_of(field, str(operand)) if field else str(operand) for operand in test.operand]
    return _TESTS[test.operator](label, " or ".join(operands))


class _Named:
    """The parts of a rule by name, each as it reads in a sentence."""

    def __init__(self, template: Template, section: Section, rule: Rule) -> None:
        self.template, self.section, self.rule = template, section, rule

    def label(self, part: str) -> str:
        key = self.rule.fields.get(part, "")
        field = self.section.by_key.get(key)
        return f"“{field.label if field else key}”"

    def group(self) -> str:
        key = self.rule.fields.get("group", "")
        return f"“{self.template.by_key[key].label if key in self.template.by_key else key}”"

    def when(self, part: str) -> str:
        condition = self.rule.conditions.get(part)
        return in_words(self.template, self.section, condition) if condition else part


def _count(named: _Named) -> str:
    bound = "at most " if named.rule.fields.get("rows") == "at_most" else ""
    return f"{named.group()} has {bound}as many rows as {named.label('field')} says."


_TESTS: Mapping[str, Callable[[str, str], str]] = {
    "equals": lambda label, operand: f"{label} is {operand}",
    "in": lambda label, operand: f"{label} is {operand}",
    "contains": lambda label, operand: f"{label} includes {operand}",
    "answered": lambda label, _: f"{label} has an answer",
    "missing": lambda label, _: f"{label} has a reason in place of an answer",
    "below": lambda label, operand: f"{label} is below {operand}",
    "above": lambda label, operand: f"{label} is above {operand}",
}
_RULES: Mapping[str, Callable[[_Named], str]] = {
    "belongs": lambda named: (
        f"Every choice of {named.label('child')} belongs to a choice of {named.label('parent')}, "
        "and each of those has at least one."
    ),
    "exactly_when": lambda named: f"{named.when('left')} exactly when {named.when('right')}.",
    "count": _count,
    "confirm": lambda named: f"Asks for a tick where {named.when('when')}.",
    "order": lambda named: f"{named.label('later')} is not before {named.label('earlier')}.",
    "requires": lambda named: f"{named.label('field')} has to be answered where {named.when('when')}.",
}
#: The kinds of rule that can be put into words: all there are.
RULES_IN_WORDS = frozenset(_RULES)

"""Conditions of a template as REDCap's branching logic. Negation is carried inwards, so that only =, <>, <, >, and, or are used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schema.template.conditions import All, Condition, Not, Test
from schema.template.model import Field, Section, Template
from schema.template.phrases import question_named

OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">": "<="}
NEVER, ALWAYS = "1 = 0", "1 = 1"


@dataclass(frozen=True)
class Asked:
    """Where a condition is read: its section, and the variables of fields and of reasons for no answer by path."""

    template: Template
    section: Section
    variables: Mapping[str, str]
    reasons: Mapping[str, str]

    def logic(self, condition: Condition, *, holds: bool = True) -> str:
        """The condition (or its opposite) in REDCap's words."""
        if isinstance(condition, Test):
            return self._test(condition, holds=holds)
        if isinstance(condition, Not):
            return self.logic(condition.part, holds=not holds)
        parts = [self.logic(part, holds=holds) for part in condition.parts]
        return _joined(parts, "and" if isinstance(condition, All) == holds else "or")

    def _test(self, test: Test, *, holds: bool) -> str:
        field = question_named(self.template, self.section, test.field)
        if field is None or field.path not in self.variables:
            return NEVER if holds else ALWAYS  # what is not asked any more has no answer
        name = self.variables[field.path]
        if test.operator in ("below", "above"):
            return self._bound(
                name, "<" if test.operator == "below" else ">", str(test.operand[0]), holds=holds
            )
        pairs = self._pairs(field, name, test)
        if test.operator == "answered" and field.kind != "choices":
            return _joined(
                [_is(left, "=", right, not_=holds) for left, right in pairs], "and" if holds else "or"
            )
        return _joined(
            [_is(left, "=", right, not_=not holds) for left, right in pairs], "or" if holds else "and"
        )

    def _pairs(self, field: Field, name: str, test: Test) -> list[tuple[str, str]]:
        """What is compared with what: values that are told apart from blank and from reasons for no answer."""
        missing = [str(self.template.missing.by_value[code].code) for code in field.missing]
        reason = self.reasons.get(field.path)
        if test.operator == "missing":
            own = [reason] if reason else [name]
            return [(own[0], code) for code in missing]
        if test.operator == "answered":
            if field.kind == "choices":
                return [
                    (f"{name}({option.code})", "1")
                    for option in (field.codelist.options if field.codelist else ())
                ]
            return [(name, ""), *((name, code) for code in ([] if reason else missing))]
        codes = [_code(field, operand) for operand in test.operand]
        if field.kind == "choices":
            return [(f"{name}({code})", "1") for code in codes]
        return [(name, code) for code in codes]

    def _bound(self, name: str, sign: str, number: str, *, holds: bool) -> str:
        if holds:
            return f"([{name}] <> '' and [{name}] {sign} {number})"
        return f"([{name}] = '' or [{name}] {OPPOSITE[sign]} {number})"


def logic_of(asked: Asked, *conditions: Condition | None) -> str:
    """All conditions together; empty where there is none."""
    return _joined([asked.logic(condition) for condition in conditions if condition], "and")


def _is(left: str, sign: str, right: str, *, not_: bool) -> str:
    return f"[{left}] {OPPOSITE[sign] if not_ else sign} '{right}'"


def _joined(parts: Iterable[str], word: str) -> str:
    held = list(parts)
    if len(held) < 2:
        return "".join(held)
    return "(" + f" {word} ".join(held) + ")"


def _code(field: Field, operand: str | float) -> str:
    option = field.codelist.by_value.get(str(operand)) if field.codelist else None
    return str(option.code) if option else str(operand)

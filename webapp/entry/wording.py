"""Conditions in words and as JSON: the page says when a question applies, and its script knows too."""

from __future__ import annotations

from typing import Any

from schema.template.conditions import All, Condition, Not, Test
from schema.template.conditions import Any as AnyOf
from schema.template.phrases import in_words

__all__ = ["as_json", "in_words"]


def as_json(condition: Condition) -> dict[str, Any]:
    """Give the closed form that the page's script evaluates."""
    if isinstance(condition, Test):
        return {"field": condition.field, "test": condition.operator, "operand": list(condition.operand)}
    if isinstance(condition, Not):
        return {"not": as_json(condition.part)}
    assert isinstance(condition, All | AnyOf)
    return {"all" if isinstance(condition, All) else "any": [as_json(part) for part in condition.parts]}

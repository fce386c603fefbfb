"""The form of the agreement plan: a measure and a threshold for each question, the share of the cases, and a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schema.coding.agreement.plan import PlannedField
from schema.problem import Problem
from schema.template.kinds.base import clean
from schema.template.model import Field

LONGEST_REASON = 2_000
LONGEST_NUMBER = 20


@dataclass(frozen=True)
class PlanSent:
    """The plan as it was sent: what could be read, what to show again by control name, and what is wrong."""

    fields: tuple[PlannedField, ...]
    share: int
    reason: str
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_plan(questions: Sequence[Field], formdata: Any) -> PlanSent:
    """Read ``measure:PATH`` and ``threshold:PATH`` of each question, ``share`` and ``reason``; no measure: not planned."""
    typed = {name: formdata.get(name, "")[:LONGEST_REASON] for name in formdata if name != "csrf_token"}
    fields, problems = [], []
    for question in questions:
        measure = clean(typed.get(f"measure:{question.path}", ""))
        text = clean(typed.get(f"threshold:{question.path}", ""))
        threshold = _number(text)
        if measure and threshold is None:
            message = (
                f"{question.label}: “{text[:LONGEST_NUMBER]}” is not a number."
                if text
                else (f"{question.label}: the threshold is missing.")
            )
            problems.append(Problem("PLAN-004", message, "Enter one, for example 0.8.", question.path))
        elif measure and threshold is not None:
            fields.append(PlannedField(question.path, measure, threshold))
        elif text and not measure:
            message = f"{question.label}: there is a threshold without a measure."
            problems.append(
                Problem("PLAN-003", message, "Choose a measure, or clear the threshold.", question.path)
            )
    share = clean(typed.get("share", ""))
    whole = int(share) if share.isascii() and share.isdecimal() and len(share) <= 3 else 0
    return PlanSent(tuple(fields), whole, clean(typed.get("reason", "")), typed, tuple(problems))


def _number(text: str) -> float | None:
    """A plain decimal number, or ``None``: no exponents, no signs, no infinities."""
    digits = text.replace(".", "", 1)
    plain = len(text) <= LONGEST_NUMBER and digits.isascii() and digits.isdecimal()
    return float(text) if plain else None

"""What one coder's side of a position is, and the matrix that judges two sides where at least one is no answer."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from schema.coding.model import Verdict
from schema.template.value import Missing, Value


class Standing(Enum):
    """Whether a coder was asked, and what they did about it."""

    NOT_ASKED = "not asked"
    HIDDEN = "hidden"
    BLANK = "blank"
    MISSING = "missing"
    ANSWER = "answer"


class Side(NamedTuple):
    """One coder's side of a position. ``derived``: the value follows from another answer and was not typed."""

    standing: Standing
    value: Value = None
    derived: bool = False


NOT_ASKED = Side(Standing.NOT_ASKED)
HIDDEN = Side(Standing.HIDDEN)
BLANK = Side(Standing.BLANK)
ROUTED = "not_applicable"
SILENT = "not_reported"
NOTHING = (Standing.BLANK, Standing.HIDDEN, Standing.NOT_ASKED)


def side_of(value: Value, *, derived: bool = False) -> Side:
    """Side of a question that was asked. The code ``not_applicable`` is set by the routing: it counts as hidden."""
    if value is None:
        return BLANK
    if isinstance(value, Missing):
        return HIDDEN if value.code == ROUTED else Side(Standing.MISSING, value, derived)
    return Side(Standing.ANSWER, value, derived)


def is_zero(value: Value) -> bool:
    """Whether the answer says "none": the number 0, or a stated "no"."""
    return value == "no" or (isinstance(value, int | float) and value == 0)


def judge_missingness(a: Side, b: Side) -> Verdict | None:
    """Judge two sides of which at least one is no answer; ``None`` where neither coder has anything to compare.

    The matrix, A down and B across (docs/how-tandem-compares.md prints it; a test walks every cell)::

                    not asked  hidden   blank    code         value
        not asked   -          -        -        not asked    not asked
        hidden      -          -        -        applicability differs
        blank       -          -        -        only B       only B
        code        not asked  applic.  only A   agree if the same, else missing differs; only B or zero assumption
        value       not asked  applic.  only A   only A or zero assumption; (answers are compared by the field's rule)
    """
    if a.standing in NOTHING and b.standing in NOTHING:
        return None
    if Standing.NOT_ASKED in (a.standing, b.standing):
        return Verdict.NOT_ASKED
    if Standing.HIDDEN in (a.standing, b.standing):
        return Verdict.APPLICABILITY_DIFFERS
    if a.standing is Standing.BLANK:
        return Verdict.ONLY_B
    if b.standing is Standing.BLANK:
        return Verdict.ONLY_A
    return _judge_codes(a.value, b.value)


def _judge_codes(a: Value, b: Value) -> Verdict:
    if isinstance(a, Missing) and isinstance(b, Missing):
        return Verdict.AGREE if a == b else Verdict.MISSING_DIFFERS
    if isinstance(b, Missing):
        return Verdict.ZERO_ASSUMPTION if _assumed(a, b) else Verdict.ONLY_A
    return Verdict.ZERO_ASSUMPTION if isinstance(a, Missing) and _assumed(b, a) else Verdict.ONLY_B


def _assumed(answer: Value, missing: Missing) -> bool:
    return missing.code == SILENT and is_zero(answer)

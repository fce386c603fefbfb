"""The comparison rules a template can name for a field: look the rule up, do not switch on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from schema.coding.model import Verdict
from schema.coding.normalise import normal_text
from schema.template.kinds import kind_of
from schema.template.kinds.choices import in_list_order
from schema.template.model import Field
from schema.template.value import Answer, Invalid, Value

Judge = Callable[[Field, Answer, Answer], Verdict]


def judge_answers(field: Field, a: Answer | Invalid, b: Answer | Invalid) -> Verdict:
    """Compare two answers of a field by the field's rule. Unreadable drafts agree only where they are the same text."""
    if a == b and field.compare.rule != "ignore":  # nearly all; by every rule the same answers agree
        return Verdict.AGREE
    if isinstance(a, Invalid) or isinstance(b, Invalid):
        return Verdict.AGREE if a == b else Verdict.DIFFER
    return RULES[field.compare.rule](field, a, b)


def only_one_ticked(field: Field, a: Value, b: Value) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """For sets: the codes that only A ticked and the codes that only B ticked, in code-list order."""
    ticked_a = a if isinstance(a, tuple) else ()
    ticked_b = b if isinstance(b, tuple) else ()
    if ticked_a == ticked_b:
        return (), ()
    only_a = in_list_order(field, [code for code in ticked_a if code not in ticked_b])
    only_b = in_list_order(field, [code for code in ticked_b if code not in ticked_a])
    return only_a, only_b


def _exact(field: Field, a: Answer, b: Answer) -> Verdict:
    kind = kind_of(field)
    return Verdict.AGREE if kind.normal(field, a) == kind.normal(field, b) else Verdict.DIFFER


def _text(field: Field, a: Answer, b: Answer) -> Verdict:
    return Verdict.AGREE if normal_text(str(a)) == normal_text(str(b)) else Verdict.DIFFER


def _by_eye(field: Field, a: Answer, b: Answer) -> Verdict:
    return Verdict.AGREE if normal_text(str(a)) == normal_text(str(b)) else Verdict.BY_EYE


def _tolerance(field: Field, a: Answer, b: Answer) -> Verdict:
    if _exact(field, a, b) is Verdict.AGREE:
        return Verdict.AGREE
    near = _numbers_near if isinstance(a, int | float) and isinstance(b, int | float) else _dates_near
    return Verdict.WITHIN_TOLERANCE if near(field.compare.tolerance, a, b) else Verdict.DIFFER


def _numbers_near(tolerance: float, a: Answer, b: Answer) -> bool:
    # Decimals of the printed numbers: 0.3 and 0.4 are 0.1 apart, which floats deny.
    return abs(Decimal(str(a)) - Decimal(str(b))) <= Decimal(str(tolerance))


def _dates_near(tolerance: float, a: Answer, b: Answer) -> bool:
    shorter, longer = sorted((str(a), str(b)), key=len)
    if longer.startswith(shorter + "-"):
        return True
    try:
        return abs((date.fromisoformat(shorter) - date.fromisoformat(longer)).days) <= tolerance
    except ValueError:  # parts of a date have no distance in days
        return False


def _ignored(field: Field, a: Answer, b: Answer) -> Verdict:
    return Verdict.IGNORED


RULES: Mapping[str, Judge] = {
    "exact": _exact,
    "tolerance": _tolerance,
    "text": _text,
    "set": _exact,
    "by_eye": _by_eye,
    "ignore": _ignored,
}

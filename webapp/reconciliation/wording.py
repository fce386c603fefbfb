"""The words of reconciling: what each verdict means, what was decided, why a pair was proposed."""

from __future__ import annotations

from schema.answers.summary import PRINTED_CODE
from schema.coding.model import AGREEING, Position, Verdict
from schema.coding.verification import AGREED, CORRECTED, NOT_FOUND
from schema.store.models import Decision
from schema.template.kinds import kind_of
from schema.template.model import Field, Option, Template
from schema.template.value import Invalid, Missing, Value

VERDICTS: dict[Verdict, tuple[str, str]] = {
    Verdict.AGREE: ("Agree", "Both coders say the same."),
    Verdict.WITHIN_TOLERANCE: (
        "Agree within tolerance",
        "The two answers differ by no more than the template allows.",
    ),
    Verdict.DIFFER: ("Differ", "Both coders answered, and their answers differ."),
    Verdict.ONLY_A: ("Only A answered", "A gives an answer; B does not."),
    Verdict.ONLY_B: ("Only B answered", "B gives an answer; A does not."),
    Verdict.MISSING_DIFFERS: (
        "Missing differs",
        "At least one coder says that there is no answer, and the other does not say the same.",
    ),
    Verdict.ZERO_ASSUMPTION: (
        "Zero assumption",
        "One coder says none or no; the other says that the report does not tell.",
    ),
    Verdict.APPLICABILITY_DIFFERS: (
        "Asked of one only",
        "Only one coder was asked this, because of an answer that differs elsewhere.",
    ),
    Verdict.NOT_ASKED: ("Not asked", "At least one coder was not asked this."),
    Verdict.ROW_ONLY_A: ("Row only in A", "A has this row; no row of B is linked to it."),
    Verdict.ROW_ONLY_B: ("Row only in B", "B has this row; no row of A is linked to it."),
    Verdict.BY_EYE: (
        "Compare by eye",
        "Two texts that are not the same; only a person can say if they mean the same.",
    ),
    Verdict.IGNORED: ("Not compared", "The template leaves this out of the comparison."),
    Verdict.NOT_FOUND: (
        "Not found",
        "The coder who checked this value against the report could not find it there.",
    ),
}
CHOSEN: dict[str, str] = {
    "a": "A’s value",
    "b": "B’s value",
    "both": "From both",
    "equivalent": "Equivalent",
    "other": "Another value",
    "keep_row": "Row kept",
    "drop_row": "Row left out",
    "defer": "Deferred",
}
CHECKED: dict[str, str] = {
    AGREED: "one coder took it from the report, the other checked it there and agreed.",
    CORRECTED: "one coder took it from the report, the other checked it there and corrected it.",
    NOT_FOUND: "one coder took it from the report, the other looked there and could not find it.",
}
STATES: dict[str, str] = {"open": "open", "deferred": "deferred", "decided": "settled"}
BLANK = "blank"


def verdict_words(verdict: str) -> str:
    """Name a verdict."""
    return VERDICTS[Verdict(verdict)][0]


def why_shown(position: Position) -> str:
    """Say why a person sees a position."""
    if position.verdict is Verdict.NOT_ASKED and position.needs_person:
        return "Neither coder was asked this: it comes up because of what has been settled elsewhere."
    reason = VERDICTS[position.verdict][1]
    if not position.uncertain:
        return reason
    marked = "A coder marked this as uncertain."
    return marked if position.verdict in AGREEING else f"{reason} {marked}"


def check_words(position: Position) -> str:
    """Say what came of checking a value that was not coded twice, with the comment; empty where it was coded twice."""
    if position.check is None or position.check.outcome not in CHECKED:
        return ""
    said = f" They say: “{position.check.comment}”" if position.check.comment else ""
    return f"Not coded twice: {CHECKED[position.check.outcome]}{said}"


def option_words(option: Option) -> str:
    """Name an option as it is printed: "T1.2 Recording", where its code is one that reports print."""
    printed = PRINTED_CODE.fullmatch(option.value) and not option.label.startswith(option.value)
    return f"{option.value} {option.label}" if printed else option.label


def in_full(template: Template, field: Field, value: Value) -> str:
    """Give a value as people read it; a missing code by its label, nothing for a blank."""
    if value is None:
        return ""
    if isinstance(value, Missing):
        return template.missing_label(value.code)
    if isinstance(value, Invalid):
        return value.text
    if isinstance(value, tuple) and field.codelist:
        known = field.codelist.by_value
        return "; ".join(option_words(known[code]) if code in known else code for code in value)
    text = kind_of(field).show(field, value)
    return f"{text} {field.unit}" if field.unit and isinstance(value, int | float) else text


def or_blank(template: Template, field: Field, value: Value) -> str:
    """Give a value as people read it, and "blank" for none."""
    return in_full(template, field, value) or BLANK


def decision_words(template: Template, field: Field | None, decision: Decision, value: Value) -> str:
    """Say what was decided: "A’s value: 34 years"."""
    chosen = CHOSEN[decision.choice]
    if field is None or decision.choice == "defer":
        return chosen
    return f"{chosen}: {or_blank(template, field, value)}"


def percent(score: float) -> str:
    """Give a likeness from 0 to 1 as a whole percentage, cut, so that what is not certain never reads as if it were."""
    return f"{int(score * 100 + 1e-9)}%"

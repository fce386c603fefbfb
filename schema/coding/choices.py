"""What a reconciler may choose on a position, and the consensus value that follows from it."""

from __future__ import annotations

from schema.coding.model import Position, Verdict
from schema.problem import Refused, refuse
from schema.template.kinds import fault_in, kind_of
from schema.template.kinds.choices import in_list_order
from schema.template.model import REASON, Field, Template
from schema.template.value import Value, is_answer

ROW_CHOICES = frozenset({"keep_row", "drop_row"})
VALUE_CHOICES = frozenset({"a", "b", "other", "both", "equivalent"})


def chosen_value(position: Position, choice: str, value: Value = None) -> Value:
    """The consensus value of a choice.

    ``a`` and ``b`` give that coder's value; ``both`` gives the union of two sets unless ``value`` says which ticks;
    ``equivalent`` gives ``value``, or A's where none is given; ``other`` gives ``value``; rows have none.
    """
    match choice:
        case "a":
            return position.a
        case "b":
            return position.b
        case "both":
            return value if value is not None else union(position)
        case "equivalent":
            return value if value is not None else position.a
        case "other":
            return value
    return None


def union(position: Position) -> Value:
    """What either coder ticked, in code-list order; ``None`` where the two values are not sets."""
    if position.field is None or not isinstance(position.a, tuple) or not isinstance(position.b, tuple):
        return None
    return in_list_order(position.field, (*position.a, *position.b))


def check_choice(position: Position, choice: str, value: Value, template: Template) -> Refused | None:
    """Say why a choice cannot be made on a position, or ``None``; ``value`` is what came with the choice."""
    if position.field is None:
        return None if choice in ROW_CHOICES else _no_such_choice(position, "keep the row or drop it")
    if choice not in VALUE_CHOICES:
        return _no_such_choice(position, "take a value of A or B, both, an equivalent or another value")
    if not kind_of(position.field).stores:
        return refuse(
            "RESOLVE-003",
            "This value is worked out from other answers.",
            "Settle those instead.",
            where=position.path,
        )
    return _unfit(position, position.field, choice, value, template)


def departs(position: Position, choice: str, value: Value) -> bool:
    """Whether a choice leaves what the coders said, so that a reason is needed.

    Another value than either coder's does, and so does any other value than an agreed one. A question that neither
    coder was asked has nothing to depart from.
    """
    if position.field is None or (position.a is None and position.b is None):
        return False
    chosen = chosen_value(position, choice, value)
    if not position.needs_person and position.verdict is not Verdict.NOT_ASKED:
        return chosen != (position.a if position.a is not None else position.b)
    return choice == "other"


def asks_reason(position: Position) -> bool:
    """Whether the template asks for a reason with every decision on the question of a position."""
    return position.field is not None and position.field.decision == REASON


def check_reason(position: Position, choice: str, value: Value, reason: str) -> Refused | None:
    """Say that a choice cannot be made without a reason, or ``None`` where it can or a reason was given."""
    if reason:
        return None
    if departs(position, choice, value):
        return refuse(
            "RESOLVE-007", "This leaves what the coders said.", "Say why: a reason is needed for it.",
            where=position.path,
        )  # fmt: skip
    if position.field is not None and asks_reason(position):
        return refuse(
            "RESOLVE-008", f"{position.field.label}: the template asks for a reason with every decision on this.",
            "Say why you decide so, also where you take what a coder said.", where=position.path,
        )  # fmt: skip
    return None


def _unfit(position: Position, field: Field, choice: str, value: Value, template: Template) -> Refused | None:
    if choice == "both" and union(position) is None:
        return refuse(
            "RESOLVE-004", "Only two sets of codes can be joined.", "Take A, take B or enter another value.",
            where=position.path,
        )  # fmt: skip
    if choice == "equivalent" and not (is_answer(position.a) and is_answer(position.b)):
        return refuse(
            "RESOLVE-005", "Only two answers can be equivalent.", "Take A, take B or enter another value.",
            where=position.path,
        )  # fmt: skip
    chosen = chosen_value(position, choice, value)
    if chosen is None:
        return _blank(position, field)
    if fault := fault_in(field, chosen):
        return refuse(f"RESOLVE-{fault.code}", f"{field.label}: {fault.message}", where=position.path)
    return None


def _blank(position: Position, field: Field) -> Refused | None:
    """A blank is no answer to a required question, unless the coder was not asked it: then the consensus may not be either."""
    if not field.required or position.verdict is Verdict.APPLICABILITY_DIFFERS:
        return None
    return refuse(
        "RESOLVE-006", f"{field.label}: this needs an answer.", "Choose a value, or a code that says why there is none.",
        where=position.path,
    )  # fmt: skip


def _no_such_choice(position: Position, remedy: str) -> Refused:
    return refuse("RESOLVE-002", "That cannot be chosen here.", f"You can {remedy}.", where=position.path)

"""Resolve: the verbs of reconciliation in one place. Each is pure and lives in the module named beside it."""

from __future__ import annotations

from schema.coding.carry import carried_decisions, carry_over
from schema.coding.choices import (
    ROW_CHOICES,
    VALUE_CHOICES,
    asks_reason,
    check_choice,
    check_reason,
    chosen_value,
    departs,
)
from schema.coding.consensus import build_consensus
from schema.coding.questions import Agenda, locate, undecided

__all__ = [
    "ROW_CHOICES",
    "VALUE_CHOICES",
    "Agenda",
    "asks_reason",
    "build_consensus",
    "carried_decisions",
    "carry_over",
    "check_choice",
    "check_reason",
    "chosen_value",
    "departs",
    "locate",
    "undecided",
]

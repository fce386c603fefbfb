"""How long a coder has worked on each section, told from when they saved: an estimate, and their own affair.

The time between two saves counts for the section of the later one. A longer pause than :data:`PAUSE` is none of the work; what comes
before the first save of a sitting (reading the report, mostly) leaves no trace and is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

PAUSE = timedelta(minutes=10)
NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class SavedAt:
    """A save: when, and in which section (empty where it was about none)."""

    at: datetime
    section: str


def time_spent(saves: Iterable[SavedAt]) -> Mapping[str, timedelta]:
    """Give the time by section key; ``saves`` in the order in which they were made."""
    spent: dict[str, timedelta] = {}
    for before, save in pairwise(saves):
        gap = save.at - before.at
        if save.section and NOTHING < gap <= PAUSE:
            spent[save.section] = spent.get(save.section, NOTHING) + gap
    return spent

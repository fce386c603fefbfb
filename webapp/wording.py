"""How moments, counts and states read on a page: filters for the templates."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from markupsafe import Markup

from schema.days import in_words

#: The words of every state of a case, entry and comparison, with the colour family of its badge.
STATES: dict[str, tuple[str, str]] = {
    "registered": ("Registered", "quiet"),
    "assigned": ("Assigned", "quiet"),
    "not_started": ("Not started", "quiet"),
    "coding": ("Coding", "active"),
    "in_progress": ("In progress", "active"),
    "returned": ("Returned", "attention"),
    "submitted": ("Submitted", "done"),
    "verifying": ("Verifying", "active"),
    "ready_to_compare": ("Ready to compare", "attention"),
    "open": ("Ready to compare", "attention"),
    "matching_rows": ("Matching rows", "active"),
    "matching": ("Matching rows", "active"),
    "resolving": ("Resolving", "active"),
    "resolved": ("Resolved", "done"),
    "reconciled": ("Reconciled", "done"),
    "signed_off": ("Signed off", "done"),
    "withdrawn": ("Withdrawn", "quiet"),
    "pilot": ("Pilot", "quiet"),
    "queued": ("Waiting", "quiet"),
    "running": ("Running", "active"),
    "done": ("Done", "done"),
    "failed": ("Failed", "attention"),
    "draft": ("Draft", "quiet"),
    "published": ("Published", "done"),
    "retired": ("Retired", "quiet"),
    "disabled": ("Disabled", "quiet"),
}


def state_words(state: str) -> str:
    """A state as a person reads it; codes may be written with spaces or underscores."""
    return STATES.get(state.replace(" ", "_"), (state.replace("_", " ").capitalize(), ""))[0]


def state_tone(state: str) -> str:
    """The colour family of a state's badge: quiet, active, attention or done."""
    return STATES.get(state.replace(" ", "_"), ("", "quiet"))[1]


def moment(at: datetime | None, missing: str = "never") -> str | Markup:
    """A moment in a ``time`` element, in UTC: ``23 November 2026, 14:02``."""
    if at is None:
        return missing
    words = f"{in_words(at)}, {at:%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), words)


def day(at: datetime | None, missing: str = "") -> str | Markup:
    """A day in a ``time`` element: ``23 November 2026``."""
    if at is None:
        return missing
    return Markup('<time datetime="{}">{}</time>').format(f"{at:%Y-%m-%d}", in_words(at))


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 case``, ``1,204 cases``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def install(app: Flask) -> None:
    """Give the templates these filters."""
    app.jinja_env.filters.update(
        moment=moment, day=day, count_of=count, state_words=state_words, state_tone=state_tone
    )

"""Days in words."""

from __future__ import annotations

from datetime import date


def in_words(day: date) -> str:
    """A day, or the day of a moment, as it is written: ``6 November 2026``."""
    return f"{day.day} {day:%B %Y}"

"""A clock that tests set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class Clock:
    """Stands still until it is moved; begins on a Monday morning where no other moment is given."""

    at: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.at

    def forward(self, **length: float) -> None:
        """Let time pass, said as to ``timedelta``: ``forward(hours=1)``; backwards where it is negative."""
        self.at += timedelta(**length)

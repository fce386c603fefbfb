"""Repeats: cases that a coder codes a second time, blind to the first, for their agreement with themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import Base


class RepeatCoding(Base):
    """One case that its coder codes again. The case, the coder and how far they are stand in the entry.

    ``first_id``: what they submitted the first time, as it stood when the case was given to them again. ``pairs``: which rows of
    both belong together, as JSON ``[[group, row of the first, row of the second], …]``; written once, when the repeat is submitted.
    """

    __tablename__ = "repeat_coding"

    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    first_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"))
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    pairs: Mapped[str] = mapped_column(Text, default="")

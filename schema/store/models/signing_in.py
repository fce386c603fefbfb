"""The second step of signing in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import HASH, Base


class TwoStep(Base):
    """A person's authenticator app. The seed is sealed under a key that is not in the database."""

    __tablename__ = "two_step"

    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    sealed_seed: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # empty until a first code was entered
    last_step: Mapped[int]  # the time step of the last code that counted: none counts twice


class RecoveryCode(Base):
    """A code that stands in for the app once."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

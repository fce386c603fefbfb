"""The second step of signing in, and who people are elsewhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import HASH, ID, TITLE, Base

CURRENT = text("ended_at IS NULL")


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


class SignOnIdentity(Base):
    """Who a person is at a university's sign-on. Ended, never deleted."""

    __tablename__ = "sign_on_identity"
    __table_args__ = (
        Index(
            "uq_sign_on_identity_subject",
            "issuer",
            "subject",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
        Index(
            "uq_sign_on_identity_person",
            "issuer",
            "user_id",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    issuer: Mapped[str] = mapped_column(TITLE)
    subject: Mapped[str] = mapped_column(TITLE)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    connected_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

"""Accounts, sign-in sessions, projects and their members."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.store.models.base import CODE, HASH, ID, NAME, TITLE, Base

ROLES = ("manager", "coder", "reconciler", "viewer")


class User(Base):
    """A person who can sign in. Never deleted: their name stays in the history."""

    __tablename__ = "user_account"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME, unique=True)  # sign-in name, lower case
    display_name: Mapped[str] = mapped_column(TITLE)
    password_hash: Mapped[str | None] = mapped_column(Text)  # argon2id; empty until the person chose one
    password_changed_at: Mapped[datetime | None]
    reset_code_hash: Mapped[str | None] = mapped_column(HASH)  # sha-256 of a one-time code
    reset_code_expires_at: Mapped[datetime | None]
    is_admin: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class WebSession(Base):
    """A signed-in browser. The cookie holds the token; only its hash is here, so a stolen file opens nothing.

    ``stage``: open, or code or enrol while only the password has been given; such a session opens nothing but that page.
    """

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(CODE, default="open")
    browser: Mapped[str] = mapped_column(NAME, default="")  # "Firefox on Linux", to know it by
    renew: Mapped[bool] = mapped_column(
        default=False
    )  # the person's roles changed: the next page brings a new token


class Throttle(Base):
    """Attempts on one thing that can be guessed (a password, a one-time code), counted: see :mod:`schema.store.throttle`."""

    __tablename__ = "throttle"

    subject_hash: Mapped[str] = mapped_column(
        HASH, primary_key=True
    )  # keyed: what was typed may be a password
    failures: Mapped[int]
    open_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)


class Setting(Base):
    """Facts about this installation, by key (first-start code, data format …)."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(NAME, primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Project(Base):
    """A study: cases, people and one extraction template (in versions)."""

    __tablename__ = "project"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(NAME, unique=True)
    title: Mapped[str] = mapped_column(TITLE)
    description: Mapped[str] = mapped_column(Text, default="")
    template_key: Mapped[str] = mapped_column(NAME)
    template_version_id: Mapped[str] = mapped_column(ForeignKey("template_version.id"))  # for new entries
    rehearsal: Mapped[bool] = mapped_column(default=False)
    coders_unnamed: Mapped[bool] = mapped_column(
        default=False
    )  # A and B on the pages of reconciling, in any order
    coders_see_each_other: Mapped[bool] = mapped_column(
        default=False
    )  # after sign-off, on "yours and the final"
    content_note: Mapped[str] = mapped_column(Text, default="")  # read before a case is first opened
    second_step_of: Mapped[str] = mapped_column(
        Text, default=""
    )  # roles, with commas, that sign in with a second step
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    @property
    def second_step_roles(self) -> frozenset[str]:
        """The roles of which the project asks a second step of signing in."""
        return frozenset(filter(None, self.second_step_of.split(",")))


class Membership(Base):
    """One role of one person in one project; ended, never deleted."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_current",
            "project_id",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("role IN ('manager', 'coder', 'reconciler', 'viewer')", name="role"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(CODE)
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]

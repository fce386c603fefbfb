"""Sections that are checked instead of coded twice: rounds of checks, and the check of each value."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LIVE = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    _verification()
    _value_check()


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _verification() -> None:
    op.create_table(
        "verification",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.String(length=16), nullable=False),
        sa.Column("first_id", sa.String(length=16), nullable=False),
        sa.Column("second_id", sa.String(length=16), nullable=False),
        sa.Column("result_id", sa.String(length=16), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("superseded_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (result_id IS NULL)", name=op.f("ck_verification_finished")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_verification_case_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_verification_entry_id")),
        sa.ForeignKeyConstraint(["first_id"], ["snapshot.id"], name=op.f("fk_verification_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["snapshot.id"], name=op.f("fk_verification_second_id")),
        sa.ForeignKeyConstraint(["result_id"], ["snapshot.id"], name=op.f("fk_verification_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index(
        "uq_verification_live",
        "verification",
        ["case_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _value_check() -> None:
    op.create_table(
        "value_check",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("verification_id", sa.String(length=16), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("checked_by", sa.String(length=16), nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('agreed', 'corrected', 'not_found')", name=op.f("ck_value_check_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verification.id"], name=op.f("fk_value_check_verification_id")
        ),
        sa.ForeignKeyConstraint(["checked_by"], ["user_account.id"], name=op.f("fk_value_check_checked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_check")),
    )
    op.create_index(
        "uq_value_check_live",
        "value_check",
        ["verification_id", "path"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )

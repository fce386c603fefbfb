"""When parts of cases are due, and when people are away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(length=16)
PARTS = "'', 'coder_1', 'coder_2', 'reconciler'"


def upgrade() -> None:
    op.create_table(
        "deadline",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", ID, nullable=False),
        sa.CheckConstraint(f"part IN ({PARTS})", name=op.f("ck_deadline_part")),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_deadline_case_id")),
        sa.ForeignKeyConstraint(["set_by"], ["user_account.id"], name=op.f("fk_deadline_set_by")),
        sa.PrimaryKeyConstraint("case_id", "part", name=op.f("pk_deadline")),
    )
    op.create_table(
        "absence",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_absence_days")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_absence_user_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_absence_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_user_id"), "absence", ["user_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

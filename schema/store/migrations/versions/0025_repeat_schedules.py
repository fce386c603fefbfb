"""Schedules by which old cases are given to their coders once more, by lot, by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(length=16)
LIVE = {"sqlite_where": sa.text("ended_at IS NULL"), "postgresql_where": sa.text("ended_at IS NULL")}


def upgrade() -> None:
    op.create_table(
        "repeat_schedule",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("coder_id", ID, nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("next_day", sa.Date(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("number > 0 AND days > 0", name=op.f("ck_repeat_schedule_some")),
        sa.CheckConstraint("every_weeks >= 0 AND rounds >= 0", name=op.f("ck_repeat_schedule_rounds")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_repeat_schedule_project_id")),
        sa.ForeignKeyConstraint(["coder_id"], ["user_account.id"], name=op.f("fk_repeat_schedule_coder_id")),
        sa.ForeignKeyConstraint(["set_by"], ["user_account.id"], name=op.f("fk_repeat_schedule_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeat_schedule")),
    )
    op.create_index(op.f("ix_repeat_schedule_project_id"), "repeat_schedule", ["project_id"], unique=False)
    op.create_index("ix_repeat_schedule_due", "repeat_schedule", ["next_day"], unique=False, **LIVE)


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

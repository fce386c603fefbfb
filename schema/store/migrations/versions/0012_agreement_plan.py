"""What measure of agreement, on which questions, is enough: written down before coding begins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement_plan",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("project_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("after_coding", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=16), nullable=False),
        sa.CheckConstraint("share BETWEEN 1 AND 100", name=op.f("ck_agreement_plan_share")),
        sa.CheckConstraint("NOT after_coding OR reason <> ''", name=op.f("ck_agreement_plan_reason")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_agreement_plan_project_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_agreement_plan_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_plan")),
        sa.UniqueConstraint("project_id", "version", name=op.f("uq_agreement_plan_project_id_version")),
    )


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

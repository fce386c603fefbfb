"""A note on what is to be read, before it is read; and cases that their coders handed back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("content_note", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "assignment", sa.Column("handed_back", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "content_note_read",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.String(length=16), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_content_note_read_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_content_note_read_user_id")),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_content_note_read")),
    )


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

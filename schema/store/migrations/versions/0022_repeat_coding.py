"""Cases that a coder codes a second time, for their agreement with themselves: entries apart from the two of the case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.String(length=16)
CODED_FROM = {
    "sqlite_where": sa.text("ended_at IS NULL AND repeats = 0"),
    "postgresql_where": sa.text("ended_at IS NULL AND NOT repeats"),
}
AGAIN = {
    "sqlite_where": sa.text("ended_at IS NULL AND repeats = 1"),
    "postgresql_where": sa.text("ended_at IS NULL AND repeats"),
}


def upgrade() -> None:
    op.add_column("entry", sa.Column("repeats", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("uq_entry_slot", table_name="entry")
    op.drop_index("uq_entry_coder", table_name="entry")
    op.create_index("uq_entry_slot", "entry", ["case_id", "slot"], unique=True, **CODED_FROM)
    op.create_index("uq_entry_coder", "entry", ["case_id", "coder_id"], unique=True, **CODED_FROM)
    op.create_index("uq_entry_repeat", "entry", ["case_id", "coder_id"], unique=True, **AGAIN)
    op.create_index("ix_entry_case_id", "entry", ["case_id"], unique=False)
    op.create_table(
        "repeat_coding",
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("first_id", ID, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", ID, nullable=False),
        sa.Column("pairs", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_repeat_coding_entry_id")),
        sa.ForeignKeyConstraint(["first_id"], ["snapshot.id"], name=op.f("fk_repeat_coding_first_id")),
        sa.ForeignKeyConstraint(["given_by"], ["user_account.id"], name=op.f("fk_repeat_coding_given_by")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_repeat_coding")),
    )


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

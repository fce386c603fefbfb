"""The log of saves lies by entry and revision: one tree, and so one page, for each save where there were a table and an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.String(length=16)
COPY = (
    'INSERT INTO entry_change_by_entry (entry_id, revision, at, "by", changes) '
    'SELECT entry_id, revision, at, "by", changes FROM entry_change ORDER BY entry_id, revision'
)


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint("pk_entry_change", "entry_change", type_="primary")
        op.drop_column("entry_change", "id")
        op.drop_index("ix_entry_change_entry_id_revision", table_name="entry_change")
        op.create_primary_key("pk_entry_change", "entry_change", ["entry_id", "revision"])
    else:
        _sqlite()


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _sqlite() -> None:
    """Written anew; the triggers that keep it append-only go with the old table, and come back as they were."""
    found = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entry_change'")
    triggers = op.get_bind().scalars(found).all()
    op.create_table(
        "entry_change_by_entry",
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_entry_change_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_change_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "revision", name=op.f("pk_entry_change")),
        sqlite_with_rowid=False,
    )
    op.execute(COPY)
    op.drop_table("entry_change")
    op.rename_table("entry_change_by_entry", "entry_change")
    for trigger in triggers:
        op.execute(trigger)

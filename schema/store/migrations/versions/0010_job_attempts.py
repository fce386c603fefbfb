"""How often a job was claimed, so that the work of a worker that died is taken up once, and counted once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A server default fills the rows that are there; the models set it themselves, so it does not stay.
    with op.batch_alter_table("job") as job:
        job.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("job") as job:
        job.alter_column("attempt", server_default=None)


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

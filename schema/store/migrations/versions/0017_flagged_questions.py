"""How many questions of an entry its coder wants to come back to, kept so that lists need not open the entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry", sa.Column("flagged", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

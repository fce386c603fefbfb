"""Of which roles a project asks a second step of signing in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("second_step_of", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

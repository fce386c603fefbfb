"""The decisions of a comparison are found without reading those of all others, superseded ones included."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_decision_comparison_id", "decision", ["comparison_id"])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

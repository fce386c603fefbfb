"""Comparisons, pairings of rows, discrepancies and decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LIVE = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    _comparison()
    _row_pair()
    _discrepancy()
    _decision()
    if op.get_context().dialect.name == "postgresql":  # SQLite has it in the table already
        op.create_foreign_key(
            op.f("fk_snapshot_comparison_id"), "snapshot", "comparison", ["comparison_id"], ["id"]
        )


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _comparison() -> None:
    op.create_table(
        "comparison",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("snapshot_1_id", sa.String(length=16), nullable=False),
        sa.Column("snapshot_2_id", sa.String(length=16), nullable=False),
        sa.Column("template_version_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("positions", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("discrepancies", sa.Integer(), nullable=False),
        sa.Column("undecided", sa.Integer(), nullable=False),
        sa.Column("agreed_accepted", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("matched_at", MOMENT, nullable=True),
        sa.Column("signed_off_at", MOMENT, nullable=True),
        sa.Column("signed_off_by", sa.String(length=16), nullable=True),
        sa.Column("reopened_at", MOMENT, nullable=True),
        sa.Column("reopened_by", sa.String(length=16), nullable=True),
        sa.Column("reopened_reason", sa.Text(), nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("superseded_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state <> 'resolved' AND state <> 'signed_off' OR undecided = 0",
            name=op.f("ck_comparison_decided"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'matching', 'resolving', 'resolved', 'signed_off')",
            name=op.f("ck_comparison_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_comparison_case_id")),
        sa.ForeignKeyConstraint(["reopened_by"], ["user_account.id"], name=op.f("fk_comparison_reopened_by")),
        sa.ForeignKeyConstraint(
            ["signed_off_by"], ["user_account.id"], name=op.f("fk_comparison_signed_off_by")
        ),
        sa.ForeignKeyConstraint(["snapshot_1_id"], ["snapshot.id"], name=op.f("fk_comparison_snapshot_1_id")),
        sa.ForeignKeyConstraint(["snapshot_2_id"], ["snapshot.id"], name=op.f("fk_comparison_snapshot_2_id")),
        sa.ForeignKeyConstraint(
            ["template_version_id"], ["template_version.id"], name=op.f("fk_comparison_template_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison")),
    )
    op.create_index(
        "uq_comparison_live", "comparison", ["case_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )


def _row_pair() -> None:
    op.create_table(
        "row_pair",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("comparison_id", sa.String(length=16), nullable=False),
        sa.Column("group_key", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row_a", sa.String(length=16), nullable=False),
        sa.Column("row_b", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["comparison_id"], ["comparison.id"], name=op.f("fk_row_pair_comparison_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_pair")),
    )
    op.create_index("ix_row_pair_comparison_id", "row_pair", ["comparison_id"], unique=False)


def _discrepancy() -> None:
    op.create_table(
        "discrepancy",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("comparison_id", sa.String(length=16), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("value_a", sa.Text(), nullable=False),
        sa.Column("value_b", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'deferred', 'decided', 'moot')", name=op.f("ck_discrepancy_state")
        ),
        sa.ForeignKeyConstraint(
            ["comparison_id"], ["comparison.id"], name=op.f("fk_discrepancy_comparison_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy")),
    )
    op.create_index("uq_discrepancy_path", "discrepancy", ["comparison_id", "path"], unique=True)


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("comparison_id", sa.String(length=16), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("choice", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.String(length=16), nullable=True),
        sa.Column("carried_from", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("superseded_revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["carried_from"], ["decision.id"], name=op.f("fk_decision_carried_from")),
        sa.ForeignKeyConstraint(["comparison_id"], ["comparison.id"], name=op.f("fk_decision_comparison_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_decision_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(
        "uq_decision_live",
        "decision",
        ["comparison_id", "path"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )

"""Cases, who does what on them, and the two entries of each, with their changes and snapshots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CURRENT = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _study_case()
    _assignment()
    _entry()
    _entry_part()
    _entry_change()
    _snapshot()


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _study_case() -> None:
    op.create_table(
        "study_case",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("project_id", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_study_case_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_case")),
        sa.UniqueConstraint("project_id", "reference", name=op.f("uq_study_case_project_id_reference")),
    )


def _assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=16), nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("part IN ('coder_1', 'coder_2', 'reconciler')", name=op.f("ck_assignment_part")),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_assignment_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_assignment_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_user_id", "assignment", ["user_id"], unique=False)
    op.create_index(
        "uq_assignment_part",
        "assignment",
        ["case_id", "part"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_index(
        "uq_assignment_person",
        "assignment",
        ["case_id", "user_id"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.String(length=16), nullable=False),
        sa.Column("template_version_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('not_started', 'in_progress', 'submitted', 'returned')", name=op.f("ck_entry_state")
        ),
        sa.CheckConstraint("slot IN (1, 2)", name=op.f("ck_entry_slot")),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_entry_case_id")),
        sa.ForeignKeyConstraint(["coder_id"], ["user_account.id"], name=op.f("fk_entry_coder_id")),
        sa.ForeignKeyConstraint(
            ["template_version_id"], ["template_version.id"], name=op.f("fk_entry_template_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    op.create_index("ix_entry_coder_id", "entry", ["coder_id"], unique=False)
    op.create_index(
        "uq_entry_coder",
        "entry",
        ["case_id", "coder_id"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_index(
        "uq_entry_slot",
        "entry",
        ["case_id", "slot"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )


def _entry_part() -> None:
    op.create_table(
        "entry_part",
        sa.Column("entry_id", sa.String(length=16), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("row_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_part_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "section", "row_id", name=op.f("pk_entry_part")),
    )


def _entry_change() -> None:
    op.create_table(
        "entry_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_entry_change_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_change_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_change")),
    )
    op.create_index(
        "ix_entry_change_entry_id_revision", "entry_change", ["entry_id", "revision"], unique=True
    )


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.String(length=16), nullable=True),
        sa.Column("comparison_id", sa.String(length=16), nullable=True),
        sa.Column("template_version_id", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(length=16), nullable=False),
        sa.CheckConstraint("(entry_id IS NULL) <> (comparison_id IS NULL)", name=op.f("ck_snapshot_of_one")),
        sa.ForeignKeyConstraint(
            ["comparison_id"], ["comparison.id"], name=op.f("fk_snapshot_comparison_id"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_snapshot_created_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_snapshot_entry_id")),
        sa.ForeignKeyConstraint(
            ["template_version_id"], ["template_version.id"], name=op.f("fk_snapshot_template_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_index(op.f("ix_snapshot_comparison_id"), "snapshot", ["comparison_id"], unique=False)
    op.create_index(op.f("ix_snapshot_entry_id"), "snapshot", ["entry_id"], unique=False)

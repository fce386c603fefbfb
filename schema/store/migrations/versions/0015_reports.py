"""Reports of cases: files, their pages, what they recommend, and which rows were made from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PRESENT = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _report_file()
    _report_page()
    _report_suggestion()
    _suggestion_taken()


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _report_file() -> None:
    op.create_table(
        "report_file",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("project_id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("stored_name", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(length=16), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("read_problem", sa.Text(), nullable=False),
        sa.Column("blank_pages", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('overview', 'summary', 'action_plan', 'other')", name=op.f("ck_report_file_kind")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["user_account.id"], name=op.f("fk_report_file_added_by")),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_report_file_case_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_report_file_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_file")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_report_file_stored_name")),
    )
    op.create_index("ix_report_file_project_id", "report_file", ["project_id"])
    op.create_index("ix_report_file_case_id", "report_file", ["case_id"])
    op.create_index(
        "uq_report_file_current",
        "report_file",
        ["case_id", "place"],
        unique=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )


def _report_page() -> None:
    op.create_table(
        "report_page",
        sa.Column("report_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report_file.id"], name=op.f("fk_report_page_report_id")),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_report_page")),
    )


def _report_suggestion() -> None:
    op.create_table(
        "report_suggestion",
        sa.Column("report_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report_file.id"], name=op.f("fk_report_suggestion_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "position", name=op.f("pk_report_suggestion")),
    )


def _suggestion_taken() -> None:
    op.create_table(
        "suggestion_taken",
        sa.Column("entry_id", sa.String(length=16), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("row_id", sa.String(length=16), nullable=False),
        sa.Column("report_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_suggestion_taken_entry_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report_file.id"], name=op.f("fk_suggestion_taken_report_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "section", "row_id", name=op.f("pk_suggestion_taken")),
    )

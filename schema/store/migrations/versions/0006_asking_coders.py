"""Questions to coders about a position, and their answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    _coder_question()
    _coder_message()


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _coder_question() -> None:
    op.create_table(
        "coder_question",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("comparison_id", sa.String(length=16), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("coder_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('asked', 'answered', 'closed')", name=op.f("ck_coder_question_state")),
        sa.ForeignKeyConstraint(
            ["comparison_id"], ["comparison.id"], name=op.f("fk_coder_question_comparison_id")
        ),
        sa.ForeignKeyConstraint(["coder_id"], ["user_account.id"], name=op.f("fk_coder_question_coder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coder_question")),
    )
    op.create_index(op.f("ix_coder_question_coder_id"), "coder_question", ["coder_id"], unique=False)
    op.create_index(
        "uq_coder_question_open",
        "coder_question",
        ["comparison_id", "path", "coder_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _coder_message() -> None:
    op.create_table(
        "coder_message",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("question_id", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("concedes", sa.Boolean(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["coder_question.id"], name=op.f("fk_coder_message_question_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_coder_message_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coder_message")),
    )
    op.create_index(op.f("ix_coder_message_question_id"), "coder_message", ["question_id"], unique=False)

"""The coding frame: acts that only grow, and adopted versions; both append-only, by trigger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = "'add', 'describe', 'merge', 'split', 'move', 'retire', 'recode', 'example', 'undo'"
APPEND_ONLY = ("frame_act", "frame_version")


def upgrade() -> None:
    _frame_act()
    _frame_version()
    for table in APPEND_ONLY:
        _keep(table, postgresql=op.get_context().dialect.name == "postgresql")


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _frame_act() -> None:
    op.create_table(
        "frame_act",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("project_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=16), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_frame_act_kind")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_frame_act_project_id")),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_frame_act_case_id")),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_frame_act_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_act")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_frame_act_project_id_number")),
    )
    op.create_index(op.f("ix_frame_act_case_id"), "frame_act", ["case_id"], unique=False)


def _frame_version() -> None:
    op.create_table(
        "frame_version",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("project_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("last_act", sa.Integer(), nullable=False),
        sa.Column("template_version_id", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("adopted_at", MOMENT, nullable=False),
        sa.Column("adopted_by", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_frame_version_project_id")),
        sa.ForeignKeyConstraint(
            ["template_version_id"],
            ["template_version.id"],
            name=op.f("fk_frame_version_template_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["adopted_by"], ["user_account.id"], name=op.f("fk_frame_version_adopted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_version")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_frame_version_project_id_number")),
    )


def _keep(table: str, *, postgresql: bool) -> None:
    if postgresql:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{table} is append-only')"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )

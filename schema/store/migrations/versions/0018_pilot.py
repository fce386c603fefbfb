"""The pilot: rounds of first cases, what was decided on them, and whether they are in the master."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(length=16)
APPEND_ONLY = ("pilot_decision", "pilot_choice")


def upgrade() -> None:
    _rounds()
    _decisions()
    for table in APPEND_ONLY:
        _keep(table, postgresql=op.get_context().dialect.name == "postgresql")


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _rounds() -> None:
    op.create_table(
        "pilot",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("began_by", ID, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_pilot_project_id")),
        sa.ForeignKeyConstraint(["began_by"], ["user_account.id"], name=op.f("fk_pilot_began_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_pilot_project_id_number")),
    )
    op.create_table(
        "pilot_case",
        sa.Column("pilot_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_pilot_case_pilot_id")),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_pilot_case_case_id")),
        sa.PrimaryKeyConstraint("pilot_id", "case_id", name=op.f("pk_pilot_case")),
    )
    op.create_index(op.f("ix_pilot_case_case_id"), "pilot_case", ["case_id"], unique=False)


def _decisions() -> None:
    op.create_table(
        "pilot_decision",
        sa.Column("pilot_id", ID, nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("decided_by", ID, nullable=False),
        sa.CheckConstraint("decision IN ('go', 'revise')", name=op.f("ck_pilot_decision_decision")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_pilot_decision_reason")),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_pilot_decision_pilot_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_pilot_decision_decided_by")
        ),
        sa.PrimaryKeyConstraint("pilot_id", name=op.f("pk_pilot_decision")),
    )
    op.create_table(
        "pilot_choice",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("pilot_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_master", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.Column("chosen_by", ID, nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_pilot_choice_reason")),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_pilot_choice_pilot_id")),
        sa.ForeignKeyConstraint(["chosen_by"], ["user_account.id"], name=op.f("fk_pilot_choice_chosen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_choice")),
        sa.UniqueConstraint("pilot_id", "number", name=op.f("uq_pilot_choice_pilot_id_number")),
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

"""Who has seen unblinded values of a case cannot become a coder of it, and a case can be unblinded, once and for all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("case_knowledge", "unblinding")
CODER = "NEW.part IN ('coder_1', 'coder_2')"
ELSEWHERE = "EXISTS (SELECT 1 FROM assignment WHERE case_id = NEW.case_id AND user_id = NEW.user_id AND part <> NEW.part)"
SEEN = "EXISTS (SELECT 1 FROM case_knowledge WHERE case_id = NEW.case_id AND user_id = NEW.user_id)"
KNOWS = f"{CODER} AND {SEEN}"
CONFLICT = "whoever has seen a case in another part cannot take this one"
OTHER_PERSON = ("id", "case_id", "part", "user_id", "assigned_at")
ENDED = "an assignment is ended, never changed"


def upgrade() -> None:
    op.create_table(
        "case_knowledge",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_case_knowledge_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_case_knowledge_user_id")),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_case_knowledge")),
    )
    op.create_index(op.f("ix_case_knowledge_user_id"), "case_knowledge", ["user_id"], unique=False)
    op.create_table(
        "unblinding",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("unblinded_by", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("unblinded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["study_case.id"], name=op.f("fk_unblinding_case_id")),
        sa.ForeignKeyConstraint(
            ["unblinded_by"], ["user_account.id"], name=op.f("fk_unblinding_unblinded_by")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_unblinding")),
    )
    _remember_what_was_opened()
    if op.get_context().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _remember_what_was_opened() -> None:
    """What was opened before this step is on record in the audit trail."""
    op.execute(
        "INSERT INTO case_knowledge (case_id, user_id, source, since) "
        "SELECT case_id, actor_id, MIN(action), MIN(at) FROM audit WHERE case_id IS NOT NULL AND actor_id IS NOT NULL "
        "AND action IN ('entry.read', 'comparison.open', 'comparison.open_final') GROUP BY case_id, actor_id"
    )


def _sqlite() -> None:
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(
        f"CREATE TRIGGER assignment_blind BEFORE INSERT ON assignment WHEN ({ELSEWHERE}) OR ({KNOWS}) "
        f"BEGIN SELECT RAISE(ABORT, '{CONFLICT}'); END"
    )
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in OTHER_PERSON)
    op.execute(
        f"CREATE TRIGGER assignment_kept BEFORE UPDATE ON assignment "
        f"WHEN {changed} OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at) "
        f"BEGIN SELECT RAISE(ABORT, '{ENDED}'); END"
    )


def _postgresql() -> None:
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{table} is append-only')"
        )
    op.execute(
        f"CREATE FUNCTION refuse_who_knows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF ({ELSEWHERE}) OR ({KNOWS}) THEN RAISE EXCEPTION '{CONFLICT}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER assignment_blind BEFORE INSERT ON assignment "
        "FOR EACH ROW EXECUTE FUNCTION refuse_who_knows()"
    )
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in OTHER_PERSON)
    op.execute(
        f"CREATE TRIGGER assignment_kept BEFORE UPDATE ON assignment FOR EACH ROW "
        f"WHEN ({changed} OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)) "
        f"EXECUTE FUNCTION refuse_change('{ENDED}')"
    )

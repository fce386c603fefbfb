"""What state a case is in is kept beside it by the database itself, so that lists and dashboards count without opening cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: Sets the state that follows from a case, its live comparison, its checks and its current entries; as schema.store.case_state says.
KEEP = """UPDATE study_case SET state = COALESCE(
    CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' END,
    (SELECT CASE state WHEN 'open' THEN 'ready to compare' WHEN 'matching' THEN 'matching rows' WHEN 'resolving' THEN 'resolving'
            WHEN 'resolved' THEN 'reconciled' ELSE 'signed off' END
       FROM comparison WHERE case_id = study_case.id AND superseded_at IS NULL),
    (SELECT min('verifying') FROM verification
      WHERE case_id = study_case.id AND superseded_at IS NULL AND finished_at IS NULL),
    (SELECT CASE WHEN count(*) = 0 THEN 'registered'
            WHEN count(CASE WHEN state = 'submitted' THEN 1 END) = 2 THEN 'ready to compare'
            WHEN count(CASE WHEN state <> 'not_started' THEN 1 END) > 0 THEN 'coding' ELSE 'assigned' END
       FROM entry WHERE case_id = study_case.id AND ended_at IS NULL AND NOT repeats)
)"""
#: Table -> the column that leads to its case, and the columns that a state follows from.
WATCHED = {
    "study_case": ("id", ("withdrawn_at",)),
    "entry": ("case_id", ("state", "ended_at", "repeats")),
    "comparison": ("case_id", ("state", "superseded_at")),
    "verification": ("case_id", ("finished_at", "superseded_at")),
}
DONE = sa.text("superseded_at IS NULL AND state = 'signed_off'")


def upgrade() -> None:
    op.add_column(
        "study_case", sa.Column("state", sa.String(length=32), nullable=False, server_default="registered")
    )
    op.execute(KEEP)
    op.create_index("ix_study_case_project_id_state", "study_case", ["project_id", "state"])
    op.create_index("ix_study_case_id_project_id_state", "study_case", ["id", "project_id", "state"])
    _wider("entry", "coder_id", "state", "case_id", "ended_at", "repeats")
    _wider("assignment", "user_id", "part", "case_id", "ended_at")
    op.create_index(
        "ix_comparison_signed_off_at",
        "comparison",
        ["signed_off_at"],
        sqlite_where=DONE,
        postgresql_where=DONE,
    )
    if op.get_context().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _wider(table: str, *columns: str) -> None:
    """Let the index over a person's rows hold what counts of them ask for."""
    name = f"ix_{table}_{columns[0]}"
    op.drop_index(name, table_name=table)
    op.create_index(name, table, list(columns))


def _sqlite() -> None:
    for table, (key, columns) in WATCHED.items():
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
        keep = f"BEGIN {KEEP} WHERE id = %s.{key}; END"
        op.execute(
            f"CREATE TRIGGER {table}_state_update AFTER UPDATE OF {', '.join(columns)} ON {table} WHEN {changed} "
            + keep % "NEW"
        )
        if table != "study_case":
            op.execute(f"CREATE TRIGGER {table}_state_insert AFTER INSERT ON {table} " + keep % "NEW")
            op.execute(f"CREATE TRIGGER {table}_state_delete AFTER DELETE ON {table} " + keep % "OLD")


def _postgresql() -> None:
    """The case is locked first, and judged by a statement after that: of two at once, the later one sees what the earlier one did."""
    op.execute(
        "CREATE FUNCTION keep_case_state() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE of_case text; BEGIN "
        "IF TG_TABLE_NAME = 'study_case' THEN of_case := NEW.id; "
        "ELSIF TG_OP = 'DELETE' THEN of_case := OLD.case_id; ELSE of_case := NEW.case_id; END IF; "
        "PERFORM FROM study_case WHERE id = of_case FOR NO KEY UPDATE; "
        f"{KEEP} WHERE id = of_case; RETURN NULL; END $$"
    )
    for table, (_key, columns) in WATCHED.items():
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
        run = "FOR EACH ROW {} EXECUTE FUNCTION keep_case_state()"
        op.execute(
            f"CREATE TRIGGER {table}_state_update AFTER UPDATE OF {', '.join(columns)} ON {table} "
            + run.format(f"WHEN ({changed})")
        )
        if table != "study_case":
            op.execute(
                f"CREATE TRIGGER {table}_state_change AFTER INSERT OR DELETE ON {table} " + run.format("")
            )

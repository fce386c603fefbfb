"""What was written stays written: triggers hold the append-only tables and the source of published templates."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit", "entry_change", "snapshot")
FROZEN_COLUMNS = ("id", "key", "version", "source", "codelists", "source_hash", "created_at")
CHANGED = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in FROZEN_COLUMNS)
BACK_TO_DRAFT = "NEW.state = 'draft'"
FROZEN = "a published template version is never changed: publish the next version"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")


def _sqlite() -> None:
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    changed = CHANGED.replace("IS DISTINCT FROM", "IS NOT")
    op.execute(
        f"CREATE TRIGGER template_version_frozen BEFORE UPDATE ON template_version "
        f"WHEN OLD.state <> 'draft' AND ({changed} OR {BACK_TO_DRAFT}) BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
    )
    op.execute(
        f"CREATE TRIGGER template_version_kept BEFORE DELETE ON template_version "
        f"WHEN OLD.state <> 'draft' BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
    )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{table} is append-only')"
        )
    op.execute(
        f"CREATE TRIGGER template_version_frozen BEFORE UPDATE ON template_version FOR EACH ROW "
        f"WHEN (OLD.state <> 'draft' AND ({CHANGED} OR {BACK_TO_DRAFT})) EXECUTE FUNCTION refuse_change('{FROZEN}')"
    )
    op.execute(
        f"CREATE TRIGGER template_version_kept BEFORE DELETE ON template_version FOR EACH ROW "
        f"WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_change('{FROZEN}')"
    )

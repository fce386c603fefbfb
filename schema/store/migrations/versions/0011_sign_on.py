"""Who somebody is at a university's sign-on, by its stable subject; and one administrator is left, whatever statement is tried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CURRENT = sa.text("ended_at IS NULL")
GIVES_UP = "OLD.is_admin AND OLD.disabled_at IS NULL AND (NOT NEW.is_admin OR NEW.disabled_at IS NOT NULL)"
OTHERS = "SELECT 1 FROM user_account WHERE id <> OLD.id AND is_admin AND disabled_at IS NULL"
LAST = "one administrator must be left"


def upgrade() -> None:
    op.create_table(
        "sign_on_identity",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.String(length=16), nullable=False),
        sa.Column("connected_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sign_on_identity_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_identity")),
    )
    for name, columns in (("subject", ["issuer", "subject"]), ("person", ["issuer", "user_id"])):
        op.create_index(
            f"uq_sign_on_identity_{name}",
            "sign_on_identity",
            columns,
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        )
    if op.get_context().dialect.name == "postgresql":
        _keep_administrator_on_postgresql()
    else:
        op.execute(
            f"CREATE TRIGGER user_account_administrator BEFORE UPDATE ON user_account "
            f"WHEN {GIVES_UP} AND NOT EXISTS ({OTHERS}) BEGIN SELECT RAISE(ABORT, '{LAST}'); END"
        )


def _keep_administrator_on_postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION keep_administrator() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT EXISTS ({OTHERS}) THEN RAISE EXCEPTION '{LAST}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER user_account_administrator BEFORE UPDATE ON user_account "
        f"FOR EACH ROW WHEN ({GIVES_UP}) EXECUTE FUNCTION keep_administrator()"
    )


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the backup made before the upgrade")

"""Whoever is erased is taken out of the audit log by name; what was done, and when, still cannot be changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFUSED = "the audit log is append-only: entries are neither changed nor taken out"
NOT_ERASING = "NOT EXISTS (SELECT 1 FROM erasing) OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.what <> OLD.what"


def upgrade() -> None:
    # A row stands here only within the transaction that erases somebody: it is what lets their name be replaced.
    op.create_table(
        "erasing",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasing"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER append_only_audit_update")
        op.execute(
            f"CREATE TRIGGER append_only_audit_update BEFORE UPDATE ON audit WHEN {NOT_ERASING} BEGIN "
            f"SELECT RAISE(ABORT, '{REFUSED}'); END"
        )
        return
    op.execute("DROP TRIGGER append_only_audit ON audit")
    op.execute(
        "CREATE TRIGGER append_only_audit BEFORE DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only_audit()"
    )
    op.execute(
        "CREATE FUNCTION append_only_audit_update() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {NOT_ERASING} THEN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER append_only_audit_update BEFORE UPDATE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION append_only_audit_update()"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

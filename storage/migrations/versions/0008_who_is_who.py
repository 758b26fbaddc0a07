"""Actors that operators merged or split, the accuracy that readings count with, and an audit log that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON()
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFUSED = "the audit log is append-only: entries are neither changed nor taken out"


def upgrade() -> None:
    op.add_column("statement", sa.Column("accuracy", sa.Float(), nullable=True))
    op.add_column("reading", sa.Column("records", JSON, nullable=True))
    op.create_table(
        "actor_verdict",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("into", TEXT, nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.Column("undone_who", TEXT, nullable=True),
        sa.Column("undone_why", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_actor_verdict"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_actor_verdict_undone_at", "actor_verdict", ["undone_at"])
    op.create_table(
        "holder_move",
        sa.Column("actor_verdict_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("item_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_verdict_id"], ["actor_verdict.id"], name="fk_holder_move_actor_verdict_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_holder_move_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("actor_verdict_id", "item_id", "fingerprint", name="pk_holder_move"),
    )
    op.create_index("ix_holder_move_item_id", "holder_move", ["item_id"])
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER append_only_audit_{what.lower()} BEFORE {what} ON audit BEGIN "
                f"SELECT RAISE(ABORT, '{REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION append_only_audit() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER append_only_audit BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only_audit()"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

"""The last polls of feeds, settings of single feeds, when somebody last signed in, and ways into the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "poll_log",
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("polls", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_poll_log_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_poll_log"),
    )
    op.add_column("feed", sa.Column("lang", TEXT, nullable=True))
    op.add_column("feed", sa.Column("publisher", TEXT, nullable=True))
    op.add_column("feed", sa.Column("shortest_s", sa.Integer(), nullable=True))
    op.add_column("feed", sa.Column("longest_s", sa.Integer(), nullable=True))
    op.add_column("account", sa.Column("signed_in_at", TIME, nullable=True))
    op.create_index("ix_audit_who_id", "audit", ["who", "id"])
    op.create_index("ix_audit_what_id", "audit", ["what", "id"])
    op.create_index("ix_audit_target_id", "audit", ["target", "id"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

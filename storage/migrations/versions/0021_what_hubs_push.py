"""Subscriptions at hubs, and the queue of what they pushed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
NUMBER = sa.Integer()


def upgrade() -> None:
    op.create_table(
        "hub_subscription",
        sa.Column("id", ID, nullable=False),
        sa.Column("feed_id", ID, nullable=True),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("hub", TEXT, nullable=False),
        sa.Column("hubs", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("secret", TEXT, nullable=False),
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("base", TEXT, nullable=True),
        sa.Column("pending", TEXT, nullable=True),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=False),
        sa.Column("last_error", TEXT, nullable=True),
        sa.Column("lease_s", NUMBER, nullable=True),
        sa.Column("live_until", TIME, nullable=True),
        sa.Column("verified_at", TIME, nullable=True),
        sa.Column("last_push_at", TIME, nullable=True),
        sa.Column("last_news_at", TIME, nullable=True),
        sa.Column("pushes", NUMBER, nullable=False),
        sa.Column("discarded", NUMBER, nullable=False),
        sa.Column("missed", NUMBER, nullable=False),
        sa.Column("lease_token", TEXT, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_hub_subscription_feed_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_hub_subscription"),
        sa.UniqueConstraint("feed_id", name="uq_hub_subscription_feed_id"),
        sa.UniqueConstraint("token_hash", name="uq_hub_subscription_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hub_subscription_next_attempt_at", "hub_subscription", ["next_attempt_at"])
    op.create_index("ix_hub_subscription_live_until", "hub_subscription", ["live_until"])
    op.create_table(
        "push",
        sa.Column("id", ID, nullable=False),
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", TEXT, nullable=True),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=False),
        sa.Column("lease_token", TEXT, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["hub_subscription.id"], name="fk_push_subscription_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_push"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_push_next_attempt_at", "push", ["next_attempt_at"])
    op.create_index("ix_push_subscription_id_id", "push", ["subscription_id", "id"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

"""What is told: subscribers, alerts and deliveries, and the outbox, the audit trail and facts about the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON()


def upgrade() -> None:
    create_subscriptions()
    create_alerts()
    create_outbox()


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")


def create_subscriptions() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("name", name="uq_subscriber_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subscription",
        sa.Column("id", ID, nullable=False),
        sa.Column("subscriber_id", ID, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("secret", TEXT, nullable=True),
        sa.Column("filter", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("disabled_at", TIME, nullable=True),
        sa.Column("disabled_why", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name="fk_subscription_subscriber_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscription_subscriber_id", "subscription", ["subscriber_id"], unique=False)


def create_alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("change_id", ID, nullable=True),
        sa.Column("item_id", ID, nullable=True),
        sa.Column("dedup", TEXT, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("actor", TEXT, nullable=True),
        sa.Column("issue", TEXT, nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name="fk_alert_change_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_alert_item_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name="fk_alert_subscription_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.UniqueConstraint("subscription_id", "dedup", name="uq_alert_subscription_id_dedup"),
    )
    op.create_index("ix_alert_change_id", "alert", ["change_id"], unique=False)
    op.create_index("ix_alert_item_id", "alert", ["item_id"], unique=False)
    op.create_index(
        "ix_alert_subscription_id_actor_issue_sequence",
        "alert",
        ["subscription_id", "actor", "issue", "sequence"],
        unique=False,
    )
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert_id", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("html", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=True),
        sa.Column("lease_token", TEXT, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", TEXT, nullable=True),
        sa.Column("last_answer", TEXT, nullable=True),
        sa.Column("first_failed_at", TIME, nullable=True),
        sa.Column("delivered_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_delivery_alert_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("alert_id", name="uq_delivery_alert_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_delivery_status_next_attempt_at_id", "delivery", ["status", "next_attempt_at", "id"], unique=False
    )
    op.create_table(
        "attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_attempt_delivery_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
        sa.UniqueConstraint("delivery_id", "n", name="uq_attempt_delivery_id_n"),
        sqlite_autoincrement=True,
    )
    # ### end Alembic commands ###


def create_outbox() -> None:
    op.create_table(
        "event",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("dispatched_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_dispatched_at_id", "event", ["dispatched_at", "id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "meta",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )

"""When and how it is told: messages that alerts share, alerts that wait, digests, addresses, tokens, alarms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON()
REBUILT = ("attempt", "delivery", "alert")


def upgrade() -> None:
    extend_subscriptions()
    create_what_surrounds_them()
    # Rebuilt from the leaf to the root, and filled from the root: a table that others refer to cannot be dropped, and
    # neither database can loosen and move columns in the same words.
    for table in REBUILT:
        op.execute(f"CREATE TABLE old_{table} AS SELECT * FROM {table}")  # noqa: S608 - names from the list above
        op.drop_table(table)
    create_messages_and_alerts()
    create_deliveries()
    move_what_was_told()
    for table in REBUILT:
        op.drop_table(f"old_{table}")


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")


def extend_subscriptions() -> None:
    for column in (
        sa.Column("audience", TEXT, server_default="changes", nullable=False),
        sa.Column("timing", JSON, nullable=True),
        sa.Column("previous_secret", TEXT, nullable=True),
        sa.Column("previous_secret_until", TIME, nullable=True),
        sa.Column("next_digest_at", TIME, nullable=True),
        sa.Column("last_digest_at", TIME, nullable=True),
    ):
        op.add_column("subscription", column)
    op.create_index("ix_subscription_next_digest_at", "subscription", ["next_digest_at"])
    op.create_table(
        "subscription_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("filter", JSON, nullable=False),
        sa.Column("timing", JSON, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name="fk_subscription_version_subscription_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscription_version"),
        sa.UniqueConstraint("subscription_id", "n", name="uq_subscription_version_subscription_id_n"),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO subscription_version (subscription_id, n, filter, at, who, why)"
        " SELECT id, 1, filter, created_at, 'upgrade', '' FROM subscription ORDER BY id"
    )


def create_what_surrounds_them() -> None:
    op.create_table(
        "address",
        sa.Column("target", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.Column("suppressed_at", TIME, nullable=True),
        sa.Column("suppressed_why", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("target", name="pk_address"),
    )
    # An operator entered these, and mail already goes there.
    op.execute(
        "INSERT INTO address (target, created_at, confirmed_at)"
        " SELECT target, min(created_at), min(created_at) FROM subscription WHERE channel = 'email' GROUP BY target"
    )
    op.create_table(
        "token",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name="fk_token_subscription_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_token"),
    )
    op.create_index("ix_token_subscription_id", "token", ["subscription_id"])
    op.create_index("ix_token_expires_at", "token", ["expires_at"])
    op.create_table(
        "alarm",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("over_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarm_kind_subject", "alarm", ["kind", "subject"])
    op.create_index("ix_alarm_over_at", "alarm", ["over_at"])


def create_messages_and_alerts() -> None:
    op.create_table(
        "message",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("html", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=True),
        sa.Column("issue", TEXT, nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_actor_issue_sequence", "message", ["actor", "issue", "sequence"])
    op.create_table(
        "alert",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("change_id", ID, nullable=True),
        sa.Column("item_id", ID, nullable=True),
        sa.Column("dedup", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=True),
        sa.Column("issue", TEXT, nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("hold_until", TIME, nullable=True),
        sa.Column("hold_why", TEXT, nullable=True),
        sa.Column("digest_id", TEXT, nullable=True),
        sa.Column("cancelled_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name="fk_alert_change_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["digest_id"], ["alert.id"], name="fk_alert_digest_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_alert_item_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_alert_message_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name="fk_alert_subscription_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.UniqueConstraint("subscription_id", "dedup", name="uq_alert_subscription_id_dedup"),
    )
    for columns in (
        ["change_id"],
        ["digest_id"],
        ["hold_until"],
        ["item_id"],
        ["message_id"],
        ["subscription_id", "created_at"],
    ):
        op.create_index("_".join(["ix_alert", *columns]), "alert", columns)


def create_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert_id", TEXT, nullable=False),
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
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
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name="fk_delivery_subscription_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("alert_id", name="uq_delivery_alert_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_status_next_attempt_at_id", "delivery", ["status", "next_attempt_at", "id"])
    op.create_index("ix_delivery_subscription_id_status_id", "delivery", ["subscription_id", "status", "id"])
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


def move_what_was_told() -> None:
    """Each alert of before gets a message of its own, which keeps the words that went out."""
    op.execute(
        "INSERT INTO message (id, content, subject, text, html, payload, actor, issue, sequence, created_at)"
        " SELECT 'msg_' || substr(a.id, 5), a.content, coalesce(d.subject, ''), coalesce(d.text, ''),"
        " coalesce(d.html, ''), coalesce(d.payload, ''), a.actor, a.issue, a.sequence, a.created_at"
        " FROM old_alert a LEFT JOIN old_delivery d ON d.alert_id = a.id"
    )
    op.execute(
        "INSERT INTO alert (id, subscription_id, kind, change_id, item_id, dedup, message_id, actor, issue, sequence,"
        " created_at) SELECT id, subscription_id, kind, change_id, item_id, dedup, 'msg_' || substr(id, 5), actor,"
        " issue, sequence, created_at FROM old_alert"
    )
    state = (
        "channel, target, status, attempts, next_attempt_at, lease_token, lease_until, last_status, last_error,"
        " last_answer, first_failed_at, delivered_at"
    )
    op.execute(
        f"INSERT INTO delivery (id, alert_id, subscription_id, {state}, created_at)"  # noqa: S608 - no input in it
        f" SELECT d.id, d.alert_id, a.subscription_id, {state}, d.created_at"
        " FROM old_delivery d JOIN old_alert a ON a.id = d.alert_id ORDER BY d.id"
    )
    op.execute(
        "INSERT INTO attempt (id, delivery_id, n, at, ok, status, error)"
        " SELECT id, delivery_id, n, at, ok, status, error FROM old_attempt ORDER BY id"
    )
    if op.get_context().dialect.name == "postgresql":
        for table in ("delivery", "attempt"):
            op.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) > 0"  # noqa: S608
            )

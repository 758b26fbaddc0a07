"""A stamp on all subscriptions, so that a worker can keep what it read of them until one changes."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = "subscriptions.stamp"
WATCHED = {
    "subscriber": "name",
    "subscription": (
        "channel, target, secret, filter, disabled_at, disabled_why, audience, timing, previous_secret,"
        " previous_secret_until"
    ),
    "address": "confirmed_at, suppressed_at, suppressed_why",
    "actor_verdict": 'kind, actor, "into", names, rules, undone_at',
}
"""By table the columns that decide who is told, and how; actors that were merged are followed. When a digest is due is
not among them: that changes daily.
"""

NEW_STAMP = (
    "INSERT INTO meta (key, value) VALUES ('{key}', {value}) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


def upgrade() -> None:
    # Triggers, so that no way of writing these tables can leave an old stamp behind.
    if op.get_bind().dialect.name == "sqlite":
        on_sqlite()
    else:
        on_postgresql()


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")


def on_sqlite() -> None:
    stamp = NEW_STAMP.format(key=KEY, value="lower(hex(randomblob(8)))")
    op.execute(stamp)
    for table, columns in WATCHED.items():
        for event in ("INSERT", f"UPDATE OF {columns}", "DELETE"):
            name = f"stamp_{table}_{event.split()[0].lower()}"
            op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {stamp}; END")


def on_postgresql() -> None:
    stamp = NEW_STAMP.format(key=KEY, value="gen_random_uuid()::text")
    op.execute(stamp)
    op.execute(
        "CREATE FUNCTION stamp_subscriptions() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {stamp}; RETURN NULL; END $$"
    )
    for table, columns in WATCHED.items():
        op.execute(
            f"CREATE TRIGGER stamp_{table} AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION stamp_subscriptions()"
        )

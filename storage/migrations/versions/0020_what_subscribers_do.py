"""Self-service: proven addresses, mails about accounts and their links; a subscription may belong to an account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    addresses()
    letters()
    links()
    # No reference: SQLite would add one only by copying the table, and with it its triggers. `Erasure` is the one place
    # where accounts end, and ids are never given out again.
    op.add_column("subscription", sa.Column("account_id", ID, nullable=True))
    op.create_index("ix_subscription_account_id", "subscription", ["account_id"])


def addresses() -> None:
    op.create_table(
        "account_address",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("confirmed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_account_address_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_account_address"),
    )
    op.create_index("ix_account_address_account_id", "account_address", ["account_id"])


def letters() -> None:
    op.create_table(
        "account_letter",
        sa.Column("id", ID, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=True),
        sa.Column("lease_token", TEXT, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("last_error", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_account_letter_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account_letter"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_account_letter_account_id", "account_letter", ["account_id"])
    op.create_index("ix_account_letter_key_created_at", "account_letter", ["key", "created_at"])
    op.create_index("ix_account_letter_next_attempt_at", "account_letter", ["next_attempt_at"])


def links() -> None:
    op.create_table(
        "account_link",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_link_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name="pk_account_link"),
    )
    op.create_index("ix_account_link_account_id", "account_link", ["account_id"])
    op.create_index("ix_account_link_key", "account_link", ["key"])
    op.create_index("ix_account_link_expires_at", "account_link", ["expires_at"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

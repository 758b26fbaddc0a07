"""Articles behind items, icons of sites, and which feeds are set apart from the setting for articles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("feed", sa.Column("articles", sa.Boolean(), nullable=True))
    op.create_index("ix_item_feed_id_id", "item", ["feed_id", "id"])
    op.create_table(
        "article",
        sa.Column("item_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=True),
        sa.Column("feed_text", TEXT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=False),
        sa.Column("fetched_at", TIME, nullable=True),
        sa.Column("lease_token", TEXT, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_article_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", name="pk_article"),
    )
    op.create_index("ix_article_state_next_attempt_at", "article", ["state", "next_attempt_at"])
    op.create_table(
        "icon",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("site", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=False),
        sa.Column("fetched_at", TIME, nullable=True),
        sa.Column("lease_token", TEXT, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_icon"),
        sa.UniqueConstraint("site", name="uq_icon_site"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_icon_next_attempt_at", "icon", ["next_attempt_at"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

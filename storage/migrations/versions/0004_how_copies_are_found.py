"""How copies are found: what items are recognised by, and which items have not been compared with others yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()


def upgrade() -> None:
    # Items of earlier versions have their story; their words are read by the first worker that groups items.
    op.add_column("item", sa.Column("grouping", TEXT, server_default="unread", nullable=False))
    op.create_table(
        "own_words",
        sa.Column("item_id", ID, nullable=False),
        sa.Column("pairs", sa.LargeBinary(), nullable=False),
        sa.Column("names", TEXT, nullable=False),
        sa.Column("numbers", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_own_words_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", name="pk_own_words"),
    )
    op.create_table(
        "word_key",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_word_key_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "at", "item_id", name="pk_word_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_word_key_item_id", "word_key", ["item_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

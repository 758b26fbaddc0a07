"""How feeds are: moves that were announced, their own rhythm, how polls went, and the host for fair claims."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Added one by one: copying the table, as batch mode would, makes SQLite delete its rows, and items hang on them.
    for column in (
        sa.Column("ttl_s", sa.Integer(), nullable=True),
        sa.Column("rhythm_s", sa.Integer(), nullable=True),
        sa.Column("newest_entry_at", TIME, nullable=True),
        sa.Column("moved_to", TEXT, nullable=True),
        sa.Column("moved_seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("full_fetch_at", TIME, nullable=True),
        sa.Column("polls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("empty_polls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notice", TEXT, nullable=True),
        sa.Column("host", TEXT, nullable=True),
    ):
        op.add_column("feed", column)
    fill_hosts()


def fill_hosts() -> None:
    feed = sa.table("feed", sa.column("id"), sa.column("url"), sa.column("host"))
    connection = op.get_bind()
    for number, url in connection.execute(sa.select(feed.c.id, feed.c.url)).all():
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            host = ""
        connection.execute(sa.update(feed).where(feed.c.id == number).values(host=host))


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

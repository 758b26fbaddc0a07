"""Changes as a feed: when a change became what it is, whether it ever was confirmed, and whose changes these are."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("change", sa.Column("status_at", TIME, nullable=True))
    op.add_column("change", sa.Column("first_confirmed_at", TIME, nullable=True))
    # What was retracted had been confirmed; nothing more exact was written down before.
    op.execute(
        'UPDATE "change" SET status_at = updated_at,'
        " first_confirmed_at = CASE WHEN status IN ('confirmed', 'retracted') THEN recorded_at END"
    )
    op.create_index("ix_change_status_at_id", "change", ["status_at", "id"])
    # A name for this database that no other has: entries of feeds are told apart by it for good (RFC 4287, 4.2.6).
    meta = sa.table("meta", sa.column("key", sa.Text()), sa.column("value", sa.Text()))
    op.bulk_insert(meta, [{"key": "installation", "value": str(uuid.uuid4())}])


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

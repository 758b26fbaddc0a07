"""Indexes for claims: untried deliveries of a subscription, and those under way."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_delivery_subscription_id_status_id", "delivery")
    op.create_index(
        "ix_delivery_subscription_id_status_attempts_id", "delivery", ["subscription_id", "status", "attempts", "id"]
    )
    op.create_index("ix_delivery_lease_until", "delivery", ["lease_until"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

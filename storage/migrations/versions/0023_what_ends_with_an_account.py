"""Accounts that are disabled already: their subscriptions pause, and their tokens end, as with those to come."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE subscription SET disabled_why = 'its account is disabled', disabled_at ="
        " (SELECT account.disabled_at FROM account WHERE account.id = subscription.account_id)"
        " WHERE disabled_at IS NULL AND account_id IN (SELECT id FROM account WHERE disabled_at IS NOT NULL)"
    )
    op.execute(
        "UPDATE api_token SET revoked_at ="
        " (SELECT account.disabled_at FROM account WHERE account.id = api_token.account_id)"
        " WHERE revoked_at IS NULL AND account_id IN (SELECT id FROM account WHERE disabled_at IS NOT NULL)"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

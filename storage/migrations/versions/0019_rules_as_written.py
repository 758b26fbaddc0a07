"""A rule's version keeps the text that an operator wrote, with its comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rule_version", sa.Column("written", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

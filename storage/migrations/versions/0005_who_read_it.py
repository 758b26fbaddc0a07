"""Readings that stand in for others, answers of models, and what these cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("wanted", TEXT, nullable=True),
        sa.Column("fallback_reason", TEXT, nullable=True),
        sa.Column("again_at", TIME, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
    ):
        op.add_column("reading", column)
    op.create_index("ix_reading_again_at", "reading", ["again_at"])
    op.create_index("ix_reading_wanted", "reading", ["wanted"])
    op.create_table(
        "answer",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("finish_reason", TEXT, nullable=False),
        sa.Column("refusal", TEXT, nullable=True),
        sa.Column("prompt_tokens", sa.Integer(), nullable=True),
        sa.Column("answer_tokens", sa.Integer(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_answer"),
    )
    op.create_index("ix_answer_at", "answer", ["at"])
    op.create_table(
        "token_spend",
        sa.Column("day", TEXT, nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_token_spend"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

"""Alembic's entry: runs the migrations on the connection that `schema` hands over."""

from __future__ import annotations

from alembic import context

from storage.migrations.schema import is_ours
from storage.tables import Table

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("migrations run through Database.upgrade(), which holds the lock that keeps processes apart")

context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    include_name=is_ours,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

"""What items say is put into SQLite's search index after they are stored, not while polls wait for it."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER item_search_{name}")
    # What is not in the index must not be taken out of it: FTS5 would subtract words that it never counted. It keeps a
    # row of `item_search_docsize` to each row that it holds.
    indexed = "WHEN EXISTS (SELECT 1 FROM item_search_docsize WHERE id = old.id) BEGIN "
    removed = "INSERT INTO item_search (item_search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text)"
    op.execute(f"CREATE TRIGGER item_search_delete AFTER DELETE ON item_revision {indexed}{removed}; END")
    anew = "INSERT INTO item_search (rowid, title, text) VALUES (new.id, new.title, new.text)"
    changed = "AFTER UPDATE OF title, text ON item_revision"
    op.execute(f"CREATE TRIGGER item_search_update {changed} {indexed}{removed}; {anew}; END")


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")

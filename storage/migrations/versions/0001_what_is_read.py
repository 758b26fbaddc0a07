"""What is read: feeds, items, rules, statements, positions and changes; full-text search over items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON()


def upgrade() -> None:
    create_feeds()
    create_items()
    create_rules()
    create_statements()
    create_positions()
    if op.get_bind().dialect.name == "postgresql":
        create_search_on_postgresql()
    else:
        create_search_on_sqlite()


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")


def create_feeds() -> None:
    op.create_table(
        "feed",
        sa.Column("id", ID, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("folder", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("etag", TEXT, nullable=True),
        sa.Column("last_modified", TEXT, nullable=True),
        sa.Column("body_hash", TEXT, nullable=True),
        sa.Column("site_url", TEXT, nullable=True),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("next_poll_at", TIME, nullable=False),
        sa.Column("last_poll_at", TIME, nullable=True),
        sa.Column("last_success_at", TIME, nullable=True),
        sa.Column("last_new_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", TEXT, nullable=True),
        sa.Column("errors_since", TIME, nullable=True),
        sa.Column("baseline_done", sa.Boolean(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("lease_token", TEXT, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("url", name="uq_feed_url"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feed_status_next_poll_at", "feed", ["status", "next_poll_at"], unique=False)


def create_items() -> None:
    op.create_table(
        "story",
        sa.Column("id", ID, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "item",
        sa.Column("id", ID, nullable=False),
        sa.Column("feed_id", ID, nullable=True),
        sa.Column("feed_title", TEXT, nullable=True),
        sa.Column("identity", TEXT, nullable=False),
        sa.Column("link_identity", TEXT, nullable=True),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("publisher", TEXT, nullable=False),
        sa.Column("published_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("lang", TEXT, nullable=True),
        sa.Column("author", TEXT, nullable=True),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", TEXT, nullable=True),
        sa.Column("lease_token", TEXT, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("processed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_item_feed_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_item_story_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.UniqueConstraint("feed_id", "identity", name="uq_item_feed_id_identity"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_item_feed_id_link_identity", "item", ["feed_id", "link_identity"], unique=False)
    op.create_index("ix_item_published_at_id", "item", ["published_at", "id"], unique=False)
    op.create_index("ix_item_state_published_at_id", "item", ["state", "published_at", "id"], unique=False)
    op.create_index("ix_item_story_id", "item", ["story_id"], unique=False)
    op.create_table(
        "item_revision",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_item_revision_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_item_revision"),
        sa.UniqueConstraint("item_id", "revision", name="uq_item_revision_item_id_revision"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "match",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rule_set", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("via", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_match_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_match"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_match_item_id_revision", "match", ["item_id", "revision"], unique=False)
    op.create_index("ix_match_kind_rule_id", "match", ["kind", "rule_id"], unique=False)


def create_rules() -> None:
    op.create_table(
        "rule",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "rule_id", name="pk_rule"),
    )
    op.create_table(
        "rule_version",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", JSON, nullable=True),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("kind", "rule_id", "version", name="pk_rule_version"),
    )
    op.create_table(
        "rule_set",
        sa.Column("version", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_rule_set"),
    )


def create_statements() -> None:
    op.create_table(
        "reading",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("extractor", TEXT, nullable=False),
        sa.Column("extractor_version", TEXT, nullable=False),
        sa.Column("rule_set", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_reading_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_reading"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reading_item_id_live", "reading", ["item_id", "live"], unique=False)
    op.create_table(
        "statement",
        sa.Column("id", ID, nullable=False),
        sa.Column("reading_id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("issue", TEXT, nullable=False),
        sa.Column("stance", TEXT, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("said_at", TIME, nullable=False),
        sa.Column("speaker", TEXT, nullable=True),
        sa.Column("claimed_by", TEXT, nullable=True),
        sa.Column("quoted", sa.Boolean(), nullable=False),
        sa.Column("withdraws", sa.Boolean(), nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_statement_item_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name="fk_statement_reading_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_statement"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_statement_fingerprint", "statement", ["fingerprint"], unique=False)
    op.create_index("ix_statement_issue_holder_live", "statement", ["issue", "holder", "live"], unique=False)
    op.create_index("ix_statement_item_id", "statement", ["item_id"], unique=False)
    op.create_index("ix_statement_reading_id", "statement", ["reading_id"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("id", ID, nullable=False),
        sa.Column("statement_id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=True),
        sa.Column("issue", TEXT, nullable=True),
        sa.Column("stance", TEXT, nullable=True),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name="fk_verdict_statement_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_verdict"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_verdict_issue_holder", "verdict", ["issue", "holder"], unique=False)
    op.create_index("ix_verdict_statement_id", "verdict", ["statement_id"], unique=False)


def create_positions() -> None:
    op.create_table(
        "position",
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("issue", TEXT, nullable=False),
        sa.Column("stance", TEXT, nullable=True),
        sa.Column("posterior", JSON, nullable=False),
        sa.Column("since", TIME, nullable=True),
        sa.Column("statement_id", ID, nullable=True),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.Column("pending", TEXT, nullable=True),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name="fk_position_statement_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("actor", "issue", name="pk_position"),
    )
    op.create_index("ix_position_issue", "position", ["issue"], unique=False)
    op.create_index("ix_position_statement_id", "position", ["statement_id"], unique=False)
    op.create_table(
        "change",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("issue", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=True),
        sa.Column("after", TEXT, nullable=True),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("trigger", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.Column("posterior", sa.Float(), nullable=False),
        sa.Column("before_statement", ID, nullable=True),
        sa.Column("after_statement", ID, nullable=False),
        sa.Column("support", JSON, nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["after_statement"], ["statement.id"], name="fk_change_after_statement", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["before_statement"], ["statement.id"], name="fk_change_before_statement", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        sa.UniqueConstraint("key", name="uq_change_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_actor_issue_at", "change", ["actor", "issue", "at"], unique=False)
    op.create_index("ix_change_after_statement", "change", ["after_statement"], unique=False)
    op.create_index("ix_change_at_id", "change", ["at", "id"], unique=False)
    op.create_index("ix_change_before_statement", "change", ["before_statement"], unique=False)
    op.create_index("ix_change_issue", "change", ["issue"], unique=False)


def create_search_on_sqlite() -> None:
    # External content: the words lie in item_revision only. The triggers hand FTS5 the old words on the way out, as it
    # asks; they fire for rows that a foreign key deletes as well.
    op.execute(
        "CREATE VIRTUAL TABLE item_search USING fts5(title, text, content='item_revision', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute(
        "CREATE TRIGGER item_search_insert AFTER INSERT ON item_revision BEGIN "
        "INSERT INTO item_search (rowid, title, text) VALUES (new.id, new.title, new.text); END"
    )
    op.execute(
        "CREATE TRIGGER item_search_delete AFTER DELETE ON item_revision BEGIN "
        "INSERT INTO item_search (item_search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text); END"
    )
    op.execute(
        "CREATE TRIGGER item_search_update AFTER UPDATE OF title, text ON item_revision BEGIN "
        "INSERT INTO item_search (item_search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text); "
        "INSERT INTO item_search (rowid, title, text) VALUES (new.id, new.title, new.text); END"
    )


def create_search_on_postgresql() -> None:
    op.execute(
        "CREATE TABLE item_search ("
        "revision_id BIGINT PRIMARY KEY REFERENCES item_revision (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX item_search_words ON item_search USING gin (words)")

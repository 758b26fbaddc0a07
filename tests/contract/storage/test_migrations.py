"""The migrations give exactly the schema that the models declare, however many processes run them at once."""

from __future__ import annotations

import multiprocessing
import re
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from monitor.model.timing import Timing
from storage.engine import Database
from storage.errors import SchemaMissing, SchemaNewer
from storage.migrations import schema
from storage.tables import Table
from tests.postgres import Cluster


def test_migrations_give_the_schema_of_the_models(database: Database) -> None:
    with database._engine.connect() as connection:
        options = {"include_name": schema.is_ours, "compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Table.metadata) == []


def test_on_sqlite_they_give_the_very_same_statements(sqlite_database: Database, tmp_path: Path) -> None:
    """compare_metadata overlooks AUTOINCREMENT, ON DELETE and the order of an index's columns; this does not."""
    engine = create_engine(f"sqlite:///{tmp_path / 'models.db'}")
    Table.metadata.create_all(engine)
    with engine.connect() as declared, sqlite_database._engine.connect() as migrated:
        assert _statements(migrated) == _statements(declared)
    engine.dispose()


def test_on_postgresql_foreign_keys_and_indexes_are_the_same(
    postgresql_database: Database, postgresql_cluster: Cluster
) -> None:
    url = postgresql_cluster.create()
    other = Database(url)
    Table.metadata.create_all(other._engine)
    queries = (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'item_search%' "
        "AND conrelid::regclass::text != 'alembic_version' ORDER BY 1, 2",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'item_search%' "
        "AND tablename != 'alembic_version' ORDER BY 1",
    )
    with postgresql_database._engine.connect() as migrated, other._engine.connect() as declared:
        for query in queries:
            assert migrated.execute(text(query)).all() == declared.execute(text(query)).all()
    other.close()
    postgresql_cluster.drop(url)


def test_feeds_from_before_the_upgrade_get_their_host(empty_url: str) -> None:
    database = Database(empty_url)
    with database._engine.begin() as connection:
        settings = schema.config()
        settings.attributes["connection"] = connection
        schema.command.upgrade(settings, "0002")
        for number, url in enumerate(("https://anna:secret@News.example:8443/feed", "http://[broken/")):
            connection.execute(
                text(
                    "INSERT INTO feed (url, title, folder, status, interval_s, next_poll_at, failures, baseline_done,"
                    " added_at) VALUES (:url, '', '', 'active', :n, '2025-06-01 12:00:00', 0, false,"
                    " '2025-06-01 12:00:00')"
                ),
                {"url": url, "n": number},
            )
    database.upgrade()
    with database._engine.connect() as connection:
        hosts = connection.execute(text("SELECT host FROM feed ORDER BY interval_s")).scalars().all()
    assert hosts == ["news.example", ""]
    database.close()


def test_upgrading_twice_changes_nothing(empty_url: str) -> None:
    database = Database(empty_url)
    assert database.schema_version() is None
    database.upgrade()
    database.upgrade()
    assert database.schema_version() == schema.head()
    database.close()


def test_processes_that_start_at_once_all_succeed(empty_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(2)
    starters = [spawn.Process(target=_upgrade, args=(empty_url, barrier)) for _ in range(2)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert [starter.exitcode for starter in starters] == [0, 0]
    database = Database(empty_url)
    assert database.schema_version() == schema.head()
    database.close()


def test_a_newer_schema_is_refused_with_the_remedy(database: Database) -> None:
    with database._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaNewer, match=r"newer version of this program .*9999.*install that version"):
        database.upgrade()


def test_without_an_upgrade_it_says_so(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(SchemaMissing, match="no tables yet"), database.view() as work:
        work.feeds.all()
    database.close()


def test_a_migration_that_fails_leaves_no_half_of_itself(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(empty_url)
    whole = schema.command.upgrade

    def fails(*args: object, **kwargs: object) -> None:
        whole(*args, **kwargs)  # type: ignore[arg-type]
        raise OSError("power cut")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="power cut"):
        patched.setattr(schema.command, "upgrade", fails)
        database.upgrade()
    assert database.schema_version() is None
    database.upgrade()
    assert database.schema_version() == schema.head()
    database.close()


def _upgrade(url: str, barrier: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    database = Database(url)
    database.upgrade()
    database.close()


def _statements(connection: object) -> dict[str, list[str]]:
    """Each statement as its sorted parts: Alembic orders the constraints of a table in its own way."""
    rows = connection.execute(  # type: ignore[attr-defined]
        text(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'item_search%' "
            "AND name NOT LIKE 'append_only%' AND name NOT LIKE 'stamp_%'"
        )
    )
    tables = ("alembic_version", "sqlite_sequence")
    return {
        name: sorted(part.strip(" (),") for part in re.split(r",\n|\n\t?|, (?=\w+ [A-Z])", sql))
        for name, sql in rows
        if name not in tables
    }


def test_what_was_told_before_messages_were_shared_keeps_its_words(empty_url: str) -> None:
    database = Database(empty_url)
    at = "'2025-06-01 12:00:00'"
    with database._engine.begin() as connection:
        settings = schema.config()
        settings.attributes["connection"] = connection
        schema.command.upgrade(settings, "0008")
        for row in (
            f"subscriber (name, created_at) VALUES ('Ada', {at})",
            "subscription (subscriber_id, channel, target, filter, created_at) VALUES (1, 'email', 'ada@x.example',"
            f' \'{{"actors": [], "issues": [], "kinds": [], "least_confidence": 0, "pending": false,'
            f' "commentators": true}}\', {at})',
            "alert (id, subscription_id, kind, dedup, content, actor, issue, sequence, created_at)"
            f" VALUES ('alt_7', 1, 'change', 'd', '{{\"a\": 1}}', 'm', 'i', 4, {at})",
            "delivery (alert_id, channel, target, subject, text, html, payload, status, attempts, created_at)"
            f" VALUES ('alt_7', 'email', 'ada@x.example', 's', 't', 'h', 'p', 'dead', 2, {at})",
            f"attempt (delivery_id, n, at, ok) VALUES (1, 1, {at}, false), (1, 2, {at}, false)",
        ):
            connection.execute(text(f"INSERT INTO {row}".replace(":", "\\:")))
    database.upgrade()
    with database.work() as work:
        told = work.alerts.get("alt_7")
        assert (told.content, told.subject, told.sequence) == ({"a": 1}, "s", 4)
        (delivery,) = work.alerts.deliveries()
        assert (delivery.subject, delivery.attempts, len(work.alerts.attempts(delivery.id))) == ("s", 2, 2)
        (subscription,) = work.subscriptions.all()
        assert (subscription.confirmed, subscription.timing, len(work.subscriptions.versions(1))) == (True, Timing(), 1)
        work.alerts.retry(delivery.id, subscription.created_at)
        (claimed,) = work.alerts.claim_due(subscription.created_at, 9, timedelta(minutes=1))
        assert (claimed.subject, claimed.text, claimed.html, claimed.payload) == ("s", "t", "h", "p")
        assert work.alerts.next_sequence("m", "i") == 5
    database.close()

"""Retention: what nothing rests on goes; what a change cites stays, whatever its age."""

from __future__ import annotations

import pytest

from monitor.model.alert import AlertKind
from rules.model import Match, RuleKind, Via
from storage.engine import Database
from storage.errors import NotFound
from storage.retention import Pruned, prune
from storage.values import ItemState
from storage.work import Work
from tests.contract.storage.values import DAY, NOW, alert, change, fold, new_item, read, statement, subscribe

OLD = NOW - 400 * DAY
HORIZON = NOW - 365 * DAY


def old_item(work: Work, identity: str, feed_id: int | None = None) -> int:
    item = work.items.add(new_item(identity, published_at=OLD, seen_at=OLD, feed_id=feed_id), None)
    work.items.save_matches(item, [Match("text", 0, 2, RuleKind.QUERY, "q", Via.QUERY)], "set", OLD)
    work.items.mark_done([item], OLD)
    return item.id


def old_statement(work: Work, identity: str) -> int:
    """A statement that is no longer live, on an old item."""
    item = work.items.get(old_item(work, identity))
    read(work, item, statement(item))
    (found,) = work.statements.for_item(item.id)
    read(work, item)
    return found.id


def left(database: Database) -> set[str]:
    with database.view() as work:
        return {item.identity for item in work.items.search(None, 99)}


def test_old_items_that_nothing_rests_on_are_forgotten(database: Database) -> None:
    with database.work() as work:
        gone = old_item(work, "gone")
        old_statement(work, "nothing cites it")
        work.items.add(new_item("young"), None)
        work.items.add(new_item("waiting", published_at=OLD, seen_at=OLD), None)
        young = work.items.add(new_item("old words seen today", published_at=OLD), None)
        work.items.mark_done([young], NOW)
    assert prune(database, HORIZON, HORIZON) == Pruned(items=2, events=0)
    assert left(database) == {"young", "waiting", "old words seen today"}
    with database.view() as work, pytest.raises(NotFound):
        work.items.get(gone)
    assert prune(database, HORIZON, HORIZON) == Pruned(items=0, events=0)


def test_whatever_a_change_a_position_or_an_alert_rests_on_stays(database: Database) -> None:
    with database.work() as work:
        before, after, support, upholds = (old_statement(work, n) for n in ("before", "after", "support", "upholds"))
        found = change(after, before_statement=before, support=(after, support))
        work.positions.save_fold(fold(found, statement=upholds), NOW)
        told = old_item(work, "told")
        alert(work, subscribe(work), "match", item_id=told, kind=AlertKind.MATCH, actor=None, issue=None)
        live = work.items.get(old_item(work, "live"))
        read(work, live, statement(live))
        old_item(work, "gone")
    assert prune(database, HORIZON, HORIZON).items == 1
    assert left(database) == {"before", "after", "support", "upholds", "told", "live"}
    with database.view() as work:
        assert set(work.statements.get([before, after, support, upholds])) == {before, after, support, upholds}


def test_an_item_that_its_feed_still_lists_does_not_come_in_again(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add("https://news.example/feed", "", "", OLD)
        item_id = old_item(work, "listed", feed.id)
        work.items.revise(item_id, "Kept title", "Peculiar words", "h2", None, OLD)
        work.items.mark_done([work.items.get(item_id)], OLD)
    assert prune(database, HORIZON, HORIZON).items == 1
    assert left(database) == set()
    with database.work() as work:
        known = work.items.known(feed.id, ["listed"])["listed"]
        assert (known.id, known.revision, known.content_hash) == (item_id, 2, "h2")
        assert (work.items.get(item_id).title, work.items.get(item_id).text) == ("Kept title", "")
        assert work.items.search("peculiar", 9) == work.items.search("minister", 9) == []
        assert work.items.matches(item_id) == []
        assert work.items.counts()[ItemState.FORGOTTEN] == 1
        with pytest.raises(NotFound):
            work.items.revision(item_id, 1)
        revised = work.items.revise(item_id, "New title", "Other words", "h3", None, NOW)
        assert work.items.claim_new(NOW, 9, DAY) == [revised]
    assert left(database) == {"listed"}
    with database.view() as work:
        assert [item.id for item in work.items.search("other words", 9)] == [item_id]


def test_what_is_kept_of_an_item_goes_with_its_feed(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add("https://news.example/feed", "", "", OLD)
        gone = old_item(work, "listed", feed.id)
    prune(database, HORIZON, HORIZON)
    with database.work() as work:
        work.feeds.remove(feed.id)
        with pytest.raises(NotFound):
            work.items.get(gone)


def test_what_was_processed_again_lately_is_young(database: Database) -> None:
    with database.work() as work:
        item = work.items.get(old_item(work, "revised"))
        work.items.mark_done([work.items.revise(item.id, "t", "x", "h", None, NOW)], NOW)
    assert prune(database, HORIZON, HORIZON).items == 0


def test_many_items_go_in_batches_and_their_words_with_them(database: Database) -> None:
    with database.work() as work:
        for n in range(210):
            old_item(work, f"i{n}")
    assert prune(database, HORIZON, HORIZON).items == 210
    with database.work() as work:
        assert work.items.search("minister", 9) == []
        assert work.items.counts() == dict.fromkeys(ItemState, 0)


def test_heard_events_go(database: Database) -> None:
    with database.work() as work:
        work.events.mark_dispatched([work.events.add("s", {}, OLD)], OLD)
        work.events.add("s", {}, OLD)
    assert prune(database, HORIZON, HORIZON) == Pruned(items=0, events=1)

"""Feeds: added once, claimed once, saved without undoing what others did."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from monitor.model.feed import Feed, FeedStatus
from storage.engine import Database
from storage.errors import FeedExists, NotFound
from tests.contract.storage.values import DAY, MINUTE, NOW, new_item

URL = "https://news.example/feed"


def test_a_feed_comes_back_as_it_was_saved(database: Database) -> None:
    with database.work() as work:
        added = work.feeds.add(URL, "News", "World", NOW)
    assert (added.url, added.title, added.folder, added.status) == (URL, "News", "World", FeedStatus.ACTIVE)
    assert added.next_poll_at == added.added_at == NOW
    whole = replace(
        added,
        status=FeedStatus.GONE,
        etag='W/"1"',
        last_modified="yesterday",
        body_hash="abc",
        site_url="https://news.example/",
        interval_s=900,
        next_poll_at=NOW + MINUTE,
        last_poll_at=NOW,
        last_success_at=NOW,
        last_new_at=NOW,
        failures=3,
        last_error="410",
        errors_since=NOW,
        baseline_done=True,
        ttl_s=3600,
        rhythm_s=1200,
        newest_entry_at=NOW,
        moved_to="https://news.example/new",
        moved_seen=2,
        full_fetch_at=NOW,
        polls=9,
        empty_polls=4,
        notice="look here",
        articles=True,
        lang="da",
        publisher="news.example",
        shortest_s=600,
        longest_s=7200,
    )
    assert all(getattr(whole, f.name) != f.default for f in fields(Feed))
    with database.work() as work:
        work.feeds.save(whole)
    with database.view() as work:
        assert work.feeds.get(added.id) == whole == work.feeds.by_url(URL)
        assert work.feeds.all() == [whole]


def test_the_same_address_twice_is_refused(database: Database) -> None:
    with database.work() as work:
        first = work.feeds.add(URL, "", "", NOW)
        second = work.feeds.add(URL + "2", "", "", NOW)
        with pytest.raises(FeedExists, match="as number") as refused:
            work.feeds.add(URL, "", "", NOW)
        assert refused.value.feed_id == first.id
        with pytest.raises(FeedExists):
            work.feeds.save(replace(second, url=URL))
    with database.view() as work:  # the refusals spoiled nothing
        assert len(work.feeds.all()) == 2


@pytest.mark.parametrize("feed_id", [0, 7, -1, 2**62, 2**80])
def test_what_is_not_there_is_named(database: Database, feed_id: int) -> None:
    with database.work() as work, pytest.raises(NotFound, match=f"there is no feed {feed_id}"):
        work.feeds.get(feed_id)


def test_saving_a_removed_feed_is_an_error(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add(URL, "", "", NOW)
        work.feeds.remove(feed.id)
        with pytest.raises(NotFound):
            work.feeds.save(feed)
        with pytest.raises(NotFound):
            work.feeds.remove(feed.id)


def test_due_feeds_are_claimed_longest_overdue_first_and_once(database: Database) -> None:
    with database.work() as work:
        late = work.feeds.add(URL + "1", "", "", NOW - DAY)
        later = work.feeds.add(URL + "2", "", "", NOW - 2 * DAY)
        paused = work.feeds.add(URL + "3", "", "", NOW - DAY)
        work.feeds.save(replace(paused, status=FeedStatus.PAUSED))
        work.feeds.add(URL + "4", "", "", NOW + MINUTE)
    with database.work() as work:
        assert [f.id for f in work.feeds.claim_due(NOW, 1, MINUTE)] == [later.id]
        assert [f.id for f in work.feeds.claim_due(NOW, 9, MINUTE)] == [late.id]
        assert work.feeds.claim_due(NOW, 9, MINUTE) == []


def test_a_lease_runs_out_and_saving_gives_it_back(database: Database) -> None:
    with database.work() as work:
        work.feeds.add(URL, "", "", NOW)
        (feed,) = work.feeds.claim_due(NOW, 9, MINUTE)
        assert work.feeds.claim_due(NOW + MINUTE - timedelta(microseconds=1), 9, MINUTE) == []
        assert work.feeds.claim_due(NOW + MINUTE, 9, MINUTE) == [feed]
        assert work.feeds.claim([feed.id], NOW + MINUTE, MINUTE) == []
        work.feeds.save(feed)
        assert work.feeds.claim([feed.id, feed.id, 99], NOW + MINUTE, MINUTE) == [feed]


def test_a_feed_that_is_added_with_others_may_be_due_later(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add(URL, "", "", NOW, due=NOW + DAY)
        assert (feed.added_at, feed.next_poll_at) == (NOW, NOW + DAY)
        assert work.feeds.claim_due(NOW, 9, MINUTE) == []


def test_a_clock_that_goes_back_stops_no_feed(database: Database) -> None:
    """Neither what is due nor a lease may wait until the clock is there again."""
    with database.work() as work:
        feed = work.feeds.add(URL, "", "", NOW)
        (claimed,) = work.feeds.claim_due(NOW + DAY, 9, MINUTE)
        work.feeds.save(replace(claimed, last_poll_at=NOW + DAY, next_poll_at=NOW + DAY + MINUTE), was=claimed)
        work.feeds.add(URL + "2", "", "", NOW + DAY)
        assert [f.id for f in work.feeds.claim_due(NOW, 9, MINUTE)] == [feed.id]
        back = work.feeds.get(feed.id)
        work.feeds.save(replace(back, last_poll_at=NOW, next_poll_at=NOW + DAY), was=back)
        assert work.feeds.claim_due(NOW, 9, MINUTE) == []
        work.feeds.claim([feed.id], NOW + 2 * DAY, MINUTE)  # by a worker that was killed
        assert [f.id for f in work.feeds.claim([feed.id], NOW, MINUTE)] == [feed.id]
        assert work.feeds.claim([feed.id], NOW - MINUTE, MINUTE) == []  # set right by a little: the lease holds


def test_naming_feeds_claims_them_due_or_not(database: Database) -> None:
    with database.work() as work:
        feeds = [work.feeds.add(f"{URL}{n}", "", "", NOW + DAY) for n in range(3)]
        work.feeds.save(replace(feeds[0], status=FeedStatus.PAUSED))
        claimed = work.feeds.claim([feeds[0].id, feeds[2].id], NOW, MINUTE)
    assert {feed.id for feed in claimed} == {feeds[0].id, feeds[2].id}


def test_a_poll_does_not_undo_what_an_operator_did_meanwhile(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add(URL, "old", "", NOW)
    with database.work() as work:
        (claimed,) = work.feeds.claim_due(NOW, 1, MINUTE)
    with database.work() as work:
        work.feeds.save(replace(feed, status=FeedStatus.PAUSED, title="mine"))
    with database.work() as work:
        work.feeds.save(replace(claimed, etag="e", failures=1), was=claimed)
    with database.view() as work:
        now = work.feeds.get(feed.id)
    assert (now.status, now.title, now.etag, now.failures) == (FeedStatus.PAUSED, "mine", "e", 1)


def test_removing_a_feed_keeps_its_items_and_its_title(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add(URL, "The News", "", NOW)
        item = work.items.add(new_item(feed_id=feed.id), None)
        other = work.items.add(new_item(feed_id=feed.id, identity="b"), None)
        assert work.feeds.item_counts() == {feed.id: 2}
        assert work.items.feed_title(item.id) == "The News"
        work.feeds.remove(feed.id)
    with database.view() as work:
        assert work.feeds.item_counts() == {}
        assert work.items.get(item.id).feed_id is None
        assert work.items.get(other.id).text == item.text
        assert work.items.feed_title(item.id) == "The News"


def test_an_id_is_never_used_again(database: Database) -> None:
    with database.work() as work:
        first = work.feeds.add(URL, "", "", NOW)
        work.feeds.remove(first.id)
    with database.work() as work:
        assert work.feeds.add(URL, "", "", NOW).id > first.id

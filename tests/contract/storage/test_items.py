"""Items: revisions, the queue, matches, and text as both databases can hold it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.model.item import KnownItem, StoryCandidate
from rules.model import Match, RuleKind, Via
from storage.engine import Database
from storage.errors import NotFound
from storage.item_queue import MOST_ATTEMPTS
from storage.values import ItemState
from tests.contract.storage.values import DAY, MINUTE, NOW, new_item


def test_an_item_comes_back_as_it_was_stored(database: Database) -> None:
    new = new_item(author="A. Writer", baseline=True)
    with database.work() as work:
        added = work.items.add(new, None)
    with database.view() as work:
        assert work.items.get(added.id) == added
        assert work.items.revision(added.id, 1) == added
    assert (added.title, added.text, added.published_at, added.baseline) == (new.title, new.text, NOW, True)
    assert added.revision == 1


def test_copies_share_a_story(database: Database) -> None:
    with database.work() as work:
        first = work.items.add(new_item("a"), None)
        copy = work.items.add(new_item("b"), first.story_id)
        other = work.items.add(new_item("c"), None)
    assert copy.story_id == first.story_id != other.story_id


def test_identities_are_known_within_their_feed(database: Database) -> None:
    with database.work() as work:
        feed, other, third = (work.feeds.add(f"https://news.example/{n}", "", "", NOW).id for n in range(3))
        mine = work.items.add(new_item("a", feed_id=feed), None)
        theirs = work.items.add(new_item("a", feed_id=other, link_identity="by-link:b"), None)
        work.items.add(new_item("a"), None)
        work.items.revise(mine.id, "t", "x", "new hash", None, NOW)
        assert work.items.known(feed, ["a", "b"]) == {"a": KnownItem(mine.id, 2, "new hash")}
        assert work.items.known(feed, []) == work.items.known(third, ["a"]) == work.items.known(99, ["a"]) == {}
        assert work.items.known_of({feed: ["a", "by-link:b"], other: ["by-link:b", "c"], third: ["a"], 99: ["a"]}) == {
            feed: {"a": KnownItem(mine.id, 2, "new hash")},
            other: {"by-link:b": KnownItem(theirs.id, 1, "hash")},
            third: {},
            99: {},
        }
        assert work.items.known_of({}) == {}


def test_many_identities_are_asked_for_at_once(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add("https://news.example/feed", "", "", NOW).id
        added = {f"i{n}": work.items.add(new_item(f"i{n}", feed_id=feed), None) for n in range(3)}
        found = work.items.known(feed, [f"i{n}" for n in range(2_000)])
    assert {identity: known.id for identity, known in found.items()} == {i: item.id for i, item in added.items()}


def test_an_identity_that_cannot_be_stored_as_it_is_is_known_again(database: Database) -> None:
    odd = "guid\x00\ud800"
    with database.work() as work:
        feed = work.feeds.add("https://news.example/feed", "", "", NOW).id
        added = work.items.add(new_item(odd, feed_id=feed), None)
        assert work.items.known(feed, [odd]) == {odd: KnownItem(added.id, 1, "hash")}


def test_a_revision_keeps_the_earlier_words_and_is_processed_again(database: Database) -> None:
    with database.work() as work:
        first = work.items.add(new_item(), None)
        work.items.mark_done([first], NOW)
        second = work.items.revise(first.id, "Corrected", "Other words", "h2", "https://news.example/2", NOW + DAY)
    with database.work() as work:
        assert work.items.get(first.id) == second
        assert (second.revision, second.title, second.url) == (2, "Corrected", "https://news.example/2")
        assert work.items.revision(first.id, 1).text == first.text
        assert work.items.claim_new(NOW, 9, MINUTE) == [second]
        with pytest.raises(NotFound, match="there is no item revision"):
            work.items.revision(first.id, 3)
        with pytest.raises(NotFound, match="there is no item 99"):
            work.items.revise(99, "", "", "", None, NOW)


def test_new_items_are_claimed_in_the_order_of_publication(database: Database) -> None:
    with database.work() as work:
        late = work.items.add(new_item("a", published_at=NOW), None)
        early = work.items.add(new_item("b", published_at=NOW - DAY), None)
        same = work.items.add(new_item("c", published_at=NOW - DAY), None)
    with database.work() as work:
        assert work.items.claim_new(NOW, 2, MINUTE) == [early, same]
        assert work.items.claim_new(NOW, 2, MINUTE) == [late]
        assert work.items.claim_new(NOW, 2, MINUTE) == []
        work.items.mark_done([early, late], NOW)
        assert work.items.claim_new(NOW + MINUTE, 9, MINUTE) == [same]
        assert work.items.counts() == dict.fromkeys(ItemState, 0) | {ItemState.NEW: 1, ItemState.DONE: 2}


def test_finishing_an_old_revision_leaves_the_new_one_to_do(database: Database) -> None:
    with database.work() as work:
        work.items.add(new_item(), None)
        (claimed,) = work.items.claim_new(NOW, 1, MINUTE)
        revised = work.items.revise(claimed.id, "t", "x", "h", None, NOW)
        work.items.mark_done([claimed], NOW)
        assert work.items.claim_new(NOW, 1, MINUTE) == [revised]


def test_an_item_that_keeps_failing_is_put_aside_where_it_can_be_seen(database: Database) -> None:
    with database.work() as work:
        item = work.items.add(new_item(), None)
    now = NOW
    for n in range(MOST_ATTEMPTS):
        with database.work() as work:
            assert work.items.claim_new(now, 1, MINUTE) == [item]
        with database.work() as work:
            work.items.mark_failed(item.id, f"failure {n}", now)
            assert work.items.claim_new(now, 1, MINUTE) == []
        now += MINUTE
    with database.work() as work:
        assert work.items.claim_new(now + DAY, 1, MINUTE) == []
        (failed,) = work.items.failed()
        assert (failed.item, failed.attempts, failed.error) == (item, MOST_ATTEMPTS, f"failure {MOST_ATTEMPTS - 1}")
        assert work.items.counts()[ItemState.FAILED] == 1
        work.items.retry(item.id)
        assert work.items.claim_new(now, 1, MINUTE) == [item]
        assert work.items.failed() == []


def test_matches_of_the_present_revision_come_in_the_order_of_the_text(database: Database) -> None:
    first = Match("text", 0, 2, RuleKind.ISSUE, "troops", Via.ABOUT)
    second = Match("title", 5, 9, RuleKind.ACTOR, "minister", Via.OFFICE)
    with database.work() as work:
        item = work.items.add(new_item(), None)
        work.items.save_matches(item, [second, first], "set", NOW)
        work.items.save_matches(item, [second, first], "set", NOW)  # a repeat adds nothing
        assert work.items.matches(item.id) == [first, second]
        revised = work.items.revise(item.id, "t", "x", "h", None, NOW)
        assert work.items.matches(item.id) == []
        work.items.save_matches(revised, [], "set", NOW)
        assert work.items.matches(item.id) == []


def test_story_candidates_are_what_was_published_since(database: Database) -> None:
    with database.work() as work:
        work.items.add(new_item("old", published_at=NOW - DAY), None)
        item = work.items.add(new_item("new"), None)
        work.items.revise(item.id, "Now", "new words", "h", None, NOW)
        assert work.items.story_candidates(NOW) == [
            StoryCandidate(
                story_id=item.story_id,
                item_id=item.id,
                publisher=item.publisher,
                title="Now",
                text="new words",
                published_at=NOW,
            )
        ]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("a\udc00b", "a\ufffdb"),
        ("\ud83d\ude00!", "😀!"),
        ("tab\tline\nbell\x07 ﷽ 🇺🇦 e\u0301", "tab\tline\nbell\x07 ﷽ 🇺🇦 e\u0301"),
    ],
)
def test_what_cannot_be_stored_is_replaced_and_what_is_given_out_is_what_was_stored(
    database: Database, given: str, stored: str
) -> None:
    with database.work() as work:
        added = work.items.add(new_item(title=given, text=given, author=given, publisher=given), None)
        assert (added.title, added.text, added.publisher) == (stored, stored, stored)
        revised = work.items.revise(added.id, given + "2", given + "2", "h", given, NOW)
        assert revised.text == stored + "2"
    with database.view() as work:
        assert work.items.revision(added.id, 1) == replace(added, url=stored)
        assert work.items.get(added.id) == revised


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="has no zone"), database.work() as work:
        work.items.add(new_item(published_at=naive), None)
    with database.view() as work:
        assert work.items.search(None, 9) == []


def test_times_are_one_moment_whatever_zone_they_came_in(database: Database) -> None:
    tokyo = timezone(timedelta(hours=9))
    with database.work() as work:
        item = work.items.add(new_item(published_at=NOW.astimezone(tokyo)), None)
        assert item.published_at == NOW
        assert item.published_at.tzinfo is UTC
        assert work.items.story_candidates(NOW.astimezone(tokyo))[0].published_at.tzinfo is UTC


@pytest.mark.parametrize(
    "moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)]
)
def test_the_ends_of_the_calendar_come_back(database: Database, moment: datetime) -> None:
    with database.work() as work:
        item = work.items.add(new_item(published_at=moment), None)
    with database.view() as work:
        assert work.items.get(item.id).published_at == moment


def test_an_item_is_recognised_by_its_second_identity_and_the_first_goes_before(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add("https://news.example/rss", "", "", NOW)
        one = work.items.add(new_item("guid-1", feed_id=feed.id, link_identity="link-1"), None)
        two = work.items.add(new_item("link-1", feed_id=feed.id, link_identity="link-2"), None)
        known = work.items.known(feed.id, ["guid-2", "guid-1", "link-1", "link-2"])
    assert {key: found.id for key, found in known.items()} == {"guid-1": one.id, "link-1": two.id, "link-2": two.id}

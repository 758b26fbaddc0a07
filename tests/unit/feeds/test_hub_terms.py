"""Leases, signatures, patience, and how rarely a pushed feed is polled."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.hub_terms import (
    LEASE_UNSAID_S,
    LEAST_WAIT_S,
    LIES_AFTER,
    LONGEST_LEASE_S,
    UNPROVEN_POLL_S,
    PushCadence,
    after_push,
    ask_again_after_s,
    granted_lease_s,
    in_words,
    missed_after,
    polled_rarely,
    renew_after_s,
    signature_holds,
)
from monitor.model.feed import Feed, ParsedEntry, ParsedFeed
from monitor.model.hub import HubState, HubSubscription

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "s" * 43
RARELY = PushCadence(poll_s=4 * 3600)

FEED = Feed(
    id=1,
    url="https://paper.example/feed",
    added_at=NOW,
    next_poll_at=NOW + timedelta(minutes=10),
    last_poll_at=NOW,
    baseline_done=True,
    body_hash="x",
)
LIVE = HubSubscription(
    id=1,
    feed_id=1,
    topic="https://paper.example/feed",
    hub="https://hub.example/",
    hubs=("https://hub.example/",),
    state=HubState.VERIFIED,
    secret=SECRET,
    next_attempt_at=NOW + timedelta(days=8),
    live_until=NOW + timedelta(days=10),
    verified_at=NOW - timedelta(days=1),
    last_news_at=NOW - timedelta(hours=1),
)


@pytest.mark.parametrize(
    ("said", "lease"),
    [
        ("864000", 864_000),
        (" 60 ", 60),
        (None, LEASE_UNSAID_S),
        ("0", None),
        ("-5", None),
        ("1e9", None),
        ("", None),
        ("٣", None),
        (str(10 * 365 * 86_400), LONGEST_LEASE_S),
        ("9" * 18, LONGEST_LEASE_S),
        ("9" * 4_000, None),
    ],
)
def test_leases(said: str | None, lease: int | None) -> None:
    assert granted_lease_s(said) == lease


def test_a_lease_is_renewed_well_before_its_end_and_not_by_all_at_once() -> None:
    assert renew_after_s(100_000, 0) == pytest.approx(70_000)
    assert renew_after_s(100_000, 1) == pytest.approx(85_000)
    assert renew_after_s(60, 0.5) == LEAST_WAIT_S  # a hub that gives minutes is not asked every minute


def test_whoever_does_not_verify_is_asked_ever_more_rarely() -> None:
    waits = [ask_again_after_s(n, None, 0) for n in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == LEAST_WAIT_S
    assert waits[-1] == 86_400
    assert ask_again_after_s(1, 7_200, 0) == 7_200


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures(algorithm: str) -> None:
    body = b"<rss/>"
    good = hmac.new(SECRET.encode(), body, getattr(hashlib, algorithm)).hexdigest()
    assert signature_holds(f"{algorithm}={good}", SECRET, body)
    assert signature_holds(f" {algorithm.upper()}={good.upper()} ", SECRET, body)
    for wrong in (None, "", good, f"{algorithm}=", f"{algorithm}={good[:-1]}", f"{algorithm}={good}0", f"md5={good}"):
        assert not signature_holds(wrong, SECRET, body)
    assert not signature_holds(f"{algorithm}={good}", SECRET, body + b" ")
    assert not signature_holds(f"{algorithm}={good}", "other", body)
    assert not signature_holds(f"{algorithm}=ü", SECRET, body)


def test_a_hash_that_no_key_went_into_signs_nothing() -> None:
    assert not signature_holds("sha256=" + hashlib.sha256(b"x").hexdigest(), SECRET, b"x")
    assert not signature_holds("blake2b=" + hmac.new(SECRET.encode(), b"x", "blake2b").hexdigest(), SECRET, b"x")


def test_a_feed_whose_news_are_pushed_is_polled_rarely() -> None:
    assert polled_rarely(FEED, LIVE, NOW, RARELY).next_poll_at == NOW + timedelta(hours=4)
    later = replace(FEED, next_poll_at=NOW + timedelta(hours=6))
    assert polled_rarely(later, LIVE, NOW, RARELY) == later  # never sooner than by its own rhythm


def test_a_hub_that_has_not_pushed_news_yet_is_trusted_for_an_hour() -> None:
    new = replace(LIVE, last_news_at=None)
    assert polled_rarely(FEED, new, NOW, RARELY).next_poll_at == NOW + timedelta(seconds=UNPROVEN_POLL_S)


def test_no_poll_is_put_off_beyond_the_lease() -> None:
    ends = replace(LIVE, live_until=NOW + timedelta(minutes=30))
    assert polled_rarely(FEED, ends, NOW, RARELY).next_poll_at == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("feed", "subscription"),
    [
        (FEED, replace(LIVE, live_until=NOW)),
        (FEED, replace(LIVE, state=HubState.LAPSED)),
        (FEED, replace(LIVE, state=HubState.DENIED)),
        (FEED, replace(LIVE, missed=1)),
        (replace(FEED, failures=1), LIVE),
        (replace(FEED, body_hash=None), LIVE),  # some entries were left for the next poll
        (replace(FEED, last_poll_at=NOW - timedelta(hours=1)), LIVE),  # its host was left alone: nothing was asked
    ],
)
def test_otherwise_the_feed_is_polled_as_ever(feed: Feed, subscription: HubSubscription) -> None:
    assert polled_rarely(feed, subscription, NOW, RARELY) == feed


def test_what_a_poll_finds_that_was_not_pushed_counts_against_the_hub() -> None:
    was = replace(FEED, last_poll_at=NOW - timedelta(hours=4))
    assert missed_after(was, LIVE, 2) == 1
    assert missed_after(was, replace(LIVE, missed=1), 1) == 2
    assert missed_after(was, LIVE, 0) == 0
    assert missed_after(was, replace(LIVE, missed=1), 0) == 1  # silence proves nothing


def test_what_appeared_before_the_hub_was_bound_to_push_does_not() -> None:
    was = replace(FEED, last_poll_at=NOW - timedelta(hours=4))
    assert missed_after(was, replace(LIVE, verified_at=NOW - timedelta(hours=1)), 2) == 0
    assert missed_after(was, replace(LIVE, state=HubState.LAPSED), 2) == 0
    assert missed_after(replace(was, baseline_done=False), LIVE, 2) == 0
    assert missed_after(replace(was, last_poll_at=None), LIVE, 2) == 0


def test_a_push_touches_nothing_that_is_known_of_the_feeds_own_document() -> None:
    feed = replace(FEED, etag='"1"', failures=2, last_error="down", polls=7)
    entry = ParsedEntry(id="1", title="t", link=None, text="", published=NOW - timedelta(minutes=1))
    ahead = replace(entry, id="2", published=NOW + timedelta(days=900))
    after = after_push(feed, ParsedFeed(title="other", entries=(entry, ahead)), 1, NOW)
    assert after == replace(feed, last_new_at=NOW, newest_entry_at=entry.published)
    assert after_push(feed, ParsedFeed(title=""), 0, NOW) == feed


def test_a_push_that_breaks_off_makes_the_feed_due() -> None:
    assert after_push(FEED, ParsedFeed(title="", complete=False), 0, NOW).next_poll_at == NOW


def test_how_it_stands_is_said_in_words_without_secrets() -> None:
    assert in_words(LIVE, NOW) == (
        "pushed by the hub https://hub.example/, lease until 2026-03-11 12:00 UTC; nothing was pushed so far"
    )
    pushed = in_words(replace(LIVE, last_push_at=NOW - timedelta(hours=2)), NOW)
    assert pushed.endswith("last push 2 hours ago")
    assert "had not pushed" in in_words(replace(LIVE, missed=LIES_AFTER), NOW)
    assert "ran out" in in_words(replace(LIVE, live_until=NOW), NOW)
    denied = replace(LIVE, state=HubState.DENIED, hub="https://me:pass@hub.example/?token=t", last_error="Denied.")
    assert in_words(denied, NOW) == (
        "the hub https://***@hub.example/?token=*** denied the subscription: Denied; the feed is polled as ever"
    )
    for state in HubState:
        words = in_words(replace(LIVE, state=state), NOW)
        assert words
        assert SECRET not in words + repr(LIVE)
        assert LIVE.token not in words + repr(LIVE)

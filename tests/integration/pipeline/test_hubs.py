"""Feeds with a hub: found by polls, asked for, believed as far as it keeps its word; and what it pushes is admitted."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from monitor.feeds.hub_client import HubClient
from monitor.feeds.hub_terms import LEASE_ASKED_S, LIES_AFTER, PushCadence
from monitor.feeds.parser_pool import ParseFailed
from monitor.model.feed import Feed, ParsedFeed
from monitor.model.hub import HubState, HubSubscription
from monitor.model.item import Item
from monitor.net.guard import Guard
from monitor.pipeline.hubs import Followed, HubStep
from monitor.pipeline.poll import Poller
from monitor.pipeline.pushes import MOST_ATTEMPTS, PushStep
from storage.engine import Database
from tests.hubs.standing import standing
from tests.integration.feeds.wire import Wire
from tests.integration.pipeline.polling import NOW, Here, poller, rss
from tests.sinks import HttpSink
from tests.sinks.http import Answer, Manner

BASE = "https://news.example/volteface"
HOUR = timedelta(hours=1)
RARELY = PushCadence(poll_s=4 * 3600)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What is asked of a database here is tried on both kinds in tests/contract/storage."""
    return sqlite_database


@pytest.fixture
async def paper() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server


@pytest.fixture
def hub() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        sink.answers(Answer(status=202))
        yield sink


def follows(database: Database, **more: object) -> asynccontextmanager[AsyncIterator[Poller]]:  # type: ignore[type-arg]
    return poller(database, hubs=Followed(RARELY), **more)  # type: ignore[return-value]


@asynccontextmanager
async def asking(database: Database, *, deadline_s: float = 20.0, allow: str = "127.0.0.1") -> AsyncIterator[HubStep]:
    guard = Guard([allow], setting="VOLTEFACE_FEED_ALLOW")
    async with HubClient(guard, user_agent="Volteface/test", deadline_s=deadline_s) as client:
        yield HubStep(database, client, BASE)


def add(database: Database, paper: Wire, *hubs: str, names: str = "a", **headers: str) -> Feed:
    links = ", ".join([*(f'<{hub}>; rel="hub"' for hub in hubs), f'<{paper.url}/topic>; rel="self"'])
    url = paper.give("/feed", body=rss(names), link=links, **headers)
    with database.work() as work:
        known = work.feeds.by_url(url)
        return known or work.feeds.add(url, "", "", NOW)


def stored(database: Database, feed: Feed) -> Feed:
    with database.view() as work:
        return work.feeds.get(feed.id)


def verify(database: Database, feed: Feed, now: datetime, lease_s: int = 864_000) -> HubSubscription:
    with database.work() as work:
        one = work.hubs.of_feeds([feed.id])[feed.id]
        work.hubs.verified(one.id, lease_s, now + timedelta(seconds=lease_s * 0.8), now)
    return standing(database, feed.id)


def push(database: Database, feed: Feed, body: bytes, now: datetime = NOW) -> HubSubscription:
    with database.work() as work:
        one = work.hubs.of_feeds([feed.id])[feed.id]
        work.pushes.add(one.id, body, "application/rss+xml", now)
    return one


def waiting(database: Database, feed: Feed) -> int:
    with database.view() as work:
        return work.hubs.waiting_pushes(work.hubs.of_feeds([feed.id])[feed.id].id)


def titles(database: Database, feed: Feed) -> list[str]:
    with database.view() as work:
        found: list[Item] = [work.items.get(number) for number in range(1, 100) if _is_there(work, number)]
    return sorted(item.title for item in found if item.feed_id == feed.id)


def _is_there(work: object, number: int) -> bool:
    from storage.errors import NotFound

    try:
        work.items.get(number)  # type: ignore[attr-defined]
    except NotFound:
        return False
    return True


async def test_a_feed_that_names_a_hub_is_subscribed_to_and_polled_rarely(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    feed = add(database, paper, f"{hub.url}/hub?x=1")
    async with follows(database) as poll, asking(database) as step:
        await poll.step(NOW)
        assert await step.step(NOW) == 1
        (request,) = hub.requests
        one = standing(database, feed.id)
        assert (request.method, request.path) == ("POST", "/hub?x=1")
        assert {name: value for name, (value,) in parse_qs(request.body.decode()).items()} == {
            "hub.mode": "subscribe",
            "hub.topic": f"{paper.url}/topic",
            "hub.callback": f"{BASE}/websub/{one.token}",
            "hub.secret": one.secret,
            "hub.lease_seconds": str(LEASE_ASKED_S),
            "hub.verify": "async",
        }
        assert 32 <= len(one.secret) < 200  # WebSub, 5.1
        assert (one.state, one.attempts, one.last_error) == (HubState.ASKED, 1, None)
        assert await step.step(NOW) == 0
        (before,) = await poll.step_these([feed.id], NOW + HOUR)
        assert before.feed.next_poll_at < NOW + 1.7 * HOUR  # nothing is verified yet
        verify(database, feed, NOW + HOUR)
        (unproven,) = await poll.step_these([feed.id], NOW + 2 * HOUR)
        assert unproven.feed.next_poll_at == NOW + 3 * HOUR
        with database.work() as work:
            work.hubs.had_news(one.id, NOW)
        (rarely,) = await poll.step_these([feed.id], NOW + 3 * HOUR)
        assert rarely.feed.next_poll_at == NOW + 7 * HOUR


async def test_a_feed_that_names_no_hub_any_more_or_another_one_is_given_up_there(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    feed = add(database, paper, f"{hub.url}/one")
    async with follows(database) as poll, asking(database) as step:
        await poll.step(NOW)
        await step.step(NOW)
        old = verify(database, feed, NOW)
        add(database, paper, f"{hub.url}/two", names="ab")
        await poll.step_these([feed.id], NOW + HOUR)
        await step.step(NOW + HOUR)
        add(database, paper, names="abc")
        await poll.step_these([feed.id], NOW + 2 * HOUR)
        await step.step(NOW + 2 * HOUR)
    asked = [(r.path, parse_qs(r.body.decode())["hub.mode"][0]) for r in hub.requests]
    assert asked[0] == ("/one", "subscribe")
    assert sorted(asked[1:3]) == [("/one", "unsubscribe"), ("/two", "subscribe")]
    assert ("/two", "unsubscribe") in asked[3:]
    leaving = [parse_qs(r.body.decode()) for r in hub.requests if b"unsubscribe" in r.body and r.path == "/one"]
    assert leaving[0]["hub.callback"] == [f"{BASE}/websub/{old.token}"]
    assert "hub.secret" not in leaving[0]
    with database.view() as work:
        assert work.hubs.of_feeds([feed.id]) == {}


async def test_a_hub_that_never_verifies_is_asked_ever_more_rarely(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    add(database, paper, f"{hub.url}/hub")
    async with follows(database) as poll, asking(database) as step:
        await poll.step(NOW)
        minutes = [m for m in range(0, 3 * 24 * 60, 5) if await step.step(NOW + timedelta(minutes=m))]
    gaps = [b - a for a, b in itertools.pairwise(minutes)]
    assert gaps == sorted(gaps)
    assert 6 <= len(minutes) <= 12
    assert len(hub.requests) == len(minutes)


@pytest.mark.parametrize("status", [307, 308])
async def test_redirects_of_a_hub_are_followed_with_the_request(
    database: Database, paper: Wire, hub: HttpSink, status: int
) -> None:
    hub.answers(Answer(status=status, headers={"location": "/moved"}), Answer(status=202))
    feed = add(database, paper, f"{hub.url}/hub")
    async with follows(database) as poll, asking(database) as step:
        await poll.step(NOW)
        await step.step(NOW)
    first, second = hub.requests
    assert (second.method, second.path, second.body) == ("POST", "/moved", first.body)
    assert standing(database, feed.id).last_error is None


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[::1]/",
        "http://0x7f.2/",
        "file:///etc/passwd",
        "/on",
    ],
)
async def test_redirects_into_private_networks_and_without_end_are_not(
    database: Database, paper: Wire, hub: HttpSink, target: str
) -> None:
    hub.answers(Answer(status=307, headers={"location": target}))
    feed = add(database, paper, f"{hub.url}/hub?token=t0p")
    async with follows(database) as poll, asking(database) as step:
        await poll.step(NOW)
        await step.step(NOW)
    assert len(hub.requests) == (4 if target == "/on" else 1)
    one = standing(database, feed.id)
    assert one.last_error
    assert (one.state, "t0p" in one.last_error, one.secret in one.last_error) == (HubState.ASKED, False, False)


async def test_the_secret_never_goes_from_https_to_http(database: Database, paper: Wire) -> None:
    feed = add(database, paper, "https://hub.example/")
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(307, headers={"location": "http://hub.example/"})

    async with follows(database) as poll:
        await poll.step(NOW)
    async with HubClient(Guard(), user_agent="x") as client:
        client._transport = httpx.MockTransport(answer)  # type: ignore[assignment]
        await HubStep(database, client, BASE).step(NOW)
    assert asked == ["https://hub.example/"]
    assert "from https to http" in (standing(database, feed.id).last_error or "")


async def test_a_hub_in_a_private_network_is_not_asked_at_all(database: Database, paper: Wire, hub: HttpSink) -> None:
    feed = add(database, paper, f"{hub.url}/hub")
    async with follows(database) as poll, asking(database, allow="intranet.example") as step:
        await poll.step(NOW)
        await step.step(NOW)
    assert hub.requests == []
    assert "VOLTEFACE_FEED_ALLOW" in (standing(database, feed.id).last_error or "")


@pytest.mark.parametrize("manner", [Manner.HANG, Manner.DRIP_HEAD, Manner.GARBAGE, Manner.RESET, Manner.HUGE_HEAD])
async def test_hubs_that_misbehave_are_asked_again_later(
    database: Database, paper: Wire, hub: HttpSink, manner: Manner
) -> None:
    hub.answers(Answer(manner=manner))
    feed = add(database, paper, f"{hub.url}/hub")
    async with follows(database) as poll, asking(database, deadline_s=0.5) as step:
        await poll.step(NOW)
        assert await step.step(NOW) == 1
    one = standing(database, feed.id)
    assert one.last_error
    assert one.state is HubState.ASKED
    assert NOW + timedelta(minutes=10) <= one.next_attempt_at <= NOW + timedelta(minutes=11)


async def test_a_refusal_is_respected_and_its_reason_told(database: Database, paper: Wire, hub: HttpSink) -> None:
    reason = b"topic not\r\nallowed, see https://a:b@c.example/?key=1 " + b"x" * 5_000
    hub.answers(Answer(status=410, body=reason, headers={"content-type": "text/plain"}))
    feed = add(database, paper, f"{hub.url}/hub")
    async with follows(database) as poll, asking(database) as step:
        await poll.step(NOW)
        await step.step(NOW)
        assert await step.step(NOW + timedelta(days=29)) == 0
        one = standing(database, feed.id)
        assert one.state is HubState.DENIED
        assert (one.last_error or "").startswith(
            "The hub answered 410: topic not allowed, see https://***@c.example/?key=*** xxx"
        )
        assert len(one.last_error or "") < 300
        assert await step.step(NOW + timedelta(days=30)) == 1


async def test_of_several_hubs_the_next_is_asked_when_one_refuses_or_stays_deaf(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    hub.answers(*[Answer(status=500)] * 3, Answer(status=403), Answer(status=202))
    feed = add(database, paper, *(f"{hub.url}/{n}" for n in "123"))
    async with follows(database) as poll, asking(database) as step:
        await poll.step(NOW)
        for hour in range(6):
            await step.step(NOW + hour * HOUR)
    assert [request.path for request in hub.requests[:5]] == ["/1", "/1", "/1", "/2", "/3"]
    secrets = {parse_qs(r.body.decode())["hub.secret"][0] for r in hub.requests[:5]}
    callbacks = {parse_qs(r.body.decode())["hub.callback"][0] for r in hub.requests[:5]}
    assert (len(secrets), len(callbacks)) == (3, 3)
    assert standing(database, feed.id).hub == f"{hub.url}/3"


async def pushed_feed(database: Database, paper: Wire, hub: HttpSink, poll: Poller, names: str = "a") -> Feed:
    feed = add(database, paper, f"{hub.url}/hub", names=names, etag='"1"')
    await poll.step(NOW)
    verify(database, feed, NOW)
    return stored(database, feed)


async def test_a_push_is_admitted_as_a_poll_would_and_a_poll_admits_nothing_twice(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    async with follows(database) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("ba"))
        later = NOW + timedelta(minutes=5)
        assert await step.step(later) == 1
        assert titles(database, feed) == ["Item a", "Item b"]
        after = stored(database, feed)
        assert after == replace(feed, last_new_at=later)  # ETag, hash, rhythm and next poll are the feed's own
        one = standing(database, feed.id)
        assert (one.last_news_at, one.missed) == (later, 0)
        assert (waiting(database, feed), await step.step(later)) == (0, 0)
        with database.view() as work:
            events = [event for event in work.events.after(0, 100) if event.subject == "items.admitted"]
            assert [event.data["new"] for event in events] == [1, 1]
        add(database, paper, f"{hub.url}/hub", names="ba")
        (report,) = await poll.step_these([feed.id], NOW + HOUR)
        assert (report.new, report.revised, report.seen) == (0, 0, 2)
        assert standing(database, feed.id).missed == 0
        push(database, feed, rss("ba").replace(b"What item b says.", b"What item b says now."))
        await step.step(NOW + HOUR)
        assert titles(database, feed) == ["Item a", "Item b"]
        with database.view() as work:
            assert any("says now" in work.items.get(n).text for n in (1, 2))


async def test_more_than_is_taken_at_once_is_taken_by_and_by(database: Database, paper: Wire, hub: HttpSink) -> None:
    async with follows(database, most_new=3) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("bcdefgh"))
        steps = 0
        while await step.step(NOW):
            steps += 1
        assert (steps, len(titles(database, feed)), waiting(database, feed)) == (3, 8, 0)


@pytest.mark.parametrize("body", [b"", b"<html><body>no feed</body></html>", b"\x00\xff" * 99, b"<rss><channel>"])
async def test_what_cannot_be_read_goes_and_the_feed_is_polled(
    database: Database, paper: Wire, hub: HttpSink, body: bytes
) -> None:
    async with follows(database) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, body)
        assert await step.step(NOW) == 1
        one = standing(database, feed.id)
        assert (waiting(database, feed), one.discarded) == (0, 1)
        assert "cannot be read" in (one.last_error or "")
        after = stored(database, feed)
        assert (after.failures, after.next_poll_at) == (0, NOW)  # the feed itself is well
        add(database, paper, f"{hub.url}/hub", names="ab")
        assert [report.new for report in await poll.step(NOW)] == [1]


async def test_what_breaks_off_is_taken_as_far_as_it_is_whole_and_the_feed_polled(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    async with follows(database) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        whole = rss("bc")
        push(database, feed, whole[: whole.index(b"Item c") + 3])
        await step.step(NOW)
        assert titles(database, feed) == ["Item a", "Item b"]
        assert stored(database, feed).next_poll_at == NOW


async def test_a_push_waits_while_its_feed_is_polled(database: Database, paper: Wire, hub: HttpSink) -> None:
    async with follows(database) as poll:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("b"))
        with database.work() as work:
            (leased,) = work.feeds.claim([feed.id], NOW, timedelta(minutes=5))
        assert await step.step(NOW) == 0
        with database.work() as work:
            work.feeds.save(leased, was=leased)
        assert await step.step(NOW) == 1
        assert await step.step(NOW) == 0
        with database.work() as work:
            assert len(work.feeds.claim([feed.id], NOW, timedelta(minutes=5))) == 1  # its lease is given back


async def test_a_worker_killed_between_reading_and_saving_loses_nothing(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    class Killed(Here):
        async def parse(self, *_: object, **__: object) -> ParsedFeed:
            raise asyncio.CancelledError

    async with follows(database) as poll:
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("b"))
        with pytest.raises(asyncio.CancelledError):
            await PushStep(database, Killed(), poll.outcomes).step(NOW)
        step = PushStep(database, Here(), poll.outcomes)
        assert (waiting(database, feed), await step.step(NOW)) == (1, 0)
        assert await step.step(NOW + timedelta(minutes=5)) == 1
        assert titles(database, feed) == ["Item a", "Item b"]


async def test_a_push_that_ends_every_worker_is_given_up(database: Database, paper: Wire, hub: HttpSink) -> None:
    class Killer(Here):
        async def parse(self, *_: object, **__: object) -> ParsedFeed:
            raise MemoryError

    async with follows(database) as poll:
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("b"))
        step = PushStep(database, Killer(), poll.outcomes)
        for attempt in range(MOST_ATTEMPTS):
            with pytest.raises(MemoryError):
                await step.step(NOW + attempt * HOUR)
        assert await step.step(NOW + MOST_ATTEMPTS * HOUR) == 1
        assert waiting(database, feed) == 0
        assert stored(database, feed).next_poll_at <= NOW + MOST_ATTEMPTS * HOUR


async def test_a_document_that_the_parser_was_killed_over_is_no_trouble_of_the_feed(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    class TooSlow(Here):
        async def parse(self, *_: object, **__: object) -> ParsedFeed:
            raise ParseFailed("reading it took longer than 10 seconds")

    async with follows(database) as poll:
        feed = await pushed_feed(database, paper, hub, poll)
        push(database, feed, rss("b"))
        await PushStep(database, TooSlow(), poll.outcomes).step(NOW)
        assert "10 seconds" in (standing(database, feed.id).last_error or "")
        assert stored(database, feed).failures == 0


async def test_a_hub_that_lies_is_found_out_asked_anew_and_believed_when_it_pushes(
    database: Database, paper: Wire, hub: HttpSink
) -> None:
    async with follows(database) as poll, asking(database) as ask:
        step = PushStep(database, Here(), poll.outcomes)
        feed = await pushed_feed(database, paper, hub, poll)
        (quiet,) = await poll.step_these([feed.id], NOW + HOUR)
        assert quiet.feed.next_poll_at == NOW + 2 * HOUR
        for miss in range(1, LIES_AFTER + 1):
            now = NOW + 2 * miss * HOUR
            add(database, paper, f"{hub.url}/hub", names="a" + "bcdef"[:miss])
            (found,) = await poll.step_these([feed.id], now)
            assert (found.new, standing(database, feed.id).missed) == (1, miss)
            assert found.feed.next_poll_at <= now + HOUR  # by its own rhythm
        assert "had not pushed" in _words(database, feed, now)
        assert await ask.step(now) == 1  # perhaps it never heard that we said yes
        push(database, feed, rss("z"), now)
        await step.step(now)
        assert standing(database, feed.id).missed == 0
        (trusted,) = await poll.step_these([feed.id], now + HOUR)
        assert trusted.feed.next_poll_at == now + 5 * HOUR


def _words(database: Database, feed: Feed, now: datetime) -> str:
    from monitor.feeds.hub_terms import in_words

    return in_words(standing(database, feed.id), now)


async def test_without_a_public_address_no_hub_is_noted(database: Database, paper: Wire, hub: HttpSink) -> None:
    feed = add(database, paper, f"{hub.url}/hub")
    async with poller(database) as poll:
        await poll.step(NOW)
    with database.view() as work:
        assert work.hubs.of_feeds([feed.id]) == {}

"""Feeds with a hub: found by polls, asked for, and believed as far as the hub keeps its word."""

from __future__ import annotations

import itertools
from datetime import timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from monitor.feeds.hub_client import HubClient
from monitor.feeds.hub_terms import LEASE_ASKED_S
from monitor.model.hub import HubState
from monitor.net.guard import Guard
from monitor.pipeline.hubs import HubStep
from storage.engine import Database
from tests.hubs.standing import standing
from tests.integration.feeds.wire import Wire
from tests.integration.hubs.following import BASE, HOUR, add, asking, follows, verify
from tests.integration.pipeline.polling import NOW, poller
from tests.sinks import HttpSink
from tests.sinks.http import Answer, Manner


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


async def test_without_a_public_address_no_hub_is_noted(database: Database, paper: Wire, hub: HttpSink) -> None:
    feed = add(database, paper, f"{hub.url}/hub")
    async with poller(database) as poll:
        await poll.step(NOW)
    with database.view() as work:
        assert work.hubs.of_feeds([feed.id]) == {}

"""What hubs, and those who take themselves for one, get to hear at /websub/."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from monitor.events import Subject
from monitor.feeds.hub_terms import LONGEST_LEASE_S
from monitor.model.hub import HubMode, HubState, HubSubscription
from monitor.pipeline.hub_calls import LONGEST_CHALLENGE, MOST_WAITING, PENDING
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.pages.websub import MOST_PUSHES, MOST_WRONG
from storage.engine import Database
from tests.hubs.standing import TOPIC, asked, challenge, signed, standing, verified, wanted
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW
from tests.integration.web.served import served

BODY = b"<rss version='2.0'><channel><title>x</title><item><guid>1</guid><title>News</title></item></channel></rss>"
LARGEST = 4_096


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What is asked of a database here is tried on both kinds in tests/contract/storage."""
    return sqlite_database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(database: Database, tmp_path: Path, clock: Clock) -> FastAPI:
    return app_over(database, tmp_path, clock, deadline_s=60.0)


def app_over(database: Database, folder: Path, clock: Clock, deadline_s: float) -> FastAPI:
    settings = Settings(data_dir=folder, fetch_max_bytes=LARGEST, fetch_deadline_s=deadline_s, _env_file=None)
    return create_app(database, settings, clock=clock)


def push(client: Client, subscription: HubSubscription, body: bytes = BODY, **headers: str) -> httpx.Response:
    given = signed(subscription, body) | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request("POST", f"/websub/{subscription.token}", content=body, headers=given)


def stored(database: Database) -> int:
    with database.view() as work:
        return sum(work.hubs.waiting_pushes(one.id) for one in work.hubs.all())


def told(database: Database) -> list[str]:
    with database.view() as work:
        return [event.subject for event in work.events.after(0, 100)]


def due_at(database: Database, subscription: HubSubscription) -> datetime:
    with database.view() as work:
        return work.feeds.get(subscription.feed_id or 0).next_poll_at


def test_a_challenge_is_answered_for_what_was_asked_and_once(client: Client, database: Database) -> None:
    subscription = asked(database, NOW)
    answer = client.get(challenge(subscription))
    assert (answer.status_code, answer.text) == (200, "q7<b>&é")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    now = standing(database, subscription.feed_id or 0)
    assert (now.state, now.pending, now.attempts) == (HubState.VERIFIED, None, 0)
    assert now.live_until == NOW + timedelta(days=10)
    assert timedelta(days=7) <= now.next_attempt_at - NOW <= timedelta(days=8.5)
    assert client.get(challenge(subscription)).status_code == 404  # replayed
    assert client.get(challenge(subscription, challenge="another")).status_code == 404


ODD: tuple[dict[str, str | None], ...] = (
    {"topic": "https://paper.example/other.xml"},
    {"topic": TOPIC + "#"},
    {"topic": None},
    {"mode": "unsubscribe"},
    {"mode": "publish"},
    {"mode": None},
    {"challenge": None},
    {"challenge": ""},
    {"challenge": "c" * (LONGEST_CHALLENGE + 1)},
    {"lease_seconds": "0"},
    {"lease_seconds": "-1"},
    {"lease_seconds": "for ever"},
)


def test_nothing_else_is_answered(client: Client, database: Database) -> None:
    subscription = asked(database, NOW)
    for changed in ODD:
        answer = client.get(challenge(subscription, **changed))
        assert answer.status_code == 404, changed
        assert "c" * 20 not in answer.text
        assert standing(database, subscription.feed_id or 0) == subscription, changed


def test_a_parameter_given_twice_is_none(client: Client, database: Database) -> None:
    subscription = asked(database, NOW)
    assert client.get(challenge(subscription) + "&hub.topic=x").status_code == 404
    assert client.get(challenge(subscription) + "&hub.challenge=x").status_code == 404


def test_nothing_is_answered_before_anything_was_asked_or_long_after(
    client: Client, database: Database, clock: Clock
) -> None:
    unasked = standing(database, wanted(database, NOW))
    assert client.get(challenge(unasked)).status_code == 404
    subscription = asked(database, NOW)
    clock.now = NOW + PENDING + timedelta(seconds=1)
    assert client.get(challenge(subscription)).status_code == 404


def test_a_lease_of_ten_years_is_asked_for_again_within_a_month(client: Client, database: Database) -> None:
    subscription = asked(database, NOW)
    assert client.get(challenge(subscription, lease_seconds=str(10 * 365 * 86_400))).status_code == 200
    now = standing(database, subscription.feed_id or 0)
    assert now.live_until == NOW + timedelta(seconds=LONGEST_LEASE_S)
    assert now.next_attempt_at < now.live_until


def test_the_end_of_a_subscription_is_verified_like_its_beginning(client: Client, database: Database) -> None:
    subscription = verified(database, NOW)
    with database.work() as work:
        work.hubs.leave(subscription.feed_id or 0, NOW)
    assert client.get(challenge(subscription, mode="unsubscribe")).status_code == 404  # not asked for yet
    with database.work() as work:
        ((leaving, _claim),) = work.hubs.claim_due(NOW, 9, timedelta(minutes=5), "https://news.example")
    assert leaving.pending is HubMode.UNSUBSCRIBE
    assert client.get(challenge(subscription)).status_code == 404  # not the way back
    assert push(client, subscription).status_code == 410
    answer = client.get(challenge(subscription, mode="unsubscribe", lease_seconds=None))
    assert (answer.status_code, answer.text) == (200, "q7<b>&é")
    with database.view() as work:
        assert work.hubs.all() == []


def test_a_denial_is_respected_for_a_month_and_the_feed_polled_at_once(client: Client, database: Database) -> None:
    subscription = verified(database, NOW)
    wrong = client.get(challenge(subscription, mode="denied", topic="https://paper.example/other", challenge=None))
    assert wrong.status_code == 404
    answer = client.get(
        challenge(subscription, mode="denied", challenge=None, reason="no\r\nroom https://a:b@c.example")
    )
    assert (answer.status_code, answer.text) == (200, "")
    now = standing(database, subscription.feed_id or 0)
    assert now.state is HubState.DENIED
    assert now.last_error == "The hub denied it: no room https://***@c.example."
    assert now.next_attempt_at == NOW + timedelta(days=30)
    assert due_at(database, subscription) == NOW
    assert client.get(challenge(subscription)).status_code == 404


def test_a_denied_feed_turns_to_the_next_hub_that_it_names(client: Client, database: Database) -> None:
    subscription = asked(database, NOW, hubs=("https://one.example/", "https://two.example/"))
    assert client.get(challenge(subscription, mode="denied")).status_code == 200
    now = standing(database, subscription.feed_id or 0)
    assert (now.state, now.next_attempt_at, now.pending) == (HubState.ASKED, NOW, None)


def test_a_push_is_stored_before_it_is_acknowledged_and_the_worker_told(client: Client, database: Database) -> None:
    subscription = verified(database, NOW)
    for algorithm in ("sha1", "sha256", "sha384", "sha512"):
        assert push(client, subscription, **signed(subscription, BODY, algorithm)).status_code == 202
    assert stored(database) == 4
    assert told(database) == [Subject.FEED_PUSHED] * 4
    now = standing(database, subscription.feed_id or 0)
    assert (now.pushes, now.last_push_at, now.discarded) == (4, NOW, 0)
    with database.work() as work:
        (feed,) = work.feeds.claim([subscription.feed_id or 0], NOW, timedelta(minutes=5))
        first = work.pushes.claim_first(feed.id, NOW, timedelta(minutes=5))
    assert first is not None
    assert (first.body, first.content_type, first.topic) == (BODY, "application/rss+xml", TOPIC)


def test_without_a_valid_signature_it_is_acknowledged_discarded_and_counted(client: Client, database: Database) -> None:
    subscription = verified(database, NOW)
    for count, signature in enumerate(("", "sha256=", "sha256=00", "md5=0", "sha256", "sha256=\x7f"), 1):
        assert push(client, subscription, x_hub_signature=signature).status_code == 202
        assert (stored(database), told(database)) == (0, [])
        now = standing(database, subscription.feed_id or 0)
        assert (now.discarded, now.pushes, now.last_push_at) == (count, 0, None)
    assert due_at(database, subscription) > NOW  # whoever forges moves nothing


def test_the_signature_of_another_subscription_is_none(client: Client, database: Database) -> None:
    one, other = verified(database, NOW), verified(database, NOW)
    push(client, one, **signed(other, BODY))
    assert stored(database) == 0


def test_what_is_of_another_topic_is_a_hint_at_most(client: Client, database: Database) -> None:
    subscription = verified(database, NOW)
    link = '<https://hub.example/>; rel="hub", <https://paper.example/other>; rel="self"'
    assert push(client, subscription, link=link).status_code == 202
    assert stored(database) == 0
    assert due_at(database, subscription) == NOW
    own = f'<https://hub.example/>; rel="hub", <{TOPIC}>; rel="self"'.encode()
    headers = {**signed(subscription, BODY), "link": own}
    client.request("POST", f"/websub/{subscription.token}", content=BODY, headers=headers)
    assert stored(database) == 1


def test_what_is_packed_is_signed_as_it_came_and_unpacked_within_bounds(client: Client, database: Database) -> None:
    subscription = verified(database, NOW)
    assert push(client, subscription, gzip.compress(BODY), content_encoding="gzip").status_code == 202
    assert stored(database) == 1
    bomb = gzip.compress(b"x" * LARGEST * 500)
    assert len(bomb) < LARGEST
    assert push(client, subscription, bomb, content_encoding="gzip").status_code == 202
    for encoding, body in (("br", BODY), ("gzip", BODY), ("gzip", gzip.compress(BODY)[:-9])):
        assert push(client, subscription, body, content_encoding=encoding).status_code == 202
    assert stored(database) == 1
    now = standing(database, subscription.feed_id or 0)
    assert now.discarded == 4
    assert due_at(database, subscription) == NOW


def test_too_large_a_body_is_refused_whether_it_says_so_or_not(client: Client, database: Database) -> None:
    subscription = verified(database, NOW)
    assert push(client, subscription, b"x" * (LARGEST + 1)).status_code == 413
    assert push(client, subscription, BODY, content_length="9" * 30).status_code == 413

    async def unsaid() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 1_000

    answer = client.request("POST", f"/websub/{subscription.token}", content=unsaid())
    assert answer.status_code == 413
    assert stored(database) == 0
    assert due_at(database, subscription) == NOW


def test_a_body_that_drips_is_broken_off(database: Database, tmp_path: Path, clock: Clock) -> None:
    subscription = verified(database, NOW)
    app = app_over(database, tmp_path, clock, deadline_s=0.3)
    with served(app) as running, socket.create_connection(("127.0.0.1", running.server.port), timeout=60) as hub:
        head = f"POST /websub/{subscription.token} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n"
        hub.sendall(head.encode() + b"<rss")
        assert hub.recv(65_536).startswith(b"HTTP/1.1 408 ")
    assert stored(database) == 0


def test_guessed_tokens_are_counted_and_then_not_served(client: Client, database: Database, clock: Clock) -> None:
    subscription = asked(database, NOW)
    guess = challenge(subscription).replace(subscription.token, subscription.token[:-1] + "x")
    answers = [client.get(guess).status_code for _ in range(MOST_WRONG - 1)]
    posted = client.request("POST", "/websub/nobody", content=BODY)
    assert (set(answers), posted.status_code) == ({404}, 410)
    late = client.get(guess)
    assert (late.status_code, late.headers["retry-after"]) == (429, "600")
    assert client.get(challenge(subscription)).status_code == 200  # the right one always opens


def test_a_hub_that_pushes_without_end_is_told_to_wait(client: Client, database: Database, clock: Clock) -> None:
    subscription = verified(database, NOW)
    answers = [push(client, subscription).status_code for _ in range(MOST_WAITING)]
    assert set(answers) == {202}
    busy = push(client, subscription)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "30")
    for _ in range(MOST_PUSHES - MOST_WAITING - 1):
        push(client, subscription)
    assert push(client, subscription).status_code == 429
    clock.now += timedelta(minutes=2)
    assert push(client, subscription).status_code == 503
    assert stored(database) == MOST_WAITING


def test_a_hub_that_hangs_up_loses_nothing_but_its_push(app: FastAPI, database: Database) -> None:
    subscription = verified(database, NOW)

    async def gone() -> httpx.Response:
        async def receive() -> dict[str, object]:
            return {"type": "http.disconnect"}

        sent: list[dict[str, object]] = []

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        path = f"/websub/{subscription.token}"
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
            "raw_path": path.encode(), "query_string": b"", "headers": [], "client": ("192.0.2.1", 1),
            "server": ("desk.test", 80), "scheme": "http", "root_path": "",
        }  # fmt: skip
        await app(scope, receive, send)  # type: ignore[arg-type]
        return httpx.Response(int(str(sent[0]["status"])))

    assert asyncio.run(gone()).status_code == 400
    assert stored(database) == 0

"""/events over the real server: what happens is told, what was missed is told on return, and shutdown never hangs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from monitor.events import Subject
from monitor.model.account import Role
from monitor.model.statement import Stance
from monitor.settings import Settings
from monitor.web import stream as stream_module
from monitor.web.app import create_app
from monitor.web.headers import CONTENT_SECURITY_POLICY
from monitor.web.stream import EventStream
from storage.engine import Database
from tests.acceptance.running import wait
from tests.integration.web.newsroom import NOW, Newsroom
from tests.integration.web.served import Served, served


@dataclass
class Heard:
    """One event as a browser would see it."""

    id: str | None
    kind: str
    data: dict[str, Any]


class Listener:
    """Reads a stream event by event."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.lines = answer.iter_lines()

    def frame(self) -> list[str]:
        lines: list[str] = []
        for line in self.lines:
            if not line:
                return lines
            lines.append(line)
        return lines

    def event(self) -> Heard:
        while True:
            lines = self.frame()
            assert lines, "the stream ended"
            fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
            if "data" in fields:
                return Heard(fields.get("id"), fields.get("event", "message"), json.loads(fields["data"]))


@contextmanager
def listening(running: Served, query: str = "", **headers: str) -> Iterator[Listener]:
    with (
        httpx.Client(timeout=60) as client,
        client.stream("GET", f"{running.url}/events{query}", headers=headers) as answer,
    ):
        yield Listener(answer)


@pytest.fixture
def running(database: Database, settings: Settings) -> Iterator[Served]:
    events = EventStream(database, every_s=0.05, heartbeat_s=0.5)
    with served(create_app(database, settings, clock=lambda: NOW, stream=events)) as found:
        yield found


def add(database: Database, subject: str, **data: object) -> int:
    with database.work() as work:
        return work.events.add(subject, data, NOW)


def test_an_event_arrives_as_it_happens(running: Served, database: Database) -> None:
    old = add(database, Subject.ITEMS_ADMITTED, count=1)
    newsroom = Newsroom(database)
    with listening(running) as listener:
        assert listener.answer.headers["content-type"].startswith("text/event-stream")
        assert listener.answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert listener.frame() == ["retry: 3000"]
        while not any(line.startswith(":") for line in listener.frame()):
            pass  # by the first heartbeat the stream has found its place
        _, [change, *_] = newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(hours=1))
        heard = [listener.event(), listener.event()]
    assert int(heard[0].id or 0) > old
    assert [event.data["subject"] for event in heard] == [
        "items.admitted",
        f"change.{change.found.status.value}",
    ]
    assert heard[1].data["change"] == change.id
    assert "secret" not in heard[1].data


def test_a_listener_that_returns_is_told_what_it_missed(running: Served, database: Database) -> None:
    first, second, third = (add(database, Subject.ITEM_READ, item=n) for n in range(3))
    with listening(running, f"?after={first}") as listener:
        assert [listener.event().id for _ in range(2)] == [str(second), str(third)]
    fourth = add(database, Subject.ITEM_READ, item=4)
    # The browser repeats the address it was given; where it really was stands in the header.
    with listening(running, f"?after={first}", **{"Last-Event-ID": str(third)}) as listener:
        assert listener.event().id == str(fourth)
        fifth = add(database, Subject.ITEM_READ, item=5)
        assert listener.event().id == str(fifth)


def test_what_is_between_us_and_subscribers_is_not_told(running: Served, database: Database) -> None:
    start = add(database, Subject.ITEM_READ, item=1)
    for subject in (Subject.ALERT_QUEUED, Subject.ALERT_DELIVERED, Subject.ALERT_DEAD):
        add(database, subject, delivery=1)
    last = add(database, Subject.ITEM_READ, item=2)
    with listening(running, f"?after={start}") as listener:
        assert listener.event().id == str(last)


def test_one_that_was_away_too_long_starts_afresh(
    running: Served, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "MOST_MISSED", 3)
    start = add(database, Subject.ITEM_READ, item=0)
    for number in range(4):
        add(database, Subject.ITEM_READ, item=number)
    with listening(running, f"?after={start}") as listener:
        assert listener.event().kind == "reset"
        new = add(database, Subject.ITEM_READ, item=9)
        assert listener.event().id == str(new)


def test_an_id_from_another_database_starts_afresh(running: Served, database: Database) -> None:
    with listening(running, "?after=999999") as listener:
        assert listener.event().kind == "reset"
        new = add(database, Subject.ITEM_READ, item=1)
        assert listener.event().id == str(new)


@pytest.mark.parametrize("sent", ["x", "-1", "", "9" * 60, "²"])
def test_a_nonsensical_last_event_id_is_no_error(running: Served, sent: str) -> None:
    headers = {"Last-Event-ID": sent.encode()}
    with (
        httpx.Client(timeout=60) as client,
        client.stream("GET", f"{running.url}/events", headers=headers) as answer,  # type: ignore[arg-type]
    ):
        assert answer.status_code == 200
        assert next(answer.iter_lines()) == "retry: 3000"


def test_all_listeners_share_one_poll_and_leave_nothing_behind(database: Database, settings: Settings) -> None:
    events = EventStream(database, every_s=0.05, heartbeat_s=0.2)
    pollers: set[object] = set()
    original = events._read

    def watched() -> Any:
        pollers.add(events._poller)
        return original()

    events._read = watched  # type: ignore[method-assign]
    with served(create_app(database, settings, stream=events)) as running:
        start = add(database, Subject.ITEM_READ, item=0)
        with (
            listening(running, f"?after={start}") as one,
            listening(running, f"?after={start}") as two,
            listening(running, f"?after={start}") as three,
        ):
            new = add(database, Subject.ITEM_READ, item=1)
            assert [listener.event().id for listener in (one, two, three)] == [str(new)] * 3
            assert len(events._listeners) == 3
            assert len(pollers) == 1
        assert wait(lambda: not events._listeners), "a listener that went away is still there"


def test_too_many_listeners_are_refused(running: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "MOST_LISTENERS", 1)
    with listening(running) as listener:
        assert listener.frame() == ["retry: 3000"]
        refused = httpx.get(f"{running.url}/events", timeout=60)
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "30"


def test_one_peer_has_its_share_and_an_account_one_of_its_own(database: Database, settings: Settings) -> None:
    few = settings.model_copy(update={"events_per_peer": 2, "trusted_proxies": ("127.0.0.1/32",)})
    app = create_app(database, few, clock=lambda: NOW)
    with database.work() as work:
        ada = work.accounts.add("ada", Role.SUBSCRIBER, None, NOW)
        cookies = [f"volteface={work.accounts.sign_in(ada.id, NOW, NOW + timedelta(days=1))}" for _ in range(3)]
    near, far = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    mine = [{**near, "Cookie": cookie} for cookie in cookies]
    with served(app) as running, ExitStack() as kept:
        heard = []  # a listener that nobody holds on to closes its connection

        def listens(headers: dict[str, str], within: ExitStack = kept) -> None:
            heard.append(within.enter_context(listening(running, **headers)))
            assert heard[-1].frame() == ["retry: 3000"]

        first = kept.enter_context(ExitStack())
        listens(near, first)
        listens(near)
        refused = httpx.get(f"{running.url}/events", headers=near, timeout=60)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        assert "Too many of your pages are listening" in refused.text
        listens(far)  # another peer
        listens(mine[0])  # whoever signed in is counted by themselves,
        listens(mine[1])
        refused = httpx.get(f"{running.url}/events", headers=mine[2], timeout=60)
        assert refused.status_code == 429  # in all their browsers
        first.close()
        wait(lambda: len(app.state.stream._listeners) == 4)  # a place that is given back is free again
        listens(near)


def test_of_many_that_come_at_once_none_gets_beyond_its_share(database: Database) -> None:
    async def come() -> list[int]:
        events = EventStream(database, every_s=0.05, most_of_one=2)
        opened = [events.open(None, "peer 192.0.2.1") for _ in range(5)]  # before any of them has taken its place
        frames = [[frame async for frame in _first(one)] for one in opened]
        events.close()
        for one in opened:
            await one.aclose()  # type: ignore[attr-defined]
        return [len(found) for found in frames]

    assert asyncio.run(come()) == [1, 1, 0, 0, 0]


async def _first(frames: AsyncIterator[str]) -> AsyncIterator[str]:
    with suppress(StopAsyncIteration):
        yield await anext(frames)


def test_shutdown_ends_open_streams(database: Database, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    running = Served(create_app(database, settings, stream=EventStream(database, every_s=0.05)))
    with listening(running) as listener:
        assert listener.frame() == ["retry: 3000"]
        running.stop()
        assert listener.frame() == []
    assert "timeout graceful shutdown exceeded" not in caplog.text


def test_no_banner_over_the_wire(app: FastAPI) -> None:
    with served(app) as running:
        assert "server" not in httpx.get(f"{running.url}/healthz", timeout=60).headers

"""A feed of many documents is read whole, without gaps or doubles, while changes come in and fall."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import feedparser
import pytest
from fastapi import FastAPI

from monitor.api import told
from monitor.api.told import PAGE, cursor_of, place_of
from monitor.model.alert import Filter
from monitor.model.position import ChangeStatus
from monitor.settings import Settings
from monitor.web.app import create_app
from rules.model import ActorKind, ActorRule, IssueRule, RuleSet
from storage.change_feed import Place
from storage.engine import Database
from tests.contract.storage.values import MINUTE, NOW, change, fold, stored_statement
from tests.integration.web.client import Client

MANY = 2 * PAGE + 30
RULES = RuleSet(
    actors={
        **{f"official-{n}": ActorRule(f"official-{n}", f"Official {n}", ActorKind.STATE) for n in range(MANY)},
        **{f"critic-{n}": ActorRule(f"critic-{n}", f"Critic {n}", ActorKind.COMMENTATOR) for n in range(400)},
    },
    issues={"troops": IssueRule("troops", "Troops", "Troops are sent.", ("troops",))},
)


class Stream:
    """Changes, one to an actor, written at moments of which several share one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.work() as work:
            work.rules.import_rules(RULES, "seed", "test", "", NOW)
            self.statement = stored_statement(work)

    def put(self, actors: list[str], now: datetime, status: ChangeStatus = ChangeStatus.CONFIRMED) -> None:
        with self.database.work() as work:
            for actor in actors:
                found = change(self.statement, actor=actor, status=status, trigger=actor, posterior=0.97)
                work.positions.save_fold(fold(found, actor=actor), now)

    def drop(self, actors: list[str], now: datetime) -> None:
        with self.database.work() as work:
            for actor in actors:
                work.positions.save_fold(fold(actor=actor), now)


@pytest.fixture
def stream(database: Database) -> Stream:
    return Stream(database)


@pytest.fixture
def client(database: Database, settings: Settings, stream: Stream) -> Client:
    app: FastAPI = create_app(database, settings, clock=lambda: NOW + timedelta(days=1))
    return Client(app)


def document(client: Client, address: str) -> tuple[list[str], str | None]:
    """The actors of a document's entries, and the address of the archive before it."""
    parsed = feedparser.parse(client.get(address.removeprefix("http://desk.test")).content)
    assert parsed.bozo == 0
    older = [link.href for link in parsed.feed.links if link.rel == "prev-archive"]
    assert older == [link.href for link in parsed.feed.links if link.rel == "next"]
    names = [next(tag.term for tag in entry.tags if tag.term.startswith("actor:")) for entry in parsed.entries]
    return [name.removeprefix("actor:") for name in names], older[0] if older else None


def test_archives_are_walked_whole_while_changes_come_in(client: Client, stream: Stream) -> None:
    dice = random.Random(7)
    actors = [f"official-{n}" for n in range(MANY)]
    early, late = actors[:-20], actors[-20:]
    for begin in range(0, len(early), 7):  # seven at a time share a moment
        stream.put(early[begin : begin + 7], NOW + begin * MINUTE)
    walked: list[str] = []
    moved: set[str] = set()
    address: str | None = "/changes.atom"
    minute = 1_000
    while address is not None:
        names, address = document(client, address)
        assert len(names) <= PAGE
        walked += names
        minute += 1
        stream.put(late[: len(late) // 2], NOW + minute * MINUTE)
        late = late[len(late) // 2 :]
        falling = [dice.choice(early) for _ in range(3)]
        stream.drop(falling, NOW + minute * MINUTE)
        moved |= set(falling)
    assert len(walked) == len(set(walked)), "nothing is met twice"
    assert set(early) - moved <= set(walked), "what stayed where it was is met"
    head, _ = document(client, "/changes.atom")
    assert set(early) <= set(walked) | set(head), "what moved meanwhile stands at the head, which readers ask for again"
    assert set(actors) - set(late) <= set(walked) | set(head)


def test_json_is_walked_by_next_url(client: Client, stream: Stream) -> None:
    actors = [f"official-{n}" for n in range(PAGE + 3)]
    stream.put(actors, NOW)
    first = client.get("/changes.json").json()
    second = client.get(first["next_url"].removeprefix("http://desk.test")).json()
    ids = [item["_volteface"]["actor"]["id"] for item in (*first["items"], *second["items"])]
    assert sorted(ids) == sorted(actors)
    assert (len(first["items"]), len(second["items"]), second.get("next_url")) == (PAGE, 3, None)


def test_a_document_without_a_further_one_leads_nowhere(client: Client, stream: Stream) -> None:
    stream.put([f"official-{n}" for n in range(PAGE)], NOW)
    names, older = document(client, "/changes.atom")
    assert len(names) == PAGE and older is None


def test_officials_are_found_behind_many_commentators(
    client: Client, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "_CHUNK", 30)
    monkeypatch.setattr(told, "MOST_LOOKED_AT", 90)
    officials = [f"official-{n}" for n in range(PAGE + 5)]
    stream.put(officials, NOW)
    stream.put([f"critic-{n}" for n in range(200)], NOW + MINUTE)
    walked: list[str] = []
    address: str | None = "/changes.atom?official=true"
    documents = 0
    while address is not None:
        names, address = document(client, address)
        walked += names
        documents += 1
    assert sorted(walked) == sorted(officials)
    assert documents > 2, "a document that looked at much and found little goes on"


def test_the_feed_has_exactly_what_subscriptions_are_told_of(database: Database, stream: Stream) -> None:
    stream.put(["official-1", "critic-1"], NOW)
    stream.put(["official-2"], NOW + MINUTE, ChangeStatus.PENDING)
    stream.put(["official-3"], NOW, ChangeStatus.PENDING)
    stream.drop(["official-3"], NOW + 2 * MINUTE)
    stream.put(["official-4"], NOW)
    stream.drop(["official-4"], NOW + 3 * MINUTE)
    stream.put(["official-5"], NOW)
    stream.put(["official-5"], NOW + 4 * MINUTE, ChangeStatus.PENDING)

    def listed(**wanted: object) -> list[tuple[str, bool]]:
        with database.view() as work:
            page = work.change_feed.page(Filter(**wanted), 100)  # type: ignore[arg-type]
        return [(one.change.found.actor, one.fell) for one in page]

    fallen = [("official-5", True), ("official-4", True)]
    assert listed() == [*fallen, ("critic-1", False), ("official-1", False)]
    assert listed(least_confidence=0.99) == fallen, "who had it must hear that it fell"
    pending = [*fallen, ("official-3", True), ("official-2", False), ("critic-1", False), ("official-1", False)]
    assert listed(pending=True) == pending
    assert listed(actors=frozenset({"official-4"}), issues=frozenset({"troops"})) == [("official-4", True)]


def test_more_reports_do_not_move_a_change(database: Database, stream: Stream) -> None:
    stream.put(["official-1"], NOW)
    with database.work() as work:
        found = change(
            stream.statement,
            actor="official-1",
            status=ChangeStatus.CONFIRMED,
            trigger="official-1",
            posterior=0.99,
            support=(stream.statement, stream.statement),
        )
        work.positions.save_fold(fold(found, actor="official-1"), NOW + MINUTE)
    with database.view() as work:
        (one,) = work.change_feed.page(Filter(), 10)
    assert (one.status_at, one.updated_at, one.change.found.posterior) == (NOW, NOW + MINUTE, 0.99)


@pytest.mark.parametrize("place", [(NOW, 1), (NOW + timedelta(microseconds=1), 2**59)])
def test_a_place_goes_through_an_address_unharmed(place: Place) -> None:
    assert place_of(cursor_of(place)) == place

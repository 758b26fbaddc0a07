"""Double opt-in: who is asked, how often, what the mail holds and what the database does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine

from monitor.model.alert import (
    AlertKind,
    AttemptResult,
    ChannelName,
    ClaimedDelivery,
    Filter,
    PersonalLinks,
    Subscription,
)
from monitor.model.timing import Cadence, Timing
from monitor.pipeline.opt_in import MOST_A_DAY, Consent, OptIn, OptInError, confirm
from monitor.pipeline.personal_links import CONFIRM_FOR, MANAGE_FOR
from monitor.pipeline.send import Sender
from storage.engine import Database
from storage.retention import prune
from storage.tokens import TokenPurpose
from tests.integration.pipeline.walking import NOW

URL = "https://volteface.example"
ASKS = OptIn(public_url=URL)
MAIL = ChannelName.EMAIL


class Post:
    """A mail channel that keeps what it is given."""

    name = MAIL

    def __init__(self, *, fails: bool = False) -> None:
        self.taken: list[ClaimedDelivery] = []
        self._fails = fails

    async def send(self, delivery: ClaimedDelivery, now: datetime) -> AttemptResult:
        self.taken.append(delivery)
        return AttemptResult(ok=not self._fails)


def subscribe(database: Database, *, target: str = "ada@example.org", channel: ChannelName = MAIL) -> Subscription:
    with database.work() as work:
        return work.subscriptions.add("ada", channel, target, Filter(), None, NOW, confirmed=False)


def begin(database: Database, made: Subscription, now: datetime = NOW) -> Consent | None:
    with database.work() as work:
        return ASKS.begin(work, made, now)


def again(database: Database, made: Subscription, now: datetime) -> None:
    with database.work() as work:
        ASKS.ask(work, work.subscriptions.get(made.id), now)


async def sent(database: Database, now: datetime = NOW, url: str | None = URL) -> list[ClaimedDelivery]:
    post = Post()
    await Sender(database, {MAIL: post}, lambda: now, public_url=url).step(now)
    return post.taken


def owner(database: Database, purpose: TokenPurpose, link: str | None, now: datetime) -> int | None:
    assert link is not None
    token = link.removesuffix("/unsubscribe").rpartition("/")[2]
    with database.view() as work:
        return work.tokens.subscription(token, purpose, now)


def rows(url: str) -> str:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found: list[Any] = [connection.execute(table.select()).all() for table in tables.tables.values()]
    engine.dispose()
    return repr(found)


async def test_the_owner_is_asked_by_one_link_that_only_the_mail_holds(database: Database, database_url: str) -> None:
    made = subscribe(database)
    assert begin(database, made) is Consent.ASKED
    (mail,) = await sent(database)
    assert mail.personal is not None
    link = mail.personal.confirm
    assert link is not None and link.startswith(f"{URL}/s/confirm/")
    assert mail.personal == PersonalLinks(confirm=link)
    token = link.rpartition("/")[2]
    assert len(token) == 22
    assert token not in rows(database_url)
    assert token not in repr(mail)
    assert owner(database, TokenPurpose.CONFIRM, link, NOW + CONFIRM_FOR - timedelta(seconds=1)) == made.id
    assert owner(database, TokenPurpose.CONFIRM, link, NOW + CONFIRM_FOR) is None
    assert owner(database, TokenPurpose.MANAGE, link, NOW) is None


async def test_yes_holds_for_the_address_and_a_further_subscription_is_announced(database: Database) -> None:
    first, second = subscribe(database), subscribe(database)
    assert begin(database, first) is Consent.ASKED
    with database.work() as work:
        assert {one.id for one in confirm(work, first, NOW)} == {first.id, second.id}
        assert all(one.confirmed for one in work.subscriptions.to(MAIL, first.target))
        assert [entry.what for entry in work.audit.list()] == ["address confirmed"]
    third = subscribe(database)
    assert begin(database, third) is Consent.ANNOUNCED
    mail = (await sent(database))[-1]
    assert mail.personal is not None and mail.personal.confirm is None
    assert mail.subscription_id == third.id
    for link in (mail.personal.settings, mail.personal.unsubscribe):
        assert owner(database, TokenPurpose.MANAGE, link, NOW + MANAGE_FOR - timedelta(seconds=1)) == third.id
        assert owner(database, TokenPurpose.MANAGE, link, NOW + MANAGE_FOR) is None


def test_an_address_is_asked_three_times_a_day_whoever_asks(database: Database) -> None:
    first, second = subscribe(database), subscribe(database)
    begin(database, first)
    begin(database, second, NOW + timedelta(hours=1))
    again(database, first, NOW + timedelta(hours=2))
    assert MOST_A_DAY == 3
    with pytest.raises(OptInError, match=r"asked 3 times within a day.*from 2025-06-02 12:00 UTC on"):
        again(database, second, NOW + timedelta(hours=23))
    again(database, second, NOW + timedelta(hours=24))
    begin(database, subscribe(database, target="bob@example.org"), NOW + timedelta(hours=2))


def test_it_is_said_who_cannot_be_asked_and_what_to_do(database: Database) -> None:
    made = subscribe(database)
    with database.work() as work, pytest.raises(OptInError, match=r"set VOLTEFACE_PUBLIC_URL .* or add --confirmed"):
        OptIn(public_url=None).begin(work, made, NOW)
    log = subscribe(database, channel=ChannelName.LOG, target="log")
    assert begin(database, log) is None
    with pytest.raises(OptInError, match="only mail is confirmed"):
        again(database, log, NOW)
    with database.work() as work:
        work.subscriptions.disable(made.id, "by the operator", NOW)
    with pytest.raises(OptInError, match="is off: by the operator"):
        again(database, made, NOW)
    with database.work() as work:
        work.subscriptions.enable(made.id)
        confirm(work, made, NOW)
    with pytest.raises(OptInError, match="confirmed already"):
        again(database, made, NOW)


async def test_a_request_without_a_link_is_not_sent(database: Database) -> None:
    """The address of the pages was set where the operator subscribed, and is not where the worker runs."""
    begin(database, subscribe(database))
    assert await sent(database, url=None) == []
    with database.view() as work:
        (waiting,) = work.alerts.deliveries()
    assert waiting.last_error == "a request to confirm needs a link: set VOLTEFACE_PUBLIC_URL"
    assert waiting.next_attempt_at is not None
    assert len(await sent(database, waiting.next_attempt_at)) == 1


def test_a_digest_reports_from_the_yes_on(database: Database) -> None:
    daily = Timing(cadence=Cadence.DAILY)
    with database.work() as work:
        made = work.subscriptions.add(
            "ada", MAIL, "ada@example.org", Filter(), None, NOW - timedelta(days=9), timing=daily,
            next_digest_at=NOW - timedelta(days=8), confirmed=False,
        )  # fmt: skip
        (ready,) = confirm(work, made, NOW)
    assert ready.last_digest_at == NOW
    assert ready.next_digest_at == datetime(2025, 6, 2, 7, tzinfo=NOW.tzinfo)


async def test_every_attempt_at_a_mail_has_links_of_its_own_and_chats_have_none(database: Database) -> None:
    with database.work() as work:
        mail = work.subscriptions.add("ada", MAIL, "ada@example.org", Filter(), None, NOW)
        work.subscriptions.add("room", ChannelName.APPRISE, "json://room.example", Filter(), None, NOW)
        ASKS.begin(work, mail, NOW)
    post = Post(fails=True)
    sender = Sender(database, {MAIL: post}, lambda: NOW, public_url=URL)
    await sender.step(NOW)
    await sender.step(NOW + timedelta(days=1))
    first, second = (delivery.personal for delivery in post.taken)
    assert first is not None and second is not None
    assert first.settings != second.settings
    assert {owner(database, TokenPurpose.MANAGE, p.settings, NOW) for p in (first, second)} == {mail.id}
    with database.view() as work:
        assert work.tokens.active(mail.id, TokenPurpose.MANAGE, NOW) == 2
        (alert,) = work.alerts.of_subscription(mail.id)
    assert alert.kind is AlertKind.NOTICE


def test_tokens_are_forgotten_when_they_expired(database: Database) -> None:
    made = subscribe(database)
    with database.work() as work:
        ends = (NOW, NOW + timedelta(days=1))
        work.tokens.mint_all([(TokenPurpose.MANAGE, made.id, at) for at in ends], NOW - timedelta(days=9))
        work.tokens.mint(TokenPurpose.FEED, made.id, NOW - timedelta(days=9), None)
    longest = datetime(1970, 1, 1, tzinfo=NOW.tzinfo)
    assert prune(database, longest, longest, NOW + timedelta(seconds=1)).tokens == 1
    assert prune(database, longest, longest, NOW + timedelta(days=999)).tokens == 1
    with database.view() as work:
        assert work.tokens.active(made.id, TokenPurpose.FEED, NOW + timedelta(days=999)) == 1

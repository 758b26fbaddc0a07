"""Who reads a generated desk: an operator, and a subscriber who was told of what changed of late.

Alerts are written by the teller and their deliveries recorded as workers record them, so that pages of subscriptions
and deliveries go through what a desk of some size has.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.account import Role
from monitor.model.alert import AttemptResult, ChannelName, DeliveryStatus, Filter
from monitor.model.timing import Timing
from monitor.pipeline.own import subscribe
from monitor.pipeline.tell import Teller
from storage.engine import Database
from storage.values import ChangeTransition
from storage.work import Work

SUBSCRIBER, OPERATOR = "bench subscriber", "bench operator"
TOLD = 300
"""The newest changes, of which the subscriber was told; those before came before anybody subscribed."""
OTHERS = 40
"""Further subscriptions, each to one state: most changes pass them by."""

_YEAR = timedelta(days=400)
_AT_ONCE = Timing()
_WENT = (
    (AttemptResult(ok=True, status=200), DeliveryStatus.DELIVERED),
    (AttemptResult(ok=False, status=503, error="hook.bench is busy (503)"), DeliveryStatus.DEAD),
)
_DEAD_EVERY = 9
_FOUND = "UPDATE change SET recorded_at = ?1, updated_at = ?1, status_at = ?1 WHERE id = ?2"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who is signed in, by the token of the session, and what is theirs."""

    subscriber: str
    operator: str
    subscription: int
    narrow: int
    """A subscription to one state: nearly all that changes passes it by."""


def settle(database: Database, now: datetime) -> None:
    """Accounts, subscriptions, alerts and deliveries, unless they are there. Changes were found in a year."""
    with database.view() as work:
        if work.accounts.by_name(SUBSCRIBER) is not None:
            return
    _found_over_the_year(database, now)
    with database.work() as work:
        _subscribe(work, now - _YEAR)
        changes = work.positions.changes(limit=TOLD)
        rules = work.rules.current()
    teller = Teller()
    for change in reversed(changes):
        with database.work() as work:
            teller.tell(work, [ChangeTransition(change=change, was=None)], rules, change.recorded_at)
    _deliver(database, now)


def signed_in(database: Database, now: datetime) -> People:
    """New sessions of both."""
    tokens = []
    with database.work() as work:
        for name in (SUBSCRIBER, OPERATOR):
            account = work.accounts.by_name(name)
            assert account is not None, "settled before"
            tokens.append(work.accounts.sign_in(account.id, now, now + timedelta(days=1)))
        owner = work.accounts.by_name(SUBSCRIBER)
        assert owner is not None
        everything, narrow, *_ = work.subscriptions.of_account(owner.id)
    return People(subscriber=tokens[0], operator=tokens[1], subscription=everything.id, narrow=narrow.id)


def _found_over_the_year(database: Database, now: datetime) -> None:
    """Changes are found one after the other, evenly over the year up to now, and not all at once."""
    assert database.file is not None, "generated for SQLite"
    connection = sqlite3.connect(database.file)
    keys = [key for (key,) in connection.execute("SELECT id FROM change ORDER BY at DESC, id DESC")]
    apart = timedelta(days=365) / len(keys)
    found = [(f"{now - number * apart:%Y-%m-%d %H:%M:%S.%f}", key) for number, key in enumerate(keys)]
    with connection:
        connection.executemany(_FOUND, found)
        connection.execute("UPDATE change SET first_confirmed_at = recorded_at WHERE first_confirmed_at IS NOT NULL")
    connection.close()


def _subscribe(work: Work, now: datetime) -> None:
    work.accounts.add(OPERATOR, Role.OPERATOR, None, now)
    owner = work.accounts.add(SUBSCRIBER, Role.SUBSCRIBER, None, now)
    hook = (ChannelName.WEBHOOK, "https://hook.bench/of-the-subscriber")
    subscribe(work, owner.id, *hook, Filter(), _AT_ONCE, now)
    for number in range(OTHERS + 1):
        account = owner if not number else work.accounts.add(f"bench {number}", Role.SUBSCRIBER, None, now)
        state = Filter(actors=frozenset({f"state-{number % 30}"}))
        subscribe(work, account.id, ChannelName.WEBHOOK, f"https://hook.bench/{number}", state, _AT_ONCE, now)


def _deliver(database: Database, now: datetime) -> None:
    """Every delivery is attempted once; some are dead letters from then on."""
    done = 0
    while True:
        with database.work() as work:
            claimed = work.alerts.claim_due(now, 50, timedelta(hours=1))
            for delivery in claimed:
                result, status = _WENT[done % _DEAD_EVERY == 0]
                work.alerts.record(delivery, result, status, None, now)
                done += 1
        if not claimed:
            return

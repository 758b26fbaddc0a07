"""Subscribers and their subscriptions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, update
from sqlmodel import col, func, select

from monitor.model.alert import ACCOUNT_DISABLED, Audience, ChannelName, Filter, Subscription
from monitor.model.position import ChangeKind
from monitor.model.timing import Cadence, Timing
from storage.accounts import Accounts
from storage.actor_verdicts import Identified
from storage.addresses import Addresses
from storage.errors import NotFound
from storage.tables import (
    AccountAddressRow,
    AddressRow,
    MetaRow,
    SubscriberRow,
    SubscriptionRow,
    SubscriptionVersionRow,
)
from storage.values import SubscriptionVersion

STAMP = "subscriptions.stamp"
"""The fact under which the database itself, by triggers, keeps the stamp of the subscriptions."""


class Subscriptions(Identified):
    """Who wants to know what, and where it is sent. Who names an actor that was merged gets whom it was merged into."""

    def subscriber(self, name: str, now: datetime) -> int:
        """The id of the subscriber with this name, who is made if need be."""
        self._lock("subscriber", name)
        row = self._session.exec(select(SubscriberRow).where(SubscriberRow.name == name)).first()
        if row is None:
            row = SubscriberRow(name=name, created_at=now)
            self._session.add(row)
            self._session.flush()
        assert row.id is not None
        return row.id

    def add(
        self,
        subscriber: str,
        channel: ChannelName,
        target: str,
        filter: Filter,  # noqa: A002 - the field's own term
        secret: str | None,
        now: datetime,
        *,
        timing: Timing = Timing(),  # noqa: B008 - frozen
        audience: Audience = Audience.CHANGES,
        next_digest_at: datetime | None = None,
        confirmed: bool = True,
        who: str = "",
        account_id: int | None = None,
    ) -> Subscription:
        """A new subscription of the subscriber with this name, and its first version.

        With `confirmed` False nothing goes to a mail address before its owner confirms it, if they did not before.
        One to an address that an account has proven is that account's, whoever makes it, and off while it is disabled.
        """
        row = SubscriptionRow(
            subscriber_id=self.subscriber(subscriber, now),
            channel=channel.value,
            target=target,
            secret=secret,
            filter=_filter_body(filter),
            timing=_timing_body(timing),
            audience=audience.value,
            next_digest_at=next_digest_at,
            last_digest_at=now,
            created_at=now,
            account_id=self._owner(channel, target) if account_id is None else account_id,
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        self._write_version(row, now, who, "")
        if channel is ChannelName.EMAIL:
            self.addresses.meet(target, now, confirmed=confirmed)
        if Accounts(self._session).is_disabled(row.account_id):
            self.disable(row.id, ACCOUNT_DISABLED, now)
        return self.get(row.id)

    @property
    def addresses(self) -> Addresses:
        """The mail addresses."""
        return Addresses(self._session)

    def edit(
        self,
        subscription_id: int,
        wanted: Filter,
        timing: Timing,
        next_digest_at: datetime | None,
        who: str,
        why: str,
        now: datetime,
    ) -> Subscription:
        """Another filter and timing from now on, as a version. Raises NotFound."""
        row = self._row(SubscriptionRow, subscription_id, "subscription")
        row.filter, row.timing, row.next_digest_at = _filter_body(wanted), _timing_body(timing), next_digest_at
        self._session.add(row)
        self._session.flush()
        self._write_version(row, now, who, why)
        return self.get(subscription_id)

    def versions(self, subscription_id: int) -> list[SubscriptionVersion]:
        """What the subscription wanted and when, oldest first."""
        return self.versions_of([subscription_id]).get(subscription_id, [])

    def versions_of(self, ids: Collection[int]) -> dict[int, list[SubscriptionVersion]]:
        """What these subscriptions wanted and when, by id, oldest first."""
        table, found = SubscriptionVersionRow, dict[int, list[SubscriptionVersion]]()
        for row in self._session.exec(
            select(table).where(self._is_among(col(table.subscription_id), ids)).order_by(col(table.n))
        ):
            wanted = SubscriptionVersion(
                n=row.n, filter=_filter(row.filter), timing=_timing(row.timing), at=row.at, who=row.who, why=row.why
            )
            found.setdefault(row.subscription_id, []).append(wanted)
        return found

    def timings(self, ids: Collection[int]) -> dict[int, Timing]:
        """The timings of these subscriptions, by id."""
        query = select(SubscriptionRow.id, SubscriptionRow.timing).where(self._is_among(col(SubscriptionRow.id), ids))
        return {key: _timing(body) for key, body in self._session.exec(query) if key is not None}

    def digest_sent(self, subscription_id: int, next_digest_at: datetime | None, now: datetime) -> None:
        """Notes that a scheduled digest was made: when the next is due, and that it reports from here."""
        self._session.exec(
            update(SubscriptionRow)
            .where(col(SubscriptionRow.id) == subscription_id)
            .values(next_digest_at=next_digest_at, last_digest_at=now)
        )

    def rotate_secret(self, subscription_id: int, secret: str, until: datetime) -> None:
        """Signs with a new secret, and until then with the old one as well. Raises NotFound."""
        row = self._row(SubscriptionRow, subscription_id, "subscription")
        row.previous_secret, row.previous_secret_until, row.secret = row.secret, until, secret
        self._session.add(row)
        self._session.flush()

    def get(self, subscription_id: int) -> Subscription:
        """The subscription. Raises NotFound."""
        self._row(SubscriptionRow, subscription_id, "subscription")
        (found,) = self._find(col(SubscriptionRow.id) == subscription_id)
        return found

    def all(self, active_only: bool = True, audience: Audience | None = Audience.CHANGES) -> list[Subscription]:
        """The subscriptions by id; those of one audience, or with None of all."""
        wanted = [] if audience is None else [col(SubscriptionRow.audience) == audience.value]
        return self._find(*wanted, *([col(SubscriptionRow.disabled_at).is_(None)] if active_only else []))

    def stamp(self) -> str | None:
        """A name for what all subscriptions want and where they go; another one after any of it changed.

        None where there is none, as in a database whose facts were wiped: nothing may be kept then.
        """
        return self._session.exec(select(MetaRow.value).where(MetaRow.key == STAMP)).first()

    def of_account(self, account_id: int) -> list[Subscription]:
        """All subscriptions of an account, by id."""
        return self._find(col(SubscriptionRow.account_id) == account_id)

    def _owner(self, channel: ChannelName, target: str) -> int | None:
        if channel is not ChannelName.EMAIL:
            return None
        query = select(AccountAddressRow.account_id).where(AccountAddressRow.target == target)
        return self._session.exec(query).first()

    def of(self, subscriber: str) -> list[Subscription]:
        """All subscriptions of the subscriber with this name, by id."""
        return self._find(col(SubscriberRow.name) == subscriber)

    def to(self, channel: ChannelName, target: str) -> list[Subscription]:
        """All subscriptions by this channel to this target, by id."""
        return self._find(col(SubscriptionRow.channel) == channel.value, col(SubscriptionRow.target) == target)

    def _find(self, *which: ColumnElement[bool]) -> list[Subscription]:
        mailed = and_(
            col(AddressRow.target) == SubscriptionRow.target, col(SubscriptionRow.channel) == ChannelName.EMAIL.value
        )
        query = (
            select(SubscriptionRow, SubscriberRow.name, AddressRow)
            .join(SubscriberRow, col(SubscriberRow.id) == SubscriptionRow.subscriber_id)
            .join(AddressRow, mailed, isouter=True)
            .where(*which)
            .order_by(col(SubscriptionRow.id))
        )
        rows = self._session.execute(query.execution_options(populate_existing=True))
        holders = self.holders()
        return [holders.followed_by(_subscription(row, name, address)) for row, name, address in rows]

    def _write_version(self, row: SubscriptionRow, now: datetime, who: str, why: str) -> None:
        last = select(func.max(SubscriptionVersionRow.n)).where(SubscriptionVersionRow.subscription_id == row.id)
        version = {"filter": row.filter, "timing": row.timing, "at": now, "who": who, "why": why}
        number = (self._session.exec(last).one() or 0) + 1
        self._insert("subscription_version", [{"subscription_id": row.id, "n": number, **version}])

    def disable(self, subscription_id: int, why: str, now: datetime) -> None:
        """Stops the subscription, also beyond its account's; what waits for it stays where it is. Raises NotFound."""
        row = self._row(SubscriptionRow, subscription_id, "subscription")
        if row.disabled_at is None or row.disabled_why == ACCOUNT_DISABLED:
            row.disabled_at, row.disabled_why = row.disabled_at or now, why
            self._session.add(row)
            self._session.flush()

    def enable(self, subscription_id: int) -> None:
        """Starts a disabled subscription again. Raises NotFound."""
        done = self._session.exec(
            update(SubscriptionRow)
            .where(col(SubscriptionRow.id) == subscription_id)
            .values(disabled_at=None, disabled_why=None)
        )
        if done.rowcount == 0:
            raise NotFound("subscription", subscription_id)


def _filter_body(wanted: Filter) -> dict[str, Any]:
    return {
        "actors": sorted(wanted.actors),
        "issues": sorted(wanted.issues),
        "kinds": sorted(kind.value for kind in wanted.kinds),
        "least_confidence": wanted.least_confidence,
        "pending": wanted.pending,
        "commentators": wanted.commentators,
    }


def _filter(body: Mapping[str, Any]) -> Filter:
    return Filter(
        actors=frozenset(body["actors"]),
        issues=frozenset(body["issues"]),
        kinds=frozenset(ChangeKind(kind) for kind in body["kinds"]),
        least_confidence=body["least_confidence"],
        pending=body["pending"],
        commentators=body["commentators"],
    )


def _timing_body(timing: Timing) -> dict[str, Any]:
    return {
        "cadence": timing.cadence.value,
        "zone": timing.zone,
        "at": timing.at.isoformat(),
        "weekday": timing.weekday,
        "quiet": [edge.isoformat() for edge in timing.quiet] if timing.quiet else None,
        "empty": timing.empty,
        "burst": timing.burst,
        "most_per_hour": timing.most_per_hour,
    }


def _timing(body: Mapping[str, Any] | None) -> Timing:
    """What a row holds; rows from before there was a choice hold nothing, and are told at once."""
    if body is None:
        return Timing()
    quiet = body["quiet"]
    return Timing(
        cadence=Cadence(body["cadence"]),
        zone=body["zone"],
        at=time.fromisoformat(body["at"]),
        weekday=body["weekday"],
        quiet=(time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None,
        empty=body["empty"],
        burst=body["burst"],
        most_per_hour=body["most_per_hour"],
    )


def _subscription(row: SubscriptionRow, subscriber: str, address: AddressRow | None) -> Subscription:
    assert row.id is not None
    return Subscription(
        id=row.id,
        subscriber=subscriber,
        channel=ChannelName(row.channel),
        target=row.target,
        secret=row.secret,
        filter=_filter(row.filter),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        disabled_why=row.disabled_why,
        timing=_timing(row.timing),
        audience=Audience(row.audience),
        previous_secret=row.previous_secret,
        previous_secret_until=row.previous_secret_until,
        confirmed=address is None or address.confirmed_at is not None,
        suppressed_why=address.suppressed_why if address and address.suppressed_at else None,
        next_digest_at=row.next_digest_at,
        last_digest_at=row.last_digest_at,
        account_id=row.account_id,
    )

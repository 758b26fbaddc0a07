"""What operators should know, from what is on record. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from monitor.feeds.health import Condition, health
from monitor.model.alert import Subscription
from monitor.model.feed import Feed, FeedStatus
from monitor.model.trouble import Trouble, TroubleKind
from monitor.net.mask import mask
from rules.model import ActorRule, RuleSet
from storage.values import StoredDelivery

NOTHING_POLLED_AFTER = timedelta(hours=1)
FAILING_AFTER = timedelta(days=1)
"""Most failures of a feed pass within hours; one of a day is worth a look."""

MAIL_FAILING_AFTER = timedelta(hours=1)
OFFICE_LOOKED_BACK = timedelta(days=30)
"""Offices that ended longer ago were ended when the rules were written."""

LEAST_FREE = 500 * 1024 * 1024
LEAST_FREE_SHARE = 0.1
"""A disk is nearly full with fewer free bytes than this, or on a small one than this share of it."""

_OF_FEEDS = {
    Condition.GONE: TroubleKind.FEED_GONE,
    Condition.FAILING: TroubleKind.FEED_FAILING,
    Condition.SILENT: TroubleKind.FEED_SILENT,
}


def feed_troubles(feeds: Iterable[Feed], now: datetime) -> Iterator[Trouble]:
    """Feeds that are gone, silent against their own rhythm, or failing for more than a day."""
    for feed in feeds:
        found = health(feed, now)
        kind = _OF_FEEDS.get(found.condition)
        since = found.silent_since if kind is TroubleKind.FEED_SILENT else feed.errors_since or feed.last_poll_at
        if kind is None or (kind is TroubleKind.FEED_FAILING and now - (since or now) < FAILING_AFTER):
            continue
        yield Trouble(
            kind=kind,
            subject=f"feed {feed.id}",
            name=feed.title or mask(feed.url),
            words=found.words or "",
            remedy=found.remedy or f"`volteface feeds show {feed.id}` says more.",
            since=since or now,
        )


def polling_trouble(feeds: Sequence[Feed], now: datetime) -> Trouble | None:
    """Feeds are due, and none has been polled for an hour: the worker hangs, or the network is away."""
    active = [feed for feed in feeds if feed.status is FeedStatus.ACTIVE]
    last = max((feed.last_poll_at for feed in active if feed.last_poll_at), default=None)
    overdue = [feed for feed in active if feed.next_poll_at < now - NOTHING_POLLED_AFTER]
    if not overdue or (last is not None and now - last < NOTHING_POLLED_AFTER):
        return None
    since = last or min(feed.added_at for feed in active)
    return Trouble(
        kind=TroubleKind.NOTHING_POLLED,
        subject="polling",
        name="polling",
        words=f"Nothing was polled since {since:%Y-%m-%d %H:%M} UTC, though {len(overdue)} feeds are overdue.",
        remedy="See the worker's log, and whether this machine reaches the internet; then restart the worker.",
        since=since,
    )


def disk_trouble(where: str, free: int, total: int, now: datetime) -> Trouble | None:
    """The disk that holds the database is nearly full. `free` and `total` in bytes."""
    if free >= min(LEAST_FREE, LEAST_FREE_SHARE * total):
        return None
    return Trouble(
        kind=TroubleKind.DISK,
        subject="disk",
        name="disk",
        words=f"Only {free // 2**20} MB are free of {total // 2**20} MB on the disk of {where}.",
        remedy="Make room: nothing is stored any more once it is full. VOLTEFACE_RETAIN_DAYS bounds what is kept.",
        since=now,
    )


def dead_letter_troubles(dead: Sequence[StoredDelivery]) -> Iterator[Trouble]:
    """Deliveries that were given up, a trouble for each subscription. `dead` are the newest of them, newest first."""
    by_subscription: dict[int, list[StoredDelivery]] = {}
    for letter in dead:
        by_subscription.setdefault(letter.subscription_id, []).append(letter)
    for subscription, letters in by_subscription.items():
        newest, count = letters[0], len(letters)
        many = "1 delivery was" if count == 1 else f"{count} deliveries were"
        yield Trouble(
            kind=TroubleKind.DEAD_LETTERS,
            subject=f"deliveries {subscription}",
            name=f"{newest.subscriber} by {newest.channel}",
            words=f"{many} given up; the newest: {newest.last_error}.",
            remedy="`volteface deliveries list --status dead` shows them, "
            f"`volteface deliveries retry --subscription {subscription}` sends them again.",
            since=min(d.first_failed_at or d.created_at for d in letters),
        )


def endpoint_troubles(subscriptions: Iterable[Subscription], now: datetime) -> Iterator[Trouble]:
    """Subscriptions that nothing reaches any more, because their target failed and not because somebody ended them."""
    for one in subscriptions:
        why = one.suppressed_why or (one.disabled_why if one.disabled_at and _by_itself(one.disabled_why) else None)
        if why is None:
            continue
        yield Trouble(
            kind=TroubleKind.ENDPOINT,
            subject=f"subscription {one.id}",
            name=f"{one.subscriber} by {one.channel}",
            words=f"Subscription {one.id} is told nothing any more: {why}.",
            remedy=f"When the target works again: `volteface subscriptions {_remedy(one)} {one.id}`.",
            since=one.disabled_at or now,
        )


def mail_trouble(failing_since: datetime | None, error: str, now: datetime) -> Trouble | None:
    """No mail has gone out since one failed, for an hour: the server is down or refuses us. `error` is its word."""
    if failing_since is None or now - failing_since < MAIL_FAILING_AFTER:
        return None
    return Trouble(
        kind=TroubleKind.MAIL,
        subject="mail",
        name="mail",
        words=f"No mail goes out since {failing_since:%Y-%m-%d %H:%M} UTC: {error}.",
        remedy="`volteface doctor` tries the mail server. Nothing is lost: mails are tried for five days.",
        since=failing_since,
    )


def _remedy(one: Subscription) -> str:
    """The command that helps: an address to which nothing may go has to be confirmed anew by its owner."""
    return "enable" if one.disabled_at is not None else "send-confirmation"


def _by_itself(why: str | None) -> bool:
    return why is not None and why.startswith("given up")


def item_trouble(failed: int, example: str, since: datetime) -> Trouble | None:
    """Items that could not be read after several tries; `example` says of one why."""
    if not failed:
        return None
    return Trouble(
        kind=TroubleKind.ITEMS,
        subject="items",
        name="items",
        words=f"{failed} items could not be read; one of them: {example}",
        remedy="Report it with the log; nothing is lost, and they can be read again.",
        since=since,
    )


def office_troubles(rules: RuleSet, now: datetime) -> Iterator[Trouble]:
    """Offices that ended lately and that nobody holds any more by the rules: what is credited to them falls silent."""
    today = now.date()
    for actor in rules.actors.values():
        for office in actor.offices:
            if office.until is None or not today - OFFICE_LOOKED_BACK <= office.until < today:
                continue
            if _has_successor(actor, office.title, today, rules):
                continue
            yield Trouble(
                kind=TroubleKind.OFFICE,
                subject=f"office {actor.id} {office.title} {office.until}",
                name=f"{actor.name}, {office.title}",
                words=f"{actor.name} ceased to be {office.title} on {office.until}; the rules name no successor.",
                remedy="Add the successor with the same office: "
                "`volteface rules suggest` may know who it is; then `volteface rules apply`.",
                since=datetime.combine(office.until, time(), UTC) + timedelta(days=1),
            )


def _has_successor(former: ActorRule, title: str, today: date, rules: RuleSet) -> bool:
    return any(
        office.title == title and office.covers(today)
        for actor in rules.actors.values()
        if actor.member_of == former.member_of
        for office in actor.offices
    )

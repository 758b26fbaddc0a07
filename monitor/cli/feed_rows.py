"""How feeds are shown in a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.cli.talk import plain, put_table
from monitor.feeds.health import FeedHealth, health, span
from monitor.feeds.hub_terms import in_words
from monitor.model.feed import Feed
from monitor.model.hub import HubSubscription
from monitor.net.mask import mask

_COLUMNS = (
    "id",
    "feed",
    "folder",
    "how it is",
    "items",
    "last success",
    "next poll",
    "empty",
    "silent",
    "what is wrong",
)


def feed_row(feed: Feed, items: int, now: datetime) -> dict[str, object]:
    """A feed as JSON: what is stored, and its health. Secrets in addresses are masked."""
    masked = {"url": mask(feed.url), "moved_to": mask(feed.moved_to) if feed.moved_to else None}
    return {**plain(feed), **masked, "items": items, "health": plain(health(feed, now))}


def put_feeds(feeds: Iterable[Feed], counts: Mapping[int, int], now: datetime) -> None:
    """A table of feeds."""
    rows = []
    for feed in feeds:
        found = health(feed, now)
        rows.append(
            (
                feed.id,
                feed.title or mask(feed.url),
                feed.folder,
                found.condition,
                counts.get(feed.id, 0),
                feed.last_success_at,
                feed.next_poll_at,
                _share(found),
                _silence(found, now),
                found.words or "",
            )
        )
    empty = "No feeds yet; `volteface feeds add URL` or `volteface feeds import FILE` adds some."
    put_table(_COLUMNS, rows, empty=empty)


def hub_row(subscription: HubSubscription, now: datetime) -> dict[str, object]:
    """How it stands with a feed's hub, as JSON. Neither the secret nor the callback is in it."""
    return {
        "state": subscription.state.value,
        "hub": mask(subscription.hub),
        "topic": mask(subscription.topic),
        "live": subscription.live(now),
        "lease_until": subscription.live_until,
        "last_push_at": subscription.last_push_at,
        "pushes": subscription.pushes,
        "discarded": subscription.discarded,
        "missed": subscription.missed,
        "words": in_words(subscription, now),
    }


def put_feed(feed: Feed, items: int, now: datetime, hub: HubSubscription | None = None) -> None:
    """All there is to say about one feed; how it is comes first."""
    found = health(feed, now)
    rows: list[tuple[str, object]] = [
        ("how it is", found.condition),
        ("what is wrong", found.words),
        ("what to do", found.remedy),
        ("polls without news", _share(found)),
        ("silent for", _silence(found, now)),
        ("hub", in_words(hub, now) if hub else None),
        ("usual gap between news", span(found.usual_gap_s) if found.usual_gap_s else None),
    ]
    told = {key: value for key, value in feed_row(feed, items, now).items() if key != "health"}
    put_table(("", ""), [*rows, *sorted(told.items())], empty="")


def articles_in_words(feed: Feed, *, by_default: bool) -> str:
    """Whether articles of the feed are fetched, and what says so."""
    fetched = by_default if feed.articles is None else feed.articles
    why = "as VOLTEFACE_ARTICLES says" if feed.articles is None else "set for this feed"
    return f"whole articles are {'fetched' if fetched else 'not fetched'}, {why}"


def _share(found: FeedHealth) -> str:
    return "" if found.empty_share is None else f"{found.empty_share:.0%}"


def _silence(found: FeedHealth, now: datetime) -> str:
    return "" if found.silent_since is None else span((now - found.silent_since).total_seconds())

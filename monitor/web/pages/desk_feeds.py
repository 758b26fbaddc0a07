"""/desk/feeds: how all feeds are at a glance, the worst first, as operators see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from monitor.api.parameters import address
from monitor.feeds.health import Condition, FeedHealth, health
from monitor.model.feed import Feed
from monitor.model.polled import Polled
from monitor.net.mask import mask
from monitor.web.desk import Desk
from monitor.web.icons import icons_of
from monitor.web.strips import Strip, items_per_day, strip
from storage.work import Work

PAGE = 50

CONDITIONS = {
    Condition.FAILING: "failing",
    Condition.GONE: "gone",
    Condition.SILENT: "silent",
    Condition.WAITING: "not polled yet",
    Condition.PAUSED: "paused",
    Condition.WELL: "well",
}
"""In the order in which they deserve a look, with their words."""

_WORST = {condition: rank for rank, condition in enumerate(CONDITIONS)}
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed and how it is."""

    feed: Feed
    health: FeedHealth


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed as the list shows it. `per_day` is None while it is not known."""

    feed: Feed
    health: FeedHealth
    strip: Strip
    per_day: float | None


SORTS: Mapping[str, tuple[str, Callable[[FoundFeed], Any]]] = {
    "state": ("Worst first", lambda found: (_WORST[found.health.condition], -found.feed.failures)),
    "name": ("By name", lambda found: 0),
    "next": ("Next poll", lambda found: found.feed.next_poll_at),
    "success": ("Longest without success", lambda found: found.feed.last_success_at or _NEVER),
    "news": ("Longest without news", lambda found: found.feed.last_new_at or _NEVER),
    "added": ("Newest first", lambda found: -found.feed.id),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as it stands in the address. An order or a state that there is not asks for nothing."""

    state: Condition | None
    q: str
    sort: str
    page: int

    def address(self, page: int) -> str:
        """The address of another page of the same."""
        return address(
            "/desk/feeds",
            state=self.state.value if self.state else None,
            q=self.q or None,
            sort=self.sort if self.sort != "state" else None,
            page=page if page > 1 else None,
        )


def desk_feeds_router(desk: Desk) -> APIRouter:
    """The list of feeds."""
    router = APIRouter(prefix="/desk/feeds", include_in_schema=False)

    def feeds(
        state: Annotated[str, Query(max_length=20)] = "",
        q: Annotated[str, Query(max_length=200)] = "",
        sort: Annotated[str, Query(max_length=20)] = "state",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        done: Annotated[str, Query(max_length=20)] = "",
    ) -> HTMLResponse:
        only = Condition(state) if state in set(Condition) else None
        asked = Asked(only, q, sort if sort in SORTS else "state", page)
        note = "The feed is removed. Its items stay, and so does whatever rests on them." if done else None
        with desk.database.view() as work:
            values = listed(work, asked, desk.clock())
        return desk.pages.page("desk_feeds.html", {**values, "note": note})

    router.add_api_route("", feeds, methods=["GET", "HEAD"])
    return router


def listed(work: Work, asked: Asked, now: datetime) -> dict[str, Any]:
    """What the page shows."""
    known = [FoundFeed(feed, health(feed, now)) for feed in work.feed_items.glance()]
    found = chosen(known, asked.state, asked.q, asked.sort)
    first = (asked.page - 1) * PAGE
    shown = found[first : first + PAGE]
    whole = work.feed_items.get([one.feed.id for one in shown])
    logs = work.poll_logs.of(list(whole))
    return {
        "last_event": work.events.last_id(),
        "lines": [_line(whole[one.feed.id], one.health, logs.get(one.feed.id, ()), now) for one in shown],
        "icons": icons_of(work, whole.values()),
        "counts": Counter(one.health.condition for one in known),
        "all": len(known),
        "found": len(found),
        "first": first + 1,
        "conditions": CONDITIONS,
        "sorts": {name: words for name, (words, _) in SORTS.items()},
        "state": asked.state,
        "q": asked.q,
        "sort": asked.sort,
        "before": asked.address(asked.page - 1) if asked.page > 1 else None,
        "after": asked.address(asked.page + 1) if len(found) > first + PAGE else None,
    }


def _line(feed: Feed, how: FeedHealth, polls: Sequence[Polled], now: datetime) -> FeedLine:
    return FeedLine(feed, how, strip(polls), items_per_day(polls, now))


def chosen(known: Sequence[FoundFeed], state: Condition | None, words: str, sort: str) -> list[FoundFeed]:
    """Those that are asked for, in the order that is asked for; what the order leaves open goes by name."""
    wanted = words.casefold().split()
    found = [
        one
        for one in known
        if (state is None or one.health.condition is state) and all(word in _text(one.feed) for word in wanted)
    ]
    key = SORTS[sort][1]
    return sorted(found, key=lambda one: (key(one), name_of(one.feed).casefold(), one.feed.id))


def name_of(feed: Feed) -> str:
    """What a feed is called: its title, else its address without secrets."""
    return feed.title or mask(feed.url)


def _text(feed: Feed) -> str:
    return f"{feed.title} {feed.folder} {mask(feed.url)} {feed.publisher or ''} {feed.last_error or ''}".casefold()

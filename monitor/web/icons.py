"""Which feed is shown with which icon."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.feeds.icon import site_of_feed
from monitor.model.feed import Feed
from storage.work import Work


def feed_icons(work: Work) -> dict[int, str]:
    """By feed, the address of its icon under our own; feeds without one are left out."""
    return icons_of(work, work.feeds.all())


def icons_of(work: Work, feeds: Iterable[Feed]) -> dict[int, str]:
    """The same for these feeds."""
    ids = work.icons.ids()
    sites = {feed.id: site_of_feed(feed) for feed in feeds} if ids else {}
    return {feed: f"/icons/{ids[site]}" for feed, site in sites.items() if site in ids}

"""Which feed is shown with which icon."""

from __future__ import annotations

from monitor.feeds.icon import site_of_feed
from storage.work import Work


def feed_icons(work: Work) -> dict[int, str]:
    """By feed, the address of its icon under our own; feeds without one are left out."""
    ids = work.icons.ids()
    sites = {feed.id: site_of_feed(feed) for feed in work.feeds.all()} if ids else {}
    return {feed: f"/icons/{ids[site]}" for feed, site in sites.items() if site in ids}

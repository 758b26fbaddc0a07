"""Feeds as operators add, import and change them: each change in one transaction with its entry in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from monitor.feeds.cadence import CadenceConfig, first_due
from monitor.feeds.opml import OutlineFeed, read_opml
from monitor.model.feed import Feed
from monitor.net.mask import mask
from storage.engine import Database
from storage.errors import FeedExists
from storage.feed_edits import FeedSettings
from storage.work import Work

AT_ONCE = 500
"""Feeds of an import that are added in one transaction; others wait that long to write."""


class ChangedMeanwhile(Exception):  # noqa: N818 - a state that an operator meets
    """Somebody else changed the feed since it was shown; nothing was saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a list of feeds. `left_out` names each outline that cannot be used, with its line and the reason."""

    added: tuple[Feed, ...] = ()
    there: int = 0
    left_out: tuple[str, ...] = ()


def add_feed(work: Work, url: str, title: str, folder: str, who: str, now: datetime) -> Feed:
    """Adds a feed, due at once. Raises FeedExists."""
    feed = work.feeds.add(url, title, folder, now)
    work.audit.add(who, "feed added", str(feed.id), {"url": mask(feed.url)}, now)
    return feed


def import_opml(
    database: Database, data: bytes, source: str, who: str, now: datetime, cadence: CadenceConfig
) -> Imported:
    """Adds the feeds of an OPML document as far as it is good; those that are there already are left as they are.

    `source` says in the audit log where the document is from. Raises BadOpml where it is none.
    """
    bad: list[str] = []
    outlines = read_opml(data, bad)
    added: list[Feed] = []
    there = 0
    for start in range(0, len(outlines), AT_ONCE):
        with database.work() as work:
            part = _add_all(work, outlines[start : start + AT_ONCE], len(added), len(outlines), now, cadence)
        added += part
        there += min(AT_ONCE, len(outlines) - start) - len(part)
    with database.work() as work:
        detail = {"added": len(added), "there": there, "left_out": len(bad)}
        work.audit.add(who, "feeds imported", source, detail, now)
    return Imported(added=tuple(added), there=there, left_out=tuple(bad))


def _add_all(
    work: Work, outlines: Iterable[OutlineFeed], before: int, of: int, now: datetime, cadence: CadenceConfig
) -> Sequence[Feed]:
    added: list[Feed] = []
    for outline in outlines:
        # A title that is only the address would hide the one that the feed gives itself.
        title = "" if outline.title == outline.url else outline.title
        due = first_due(before + len(added), of, now, cadence)
        try:
            feed = work.feeds.add(outline.url, title, outline.folder, now, due=due)
        except FeedExists:
            continue
        if outline.articles is not None:
            work.feeds.set_articles(feed.id, outline.articles)
            feed = work.feeds.get(feed.id)
        added.append(feed)
    return added


def edit_feed(work: Work, feed_id: int, shown: str, wanted: FeedSettings, who: str, now: datetime) -> bool:
    """Writes the settings of a feed; False where nothing differs. `shown` is the mark of what the operator saw.

    Raises NotFound, and ChangedMeanwhile where the feed is no longer as it was shown.
    """
    there = FeedSettings.of(work.feeds.get(feed_id))
    if there.mark != shown:
        raise ChangedMeanwhile
    before, after = asdict(there), asdict(wanted)
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return False
    work.feed_edits.settings(feed_id, wanted)
    detail = {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}
    work.audit.add(who, "feed edited", str(feed_id), detail, now)
    return True


def pause_feed(work: Work, feed_id: int, who: str, now: datetime) -> None:
    """It is not polled until it is resumed. Raises NotFound."""
    work.feed_edits.pause(feed_id)
    work.audit.add(who, "feed paused", str(feed_id), {}, now)


def resume_feed(work: Work, feed_id: int, who: str, now: datetime) -> None:
    """It is polled again, and at once. Raises NotFound."""
    work.feed_edits.resume(feed_id, now)
    work.audit.add(who, "feed resumed", str(feed_id), {}, now)


def poll_feed_now(work: Work, feed_id: int, who: str, now: datetime) -> None:
    """It is due at once. Raises NotFound."""
    work.feeds.check_there([feed_id])
    work.feeds.poll_now([feed_id], now)
    work.audit.add(who, "feed poll asked for", str(feed_id), {}, now)


def readdress_feed(work: Work, feed_id: int, url: str, who: str, now: datetime, *, another: bool) -> None:
    """It is polled at another address from now on; see `FeedEdits.readdress`. Raises NotFound and FeedExists."""
    before = work.feeds.get(feed_id).url
    work.feed_edits.readdress(feed_id, url, now, another=another)
    detail = {"before": {"url": mask(before)}, "after": {"url": mask(url)}, "another_feed": another}
    work.audit.add(who, "feed readdressed", str(feed_id), detail, now)


def remove_feed(work: Work, feed_id: int, who: str, now: datetime) -> Feed:
    """Removes a feed; its items stay. Raises NotFound."""
    found = work.feeds.get(feed_id)
    work.feeds.remove(feed_id)
    work.audit.add(who, "feed removed", str(feed_id), {"url": mask(found.url), "title": found.title}, now)
    return found

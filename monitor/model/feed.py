"""Feeds, named by their moment: stored, fetched, parsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FeedStatus(StrEnum):
    """ACTIVE is polled; PAUSED by an operator; GONE answered 410 and is not asked again."""

    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as stored: its address, what the server told us to send back, and when it is due.

    `failures` counts failed polls in a row. `interval_s` is the present distance between polls in seconds.
    `baseline_done` is False until the first successful poll, whose items move positions but alert nobody.
    `errors_since` and `last_error` are None while the feed is well.

    `ttl_s` is how long the feed itself asked to be left alone, `rhythm_s` the usual gap between its recent entries,
    `newest_entry_at` the latest date on one of them, as far as it has passed. `moved_to` is where permanent redirects
    lead, `moved_seen` in how many polls in a row they did. `full_fetch_at` is when the whole document last came.
    `polls` and `empty_polls` count the recent successful polls and those among them that brought nothing new. `notice`
    is what an operator should know although the feed is polled well. `articles` sets the feed apart from the setting
    whether whole articles are fetched; None follows it.

    What operators set for this feed alone, None where they did not: `lang` is the language that its items are taken to
    be in unless their words speak another, `publisher` stands behind items that credit no agency, `shortest_s` and
    `longest_s` bound the distance between polls in seconds.
    """

    id: int
    url: str
    title: str = ""
    folder: str = ""
    status: FeedStatus = FeedStatus.ACTIVE
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    site_url: str | None = None
    interval_s: int = 1800
    next_poll_at: datetime
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    failures: int = 0
    last_error: str | None = None
    errors_since: datetime | None = None
    baseline_done: bool = False
    added_at: datetime
    ttl_s: int | None = None
    rhythm_s: int | None = None
    newest_entry_at: datetime | None = None
    moved_to: str | None = None
    moved_seen: int = 0
    full_fetch_at: datetime | None = None
    polls: int = 0
    empty_polls: int = 0
    notice: str | None = None
    articles: bool | None = None
    lang: str | None = None
    publisher: str | None = None
    shortest_s: int | None = None
    longest_s: int | None = None


class FetchOutcome(StrEnum):
    """How a fetch ended."""

    OK = "ok"
    NOT_MODIFIED = "not modified"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """What one fetch brought. `error` says in plain words what is wrong and what to do; None when it went well.

    `body` is decoded from its transfer coding (gzip, deflate), not from its charset. `body_hash` is what it is
    recognised by when it comes again, if that was reckoned already. `retry_after_s` is what the
    server asked for, in seconds, capped. `permanent_url` is set when every hop on the way was a 301 or 308.
    `hold_host` is a host that is to be left alone for `hold_s` seconds, with all its feeds. `postponed` says that the
    feed was not asked for at all because its host is being left alone: that is no failure of the feed. `links`
    are the values of its Link headers.
    """

    url: str
    outcome: FetchOutcome
    status: int | None = None
    final_url: str | None = None
    permanent_url: str | None = None
    body: bytes = b""
    body_hash: str | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after_s: int | None = None
    max_age_s: int | None = None
    error: str | None = None
    elapsed_s: float = 0.0
    hold_host: str | None = None
    hold_s: int = 0
    postponed: bool = False
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One entry of a feed, cleaned: plain text, safe http(s) link, aware date or None.

    `id` is what identifies the entry within its feed (guid, else link, else a hash of title and text). `published` is
    the date that the feed gives, `updated` likewise. `text` is the longest of content and summary as plain text: no
    markup is kept. `source_url` is the site that the entry was taken from, where the feed is a collection.
    """

    id: str
    title: str
    link: str | None
    text: str
    author: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    lang: str | None = None
    guid_given: bool = True
    source_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A parsed document. `problems` names entries that were skipped or repaired, and why; never silent.

    `complete` is False when the document breaks off: its entries count, but its ETag must not be stored.

    `entries` are those that were read; `skipped` more are in the document that were known to be as they were when they
    were read, with these `skipped_dates`. `known` is what the parser wants to be handed at the next poll, to skip all
    of them. It is worth keeping only beside the admission of all these entries; None says that the next poll reads all.
    `hubs` are those that the document names, `self_url` is where it says that it is itself to be had.
    """

    title: str
    link: str | None = None
    lang: str | None = None
    ttl_s: int | None = None
    entries: tuple[ParsedEntry, ...] = ()
    problems: tuple[str, ...] = field(default=())
    complete: bool = True
    skipped: int = 0
    skipped_dates: tuple[datetime, ...] = ()
    known: bytes | None = None
    hubs: tuple[str, ...] = ()
    self_url: str | None = None

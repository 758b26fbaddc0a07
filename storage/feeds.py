"""Feeds: which there are, which are due, and who polls them just now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Row, bindparam, delete, or_, update
from sqlalchemy import select as columns
from sqlmodel import col, func, select

from monitor.model.feed import Feed, FeedStatus
from storage.errors import FeedExists, NotFound
from storage.feed_choice import Choice, Places
from storage.repository import Repository, chunks, lease_token, unleased
from storage.tables import FeedRow, ItemRow, Table
from storage.values import ItemState

_CLOCKS_DIFFER = timedelta(minutes=5)
"""How far the clocks of two workers may be apart, and how far one may be set right, before anything is made of it."""

_PAGE = 200

_FEED = Table.metadata.tables["feed"]

FIELDS = tuple(field.name for field in fields(Feed))

_ROWS = columns(*(_FEED.c[name] for name in FIELDS))


class Feeds(Repository):
    """The feeds. A feed is claimed by a lease while it is polled; `save` gives the lease back."""

    def add(self, url: str, title: str, folder: str, now: datetime, *, due: datetime | None = None) -> Feed:
        """A new feed, due at once unless `due` says when. Raises FeedExists."""
        self._lock("feed", url)
        known = self.by_url(url)
        if known is not None:
            raise FeedExists(known.id)
        row = FeedRow(
            url=url,
            host=host_of(url),
            title=title,
            folder=folder,
            status=FeedStatus.ACTIVE.value,
            interval_s=1800,
            next_poll_at=due or now,
            added_at=now,
        )
        self._session.add(row)
        self._session.flush()
        self._session.refresh(row)
        return _feed(row)

    def get(self, feed_id: int) -> Feed:
        """The feed. Raises NotFound."""
        return _feed(self._row(FeedRow, feed_id, "feed"))

    def by_url(self, url: str) -> Feed | None:
        """The feed with exactly this address."""
        row = self._session.exec(select(FeedRow).where(FeedRow.url == url)).first()
        return None if row is None else _feed(row)

    def all(self) -> list[Feed]:
        """All feeds by folder, then title, then address."""
        query = _ROWS.order_by(_FEED.c.folder, _FEED.c.title, _FEED.c.url)
        return [_feed(row) for row in self._session.connection().execute(query)]

    def claim_due(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        *,
        busy: Collection[str] = (),
        per_host: int | None = None,
        places: Places | None = None,
    ) -> list[Feed]:
        """Leases up to `limit` active feeds that are due, longest overdue first; to others they are gone until then.

        None of a `busy` host is taken, and at most `per_host` of any other: what waits for its host's turn stays due,
        and is free for whoever comes when it is its turn. `places` bounds apart from one another those whose last poll
        went well and those whose failed. A feed that was polled later than now is due: the clock went back, and what
        was reckoned from it is void.
        """
        due = (FeedRow.status == FeedStatus.ACTIVE.value, _due(now), _free(now, lease))
        order = (col(FeedRow.next_poll_at), col(FeedRow.id))
        if not busy and per_host is None and places is None:
            query = select(FeedRow.id).where(*due).order_by(*order).limit(limit).with_for_update(skip_locked=True)
            return self._lease([i for i in self._session.exec(query) if i is not None], now, lease)
        choice = Choice(limit, per_host or limit, places or Places(limit, limit))
        host, failing = func.coalesce(FeedRow.host, ""), col(FeedRow.failures) > 0
        found = select(FeedRow.id, host, failing).where(*due, ~self._is_among(host, sorted(busy))).order_by(*order)
        start, size = 0, choice.first_page
        while (lane := choice.lane) is not None:
            part = found if lane == "both" else found.where(failing if lane == "failing" else ~failing)
            page = self._session.exec(part.offset(start).limit(size)).all()
            for feed, name, fails in page:
                choice.consider(feed, name, failing=fails)
            if len(page) < size or choice.well_is_full:
                break
            start, size = (start + size if choice.lane == lane else 0), _PAGE
        return self._lease(choice.chosen, now, lease)

    def due_hosts(self, now: datetime, lease: timedelta) -> set[str]:
        """The hosts of feeds that are due and that nobody polls just now."""
        due = (FeedRow.status == FeedStatus.ACTIVE.value, _due(now), _free(now, lease))
        return set(self._session.exec(select(func.coalesce(FeedRow.host, "")).where(*due).distinct()))

    def postpone(self, host: str, until: datetime) -> int:
        """No active feed of this host is due before `until`; gives how many were put off. Leases stay as they are."""
        done = self._session.exec(
            update(FeedRow)
            .where(
                col(FeedRow.host) == host,
                col(FeedRow.status) == FeedStatus.ACTIVE.value,
                col(FeedRow.next_poll_at) < until,
            )
            .values(next_poll_at=until)
        )
        return int(done.rowcount)

    def poll_now(self, ids: Collection[int], now: datetime) -> None:
        """These feeds are due at once. Leases stay: a poll that is under way is neither doubled nor broken off."""
        for part in chunks(sorted(set(ids))):
            self._session.exec(update(FeedRow).where(col(FeedRow.id).in_(part)).values(next_poll_at=now))

    def claim(self, ids: Collection[int], now: datetime, lease: timedelta) -> list[Feed]:
        """Leases these feeds, due or not, whatever their status, save those that somebody polls just now."""
        found: list[int] = []
        for part in chunks(sorted(set(ids))):
            query = (
                select(FeedRow.id).where(col(FeedRow.id).in_(part), _free(now, lease)).with_for_update(skip_locked=True)
            )
            found.extend(i for i in self._session.exec(query) if i is not None)
        return self._lease(found, now, lease)

    def save(self, feed: Feed, was: Feed | None = None) -> None:
        """Writes the feed and gives its lease back.

        With `was`, the feed as it was claimed, only what differs from it is written: a poll then does not undo what an
        operator changed meanwhile. Raises NotFound, and FeedExists where another feed has the address already.
        """
        values = _values(feed)
        if was is not None:
            before = _values(was)
            values = {name: value for name, value in values.items() if before[name] != value}
        if "url" in values:
            self._lock("feed", feed.url)
            other = self.by_url(feed.url)
            if other is not None and other.id != feed.id:
                raise FeedExists(other.id)
            values["host"] = host_of(feed.url)
        done = self._session.exec(
            update(FeedRow).where(col(FeedRow.id) == feed.id).values(**values, lease_token=None, lease_until=None)
        )
        if done.rowcount == 0:
            raise NotFound("feed", feed.id)

    def save_all(self, feeds: Sequence[tuple[Feed, Feed]]) -> None:
        """Saves many feeds as `save` does, each beside what it was; none may have another address. Raises NotFound."""
        alike: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for feed, was in feeds:
            before = _values(was)
            changed = {name: value for name, value in _values(feed).items() if before[name] != value}
            alike[tuple(changed)].append({f"new_{name}": value for name, value in changed.items()} | {"feed": feed.id})
        for names, rows in alike.items():
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
            query = update(_FEED).where(_FEED.c.id == bindparam("feed"))
            done = self._session.connection().execute(query.values(**values, lease_token=None, lease_until=None), rows)
            if done.rowcount != len(rows):
                self.check_there([row["feed"] for row in rows])

    def check_there(self, ids: Collection[int]) -> None:
        """Raises NotFound where one of the feeds was removed."""
        for part in chunks(ids):
            there = self._session.connection().execute(columns(_FEED.c.id).where(_FEED.c.id.in_(part))).scalars()
            gone = set(part).difference(there)
            if gone:
                raise NotFound("feed", min(gone))

    def set_articles(self, feed_id: int, articles: bool | None) -> None:
        """Sets whether whole articles of this feed are fetched; None follows the setting. Raises NotFound."""
        row = self._row(FeedRow, feed_id, "feed")
        row.articles = articles
        self._session.add(row)
        self._session.flush()

    def remove(self, feed_id: int) -> None:
        """Removes the feed. Its items stay, without a feed but with its title. Raises NotFound."""
        row = self._row(FeedRow, feed_id, "feed")
        # Of forgotten items only the identity was kept, for this feed's sake.
        self._session.exec(
            delete(ItemRow).where(col(ItemRow.feed_id) == feed_id, col(ItemRow.state) == ItemState.FORGOTTEN.value)
        )
        self._session.exec(
            update(ItemRow).where(col(ItemRow.feed_id) == feed_id).values(feed_title=row.title, feed_id=None)
        )
        self._session.delete(row)
        self._session.flush()

    def item_counts(self) -> dict[int, int]:
        """How many items each feed brought; feeds without any are left out."""
        query = (
            select(ItemRow.feed_id, func.count())
            .where(col(ItemRow.feed_id).is_not(None))
            .group_by(col(ItemRow.feed_id))
        )
        return {feed: items for feed, items in self._session.exec(query) if feed is not None}

    def _lease(self, ids: list[int], now: datetime, lease: timedelta) -> list[Feed]:
        token = lease_token()
        feeds: list[Feed] = []
        for part in chunks(ids):
            mine = col(FeedRow.id).in_(part)
            self._session.exec(
                update(FeedRow).where(mine, _free(now, lease)).values(lease_token=token, lease_until=now + lease)
            )
            found = _ROWS.where(_FEED.c.id.in_(part), _FEED.c.lease_token == token)
            feeds.extend(_feed(row) for row in self._session.connection().execute(found))
        return sorted(feeds, key=lambda feed: ids.index(feed.id))


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(col(FeedRow.next_poll_at) <= now, col(FeedRow.last_poll_at) > now + _CLOCKS_DIFFER)


def _free(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """Whether nobody polls the feed. A lease that ends later than any given now could is of a clock that went back."""
    return or_(unleased(FeedRow.lease_until, now), col(FeedRow.lease_until) > now + lease + _CLOCKS_DIFFER)


def host_of(url: str) -> str:
    """The host that an address names, in small letters; empty where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _values(feed: Feed) -> dict[str, Any]:
    return {name: getattr(feed, name) for name in FIELDS if name != "id"}


def _feed(row: FeedRow | Row[Any]) -> Feed:
    values = {name: getattr(row, name) for name in FIELDS}
    return Feed(**(values | {"status": FeedStatus(row.status)}))

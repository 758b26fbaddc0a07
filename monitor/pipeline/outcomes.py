"""What polls brought is saved: polls that end together share a transaction, and with it one sync of the disk.

What is new is decided before the transaction begins, from what is stored of the feed; the feed is leased, so nobody
else stores for it meanwhile. When anything in a shared transaction fails, each of its polls is saved by itself, so that
one feed's trouble is that feed's only. Until the commit nothing is there, and the leases of a killed worker run out.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from monitor.events import Subject
from monitor.feeds.cadence import CadenceConfig, after_poll
from monitor.feeds.hub_terms import after_push
from monitor.feeds.moves import stayed
from monitor.items.admit import Admission, admit
from monitor.items.identity import identities_to_ask
from monitor.model.feed import Feed, FetchOutcome
from monitor.model.polled import Polled
from monitor.net.mask import mask
from monitor.pipeline.brought import Brought
from monitor.pipeline.hubs import Followed, Standing, settle_push
from storage.engine import Database
from storage.errors import CannotReachServer, DatabaseBusy, FeedExists, FolderNotWritable, NotADatabase
from storage.known_entries import KnownChange
from storage.work import Work

ENOUGH_POLLS = 32
"""So many that wait to be saved are not kept waiting for others."""

PATIENCE_S = 0.25
"""How long a poll that ended may wait for others to be saved with; whoever waits keeps its place among those polled."""

MOST_ENTRIES = 1_000
"""Entries of the documents that are saved in one transaction; beyond, others would wait long for the write lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What one poll of one feed came to. `error` says in plain words why it failed, None when it went well.

    `left` counts new entries that are taken at the next poll, because they were too many for one.
    """

    feed: Feed
    outcome: FetchOutcome
    new: int = 0
    revised: int = 0
    seen: int = 0
    left: int = 0
    error: str | None = None
    problems: tuple[str, ...] = ()


class Outcomes:
    """Saves what polls and hubs brought. `writing` is held while a transaction is under way.

    Without `hubs` nobody is subscribed to: there is no address that hubs could push to.
    """

    def __init__(
        self,
        database: Database,
        cadence: CadenceConfig,
        most_new: int,
        writing: AbstractAsyncContextManager[Any],
        hubs: Followed | None = None,
    ) -> None:
        self._hubs = hubs
        self._database = database
        self._cadence = cadence
        self._most_new = most_new
        self._writing = writing
        self._waiting: list[tuple[Brought, asyncio.Future[PollReport]]] = []
        self._saving: asyncio.Task[None] | None = None
        self._coming = 0
        self._changed = asyncio.Event()

    @contextmanager
    def coming(self) -> Iterator[None]:
        """To be held for the length of a poll until it is saved: those that wait know that there will be others."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1
            self._changed.set()

    async def save(self, brought: Brought) -> PollReport:
        """Saves it, together with what other polls bring at this time; returns when it is committed.

        Raises what the database raises.
        """
        done: asyncio.Future[PollReport] = asyncio.get_running_loop().create_future()
        self._waiting.append((brought, done))
        self._changed.set()
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save_waiting())
        return await done

    async def _others(self) -> None:
        """Waits for polls to be saved with, while there are any to come."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while len(self._waiting) < min(ENOUGH_POLLS, self._coming):
                    self._changed.clear()
                    await self._changed.wait()

    async def _save_waiting(self) -> None:
        while self._waiting:
            await self._others()
            async with self._writing:
                batch = self._next()
                saved = await asyncio.to_thread(self._save, [brought for brought, _ in batch])
            for (_, done), report in zip(batch, saved, strict=True):
                if done.cancelled():
                    continue
                if isinstance(report, PollReport):
                    done.set_result(report)
                else:
                    done.set_exception(report)

    def _next(self) -> list[tuple[Brought, asyncio.Future[PollReport]]]:
        entries = count = 0
        for brought, _ in self._waiting:
            entries += len(brought.parsed.entries) if brought.parsed else 0
            if count and entries > MOST_ENTRIES:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    def _save(self, batch: Sequence[Brought]) -> Sequence[PollReport | Exception]:
        try:
            return self._save_together(batch)
        except (CannotReachServer, FolderNotWritable, NotADatabase) as error:
            return [error] * len(batch)  # it is the database's trouble, and nobody's in particular
        except DatabaseBusy as error:
            # On SQLite the whole file is locked, and each poll by itself would wait as long again.
            return [error] * len(batch) if self._database.backend == "sqlite" else self._save_apart(batch, error)
        except Exception as error:
            return self._save_apart(batch, error)

    def _save_apart(self, batch: Sequence[Brought], error: Exception) -> Sequence[PollReport | Exception]:
        return [error] if len(batch) == 1 else [self._save([brought])[0] for brought in batch]

    def _save_together(self, batch: Sequence[Brought]) -> list[PollReport]:
        with self._database.view() as work:
            admitted = self._admitted(work, batch)
            standing = self._hubs.standing(work, [brought.feed.id for brought in batch]) if self._hubs else {}
        after = [self._after(poll, admission, standing) for poll, admission in zip(batch, admitted, strict=True)]
        with self._database.work() as work:
            work.feeds.check_there([brought.feed.id for brought in batch])
            _store(work, admitted)
            saved = _save_feeds(work, batch, after)
            work.known_entries.replace_all(_known(batch, admitted))
            work.poll_logs.add_all(_polled(batch, admitted, saved))
            self._note_hubs(work, batch, admitted, standing)
            for brought in batch:
                if brought.result.hold_host:
                    until = brought.now + timedelta(seconds=brought.result.hold_s)
                    work.feeds.postpone(brought.result.hold_host, until)
            # Events come last: on PostgreSQL those who write them queue until their commit.
            told = [(b.now, event) for b, a in zip(batch, admitted, strict=True) for event in _events(b, a)]
            for now, events in groupby(told, key=itemgetter(0)):
                work.events.add_all([event for _, event in events], now)
        return [
            _report(brought, admission, feed) for brought, admission, feed in zip(batch, admitted, saved, strict=True)
        ]

    def _admitted(self, work: Work, batch: Sequence[Brought]) -> list[Admission]:
        asked: defaultdict[int, list[str]] = defaultdict(list)
        for brought in batch:
            if brought.parsed is not None:
                asked[brought.feed.id] += identities_to_ask(brought.parsed.entries)
        known = work.items.known_of(asked) if asked else {}
        return [
            admit(b.parsed.entries, known[b.feed.id], b.feed, b.now, most_new=self._most_new)
            if b.parsed is not None
            else Admission()
            for b in batch
        ]

    def _after(self, brought: Brought, admission: Admission, standing: Standing) -> Feed:
        feed, now, new = brought.feed, brought.now, len(admission.new)
        if brought.push is not None:
            return after_push(feed, brought.parsed, new, now)
        after = after_poll(
            feed,
            brought.result,
            brought.parsed,
            new,
            brought.error,
            now,
            self._cadence,
            random.random(),  # noqa: S311
            admission.left,
        )
        return self._hubs.put_off(feed, after, standing.get(feed.id), new, now) if self._hubs else after

    def _note_hubs(
        self, work: Work, batch: Sequence[Brought], admitted: Sequence[Admission], standing: Standing
    ) -> None:
        for brought, admission in zip(batch, admitted, strict=True):
            if brought.push is not None:
                settle_push(work, brought.push, len(admission.new), admission.left, brought.now)
            elif self._hubs is not None:
                self._hubs.note(work, brought, standing.get(brought.feed.id), len(admission.new))


def _store(work: Work, admitted: Sequence[Admission]) -> None:
    work.items.add_all([item for admission in admitted for item in admission.new])
    for item_id, revision in (revised for admission in admitted for revised in admission.revised):
        work.items.revise(item_id, revision.title, revision.text, revision.content_hash, revision.url, revision.seen_at)


def _save_feeds(work: Work, batch: Sequence[Brought], after: Sequence[Feed]) -> list[Feed]:
    """Saves the polled feeds; as they are then."""
    plain = [(feed, brought.feed) for feed, brought in zip(after, batch, strict=True) if not _stands_out(feed, brought)]
    work.feeds.save_all(plain)
    return [
        _saved(work, feed, brought.feed, brought.now) if _stands_out(feed, brought) else feed
        for feed, brought in zip(after, batch, strict=True)
    ]


def _stands_out(after: Feed, brought: Brought) -> bool:
    return after.url != brought.feed.url or after.status is not brought.feed.status


def _saved(work: Work, after: Feed, was: Feed, now: datetime) -> Feed:
    """Saves a feed with a new address or status. One that would take another feed's address stays, and says so."""
    try:
        work.feeds.save(after, was=was)
    except FeedExists as there:
        after = stayed(after, was, there.feed_id)
        work.feeds.save(after, was=was)
    if after.url != was.url:
        detail = {"from": mask(was.url), "to": mask(after.url)}
        work.audit.add("worker", "feed moved", str(after.id), detail, now)
    if after.status is not was.status:
        work.audit.add("worker", f"feed {after.status}", str(after.id), {"why": after.last_error or ""}, now)
    return after


def _known(batch: Sequence[Brought], admitted: Sequence[Admission]) -> list[KnownChange]:
    """What is known from now on: all that was admitted, or nothing where some of it was left for the next poll."""
    return [
        KnownChange(feed_id=poll.feed.id, was=poll.known, known=None if admission.left else poll.parsed.known)
        for poll, admission in zip(batch, admitted, strict=True)
        if poll.parsed is not None and poll.push is None
    ]


def _polled(batch: Sequence[Brought], admitted: Sequence[Admission], saved: Sequence[Feed]) -> dict[int, Polled]:
    """What operators see of these polls; where a host was left alone, nothing was asked."""
    return {
        brought.feed.id: Polled(
            at=brought.now,
            outcome=brought.result.outcome,
            new=len(admission.new),
            revised=len(admission.revised),
            error=feed.last_error,
        )
        for brought, admission, feed in zip(batch, admitted, saved, strict=True)
        if not brought.result.postponed and brought.push is None
    }


def _events(brought: Brought, admission: Admission) -> list[tuple[Subject, dict[str, Any]]]:
    feed, new, revised = brought.feed.id, len(admission.new), len(admission.revised)
    events: list[tuple[Subject, dict[str, Any]]] = []
    if brought.push is None:
        events.append((Subject.FEED_POLLED, {"feed": feed, "ok": brought.error is None}))
    if new or revised:
        events.append((Subject.ITEMS_ADMITTED, {"feed": feed, "new": new, "revised": revised}))
    return events


def _report(brought: Brought, admission: Admission, feed: Feed) -> PollReport:
    return PollReport(
        feed=feed,
        outcome=brought.result.outcome,
        new=len(admission.new),
        revised=len(admission.revised),
        seen=admission.seen + (brought.parsed.skipped if brought.parsed else 0),
        left=admission.left,
        error=brought.error,
        problems=brought.parsed.problems if brought.parsed else (),
    )

"""Poll: due feeds → fetch → parse → admit. New and revised items are stored; nothing is read here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor.feeds.cadence import CadenceConfig, body_hash, is_unchanged
from monitor.feeds.moves import wants_whole
from monitor.feeds.not_a_feed import NotAFeed
from monitor.feeds.parser_pool import ParseFailed
from monitor.model.feed import Feed, FetchOutcome, ParsedFeed
from monitor.pipeline.brought import Brought
from monitor.pipeline.hubs import Followed
from monitor.pipeline.outcomes import Outcomes, PollReport
from monitor.pipeline.places import UnderWay, Visit
from monitor.pipeline.wire import Fetches, Parses
from storage.engine import Database

_log = structlog.get_logger(__name__)


class Poller:
    """Polls the feeds that are due. `lease` is how long a claimed feed is nobody else's.

    A feed that must wait for its host takes none of the `concurrency` slots and no lease: of each host at most
    `per_host` feeds are under way, and none while it was asked a moment ago or is left alone. The others stay due.
    A feed that failed last time, or whose host keeps it waiting for `patience_s`, has a place set aside for such ones.
    `most_new` bounds the new items that one poll of one feed takes; the rest comes with the next one. A step claims for
    `claims_for`, well below the lease: leases and what is reckoned of polls begin with the moment that it was given.
    """

    lease = timedelta(minutes=5)
    claims_for = timedelta(minutes=1)

    def __init__(
        self,
        database: Database,
        fetcher: Fetches,
        parser: Parses,
        cadence: CadenceConfig,
        concurrency: int = 64,
        most_new: int = 500,
        per_host: int = 2,
        patience_s: float = 3.0,
        hubs: Followed | None = None,
    ) -> None:
        self._database = database
        self._fetcher = fetcher
        self._parser = parser
        self._gate = asyncio.Semaphore(concurrency)
        self.concurrency = concurrency
        self._per_host = per_host
        self._under_way = UnderWay(concurrency, patience_s)
        self._claiming = asyncio.Lock()
        # SQLite lets one writer in at a time, and its own waiting is neither fair nor endless: ours stand in line here.
        self._writing = asyncio.Semaphore(1 if database.backend == "sqlite" else concurrency)
        self.outcomes = Outcomes(database, cadence, most_new, self._writing, hubs)
        self._waits = False

    async def step(self, now: datetime, limit: int = 64) -> list[PollReport]:
        """Polls feeds that are due, up to `limit`; as one ends, the next is claimed. Returns when none is due any more,
        or when its time to claim is over; what is due then is for the next step.

        Steps may overlap: one that is kept by a slow host holds up nobody else. When something else than a feed fails
        (the database), no further feeds are claimed, those under way are finished, and the first failure is raised.
        """
        reports: list[PollReport] = []
        failures: list[BaseException] = []
        running: set[asyncio.Task[PollReport]] = set()
        clock = asyncio.get_running_loop().time
        over = clock() + self.claims_for.total_seconds()
        try:
            while True:
                limit = 0 if reports and clock() >= over else limit
                claimed = await self._claim(now, limit)
                limit -= len(claimed)
                running |= {asyncio.create_task(self._in_turn(feed, visit, now)) for feed, visit in claimed}
                if claimed:
                    await asyncio.sleep(0)  # they take their hosts' turns before the next are chosen
                elif running:
                    done = await self._some_of(running, wake=limit > 0)
                    running -= done
                    failures += [error for task in done if (error := task.exception())]
                    reports += [task.result() for task in done if not task.exception()]
                    limit = 0 if failures else limit
                elif failures:
                    raise failures[0]
                elif limit <= 0 or not await self._next_turn(now):
                    return reports
        finally:
            await asyncio.gather(*running, return_exceptions=True)

    async def _claim(self, now: datetime, limit: int) -> list[tuple[Feed, Visit]]:
        async with self._claiming:
            places = self._under_way.free()
            if limit <= 0 or not places.well:
                return []
            busy = self._under_way.full(self._per_host) | set(self._fetcher.spaced()) | set(self._fetcher.held_hosts())

            def claim() -> tuple[list[Feed], dict[int, bytes]]:
                with self._database.work() as work:
                    feeds = work.feeds.claim_due(now, limit, self.lease, busy=busy, per_host=1, places=places)
                    return feeds, work.known_entries.of([feed.id for feed in feeds if feed.full_fetch_at is not None])

            async with self._writing:
                feeds, known = await asyncio.to_thread(claim)
            return [(feed, self._under_way.begin(feed, known.get(feed.id))) for feed in feeds]

    async def _in_turn(self, feed: Feed, visit: Visit, now: datetime) -> PollReport:
        try:
            return await self._poll_one(feed, now, visit)
        finally:
            self._under_way.end(visit)

    async def _some_of(self, running: set[asyncio.Task[PollReport]], *, wake: bool) -> set[asyncio.Task[PollReport]]:
        """Waits until a poll has ended, a host may be asked again or a place got free; the polls that have ended."""
        # Where no place is free it does not matter whose turn it is; one gets free as a poll ends, or is set aside.
        waits = self._fetcher.spaced().values() if wake and self._under_way.free().well else ()
        late = self._under_way.next_aside_s() if wake else None
        if not waits:
            return (await asyncio.wait(running, timeout=late, return_when=asyncio.FIRST_COMPLETED))[0]
        pause = asyncio.create_task(self._fetcher.pause(min(waits)))
        await asyncio.wait({*running, pause}, timeout=late, return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()
        return {task for task in running if task.done()}

    async def _next_turn(self, now: datetime) -> bool:
        """Waits until a host with feeds due may be asked again; False where there is none, or another step waits."""
        spaced = self._fetcher.spaced()
        if not spaced or self._waits:
            return False

        def hosts() -> set[str]:
            with self._database.view() as work:
                return work.feeds.due_hosts(now, self.lease)

        self._waits = True
        try:
            due = await asyncio.to_thread(hosts)
            waits = [seconds for host, seconds in spaced.items() if host in due]
            if waits:
                await self._fetcher.pause(min(waits))
            return bool(waits)
        finally:
            self._waits = False

    async def step_these(self, ids: Sequence[int], now: datetime) -> list[PollReport]:
        """Polls these feeds now, due or not."""

        def claim() -> list[Feed]:
            with self._database.work() as work:
                return work.feeds.claim(list(ids), now, self.lease)

        return await self.poll(await asyncio.to_thread(claim), now)

    async def poll(self, feeds: Sequence[Feed], now: datetime) -> list[PollReport]:
        """Polls feeds that are already claimed."""

        async def one(feed: Feed) -> PollReport:
            async with self._gate:
                return await self._poll_one(feed, now)

        return list(await asyncio.gather(*(one(feed) for feed in feeds)))

    async def _poll_one(self, feed: Feed, now: datetime, visit: Visit | None = None) -> PollReport:
        with self.outcomes.coming():
            return await self._poll(feed, now, visit)

    async def _poll(self, feed: Feed, now: datetime, visit: Visit | None) -> PollReport:
        result = await self._fetcher.fetch(feed, full=wants_whole(feed, now))
        if visit is not None:
            visit.began = None  # what takes time from here on is our own doing
        parsed: ParsedFeed | None = None
        known: bytes | None = None
        error = result.error
        # The same bytes hold the same entries: parsing is most of what a poll costs.
        if result.outcome is FetchOutcome.OK:
            result = replace(result, body_hash=body_hash(result.body))
        if result.outcome is FetchOutcome.OK and not is_unchanged(feed, result):
            known = visit.known if visit is not None else await asyncio.to_thread(self._known, feed)
            base = result.final_url or feed.url
            try:
                parsed = await self._parser.parse(result.body, result.content_type, base, known)
            except (NotAFeed, ParseFailed) as refused:
                error = str(refused)
        report = await self.outcomes.save(
            Brought(feed=feed, result=result, parsed=parsed, known=known, error=error, now=now)
        )
        # Said when it begins and when it is over; between, the feed's row shows it, and the log stays readable.
        if report.error and not result.postponed and not feed.failures:
            _log.info("feed fails", feed=feed.id, title=feed.title, error=report.error)
        elif feed.failures and not report.error:
            _log.info("feed is well again", feed=feed.id, title=feed.title)
        return report

    def _known(self, feed: Feed) -> bytes | None:
        """What the parser wants to be handed again; nothing is there before the first document."""
        if feed.full_fetch_at is None:
            return None
        with self._database.view() as work:
            return work.known_entries.get(feed.id)

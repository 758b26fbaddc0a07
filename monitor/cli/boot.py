"""The composition root: settings → database, stages, pipeline. Everything that is put together is put together here.

Imports stand inside the functions: `volteface extract` must not wait for the parts that only the service needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor import version
from monitor.cli.hubs import hub_client, hubs_are_asked, push_cadence
from monitor.cli.parsing import parser_pool
from monitor.settings import PREFIX, Settings, SettingsError

if TYPE_CHECKING:
    from monitor.alerts.channels.apprise_nursery import NurseryConfig
    from monitor.alerts.channels.email import SmtpConfig
    from monitor.alerts.channels.protocol import Channel
    from monitor.feeds.article import ArticleReader
    from monitor.feeds.cadence import CadenceConfig
    from monitor.feeds.fetch import FetchConfig
    from monitor.feeds.politeness import Politeness
    from monitor.model.alert import ChannelName
    from monitor.net.guard import Guard
    from monitor.pipeline import Pipeline
    from monitor.pipeline.icons import FindsIcon
    from monitor.positions.protocol import Extractor
    from monitor.positions.track import FilterTracker, TrackerConfig
    from storage.engine import Database

_SEEDED = "feeds.defaults_added"


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def open_database(settings: Settings) -> Database:
    """The database of the settings, upgraded to the present schema. Raises StorageError."""
    from storage.engine import Database

    database = Database(settings.database)
    database.upgrade()
    return database


def become_the_worker(database: Database, now: datetime) -> None:
    """Takes the worker lock. On SQLite nobody else can be at work then: what a killed worker held is due at once.

    Raises WorkerRunning.
    """
    database.hold_worker_lock()
    if database.file is not None:
        with database.work() as work:
            work.end_leases(now)


def extractor() -> Extractor:
    """The default extractor, which needs neither settings nor a database; see `monitor/cli/extractors.py`."""
    from monitor.positions.grammar.extractor import GrammarExtractor

    return GrammarExtractor()


def tracker_config(settings: Settings) -> TrackerConfig:
    """How the tracker decides: the operator's thresholds and rates of change."""
    from monitor.positions.filter import FilterModel
    from monitor.positions.track import TrackerConfig

    model = FilterModel(change_rate=settings.change_rate, changes_per_year=settings.changes_per_year)
    return TrackerConfig(model=model, threshold=settings.threshold, first_threshold=settings.first_threshold)


def tracker(settings: Settings) -> FilterTracker:
    """The tracker with the operator's thresholds and rates of change."""
    from monitor.positions.track import FilterTracker

    return FilterTracker(tracker_config(settings))


def fetch_config(settings: Settings) -> FetchConfig:
    """How feeds are fetched."""
    from monitor.feeds.fetch import FetchConfig
    from monitor.pipeline.places import places_aside

    return FetchConfig(
        deadline_s=settings.fetch_deadline_s,
        largest_body=settings.fetch_max_bytes,
        at_once=settings.fetch_concurrency + places_aside(settings.fetch_concurrency),
        spacing_s=settings.host_spacing_s,
        version=version(),
        public_url=settings.public_url or settings.operator_contact or None,
    )


def cadence_config(settings: Settings) -> CadenceConfig:
    """When feeds are polled."""
    from monitor.feeds.cadence import CadenceConfig

    return CadenceConfig(
        shortest_s=settings.poll_min_s, longest_s=settings.poll_max_s, first_s=min(1800, settings.poll_max_s)
    )


def feed_guard(settings: Settings) -> Guard:
    """What feeds, and the pages of their sites, may be fetched from."""
    from monitor.net.guard import Guard

    return Guard(settings.feed_allow, setting=f"{PREFIX}FEED_ALLOW")


@asynccontextmanager
async def wired(
    settings: Settings, database: Database, clock: Callable[[], datetime] = utc_now
) -> AsyncIterator[Pipeline]:
    """A pipeline with everything in it, closed at the end."""
    from monitor.bus.inprocess import InProcessBus
    from monitor.cli.extractors import chosen_extractor
    from monitor.feeds.fetch import Fetcher
    from monitor.feeds.politeness import Politeness
    from monitor.pipeline import Pipeline, Stages

    async with AsyncExitStack() as stack:
        guard, politeness = feed_guard(settings), Politeness(spacing_s=settings.host_spacing_s)
        fetcher = await stack.enter_async_context(Fetcher(fetch_config(settings), guard, politeness=politeness))
        articles, find_icon = await stack.enter_async_context(page_readers(settings, guard, politeness, clock))
        asks_hubs = await stack.enter_async_context(hub_client(settings, guard, politeness, clock))
        bus = InProcessBus()
        stack.push_async_callback(bus.close)
        yield Pipeline(
            database,
            Stages(
                fetcher=fetcher,
                parser=await stack.enter_async_context(parser_pool(settings)),
                extractor=stack.enter_context(chosen_extractor(settings, database, clock)),
                tracker=tracker(settings),
                channels=await stack.enter_async_context(_channels(settings, database)),
                bus=bus,
                cadence=cadence_config(settings),
                fetch_concurrency=settings.fetch_concurrency,
                most_new=settings.poll_most_items,
                label=settings.label,
                public_url=settings.public_url,
                articles=articles,
                follow_articles=settings.articles,
                find_icon=find_icon if settings.icons else None,
                asks_hubs=asks_hubs if hubs_are_asked(settings) else None,
                push_cadence=push_cadence(settings),
                follow_precision=settings.follow_precision,
            ),
            clock,
        )


@asynccontextmanager
async def page_readers(
    settings: Settings, guard: Guard, politeness: Politeness, clock: Callable[[], datetime]
) -> AsyncIterator[tuple[ArticleReader, FindsIcon]]:
    """What reads the pages of sites, articles and icons: by the guard and the manners of the feeds' own fetcher."""
    from monitor.feeds.article import ACCEPT, ArticleReader, article_pool
    from monitor.feeds.fetch import Fetcher
    from monitor.feeds.icon import LARGEST_ICON, find_icon
    from monitor.feeds.robots import Robots

    pages = replace(fetch_config(settings), accept=ACCEPT, at_once=4)
    images = replace(pages, accept="image/*", largest_body=LARGEST_ICON, at_once=2)
    async with (
        Fetcher(pages, guard, politeness=politeness) as page_fetcher,
        Fetcher(images, guard, politeness=politeness) as image_fetcher,
        article_pool(limit_s=settings.parse_deadline_s) as pool,
    ):
        robots = Robots(page_fetcher, clock)
        yield (
            ArticleReader(page_fetcher, pool, clock, robots=robots),
            lambda site: find_icon(site, page_fetcher, image_fetcher, robots),
        )


@asynccontextmanager
async def _channels(settings: Settings, database: Database) -> AsyncIterator[dict[ChannelName, Channel]]:
    from monitor.alerts.channels.apprise import AppriseChannel
    from monitor.alerts.channels.apprise_nursery import AppriseNursery
    from monitor.alerts.channels.email import EmailChannel
    from monitor.alerts.channels.log import LogChannel
    from monitor.alerts.channels.webhook import WebhookChannel
    from monitor.model.alert import ChannelName
    from monitor.net.client import webhook_client
    from monitor.net.guard import Guard
    from monitor.net.schemes import scheme_set

    nursery = AppriseNursery(nursery_config(settings))
    async with (
        webhook_client(Guard(settings.webhook_allow, setting="VOLTEFACE_WEBHOOK_ALLOW")) as hooks,
        webhook_client(Guard(setting="VOLTEFACE_WEBHOOK_ALLOW and let an operator subscribe it")) as strangers,
    ):
        channels: dict[ChannelName, Channel] = {
            ChannelName.WEBHOOK: WebhookChannel(hooks, strangers=strangers, user_agent=f"Volteface/{version()}"),
            ChannelName.LOG: LogChannel(),
            ChannelName.APPRISE: AppriseChannel(nursery, schemes=scheme_set(settings.apprise_schemes)),
        }
        if settings.smtp_host:
            channels[ChannelName.EMAIL] = EmailChannel(smtp_config(settings))
        with database.view() as work:
            if any(one.channel is ChannelName.APPRISE for one in work.subscriptions.all(audience=None)):
                nursery.warm()
        try:
            yield channels
        finally:
            await asyncio.to_thread(nursery.close)


def nursery_config(settings: Settings) -> NurseryConfig:
    """How messages go by Apprise."""
    from monitor.alerts.channels.apprise_nursery import NurseryConfig

    return NurseryConfig(allow=settings.apprise_allow, setting=f"{PREFIX}APPRISE_ALLOW")


def check_composed(settings: Settings) -> None:
    """Builds what the rooms check for themselves, before anything is started. Raises SettingsError."""
    problems: list[str] = []
    for names, build in (
        (("POLL_MIN_S", "POLL_MAX_S"), cadence_config),
        (("SMTP_SECURITY", "SMTP_USER", "SMTP_PASSWORD", "SMTP_CA_FILE", "MAIL_FROM"), smtp_config),
    ):
        try:
            if build is not smtp_config or settings.smtp_host:
                build(settings)
        except ValueError as error:
            problems.append(f"{', '.join(PREFIX + name for name in names)}: {error}")
    if problems:
        raise SettingsError("Some settings are wrong:\n" + "\n".join(f"  {line}" for line in problems))


def smtp_config(settings: Settings) -> SmtpConfig:
    """How mail is sent. The host must be set."""
    from monitor.alerts.channels.email import Security, SmtpConfig

    return SmtpConfig(
        host=settings.smtp_host or "",
        port=settings.smtp_port,
        security=Security(settings.smtp_security.value),
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        sender=settings.mail_from,
        verify=settings.smtp_verify,
        ca_file=settings.smtp_ca_file,
    )


def add_default_feeds(settings: Settings, database: Database, now: datetime) -> int:
    """Gives a new installation the default feeds, once; an operator who removes them is not overruled."""
    from monitor.feeds.opml import default_feeds

    if not settings.default_feeds:
        return 0
    with database.work() as work:
        if work.meta.get(_SEEDED) or work.feeds.all():
            return 0
        outlines = default_feeds()
        for outline in outlines:
            work.feeds.add(outline.url, outline.title, outline.folder, now)
        work.meta.set(_SEEDED, now.isoformat())
        return len(outlines)

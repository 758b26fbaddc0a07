"""The steps put together: what a worker runs, and what `replay` and the tests run with their own clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.alerts.channels.protocol import Channel
from monitor.bus.protocol import Bus
from monitor.feeds.article import ReadsArticles
from monitor.feeds.cadence import CadenceConfig
from monitor.feeds.hub_terms import PushCadence
from monitor.model.alert import ChannelName
from monitor.pipeline.alarms import AlarmStep
from monitor.pipeline.articles import ArticleStep, Follower
from monitor.pipeline.digests import Digests
from monitor.pipeline.hubs import AsksHubs, Followed, HubStep
from monitor.pipeline.icons import FindsIcon, IconStep
from monitor.pipeline.letters import LetterStep
from monitor.pipeline.poll import Poller
from monitor.pipeline.pushes import PushStep
from monitor.pipeline.read import Reader
from monitor.pipeline.relay import Relay
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.send import Sender
from monitor.pipeline.tell import Teller
from monitor.pipeline.wire import Fetches, Parses
from monitor.positions.protocol import Extractor
from monitor.positions.track import Tracker
from storage.engine import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The stages with I/O or a choice of implementation; everything else is fixed.

    Without `articles` none are fetched; `follow_articles` is for the feeds that are not set apart. Without `find_icon`
    sites have none. With `asks_hubs` and a public address feeds are subscribed to at the hubs that they name.
    """

    fetcher: Fetches
    parser: Parses
    extractor: Extractor
    tracker: Tracker
    channels: Mapping[ChannelName, Channel]
    bus: Bus
    cadence: CadenceConfig = field(default_factory=CadenceConfig)
    fetch_concurrency: int = 16
    most_new: int = 500
    label: str = ""
    public_url: str | None = None
    articles: ReadsArticles | None = None
    follow_articles: bool = False
    find_icon: FindsIcon | None = None
    asks_hubs: AsksHubs | None = None
    push_cadence: PushCadence = field(default_factory=PushCadence)
    follow_precision: bool = True


class Pipeline:
    """The walk of an item. Each attribute is one step; each step takes `now` and claims what is due."""

    def __init__(self, database: Database, stages: Stages, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.rulebook = RuleBook(database)
        base = stages.public_url if stages.asks_hubs else None
        self.poller = Poller(
            database,
            stages.fetcher,
            stages.parser,
            stages.cadence,
            concurrency=stages.fetch_concurrency,
            most_new=stages.most_new,
            hubs=Followed(stages.push_cadence) if base else None,
        )
        self.pushes = PushStep(database, stages.parser, self.poller.outcomes)
        self.hubs = HubStep(database, stages.asks_hubs, base) if stages.asks_hubs and base else None
        teller = Teller(label=stages.label, public_url=stages.public_url)
        follower = Follower(by_default=stages.follow_articles)
        self.reader = Reader(
            database, self.rulebook, stages.extractor, stages.tracker, teller, follower,
            follow_precision=stages.follow_precision,
        )  # fmt: skip
        self.digests = Digests(database, label=stages.label, public_url=stages.public_url)
        self.sender = Sender(database, stages.channels, clock, public_url=stages.public_url, label=stages.label)
        self.letters = LetterStep(
            database, stages.channels.get(ChannelName.EMAIL), public_url=stages.public_url, label=stages.label
        )
        self.articles = ArticleStep(database, stages.articles, clock) if stages.articles else None
        self.alarms = AlarmStep(database, label=stages.label)
        self.icons = IconStep(database, stages.find_icon) if stages.find_icon else None
        self.relay = Relay(database, stages.bus)
        self.bus = stages.bus

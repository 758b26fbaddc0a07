"""The unit of work: one transaction, with a repository for each noun."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from storage.account_addresses import AccountAddresses
from storage.account_letters import AccountLetters
from storage.accounts import Accounts
from storage.accuracies import Accuracies
from storage.actor_verdicts import ActorVerdicts
from storage.alarms import Alarms
from storage.alerts import Alerts
from storage.answers import Answers
from storage.api_tokens import ApiTokens
from storage.articles import Articles
from storage.audit import Audit, Meta
from storage.change_feed import ChangeFeed
from storage.chosen_changes import ChosenChanges
from storage.delivery_desk import DeliveryDesk
from storage.erasure import Erasure
from storage.events import Events
from storage.feed_edits import FeedEdits
from storage.feed_items import FeedItems
from storage.feeds import Feeds
from storage.forgetting import Retention
from storage.found_items import FoundItems
from storage.history import History
from storage.hubs import Hubs
from storage.icons import Icons
from storage.items import Items
from storage.known_entries import KnownEntries
from storage.listings import Listings
from storage.measures import Measures
from storage.past import Past
from storage.poll_logs import PollLogs
from storage.portrait import Portrait
from storage.positions import Positions
from storage.pushes import Pushes
from storage.readings import Readings
from storage.reports import Reports
from storage.review import ReviewQueue
from storage.rules import Rules
from storage.standing import Standings
from storage.statements import Statements
from storage.stories import Stories
from storage.subscriptions import Subscriptions
from storage.suggestions import Suggested
from storage.tables import ArticleRow, DeliveryRow, FeedRow, HubSubscriptionRow, IconRow, ItemRow, PushRow
from storage.timelines import Timelines
from storage.tokens import Tokens
from storage.told import Told
from storage.untold import Untold
from storage.verdicts import Verdicts
from storage.what_if import WhatIf


class Work:
    """What `Database.work()` and `Database.view()` yield. Methods take and give values, never rows."""

    def __init__(self, session: Session) -> None:
        self.feeds = Feeds(session)
        self.items = Items(session)
        self.found_items = FoundItems(session)
        self.known_entries = KnownEntries(session)
        self.stories = Stories(session)
        self.articles = Articles(session)
        self.icons = Icons(session)
        self.hubs = Hubs(session)
        self.pushes = Pushes(session)
        self.statements = Statements(session)
        self.readings = Readings(session)
        self.history = History(session)
        self.what_if = WhatIf(session)
        self.verdicts = Verdicts(session)
        self.reports = Reports(session)
        self.review = ReviewQueue(session)
        self.delivery_desk = DeliveryDesk(session)
        self.actor_verdicts = ActorVerdicts(session)
        self.accuracies = Accuracies(session)
        self.answers = Answers(session)
        self.positions = Positions(session)
        self.standings = Standings(session)
        self.past = Past(session)
        self.timelines = Timelines(session)
        self.change_feed = ChangeFeed(session)
        self.chosen_changes = ChosenChanges(session)
        self.told = Told(session)
        self.rules = Rules(session)
        self.suggested = Suggested(session)
        self.subscriptions = Subscriptions(session)
        self.alerts = Alerts(session)
        self.alarms = Alarms(session)
        self.accounts = Accounts(session)
        self.account_addresses = AccountAddresses(session)
        self.account_letters = AccountLetters(session)
        self.erasure = Erasure(session)
        self.portrait = Portrait(session)
        self.untold = Untold(session)
        self.tokens = Tokens(session)
        self.api_tokens = ApiTokens(session)
        self.listings = Listings(session)
        self.events = Events(session)
        self.audit = Audit(session)
        self.meta = Meta(session)
        self.retention = Retention(session)
        self._add_operations(session)
        self._session = session

    def _add_operations(self, session: Session) -> None:
        self.feed_edits = FeedEdits(session)
        self.feed_items = FeedItems(session)
        self.poll_logs = PollLogs(session)
        self.overview = Measures(session)

    def end_leases(self, now: datetime) -> int:
        """Ends every lease: what a killed worker had claimed is due at once, not when its leases run out.

        Only for whoever knows that no other worker lives, as the one that holds an SQLite file's worker lock does. The
        tokens stay: a delivery that was under way may have arrived. Gives the number of leases ended.
        """
        ended = 0
        for table in (FeedRow, ItemRow, DeliveryRow, ArticleRow, IconRow, HubSubscriptionRow, PushRow):
            held = update(table).where(col(table.lease_until) > now).values(lease_until=now)
            ended += self._session.exec(held).rowcount
        return ended

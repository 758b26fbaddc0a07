"""The unit of work: one transaction, with a repository for each noun."""

from __future__ import annotations

from sqlmodel import Session

from storage.alerts import Alerts
from storage.audit import Audit, Meta
from storage.events import Events
from storage.feeds import Feeds
from storage.forgetting import Retention
from storage.items import Items
from storage.positions import Positions
from storage.rules import Rules
from storage.statements import Statements
from storage.subscriptions import Subscriptions


class Work:
    """What `Database.work()` and `Database.view()` yield. Methods take and give values, never rows."""

    def __init__(self, session: Session) -> None:
        self.feeds = Feeds(session)
        self.items = Items(session)
        self.statements = Statements(session)
        self.positions = Positions(session)
        self.rules = Rules(session)
        self.subscriptions = Subscriptions(session)
        self.alerts = Alerts(session)
        self.events = Events(session)
        self.audit = Audit(session)
        self.meta = Meta(session)
        self.retention = Retention(session)

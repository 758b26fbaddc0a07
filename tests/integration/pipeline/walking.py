"""A pipeline over a real database, with rules, extractor and tracker as in the product; items are put in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.items.identity import content_hash
from monitor.model.alert import ChannelName, Filter, Subscription
from monitor.model.item import Item, NewItem
from monitor.model.position import Change
from monitor.pipeline.read import Reader, ReadReport
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from storage.engine import Database
from storage.values import StoredAlert

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)

PACK = {
    "actors": """
- {id: norland, name: Norland, kind: state}
- id: astrid-holm
  name: Astrid Holm
  kind: person
  in: norland
  aliases: [Holm]
  offices: [{title: Norlandic Prime Minister, from: 2020-01-01}]
- id: sten-berg
  name: Sten Berg
  kind: person
  in: norland
  offices: [{title: Norlandic fisheries minister, from: 2020-01-01}]
""",
    "issues": """
- id: seabed-mining
  name: Seabed mining
  proposition: Mining of the deep seabed is allowed.
  about: ['"seabed mining"', 'mining NEAR/5 seabed']
""",
    "queries": """
- {id: herring, name: Herring, query: 'herring AND NOT pickled', alert: true}
""",
}

FOR = ("{who} said that she supports seabed mining.", "“We support seabed mining,” {who} told reporters.")
AGAINST = (
    "{who} said that she opposes seabed mining.",
    "“We reject seabed mining,” {who} told parliament.",
    "{who} ruled out seabed mining, saying she was against it.",
    "{who} rejects seabed mining, she told the evening news.",
    "{who} opposes seabed mining, she said at the harbour.",
)


def new_item(paper: str, text: str, moment: datetime) -> NewItem:
    """An item of a paper, as a poll would find it."""
    return NewItem(
        feed_id=None,
        identity=f"{paper} {text[:20]}",
        url=f"https://{paper}/1",
        title="",
        text=text,
        published_at=moment,
        seen_at=moment,
        lang="en",
        publisher=paper,
        content_hash=content_hash("", text),
    )


class Walk:
    """What a test drives."""

    lease = timedelta(minutes=5)

    def __init__(self, database: Database, folder: Path) -> None:
        for name, text in PACK.items():
            (folder / name).mkdir(parents=True)
            (folder / name / "norland.yaml").write_text(text)
        self.database = database
        self.book = RuleBook(database)
        self.book.install([folder], NOW, seed=False)
        self.reader = Reader(database, self.book, GrammarExtractor(), FilterTracker(), Teller())
        self._count = 0

    def subscribe(self, wanted: Filter | None = None, name: str = "") -> Subscription:
        with self.database.work() as work:
            subscriber = name or f"reader {self._count}"
            return work.subscriptions.add(subscriber, ChannelName.LOG, "log", wanted or Filter(), None, NOW)

    def put(self, text: str, day: float, *, title: str = "", baseline: bool = False, paper: str | None = None) -> int:
        """Stores an item as a poll would; its id."""
        self._count += 1
        moment = NOW - timedelta(days=100) + timedelta(days=day)
        item = NewItem(
            feed_id=None,
            identity=f"item {self._count}",
            url=f"https://paper{self._count}.example/{self._count}",
            title=title,
            text=text,
            published_at=moment,
            seen_at=moment,
            lang="en",
            publisher=paper or f"paper{self._count}.example",
            content_hash=content_hash(title, text),
            baseline=baseline,
        )
        with self.database.work() as work:
            return work.items.add_all([item])[0]

    def says(self, who: str, wordings: Sequence[str], day: float, **more: bool) -> list[int]:
        """One item per wording, each of a paper of its own, a day apart."""
        return [self.put(w.format(who=who), day + n, **more) for n, w in enumerate(wordings)]

    def revise(self, item: int, text: str) -> None:
        with self.database.work() as work:
            work.items.revise(item, "", text, content_hash("", text), None, NOW)

    def read(self) -> ReadReport:
        return self.reader.step(NOW, limit=1000)

    def changes(self, actor: str = "astrid-holm") -> list[Change]:
        with self.database.view() as work:
            return work.positions.changes(actor=actor, limit=1000)[::-1]

    def alerts(self, *actors: str) -> list[StoredAlert]:
        with self.database.view() as work:
            changes = [
                c for a in actors or ("astrid-holm", "norland", "sten-berg") for c in work.positions.changes(actor=a)
            ]
            return [alert for change in changes for alert in work.alerts.alerts_for_change(change.id)]

    def item(self, item: int) -> Item:
        with self.database.view() as work:
            return work.items.get(item)

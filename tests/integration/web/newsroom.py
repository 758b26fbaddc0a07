"""A newsroom for tests: publishes items into a real database, and reads and folds them as the pipeline would."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from monitor.events import Subject
from monitor.model.item import Item, NewItem
from monitor.model.position import Change, ChangeStatus
from monitor.model.statement import Evidence, ReadStatement, Stance
from monitor.positions.bodies import counted_for, may_speak_for, moved_by
from monitor.positions.track import FilterTracker
from rules.model import ActorKind, ActorRule, IssueRule, Match, Office, QueryRule, RuleKind, RuleSet, Via
from storage.engine import Database

NOW = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)

RULES = RuleSet(
    actors={
        rule.id: rule
        for rule in (
            ActorRule("atlantis", "Atlantis", ActorKind.STATE),
            ActorRule(
                "ada-quill",
                "Ada Quill",
                ActorKind.PERSON,
                member_of="atlantis",
                aliases=("Quill",),
                offices=(Office("Prime Minister of Atlantis"),),
            ),
            ActorRule("lemuria", "Lemuria", ActorKind.STATE),
        )
    },
    issues={
        rule.id: rule
        for rule in (
            IssueRule("bridge", "The strait bridge", "A bridge is built over the strait.", ("bridge",)),
            IssueRule("tolls", "Tolls", "Ships pay a toll in the strait.", ("toll",)),
        )
    },
    queries={"ferry": QueryRule("ferry", "Ferries", "ferry")},
)

WORDS = {
    Stance.SUPPORTS: "We will build the bridge",
    Stance.OPPOSES: "There will be no bridge",
    Stance.CONDITIONAL: "We will build it if Lemuria pays half",
}


@dataclass
class Newsroom:
    """Fills a database through its repositories."""

    database: Database
    rules: RuleSet = RULES
    tracker: FilterTracker = field(default_factory=FilterTracker)
    _number: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        with self.database.work() as work:
            work.rules.import_rules(self.rules, "seed", "test", "", NOW - timedelta(days=60))

    def publish(
        self,
        title: str,
        text: str,
        *,
        at: datetime,
        url: str | None = "https://news.example/story",
        publisher: str = "news.example",
        feed_id: int | None = None,
        baseline: bool = False,
        lang: str = "en",
    ) -> Item:
        """Stores an item; every name and issue word in it is matched."""
        number = next(self._number)
        with self.database.work() as work:
            item = work.items.add(
                NewItem(
                    feed_id=feed_id,
                    identity=f"{url}#{number}",
                    url=url,
                    title=title,
                    text=text,
                    published_at=at,
                    seen_at=at + timedelta(minutes=5),
                    lang=lang,
                    publisher=publisher,
                    content_hash=hashlib.sha256(f"{title}{text}".encode()).hexdigest(),
                    baseline=baseline,
                ),
                None,
            )
            work.items.save_matches(item, list(self._matches(item)), work.rules.current().version, at)
            work.events.add(Subject.ITEMS_ADMITTED, {"count": 1}, at)
        return item

    def _matches(self, item: Item) -> list[Match]:
        looked_for = [(RuleKind.ACTOR, a.id, a.name, Via.NAME) for a in self.rules.actors.values()]
        looked_for += [(RuleKind.ISSUE, i.id, i.about[0].strip('*"'), Via.ABOUT) for i in self.rules.issues.values()]
        looked_for += [(RuleKind.QUERY, q.id, q.query, Via.QUERY) for q in self.rules.queries.values()]
        found = []
        for name, text in item.fields.items():
            for kind, rule, words, via in looked_for:
                start = text.find(words)
                if start >= 0:
                    found.append(Match(name, start, start + len(words), kind, rule, via))
        return found

    def read(self, item: Item, *statements: ReadStatement) -> list[Change]:
        """Stores a reading of an item, folds whom it moves, and gives the changes whose status is new."""
        now = item.seen_at
        changes = []
        with self.database.work() as work:
            pairs = work.statements.replace_reading(item, "test", "1", work.rules.current().version, statements, now)
            moved = {(a, issue) for holder, issue in pairs for a in moved_by(holder, item.day, self.rules)}
            for actor, issue in sorted(moved):
                live = work.statements.live_for(issue, may_speak_for(actor, self.rules))
                fold = self.tracker.fold(actor, issue, counted_for(actor, live, self.rules))
                for transition in work.positions.save_fold(fold, now):
                    changes.append(transition.change)
                    subject = Subject(f"change.{transition.change.found.status.value}")
                    work.events.add(subject, {"change": transition.change.id, "secret": "s3cret"}, now)
            work.items.mark_done([item], now)
        return changes

    def say(
        self,
        holder: str,
        issue: str,
        stance: Stance,
        *,
        at: datetime,
        words: str | None = None,
        publisher: str = "news.example",
        url: str | None = "https://news.example/story",
        title: str = "Talks on the strait",
        feed_id: int | None = None,
    ) -> tuple[Item, list[Change]]:
        """An item in which somebody says something, published, read and folded."""
        words = words or WORDS[stance]
        text = f"{self.rules.actors[holder].name} spoke of the bridge. “{words},” was the answer."
        item = self.publish(title, text, at=at, url=url, publisher=publisher, feed_id=feed_id)
        return item, self.read(item, statement(item, holder, issue, stance, words))

    def silence(self, change: Change) -> None:
        """Marks a change as part of a baseline, as the fold of a first poll would have it."""
        with self.database.work() as work:
            position = work.positions.get(change.found.actor, change.found.issue)
            live = work.statements.live_for(change.found.issue, {change.found.actor})
            fold = self.tracker.fold(position.actor, position.issue, live)
            found = tuple(replace(c, silent=True) if c.key == change.key else c for c in fold.changes)
            work.positions.save_fold(replace(fold, changes=found), NOW)


def statement(item: Item, holder: str, issue: str, stance: Stance, words: str) -> ReadStatement:
    """A direct quote in the text of an item."""
    start = item.text.index(words)
    return ReadStatement(
        holder=holder,
        issue=issue,
        stance=stance,
        evidence=Evidence("text", start, start + len(words), words),
        confidence=0.97,
        said_at=item.published_at,
        speaker=holder,
        quoted=True,
    )


def turn(newsroom: Newsroom, *, now: datetime = NOW) -> Change:
    """Ada Quill opposes the bridge for weeks and then supports it; gives the confirmed change of hers."""
    for day in (30, 28, 26):
        newsroom.say(
            "ada-quill", "bridge", Stance.OPPOSES, at=now - timedelta(days=day), publisher=f"paper{day}.example"
        )
    changes: list[Change] = []
    for hours in (9, 6, 3):
        _, new = newsroom.say(
            "ada-quill",
            "bridge",
            Stance.SUPPORTS,
            at=now - timedelta(hours=hours),
            words=f"{WORDS[Stance.SUPPORTS]} in {hours} years",
            publisher=f"paper{hours}.example",
        )
        changes += [c for c in new if c.found.actor == "ada-quill" and c.found.status is ChangeStatus.CONFIRMED]
    assert changes, "the tracker did not confirm the change"
    return changes[-1]

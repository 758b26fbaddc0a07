"""Generated changes with what they rest on, and subscriptions that want them: no news, but rows like those of news."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from monitor.alerts.channels.signing import new_secret
from monitor.items.identity import content_hash
from monitor.model.alert import ChannelName, Filter, Subscription
from monitor.model.item import NewItem
from monitor.model.position import ChangeKind, ChangeStatus, Fold, FoundChange, FoundPosition
from monitor.model.statement import Evidence, ReadStatement, Stance
from rules.model import ActorKind, ActorRule, IssueRule, RuleSet
from storage.engine import Database
from storage.values import ChangeTransition
from storage.work import Work

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
ACTORS, ISSUES = 50, 20
_WORDS = "We will not build the tram line to the harbour, the mayor said on Monday. " * 12


def rules() -> RuleSet:
    """As many actors and issues as the changes are about."""
    actors = {f"actor-{n}": ActorRule(id=f"actor-{n}", name=f"Mayor {n}", kind=ActorKind.PERSON) for n in range(ACTORS)}
    issues = {
        f"issue-{n}": IssueRule(
            id=f"issue-{n}", name=f"Tram line {n}", proposition=f"Tram line {n} is built.", about=()
        )
        for n in range(ISSUES)
    }
    return RuleSet(actors=actors, issues=issues, queries={}, version="bench")


def subscribe(database: Database, count: int, target: str, *, narrow: bool) -> list[Subscription]:
    """Subscriptions by webhook: to everything, or with `narrow` each to one actor and a few issues."""
    secret = new_secret()
    made: list[Subscription] = []
    for first in range(0, count, 500):
        with database.work() as work:
            for n in range(first, min(first + 500, count)):
                wanted = Filter()
                if narrow:
                    near = frozenset(f"issue-{(n + k) % ISSUES}" for k in range(3))
                    wanted = Filter(actors=frozenset({f"actor-{n % ACTORS}"}), issues=near, least_confidence=0.5)
                made.append(
                    work.subscriptions.add(f"bench {n}", ChannelName.WEBHOOK, f"{target}/{n}", wanted, secret, NOW)
                )
    return made


def change(work: Work, number: int) -> ChangeTransition:
    """A confirmed reversal, with an item and a statement that show it."""
    actor, issue = f"actor-{number % ACTORS}", f"issue-{number // ACTORS % ISSUES}"
    at = NOW + timedelta(minutes=number)
    item = work.items.add(_item(number, at), None)
    work.statements.replace_reading(item, "bench", "1", "bench", [_statement(item.text, actor, issue, at)], at)
    (said,) = work.statements.for_item(item.id)
    found = FoundChange(
        actor=actor, issue=issue, kind=ChangeKind.REVERSED, before=Stance.SUPPORTS, after=Stance.OPPOSES,
        status=ChangeStatus.CONFIRMED, trigger=said.fingerprint, at=at, confirmed_at=at, posterior=0.97,
        before_statement=None, after_statement=said.id, support=(said.id,),
    )  # fmt: skip
    position = FoundPosition(
        actor=actor, issue=issue, stance=Stance.OPPOSES, posterior={Stance.OPPOSES: 0.97}, since=at, statements=1
    )
    (transition,) = work.positions.save_fold(Fold(position=position, changes=(found,)), at)
    return transition


def changes(work: Work, first: int, count: int) -> Iterator[ChangeTransition]:
    """So many changes, each about another actor or issue than the one before."""
    for number in range(first, first + count):
        yield change(work, number)


def _item(number: int, at: datetime) -> NewItem:
    text = f"Report {number}. {_WORDS}"
    return NewItem(
        feed_id=None, identity=f"bench {number}", url=f"https://paper.example/{number}", title=f"Mayor {number}",
        text=text, published_at=at, seen_at=at, lang="en", publisher="paper.example",
        content_hash=content_hash(f"Mayor {number}", text),
    )  # fmt: skip


def _statement(text: str, actor: str, issue: str, at: datetime) -> ReadStatement:
    words = "We will not build the tram line to the harbour"
    start = text.index(words)
    return ReadStatement(
        holder=actor, issue=issue, stance=Stance.OPPOSES, evidence=Evidence("text", start, start + len(words), words),
        confidence=0.9, said_at=at, speaker=actor, quoted=True, why="bench",
    )  # fmt: skip

"""A database like that of a desk that has run for a year: generated items, what was read from some, and where it led.

Positions and changes come out of the tracker, from statements that are stored as the pipeline stores them. The items
are no news: sentences of frequent words and, in every fourth, the names of an actor and an issue.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.bench.preview_words import WORDINGS
from monitor.items.identity import content_hash
from monitor.model.item import Item, NewItem
from monitor.model.statement import Evidence, ReadStatement, Stance
from monitor.positions.track import FilterTracker
from rules.model import ActorKind, ActorRule, IssueRule, Match, Office, RuleKind, RuleSet, Via
from storage.engine import Database
from storage.work import Work

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
STATES, ISSUES, FAMILIES, FEEDS = 30, 30, 6, 40
PER_POSITION = 8
"""Statements to a position: some two thousand positions rest on sixteen thousand statements."""

_AT_ONCE = 500
_YEAR_MINUTES = 365 * 24 * 60
_MATCHING = 4
"""Every so many items has something that the rules find; of ordinary news feeds a fifth to a third has."""

_SAYS = {
    Stance.SUPPORTS: "We will build the line",
    Stance.OPPOSES: "There will be no such line",
    Stance.CONDITIONAL: "We will build it if others pay",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is generated."""

    items: int = 100_000
    positions: int = 2_000

    @property
    def steps(self) -> int:
        """What progress is counted in: items stored, statements read, positions folded."""
        return self.items + self.positions * (PER_POSITION + 1)


Told = Callable[[int], None]
"""Is told how many further steps are done."""


def rules() -> RuleSet:
    """A hundred actors, of which sixty hold office in thirty states, and thirty issues in six families."""
    actors = [ActorRule(f"state-{n}", f"Northland {n}", ActorKind.STATE) for n in range(STATES)]
    for n in range(STATES):
        for office in ("President", "Minister"):
            title = (Office(f"{office} of Northland {n}"),)
            who = f"{office.lower()}-{n}"
            actors.append(ActorRule(who, f"{office} Quill {n}", ActorKind.PERSON, f"state-{n}", (), title))
    actors += [ActorRule(f"body-{n}", f"Union {n}", ActorKind.INSTITUTION) for n in range(10)]
    issues = [
        IssueRule(f"issue-{n}", f"Tram line number {n}", f"Tram line {n} is built.", (f"line{n}",),
                  family=f"Network {n % FAMILIES}")
        for n in range(ISSUES)
    ]  # fmt: skip
    return RuleSet(actors={a.id: a for a in actors}, issues={i.id: i for i in issues})


def pairs(size: Size) -> list[tuple[str, str]]:
    """Who holds a position on what: actors in turn, each on as many issues as it takes. Raises ValueError."""
    everything = rules()
    found = [(actor, issue) for issue in everything.issues for actor in everything.actors]
    least = size.positions * PER_POSITION * _MATCHING
    if size.positions > len(found) or least > size.items:
        raise ValueError(f"at most {len(found)} positions, and {size.positions} of them need at least {least} items")
    return found[: size.positions]


def fill(database: Database, size: Size, seed: int, told: Told) -> None:
    """Stores it all. Raises ValueError where there are too few items for the positions."""
    wanted = pairs(size)
    drawn = random.Random(seed)  # noqa: S311 - texts, no secrets
    with database.work() as work:
        work.rules.import_rules(rules(), "bench", "bench", "", NOW)
        feeds = [work.feeds.add(f"https://paper{n}.example/feed", f"Paper {n}", "", NOW).id for n in range(FEEDS)]
    said = _utterances(wanted, drawn)
    for first in range(0, size.items, _AT_ONCE):
        count = min(_AT_ONCE, size.items - first)
        with database.work() as work:
            _store(work, [_item(first + n, size, feeds, drawn) for n in range(count)], first, said, told)
        told(count)
    tracker = FilterTracker()
    for first in range(0, len(wanted), _AT_ONCE):
        with database.work() as work:
            for actor, issue in wanted[first : first + _AT_ONCE]:
                fold = tracker.fold(actor, issue, work.statements.live_for(issue, {actor}))
                work.positions.save_fold(fold, NOW)
                told(1)
    _index(database)
    _finish(database)


def _finish(database: Database) -> None:
    """Leaves the items as processed: one by one, as workers do it, takes as long as all the rest."""
    assert database.file is not None, "generated for SQLite"
    connection = sqlite3.connect(database.file)
    with connection:
        connection.execute("UPDATE item SET state = 'done', grouping = 'done', processed_at = seen_at")
    connection.close()


def _index(database: Database) -> None:
    while True:
        with database.work() as work:
            if not work.items.index_rest(5_000):
                return


def _utterances(wanted: list[tuple[str, str]], drawn: random.Random) -> Iterator[tuple[str, str, Stance]]:
    """What is said, oldest first: of each pair mostly one stance and later, for a part of them, another."""
    turning = {pair: tuple(drawn.sample(list(Stance), 2)) for pair in wanted}
    for number in range(PER_POSITION):
        for place, pair in enumerate(wanted):
            turned = number >= PER_POSITION // 2 and place % 3 != 0
            yield (*pair, turning[pair][turned])


def _store(work: Work, batch: list[NewItem], first: int, said: Iterator[tuple[str, str, Stance]], told: Told) -> None:
    ids = work.items.add_all(batch)
    version = "bench"
    for number, item_id in enumerate(ids, first):
        if number % _MATCHING:
            continue
        item = work.items.get(item_id)
        uttered = next(said, None)
        work.items.save_matches(item, list(_matches(item)), version, item.seen_at)
        if uttered is not None:
            read = [_statement(item, number, *uttered)]
            work.statements.replace_reading(item, "bench", "1", version, read, item.seen_at)
            told(1)


def _item(number: int, size: Size, feeds: list[int], drawn: random.Random) -> NewItem:
    words = drawn.choices(WORDINGS["en"].words, k=60)
    title = " ".join(words[:8]).capitalize()
    text = f"{' '.join(words)}."
    if number % _MATCHING == 0:
        who, what = f"Northland {number % STATES}", f"line{number % ISSUES}"
        title = f"{who} and the tram {what}"
        said = "”, “".join(_words(stance, number) for stance in Stance)
        text = f"{who} spoke of {what}. “{said}.” {text}"
    # Published as evenly over the year as they are many; what was said last is what was stored last.
    at = NOW - timedelta(minutes=_YEAR_MINUTES * (size.items - number) / size.items)
    publisher = f"paper{number % FEEDS}.example"
    return NewItem(
        feed_id=feeds[number % FEEDS], identity=f"generated {number}", url=f"https://{publisher}/{number}", title=title,
        text=text, published_at=at, seen_at=at, lang=("en", "en", "de", "fr")[number // 7 % 4], publisher=publisher,
        content_hash=content_hash(title, text),
    )  # fmt: skip


def _matches(item: Item) -> Iterator[Match]:
    for field, text in item.fields.items():
        words = text.split(" tram ")[0] if field == "title" else text
        name = " ".join(words.split()[:2])
        yield Match(field, 0, len(name), RuleKind.ACTOR, f"state-{name.split()[1]}", Via.NAME)
        start = text.index("line")
        end = start + len(text[start:].split()[0].rstrip("."))
        yield Match(field, start, end, RuleKind.ISSUE, f"issue-{text[start + 4 : end]}", Via.ABOUT)


def _words(stance: Stance, number: int) -> str:
    """Others in each item: the same words again are one utterance, however many print them."""
    return f"{_SAYS[stance]}, by plan {number}"


def _statement(item: Item, number: int, holder: str, issue: str, stance: Stance) -> ReadStatement:
    words = _words(stance, number)
    start = item.text.index(words)
    return ReadStatement(
        holder=holder, issue=issue, stance=stance, evidence=Evidence("text", start, start + len(words), words),
        confidence=0.93, said_at=item.published_at, speaker=holder, quoted=True, why="bench",
    )  # fmt: skip

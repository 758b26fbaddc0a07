"""Which statements go with the names that a split gives to another actor.

A statement does not say by which mention its holder was found. So its item is read again in memory, under the rules of
after the split: the statement goes if it is the other actor's there, and stays if it is still this one's. Where the
reading does not come to the same statement any more (another extractor, a rule that was off), the mentions decide: the
speaker's name in the text, else the only actor of the two who is named in the item, else who is named last before the
evidence ends. These last ones are told apart as unsure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from monitor.model.statement import ReadStatement, Statement
from monitor.pipeline.again import Again, ReadAgain
from monitor.positions.protocol import Extractor
from rules.compiler import compile_rules
from rules.fold import fold_wording
from rules.model import Match, RuleKind, RuleSet
from storage.engine import Database

_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WentAlong:
    """`goes`: the ids of the statements that go. `unsure`: those of which only the nearest mention told, either way.

    `unread` says of items that could not be read why; of their statements the mentions told nothing, and they stay.
    """

    goes: frozenset[int]
    unsure: frozenset[int]
    unread: dict[int, str]


def went_along(
    database: Database, extractor: Extractor, statements: Sequence[Statement], actor: str, into: str, after: RuleSet
) -> WentAlong:
    """Decides for each of an actor's statements. `after` is the set in which the names are the other's."""
    by_item: dict[int, list[Statement]] = defaultdict(list)
    for statement in statements:
        by_item[statement.item_id].append(statement)
    again, rules = Again(database, extractor), compile_rules(after)
    ids = sorted(by_item)
    goes: set[int] = set()
    unsure: set[int] = set()
    for at in range(0, len(ids), _AT_ONCE):
        with database.view() as work:
            items = [again.with_repeated(work, item) for item in work.what_if.items(ids[at : at + _AT_ONCE])]
        for read in again.read(items, rules):
            for statement in by_item[read.item.id]:
                holder = _read_as(statement, read.reading.statements, (actor, into))
                if holder is None:
                    holder, sure = _mentioned(statement, read, actor, into)
                    unsure |= set() if sure else {statement.id}
                goes |= {statement.id} if holder == into else set()
    return WentAlong(goes=frozenset(goes), unsure=frozenset(unsure), unread=dict(again.left))


def _read_as(statement: Statement, read: Iterable[ReadStatement], actors: Collection[str]) -> str | None:
    """Whose of the two the statement is when it is read again; None where it is not found again."""
    mine = statement.read
    best: tuple[int, str] | None = None
    for other in read:
        if other.holder not in actors or other.issue != mine.issue or other.evidence.field != mine.evidence.field:
            continue
        shared = min(other.evidence.end, mine.evidence.end) - max(other.evidence.start, mine.evidence.start)
        rank = shared + (other.stance == mine.stance)
        if shared > 0 and (best is None or rank > best[0]):
            best = rank, other.holder
    return best[1] if best else None


def _mentioned(statement: Statement, read: ReadAgain, actor: str, into: str) -> tuple[str, bool]:
    """Whose it is by the names in the item, and whether these leave no doubt."""
    names = [m for m in read.matches if m.kind is RuleKind.ACTOR and m.rule in (actor, into)]
    if statement.read.speaker is not None:
        spoken = {m.rule for m in names if _surface(m, read) == fold_wording(statement.read.speaker)}
        if len(spoken) == 1:
            return spoken.pop(), True
    there = {m.rule for m in names}
    if len(there) == 1:
        return there.pop(), True
    evidence = statement.read.evidence
    before = [m for m in names if m.field == evidence.field and m.start < evidence.end]
    return (max(before, key=lambda m: (m.start, m.end)).rule if before else actor), False


def _surface(match: Match, read: ReadAgain) -> str:
    return fold_wording(read.item.fields[match.field][match.start : match.end])

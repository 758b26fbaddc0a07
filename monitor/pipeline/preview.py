"""Preview, the first half: which stored items draft rules would find, and which they would find no longer.

Only the rules that an edit touches are looked for, before and after: those that differ, and those whose queries name
one that does. Raw texts are looked through for beginnings of words without which none of them can match
(`rules/needles.py`); what is left is matched exactly. An edit of an actor is matched with all actors, since of
overlapping names the longest wins. Nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model.item import Item
from monitor.pipeline.rule_edits import Key, RuleChange, edited
from rules.compiler import compile_rules
from rules.literals import query_lines_of
from rules.matcher import CompiledRules
from rules.model import Match, RuleKind, RuleSet
from rules.needles import Needles
from rules.query_tree import Named, nodes_of
from storage.engine import Database

_AT_ONCE = 500
_LOOKED = 5_000
"""Items after which it is told how far it is; how many there are is not known before."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words that a rule stands at: field, start and end in code points, end exclusive, and the words."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewItem:
    """An item that a rule would find, or would find no longer; `spans` are where it does on the side that has it."""

    item_id: int
    title: str
    url: str | None
    publisher: str
    published_at: datetime
    kind: RuleKind
    rule: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPreview:
    """What an edit would do to the matches of stored items, oldest first.

    `looked_through` items were published since; in `kept` a rule is found before and after, at other places too.
    `touched` are the ids of all items in which a rule that the edit touches is found on either side.
    """

    since: datetime
    looked_through: int
    gained: tuple[PreviewItem, ...]
    lost: tuple[PreviewItem, ...]
    kept: int
    touched: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Rules in force, and an edit of them that is not saved."""

    before: RuleSet
    changes: tuple[RuleChange, ...]

    @property
    def after(self) -> RuleSet:
        """The set with the edit made."""
        return edited(self.before, self.changes)


def preview_matches(
    database: Database,
    draft: Draft,
    since: datetime,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> MatchPreview:
    """What the draft would gain and lose in the items published since. `progress` may end it by an exception."""
    affected = affected_by(draft)
    before, after = (_part(rules, affected) for rules in (draft.before, draft.after))
    needles = Needles((before, after), affected)
    looked, candidates = _candidates(database, needles, since, progress)
    watched = affected
    if any(kind is RuleKind.ACTOR for kind, _ in affected):  # of names that overlap, another one may win now
        watched = affected | {(RuleKind.ACTOR, actor) for rules in (before, after) for actor in rules.actors}
    sides = (compile_rules(before), compile_rules(after))
    gained: list[PreviewItem] = []
    lost: list[PreviewItem] = []
    kept, touched = 0, set()
    for at in range(0, len(candidates), _AT_ONCE):
        progress("Matching", at, len(candidates))
        with database.view() as work:
            items = work.what_if.items(candidates[at : at + _AT_ONCE])
        for item in items:
            was, now = (_found(rules, item, watched) for rules in sides)
            if was != now or not affected.isdisjoint(now):
                touched.add(item.id)
            gained += [_shown(item, key, now[key]) for key in sorted(now.keys() - was.keys())]
            lost += [_shown(item, key, was[key]) for key in sorted(was.keys() - now.keys())]
            kept += len(was.keys() & now.keys())
    return MatchPreview(
        since=since,
        looked_through=looked,
        gained=_in_order(gained),
        lost=_in_order(lost),
        kept=kept,
        touched=frozenset(touched),
    )


def _candidates(
    database: Database, needles: Needles, since: datetime, progress: Callable[[str, int, int], None]
) -> tuple[int, list[int]]:
    """How many items were looked through, and the ids of those in which a rule can match."""
    looked, candidates = 0, []
    with database.view() as work:
        for item_id, lang, title, text in work.what_if.texts(since):
            looked += 1
            if looked % _LOOKED == 0:
                progress("Looking through", looked, 0)
            if needles.maybe((title, text), lang):
                candidates.append(item_id)
    return looked, candidates


def affected_by(draft: Draft) -> frozenset[Key]:
    """The rules whose matches the edit can move: those that differ, and those whose queries name one that may."""
    changed: set[Key] = {(change.kind, change.id) for change in draft.changes}
    named = [names for rules in (draft.before, draft.after) for names in _names(rules)]
    grown = True
    while grown:
        more = {rule for rule, other in named if other in changed} - changed
        changed |= more
        grown = bool(more)
    return frozenset(changed)


def _names(rules: RuleSet) -> Iterable[tuple[Key, Key]]:
    """(rule, rule that a query of it names)."""
    for line in query_lines_of(rules):
        for node in nodes_of(line.root):
            if isinstance(node, Named):
                yield (line.kind, line.rule), (node.kind, node.rule)


def _part(rules: RuleSet, affected: frozenset[Key]) -> RuleSet:
    """The affected rules, and those that they name; all actors where one of them matters."""
    wanted = set(affected)
    names = list(_names(rules))
    grown = True
    while grown:
        more = {other for rule, other in names if rule in wanted} - wanted
        wanted |= more
        grown = bool(more)
    actors = any(kind is RuleKind.ACTOR for kind, _ in wanted)
    return replace(
        rules,
        actors=rules.actors if actors else {},
        issues={key: rule for key, rule in rules.issues.items() if (RuleKind.ISSUE, key) in wanted},
        queries={key: rule for key, rule in rules.queries.items() if (RuleKind.QUERY, key) in wanted},
    )


def _found(rules: CompiledRules, item: Item, affected: frozenset[Key]) -> dict[Key, list[Match]]:
    found: dict[Key, list[Match]] = defaultdict(list)
    for match in rules.match(item.fields, item.day, item.lang, item.sources):
        if (match.kind, match.rule) in affected:
            found[match.kind, match.rule].append(match)
    return found


def _shown(item: Item, key: Key, matches: Sequence[Match]) -> PreviewItem:
    spans = dict.fromkeys(Span(m.field, m.start, m.end, item.fields[m.field][m.start : m.end]) for m in matches)
    return PreviewItem(
        item_id=item.id,
        title=item.title,
        url=item.url,
        publisher=item.publisher,
        published_at=item.published_at,
        kind=key[0],
        rule=key[1],
        spans=tuple(spans),
    )


def _in_order(items: list[PreviewItem]) -> tuple[PreviewItem, ...]:
    return tuple(sorted(items, key=lambda item: (item.published_at, item.item_id, item.kind, item.rule)))

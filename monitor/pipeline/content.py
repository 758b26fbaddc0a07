"""What an alert says, gathered from the rows: names, the quote before, the quote after, who else reports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.alerts.names import short_name
from monitor.model.alert import AlertContent, AlertKind, Holding, MatchContent, Movement, Quote
from monitor.model.item import Item
from monitor.model.position import Change, FoundPosition
from monitor.model.statement import Statement
from monitor.positions.read_as import poorly_read
from rules.model import ActorKind, Match, RuleSet
from storage.work import Work

_EPOCH = datetime.fromtimestamp(0, UTC)
_EXCERPT = 160
"""Code points shown on each side of a match."""

LATELY = timedelta(days=30)
"""How far back an alert looks for others who moved on the issue."""

MOST_AROUND = 5
"""Positions that are named beside a change, and others who moved."""


def change_content(
    work: Work, change: Change, rules: RuleSet, kind: AlertKind, moves: tuple[str, ...], now: datetime
) -> AlertContent:
    """The content of an alert on a change, with what else its actor holds and who else moved up to `now`.

    `moves` are the ids of the bodies that the same utterance moved. Three queries, whoever is told.
    """
    found = change.found
    content = content_of(change, work.statements.get(cited_by(change)), rules, kind, moves)
    positions = work.positions.all(found.actor)
    if kind is AlertKind.CORRECTION:
        here = next((position for position in positions if position.issue == found.issue), None)
        return replace(content, stands=None if here is None else _holding(here, rules))
    but = {found.actor, *moves}
    # One utterance that moved a minister and their state is two changes, and one move.
    lately = work.positions.moved_since(now - LATELY, found.issue, but, 3 * MOST_AROUND)
    return replace(content, holds=_holds(positions, found.issue, rules), moved=_moved(lately, rules))


def cited_by(change: Change) -> list[int]:
    """The ids of the statements that a change cites."""
    found = change.found
    return [i for i in (found.before_statement, found.after_statement, *found.support) if i is not None]


def content_of(
    change: Change,
    statements: Mapping[int, Statement],
    rules: RuleSet,
    kind: AlertKind,
    moves: tuple[str, ...] = (),
) -> AlertContent:
    """The content for a change alone, from the statements it cites. Names fall back to ids where a rule is gone."""
    found = change.found
    actor, issue = rules.actors.get(found.actor), rules.issues.get(found.issue)
    before = statements.get(found.before_statement) if found.before_statement is not None else None
    after = statements[found.after_statement]
    # Copies of one story are one report: whoever confirmed a change has written something of their own.
    others: dict[int, Statement] = {}
    for statement in (statements[i] for i in found.support if i in statements):
        if statement.story_id != after.story_id:
            others.setdefault(statement.story_id, statement)
    return AlertContent(
        kind=kind,
        change_id=change.id,
        change_key=change.key,
        actor_id=found.actor,
        actor=actor.name if actor else found.actor,
        actor_short=short_name(actor) if actor else found.actor,
        issue_id=found.issue,
        issue=issue.name if issue else found.issue,
        proposition=issue.proposition if issue else "",
        change_kind=found.kind,
        status=found.status,
        stance_before=found.before,
        stance_after=found.after,
        at=found.at,
        confidence=found.posterior,
        before=quote(before, rules) if before else None,
        after=quote(after, rules),
        also=tuple(quote(s, rules) for s in others.values()),
        moves=tuple(_actor_name(body, rules) for body in moves),
    )


def _holds(positions: Sequence[FoundPosition], but: str, rules: RuleSet) -> tuple[Holding, ...]:
    held = [holding for position in positions if position.issue != but and (holding := _holding(position, rules))]
    return tuple(sorted(held, key=lambda one: one.since or _EPOCH, reverse=True)[:MOST_AROUND])


def _holding(position: FoundPosition, rules: RuleSet) -> Holding | None:
    if position.stance is None:
        return None
    issue = rules.issues.get(position.issue)
    return Holding(
        issue_id=position.issue,
        issue=issue.name if issue else position.issue,
        stance=position.stance,
        since=position.since,
    )


def _moved(changes: Sequence[Change], rules: RuleSet) -> tuple[Movement, ...]:
    """The moves, newest first; of an utterance that moved several the person is named, who uttered it."""
    moves: dict[str, Change] = {}
    for change in changes:
        if change.found.trigger not in moves or _is_person(change.found.actor, rules):
            moves[change.found.trigger] = change
    return tuple(
        Movement(
            change_id=change.id,
            actor_id=change.found.actor,
            actor=_actor_name(change.found.actor, rules),
            change_kind=change.found.kind,
            stance_before=change.found.before,
            stance_after=change.found.after,
            at=change.found.at,
        )
        for change in list(moves.values())[:MOST_AROUND]
    )


def _actor_name(actor: str, rules: RuleSet) -> str:
    return rules.actors[actor].name if actor in rules.actors else actor


def _is_person(actor: str, rules: RuleSet) -> bool:
    return actor in rules.actors and rules.actors[actor].kind in (ActorKind.PERSON, ActorKind.COMMENTATOR)


def quote(statement: Statement, rules: RuleSet) -> Quote:
    """A statement as an alert shows it."""
    read = statement.read
    holder = rules.actors.get(read.holder)
    claimant = rules.actors.get(read.claimed_by) if read.claimed_by else None
    return Quote(
        text=read.evidence.text,
        stance=read.stance,
        holder=holder.name if holder else read.holder,
        said_at=statement.said_at,
        publisher=statement.publisher,
        title=statement.item_title,
        url=statement.url,
        direct=read.quoted,
        claimed_by=claimant.name if claimant else read.claimed_by,
        poorly_read=poorly_read(statement.lang),
        lang=statement.lang,
    )


def match_content(item: Item, match: Match, rules: RuleSet) -> MatchContent:
    """The content of an alert on an item that a query rule found."""
    text = item.fields[match.field]
    start, end = max(0, match.start - _EXCERPT), min(len(text), match.end + _EXCERPT)
    excerpt = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    rule = rules.queries[match.rule]
    return MatchContent(
        query_id=rule.id,
        query=rule.name,
        item_title=item.title,
        excerpt=excerpt,
        publisher=item.publisher,
        url=item.url,
        published_at=item.published_at,
    )

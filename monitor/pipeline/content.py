"""What an alert says, gathered from the rows: names, the quote before, the quote after, who else reports it."""

from __future__ import annotations

from monitor.alerts.names import short_name
from monitor.model.alert import AlertContent, AlertKind, MatchContent, Quote
from monitor.model.item import Item
from monitor.model.position import Change, ChangeStatus
from monitor.model.statement import Statement
from monitor.positions.read_as import poorly_read
from rules.model import Match, RuleSet
from storage.work import Work

_REASONS = {
    ChangeStatus.RETRACTED: "what it rested on was revised, rejected or outweighed",
    ChangeStatus.DROPPED: "it was contradicted before it was confirmed",
    ChangeStatus.PENDING: "part of what it rested on was revised or outweighed, and it is no longer certain",
}
_EXCERPT = 160
"""Code points shown on each side of a match."""


def change_content(work: Work, change: Change, rules: RuleSet, kind: AlertKind, moves: tuple[str, ...]) -> AlertContent:
    """The content of an alert on a change. Names fall back to ids where a rule is gone."""
    found = change.found
    ids = [i for i in (found.before_statement, found.after_statement, *found.support) if i is not None]
    statements = work.statements.get(ids)
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
        moves=tuple(rules.actors[m].name if m in rules.actors else m for m in moves),
        reason=_REASONS.get(found.status, "") if kind is AlertKind.CORRECTION else "",
    )


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

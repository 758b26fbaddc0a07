"""From values to JSON: one function for each shape in `schema.py`."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.api.links import safe_link
from monitor.api.names import Names
from monitor.api.schema import (
    ArticleOut,
    ChangeDetail,
    ChangeOut,
    FeedOut,
    Issue,
    ItemOut,
    ItemRef,
    MatchOut,
    Named,
    PositionOut,
    ReadingOut,
    StatementOut,
)
from monitor.api.views import ChangeView
from monitor.model.article import StoredArticle
from monitor.model.feed import Feed, FeedStatus
from monitor.model.item import Item
from monitor.model.position import Change, FoundPosition
from monitor.model.statement import Statement
from monitor.net.mask import mask
from rules.model import Match
from storage.values import StoredReading


def actor_out(actor: str, names: Names) -> Named:
    """An actor by id and name."""
    return Named(id=actor, name=names.actor(actor))


def issue_out(issue: str, names: Names) -> Issue:
    """An issue by id, name and proposition."""
    return Issue(id=issue, name=names.issue(issue), proposition=names.proposition(issue))


def statement_out(statement: Statement, names: Names) -> StatementOut:
    """A statement with the item that it stands in."""
    read = statement.read
    return StatementOut(
        id=statement.id,
        holder=actor_out(read.holder, names),
        issue=read.issue,
        stance=read.stance,
        evidence=read.evidence.text,
        field=read.evidence.field,
        start=read.evidence.start,
        end=read.evidence.end,
        confidence=read.confidence,
        said_at=read.said_at,
        seen_at=statement.seen_at,
        speaker=read.speaker,
        claimed_by=None if read.claimed_by is None else actor_out(read.claimed_by, names),
        quoted=read.quoted,
        withdraws=read.withdraws,
        revision=statement.revision,
        item=ItemRef(
            id=statement.item_id,
            title=statement.item_title,
            url=safe_link(statement.url),
            publisher=statement.publisher,
        ),
    )


def change_out(view: ChangeView, names: Names) -> ChangeOut:
    """A change with the quotes before and after."""
    found = view.change.found
    return ChangeOut(
        id=view.change.id,
        key=view.change.key,
        actor=actor_out(found.actor, names),
        issue=issue_out(found.issue, names),
        kind=found.kind,
        stance_from=found.before,
        stance_to=found.after,
        status=found.status,
        baseline=found.silent,
        at=found.at,
        confirmed_at=found.confirmed_at,
        recorded_at=view.change.recorded_at,
        confidence=found.posterior,
        before=None if view.before is None else statement_out(view.before, names),
        after=statement_out(view.after, names),
    )


def change_detail(view: ChangeView, names: Names) -> ChangeDetail:
    """A change with everything that spoke for it."""
    shown = change_out(view, names).model_dump()
    return ChangeDetail(**shown, support=[statement_out(s, names) for s in view.support])


def position_out(position: FoundPosition, statement: Statement | None, names: Names) -> PositionOut:
    """A position as it is now."""
    return PositionOut(
        actor=actor_out(position.actor, names),
        issue=issue_out(position.issue, names),
        stance=position.stance,
        pending=position.pending,
        since=position.since,
        probabilities=dict(position.posterior),
        statements=position.statements,
        statement=None if statement is None else statement_out(statement, names),
    )


def position_then(change: Change, statement: Statement | None, names: Names) -> PositionOut:
    """A position as a change left it; how many statements stood behind it then is not recorded."""
    found = change.found
    return PositionOut(
        actor=actor_out(found.actor, names),
        issue=issue_out(found.issue, names),
        stance=found.after,
        pending=None,
        since=found.at,
        probabilities={} if found.after is None else {found.after: found.posterior},
        statements=None,
        statement=None if statement is None else statement_out(statement, names),
    )


def feed_out(feed: Feed, counts: Mapping[int, int]) -> FeedOut:
    """A feed; what its address or its last error could give away is masked."""
    return FeedOut(
        id=feed.id,
        title=feed.title,
        url=mask(feed.url),
        site_url=safe_link(feed.site_url),
        folder=feed.folder,
        status=feed.status,
        items=counts.get(feed.id, 0),
        interval_s=feed.interval_s,
        added_at=feed.added_at,
        last_poll_at=feed.last_poll_at,
        last_success_at=feed.last_success_at,
        last_new_at=feed.last_new_at,
        next_poll_at=feed.next_poll_at if feed.status is FeedStatus.ACTIVE else None,
        failures=feed.failures,
        last_error=None if feed.last_error is None else mask(feed.last_error),
        errors_since=feed.errors_since,
        notice=None if feed.notice is None else mask(feed.notice),
        polls=feed.polls,
        empty_polls=feed.empty_polls,
        newest_entry_at=feed.newest_entry_at,
        rhythm_s=feed.rhythm_s,
        articles=feed.articles,
    )


def article_out(article: StoredArticle | None) -> ArticleOut | None:
    """The article behind an item, as far as it was asked for."""
    if article is None:
        return None
    return ArticleOut(state=article.state, note=mask(article.note), fetched_at=article.fetched_at)


def item_out(item: Item) -> ItemOut:
    """An item without its text."""
    return ItemOut(
        id=item.id,
        revision=item.revision,
        story=item.story_id,
        feed=item.feed_id,
        title=item.title,
        url=safe_link(item.url),
        publisher=item.publisher,
        published_at=item.published_at,
        seen_at=item.seen_at,
        lang=item.lang,
        baseline=item.baseline,
    )


def match_out(match: Match, names: Names) -> MatchOut:
    """Where a rule was found."""
    return MatchOut(
        kind=match.kind,
        rule=match.rule,
        name=names.rule(match.kind, match.rule),
        via=match.via,
        field=match.field,
        start=match.start,
        end=match.end,
    )


def reading_out(reading: StoredReading | None) -> ReadingOut | None:
    """Who read an item; None before it was read."""
    if reading is None:
        return None
    return ReadingOut(
        extractor=reading.extractor,
        version=reading.version,
        at=reading.at,
        wanted=reading.wanted,
        fallback_reason=reading.fallback_reason,
        again_at=reading.again_at,
    )

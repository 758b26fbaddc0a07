"""What a subscription would have brought: stored changes, through the same filter and the same timing as real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.alerts.wants import reason_against, reason_against_match
from monitor.model.alert import AlertKind, MatchContent, Subscription
from monitor.model.position import Change, ChangeKind, ChangeStatus
from monitor.model.statement import Statement
from monitor.pipeline.content import content_of
from monitor.pipeline.mailbox import Event, Sending, simulated
from rules.model import RuleSet
from storage.past import PastChange, PastMatch
from storage.work import Work

DAYS = 30
_AT_ONCE = 200
"""Changes whose statements are loaded together."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What would have come from `since` to `until`, oldest first.

    `waiting` alerts would still wait for their digest. `watched_since` is since when there is anything to go by, where
    that is later than `since`.
    """

    since: datetime
    until: datetime
    sendings: tuple[Sending, ...]
    waiting: int = 0
    watched_since: datetime | None = None

    @property
    def alerts(self) -> int:
        """The alerts told, alone or in digests."""
        return sum(sending.alerts for sending in self.sendings)

    @property
    def folded(self) -> int:
        """The alerts told in digests."""
        return sum(sending.alerts for sending in self.sendings if sending.digest)

    @property
    def digests(self) -> int:
        """The digests that would have told of anything."""
        return sum(sending.digest and sending.alerts > 0 for sending in self.sendings)

    @property
    def empty(self) -> int:
        """The digests that would have said that nothing changed."""
        return sum(sending.digest and sending.alerts == 0 for sending in self.sendings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """A change as it was told once: in this status, at this moment, and when it no longer held as it was told.

    `whole`: then nothing of it held any more, nor what was told of it while it was pending.
    """

    change: Change
    at: datetime
    fell_at: datetime | None
    whole: bool = False


def trial(
    work: Work,
    subscription: Subscription,
    rules: RuleSet,
    now: datetime,
    *,
    days: int = DAYS,
    progress: Progress | None = None,
) -> Trial:
    """What the subscription would have brought in the last `days`, had it been there.

    Of a change that fell meanwhile the alert and the correction are counted. Confidences are those of today.
    """
    since = now - timedelta(days=days)
    events = _of_changes(work, subscription, rules, since, progress) + _of_matches(work, subscription, rules, since)
    events = sorted((event for event in events if since <= event.at <= now), key=lambda event: event.at)
    sendings, waiting = simulated(subscription, events, since, now)
    began = min((feed.added_at for feed in work.feeds.all()), default=None)
    return Trial(
        since=since,
        until=now,
        sendings=tuple(sendings),
        waiting=waiting,
        watched_since=began if began is not None and began > since else None,
    )


def _of_changes(
    work: Work, subscription: Subscription, rules: RuleSet, since: datetime, progress: Progress | None
) -> list[Event]:
    past = work.past.changes(since)
    told: dict[str, Event] = {}
    for start in range(0, len(past), _AT_ONCE):
        stages = [stage for one in past[start : start + _AT_ONCE] for stage in _stages(one)]
        wanted = [stage for stage in stages if _wants(subscription, stage.change, rules)]
        statements = work.statements.get([stage.change.found.after_statement for stage in wanted])
        for stage in wanted:
            name = _name(stage.change)
            # The words that move a minister and their state are told once.
            if name not in told and stage.change.found.after_statement in statements:
                told |= {event.key: event for event in _events(stage, name, statements, rules)}
        if progress is not None:
            progress(min(start + _AT_ONCE, len(past)), len(past))
    return list(told.values())


def _wants(subscription: Subscription, change: Change, rules: RuleSet) -> bool:
    return reason_against(change, rules.actors.get(change.found.actor), subscription) is None


def _events(stage: _Stage, name: str, statements: Mapping[int, Statement], rules: RuleSet) -> Iterator[Event]:
    """The alert, and the correction that followed it."""
    yield Event(at=stage.at, key=name, content=content_of(stage.change, statements, rules, AlertKind.CHANGE))
    if stage.fell_at is not None:
        taken_back = content_of(stage.change, statements, rules, AlertKind.CORRECTION)
        along = f"pending:{name}" if stage.whole else None
        yield Event(at=stage.fell_at, key=f"correction:{name}", content=taken_back, corrects=name, along=along)


def _stages(past: PastChange) -> Iterator[_Stage]:
    """The change as it was told: pending, confirmed, or one after the other."""
    change, found = past.change, past.change.found
    fallen = found.status in (ChangeStatus.DROPPED, ChangeStatus.RETRACTED)
    fell = past.settled_at if fallen else None
    confirmed = past.confirmed_at
    if confirmed is None or change.recorded_at < confirmed:
        pending = replace(change, found=replace(found, status=ChangeStatus.PENDING))
        yield _Stage(change=pending, at=change.recorded_at, fell_at=fell if confirmed is None else None)
    if confirmed is not None:
        told = replace(change, found=replace(found, status=ChangeStatus.CONFIRMED))
        # One that is only pending again was taken back as confirmed.
        again = past.settled_at if found.status is ChangeStatus.PENDING else fell
        yield _Stage(change=told, at=confirmed, fell_at=again, whole=fallen)


def _name(change: Change) -> str:
    found = change.found
    state = "pending:" if found.status is ChangeStatus.PENDING else ""
    return f"{state}{'split' if found.kind is ChangeKind.SPLIT else 'change'}:{found.issue}:{found.trigger}"


def _of_matches(work: Work, subscription: Subscription, rules: RuleSet, since: datetime) -> list[Event]:
    if reason_against_match(subscription) is not None:
        return []
    alerting = {rule.id: rule for rule in rules.queries.values() if rule.alert}
    found = work.past.matches(list(alerting), since)
    return [_match_event(match, alerting[match.rule].name, place) for place, match in enumerate(found)]


def _match_event(match: PastMatch, query: str, place: int) -> Event:
    content = MatchContent(
        query_id=match.rule,
        query=query,
        item_title=match.title,
        excerpt="",
        publisher="",
        url=None,
        published_at=match.seen_at,
    )
    return Event(at=match.seen_at, key=f"match:{match.rule}:{place}", content=content)

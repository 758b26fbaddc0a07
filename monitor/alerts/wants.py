"""Who wants to know: a change against a subscription. Pure.

The reason for a no is one line, for `volteface why`.
"""

from __future__ import annotations

from monitor.model.alert import Filter, Subscription
from monitor.model.position import Change, ChangeStatus
from rules.model import ActorKind, ActorRule


def reason_against(change: Change, actor: ActorRule | None, subscription: Subscription) -> str | None:
    """Why this subscription is not told of this change, in one plain line; None when it wants to know.

    `actor` is the rule of the change's actor, None when there is no such rule any more; then only its being a
    commentator cannot be told, and the change passes: an alert too many is better than one lost. The first reason that
    holds is given, those that end the matter for everybody first.
    """
    return _not_now(subscription) or _not_news(change) or reason_against_filter(change, actor, subscription.filter)


def reason_against_filter(change: Change, actor: ActorRule | None, wanted: Filter) -> str | None:
    """Why a filter passes over this change, whatever has become of it; see `reason_against`."""
    return _not_in_the_sets(change, wanted) or _not_sure_enough(change, wanted) or _not_official(change, actor, wanted)


def reason_against_match(subscription: Subscription) -> str | None:
    """Why this subscription is not told of what a query rule with `alert: true` found; None when it is told.

    A subscription for certain actors, issues or kinds of change has asked for something else than matches.
    """
    stopped = _not_now(subscription)
    if stopped:
        return stopped
    wanted = subscription.filter
    named = [
        word
        for word, chosen in (("actors", wanted.actors), ("issues", wanted.issues), ("kinds", wanted.kinds))
        if chosen
    ]
    return f"a match, and the subscription asks for certain {' and '.join(named)} only" if named else None


def _not_now(subscription: Subscription) -> str | None:
    if subscription.disabled_at is not None:
        why = f": {subscription.disabled_why}" if subscription.disabled_why else ""
        return f"subscription disabled since {subscription.disabled_at:%Y-%m-%d}{why}"
    if subscription.suppressed_why is not None:
        return f"address suppressed: {subscription.suppressed_why}"
    return None if subscription.confirmed else "address not confirmed by its owner yet"


def _not_news(change: Change) -> str | None:
    if change.found.silent:
        return "silent: baseline of a new feed, rule or installation"
    if change.found.status is ChangeStatus.DROPPED:
        return "dropped: contradicted before it was confirmed"
    if change.found.status is ChangeStatus.RETRACTED:
        return "retracted: no longer follows from what is on record"
    return None


def _not_in_the_sets(change: Change, wanted: Filter) -> str | None:
    found = change.found
    if wanted.actors and found.actor not in wanted.actors:
        return f"filtered by actor: {found.actor} is not among {_listed(wanted.actors)}"
    if wanted.issues and found.issue not in wanted.issues:
        return f"filtered by issue: {found.issue} is not among {_listed(wanted.issues)}"
    if wanted.kinds and found.kind not in wanted.kinds:
        return f"filtered by kind: {found.kind} is not among {_listed(wanted.kinds)}"
    return None


def _not_sure_enough(change: Change, wanted: Filter) -> str | None:
    found = change.found
    if found.status is ChangeStatus.PENDING and not wanted.pending:
        return "pending, and the subscription asks for confirmed changes only"
    if found.posterior < wanted.least_confidence:
        return f"below confidence: {_told_apart(found.posterior, wanted.least_confidence)}"
    return None


def _not_official(change: Change, actor: ActorRule | None, wanted: Filter) -> str | None:
    if wanted.commentators or actor is None:
        return None
    if actor.kind is ActorKind.COMMENTATOR:
        return f"commentators not wanted: {actor.name} is one"
    day = change.found.at.date()
    if actor.kind is ActorKind.PERSON and not any(office.covers(day) for office in actor.offices):
        return f"commentators not wanted: {actor.name} held no office on {day}"
    return None


def _listed(chosen: frozenset[str], most: int = 5) -> str:
    names = sorted(str(one) for one in chosen)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _told_apart(lower: float, upper: float) -> str:
    """Both figures with as many decimals as it takes to see the difference: never `0.95 < 0.95`."""
    for decimals in range(2, 17):
        low, high = f"{lower:.{decimals}f}", f"{upper:.{decimals}f}"
        if low != high:
            return f"{low} < {high}"
    return f"{lower!r} < {upper!r}"

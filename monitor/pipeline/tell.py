"""Notify: changes × subscriptions → alerts and their deliveries, in the transaction that wrote the changes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from monitor.alerts.compose import Composed, Links, compose
from monitor.alerts.wants import reason_against, reason_against_match
from monitor.model.alert import AlertContent, AlertKind, DeliveryStatus, MatchContent, NewAlert, Subscription
from monitor.model.item import Item
from monitor.model.position import Change, ChangeKind, ChangeStatus
from monitor.pipeline.content import change_content, match_content
from monitor.pipeline.pace import has_limits, with_holds
from monitor.pipeline.readership import Readership
from monitor.pipeline.utterance import Utterance, taken_back
from rules.model import Match, RuleSet
from storage.attempts import CORRECTS
from storage.values import ChangeTransition, StoredAlert
from storage.work import Work

_Known = set[tuple[int, tuple[str, str, str]]]
_TOLD = (ChangeStatus.CONFIRMED, ChangeStatus.PENDING)


class Teller:
    """Writes the alerts that follow from changes. `label` marks invented content; `public_url` makes links."""

    def __init__(self, *, label: str = "", public_url: str | None = None) -> None:
        self._label = label
        self._public_url = public_url
        self._readership = Readership()

    def wanting(self, work: Work, change: Change, rules: RuleSet) -> list[Subscription]:
        """The subscriptions that want to know of the change now."""
        return _wanting(change, self._readership.all(work), rules)

    def tell(self, work: Work, transitions: Sequence[ChangeTransition], rules: RuleSet, now: datetime) -> list[str]:
        """Queues alerts for what came, corrections for what fell. Returns the ids of the alerts queued."""
        if not transitions:
            return []
        queued: list[str] = []
        known: _Known = set()
        for transition in transitions:
            if falls(transition):
                queued += self._take_back(work, transition, rules, now)
            else:
                queued += self._tell_change(work, transition, transitions, known, rules, now)
        return queued

    def _tell_change(
        self,
        work: Work,
        transition: ChangeTransition,
        batch: Sequence[ChangeTransition],
        known: _Known,
        rules: RuleSet,
        now: datetime,
    ) -> list[str]:
        change = transition.change
        wanting = self.wanting(work, change, rules)
        return self._queue_change(work, change, _bodies_moved(transition, batch), wanting, known, rules, now)

    def _queue_change(
        self,
        work: Work,
        change: Change,
        moves: tuple[str, ...],
        wanting: Sequence[Subscription],
        known: _Known,
        rules: RuleSet,
        now: datetime,
    ) -> list[str]:
        """Tells of the change whom it is owed; `known` is who was told of its utterance just now, and is added to."""
        if not wanting:
            return []
        work.alerts.hold_tellings()  # what is told meanwhile elsewhere might be the same
        utterance = Utterance(work, change)
        unknowing = [s for s in wanting if (s.id, utterance.key) not in known]
        owed = [(s, name) for s in unknowing if (name := utterance.owed(s.id)) is not None]
        if not owed:
            return []
        known.update((s.id, utterance.key) for s, _ in owed)
        content = change_content(work, change, rules, AlertKind.CHANGE, moves, now)
        return self._queue(work, owed, content, now, change_id=change.id)

    def _take_back(self, work: Work, transition: ChangeTransition, rules: RuleSet, now: datetime) -> list[str]:
        """Exactly those who were told are told that it no longer holds; what nobody can have seen is cancelled.

        A confirmed change that is only pending now is taken back from those who heard that it was confirmed.
        """
        change = transition.change
        falls = (ChangeStatus.CONFIRMED,) if change.found.status is ChangeStatus.PENDING else _TOLD
        work.alerts.hold_tellings()  # what waits now must not be on its way in a digest by the time it is cancelled
        known = work.alerts.alerts_for_change(change.id)
        told = [a for a in known if a.kind is AlertKind.CHANGE and a.content["status"] in falls]
        if not told:
            return []
        before = taken_back(known)
        cancelled = work.alerts.cancel_undelivered(change.id, now, [a.id for a in told])
        content = change_content(work, change, rules, AlertKind.CORRECTION, (), now)
        subscriptions = {s.id: s for s in work.subscriptions.all(active_only=False)}
        # By subscription the last: who heard that it was pending, then confirmed, is told once that neither holds.
        last = {a.subscription_id: a for a in told if a.id not in before and _may_have_arrived(a, cancelled)}
        owed = [(subscriptions[reader], CORRECTS + alert.id) for reader, alert in last.items()]
        queued = self._queue(work, owed, content, now, change_id=change.id)
        heard = [subscriptions[i] for i in dict.fromkeys(a.subscription_id for a in told)]
        return queued + self._tell_what_still_holds(work, change, heard, rules, now)

    def _tell_what_still_holds(
        self, work: Work, fallen: Change, heard: Sequence[Subscription], rules: RuleSet, now: datetime
    ) -> list[str]:
        """Whom the same words moved besides, and who still holds it, was told with the change that fell: told now.

        Otherwise a correction about a minister would leave its reader believing that their state had not moved either.
        """
        queued: list[str] = []
        known: _Known = set()
        holding = [other for other in Utterance(work, fallen).others if other.found.status in _TOLD]
        for other in holding:
            also = [o.found.actor for o in holding if o is not other and o.found.status is other.found.status]
            utterance = Utterance(work, other)
            wanting = [s for s in _wanting(other, heard, rules) if not utterance.stands_told(s.id)]
            queued += self._queue_change(work, other, tuple(also), wanting, known, rules, now)
        return queued

    def tell_matches(
        self, work: Work, item: Item, matches: Sequence[Match], rules: RuleSet, now: datetime
    ) -> list[str]:
        """Queues alerts for what query rules with `alert: true` found. Copies of one story are told once."""
        if not matches or item.baseline:
            return []
        wanting = [s for s in self._readership.all(work) if reason_against_match(s) is None]
        queued: list[str] = []
        for match in matches:
            content = match_content(item, match, rules)
            dedup = f"match:{match.rule}:{item.story_id}"
            queued += self._queue(work, [(s, dedup) for s in wanting], content, now, item_id=item.id)
        return queued

    def _queue(
        self,
        work: Work,
        told: Sequence[tuple[Subscription, str]],
        content: AlertContent | MatchContent,
        now: datetime,
        *,
        change_id: int | None = None,
        item_id: int | None = None,
    ) -> list[str]:
        """Tells each subscription under its name for the thing, unless it was told before: composed once for all."""
        new = work.alerts.untold([NewAlert(subscription=s, dedup=dedup) for s, dedup in told])
        if not new:
            return []
        kind, actor, issue = _about(content)
        sequence = work.alerts.next_sequence(actor, issue)
        if isinstance(content, AlertContent):
            content = dataclasses.replace(content, sequence=sequence)
        composed = self._compose(content, change_id, now)
        message = composed.message(as_json(content), sequence, actor=actor, issue=issue)
        timed = with_holds(new, work.alerts.paces([n.subscription.id for n in new if has_limits(n)], now), now)
        return work.alerts.add(message, timed, kind, now, change_id=change_id, item_id=item_id)

    def _compose(self, content: AlertContent | MatchContent, change_id: int | None, now: datetime) -> Composed:
        links = Links()
        if self._public_url and change_id is not None:
            page = f"{self._public_url}/changes/{change_id}"
            links = Links(change=page, wrong=f"{page}/wrong")
        return compose(content, made_at=now, label=self._label, links=links)


def _about(content: AlertContent | MatchContent) -> tuple[AlertKind, str | None, str]:
    """The kind of alert, and the actor and issue it is about; of a match its query stands for the issue."""
    if isinstance(content, MatchContent):
        return AlertKind.MATCH, None, content.query_id
    return content.kind, content.actor_id, content.issue_id


def falls(transition: ChangeTransition) -> bool:
    """Whether what was told no longer holds; a confirmed change of another kind than before still does."""
    status = transition.change.found.status
    return status not in _TOLD or (transition.was is ChangeStatus.CONFIRMED and status is not ChangeStatus.CONFIRMED)


def _wanting(change: Change, subscriptions: Sequence[Subscription], rules: RuleSet) -> list[Subscription]:
    actor = rules.actors.get(change.found.actor)
    return [s for s in subscriptions if reason_against(change, actor, s) is None]


def _bodies_moved(transition: ChangeTransition, batch: Sequence[ChangeTransition]) -> tuple[str, ...]:
    """The other actors whose position the same utterance moved in the same way."""
    found = transition.change.found
    return tuple(
        other.change.found.actor
        for other in batch
        if other.change.found.actor != found.actor
        and (other.change.found.issue, other.change.found.trigger) == (found.issue, found.trigger)
        and other.change.found.kind is not ChangeKind.SPLIT
        and other.change.found.status is found.status
    )


def _may_have_arrived(alert: StoredAlert, cancelled: Collection[str]) -> bool:
    """Delivered, attempted, or under way: an attempt that failed on our side may have been read on the other."""
    if alert.attempts:
        return True
    return alert.id not in cancelled and alert.delivery is not DeliveryStatus.CANCELLED


def as_json(content: AlertContent | MatchContent) -> dict[str, Any]:
    """The content as plain JSON values, for the alert's row."""
    plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(content), default=_plain))
    return plain


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

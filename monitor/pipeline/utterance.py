"""What one utterance moved, and who was told of it: the words that move a minister and their state are told once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

from monitor.model.alert import AlertKind, DeliveryStatus
from monitor.model.position import Change, ChangeKind, ChangeStatus
from storage.attempts import CORRECTS
from storage.values import StoredAlert
from storage.work import Work

_AROUND = timedelta(days=30)
"""Changes that one utterance triggers are dated by the same words; copies of them can be some days apart."""


class Utterance:
    """The utterance that triggered a change. `others` are the changes that it triggered for other actors."""

    def __init__(self, work: Work, change: Change) -> None:
        self._change = change
        self.others = others_of(work, [change])[change.id]
        self._told = work.alerts.alerts_for_change(change.id)
        self._taken_back = _taken_back(self._told)
        told = [work.alerts.alerts_for_change(other.id) for other in self.others]
        self._others_taken_back = sum(map(_taken_back, told), Counter[int]())
        self._corrected = {a.subscription_id for a in chain(self._told, *told) if a.kind is AlertKind.CORRECTION}
        self._stand = {a.subscription_id for a in _standing(self._told) if self._is_same(a)}
        self._others_stand = {a.subscription_id for one in told for a in _standing(one) if self._is_same(a)}

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for all changes of the utterance that are told with one alert."""
        return self._what, self._change.found.trigger, self._change.found.status

    def owed(self, subscription: int) -> str | None:
        """What telling this subscription of the change is called, None where it knows; a name is never told twice.

        Whichever change of the utterance is told first tells of all, until a reader heard that one of them does not
        hold: from then on nothing but word of the very change tells of it. Once one was taken back, each has a name of
        its own, with the number of times that it was.
        """
        if subscription in self._stand or (subscription in self._others_stand and subscription not in self._corrected):
            return None
        found = self._change.found
        state = "pending:" if found.status is ChangeStatus.PENDING else ""
        name = f"{state}{self._what}:{found.trigger}"
        times = self._taken_back[subscription]
        return f"{name}:{found.actor}:{times}" if times or self._others_taken_back[subscription] else name

    @property
    def _what(self) -> str:
        found = self._change.found
        return f"{'split' if found.kind is ChangeKind.SPLIT else 'change'}:{found.issue}"

    def stands_told(self, subscription: int) -> bool:
        """Whether this subscription was told of the change itself, and it was not taken back."""
        told = sum(a.subscription_id == subscription and a.kind is AlertKind.CHANGE for a in self._told)
        return told > self._taken_back[subscription]

    def _is_same(self, alert: StoredAlert) -> bool:
        return bool(alert.content["status"] == self._change.found.status)


def others_of(work: Work, changes: Sequence[Change]) -> dict[int, tuple[Change, ...]]:
    """Of each change, by its id, those that the same utterance triggered for other actors, oldest first.

    A split has none: it is told by itself.
    """
    asked = [change for change in changes if change.found.kind is not ChangeKind.SPLIT]
    near: dict[tuple[str, str], list[Change]] = defaultdict(list)
    if asked:
        since = min(change.found.at for change in asked) - _AROUND
        for other in work.positions.triggered({_words(change) for change in asked}, since):
            if other.found.kind is not ChangeKind.SPLIT:
                near[_words(other)].append(other)
    found: dict[int, tuple[Change, ...]] = {change.id: () for change in changes}
    for change in asked:
        since = change.found.at - _AROUND
        found[change.id] = tuple(o for o in near[_words(change)] if o.id != change.id and o.found.at >= since)
    return found


def _words(change: Change) -> tuple[str, str]:
    return change.found.issue, change.found.trigger


def taken_back(alerts: Sequence[StoredAlert]) -> set[str]:
    """The ids of the alerts on one change that were corrected, or cancelled before anybody saw them.

    Word that a change fell takes back all that its reader heard of it before; word that it is only pending again takes
    back that it was confirmed.
    """
    named = {a.dedup.removeprefix(CORRECTS) for a in alerts if a.kind is AlertKind.CORRECTION}
    fell: dict[int, int] = {}
    for alert in alerts:
        if alert.kind is AlertKind.CORRECTION and alert.content["status"] != ChangeStatus.PENDING:
            fell[alert.subscription_id] = max(alert.sequence, fell.get(alert.subscription_id, 0))
    return {
        a.id
        for a in alerts
        if a.kind is AlertKind.CHANGE and (a.id in named or _unseen(a) or a.sequence < fell.get(a.subscription_id, 0))
    }


def _standing(alerts: Sequence[StoredAlert]) -> list[StoredAlert]:
    fallen = taken_back(alerts)
    return [a for a in alerts if a.kind is AlertKind.CHANGE and a.id not in fallen]


def _unseen(alert: StoredAlert) -> bool:
    return alert.delivery is DeliveryStatus.CANCELLED and not alert.attempts


def _taken_back(alerts: Sequence[StoredAlert]) -> Counter[int]:
    """How many alerts of each subscription were taken back."""
    fallen = taken_back(alerts)
    return Counter(a.subscription_id for a in alerts if a.id in fallen)

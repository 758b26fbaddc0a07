"""Alarms: what operators should know is looked for, and each trouble is told once, and again when it is over.

A trouble is a row from its beginning to its end, written in the transaction that queues the word about it: after a kill
it is neither told twice nor forgotten. All that began or ended since the last look goes out as one message, to the
subscriptions of the operators alone, at once and never folded. Who becomes one while troubles stand, or is reached
again, is told of these.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.alerts.alarm import compose_alarm
from monitor.model.alert import AlertKind, Audience, ChannelName, DeliveryStatus, NewAlert, Subscription
from monitor.model.trouble import Trouble, TroubleKind
from monitor.pipeline.changes import write_events
from monitor.pipeline.troubles import (
    dead_letter_troubles,
    disk_trouble,
    endpoint_troubles,
    feed_troubles,
    item_trouble,
    mail_trouble,
    office_troubles,
    polling_trouble,
)
from storage.engine import Database
from storage.values import ItemState, StoredAlarm
from storage.work import Work

_ENDS_IN_SILENCE = frozenset({TroubleKind.OFFICE})
"""Nothing is over when it is no longer lately that an office ended."""

MOST_DEAD = 1_000
"""Dead letters that are looked at, the newest; an older one was told when it was among them."""

_REACHED = "alarms.reached"
"""The name of the fact which subscriptions were reached at the last look that told anything, or met somebody new."""

DiskUsage = Callable[[Path], tuple[int, int, int]]
"""Total, used and free bytes of the disk that holds a path; `shutil.disk_usage`."""


class AlarmStep:
    """Looks for troubles and tells operators. `label` marks a service that shows invented content."""

    def __init__(self, database: Database, *, label: str = "", disk: DiskUsage = shutil.disk_usage) -> None:
        self._database = database
        self._label = label
        self._disk = disk

    async def step(self, now: datetime) -> int:
        """Looks once; gives how many troubles began or ended."""
        return await asyncio.to_thread(self.look, now)

    def look(self, now: datetime) -> int:
        """Looks once; gives how many troubles began or ended."""
        with self._database.view() as work:
            found = self._troubles(work, now)
            if not _differs(found, work.alarms.open()) and _reached_before(work) == {s.id for s in _operators(work)}:
                return 0
        with self._database.work() as work:
            work.alarms.lock()
            standing = {(a.kind, a.subject): a for a in work.alarms.open()}
            there = {(t.kind.value, t.subject): t for t in found}
            began = [
                work.alarms.raise_(t.kind.value, t.subject, _detail(t), t.since)
                for key, t in there.items()
                if key not in standing
            ]
            over = [work.alarms.end(a.id, now) for key, a in standing.items() if key not in there]
            before, operators = _reached_before(work), _operators(work)
            self._tell(work, [s for s in operators if s.id in before], began, over, now)
            self._tell(work, [s for s in operators if s.id not in before], work.alarms.open(), [], now)
            work.meta.set(_REACHED, json.dumps(sorted(s.id for s in operators)))
        return len(began) + len(over)

    def _troubles(self, work: Work, now: datetime) -> list[Trouble]:
        feeds = work.feeds.all()
        failed = work.history.counts(None)[ItemState.FAILED]
        example = work.items.failed(limit=1) if failed else []
        alone = (
            polling_trouble(feeds, now),
            self._disk_trouble(now),
            mail_trouble(*work.alerts.stuck(ChannelName.EMAIL), now),
            item_trouble(failed, example[0].error, example[0].item.seen_at) if example else None,
        )
        return [
            *(trouble for trouble in alone if trouble is not None),
            *dead_letter_troubles(work.alerts.deliveries(DeliveryStatus.DEAD, MOST_DEAD)),
            *endpoint_troubles(work.subscriptions.all(active_only=False, audience=None), now),
            *feed_troubles(feeds, now),
            *office_troubles(work.rules.current(), now),
        ]

    def _disk_trouble(self, now: datetime) -> Trouble | None:
        """Of the disk with the database file, or where that is a server's business, of the one we run on."""
        where = self._database.file.parent if self._database.file is not None else Path.cwd()
        total, _, free = self._disk(where)
        return disk_trouble(self._database.shown, free, total, now)

    def _tell(
        self,
        work: Work,
        reached: Sequence[Subscription],
        began: Sequence[StoredAlarm],
        over: Sequence[StoredAlarm],
        now: datetime,
    ) -> None:
        over = [alarm for alarm in over if TroubleKind(alarm.kind) not in _ENDS_IN_SILENCE]
        if not reached or not (began or over):
            return
        composed = compose_alarm([_trouble(a) for a in began], [_trouble(a) for a in over], now=now, label=self._label)
        content = {"began": [_plain(a) for a in began], "over": [_plain(a) for a in over]}
        message = composed.message(content, work.alerts.next_sequence(None, None))
        name = "alarm:" + ",".join([*(f"+{a.id}" for a in began), *(f"-{a.id}" for a in over)])
        new = work.alerts.untold([NewAlert(subscription=s, dedup=name) for s in reached])
        write_events(work, [], work.alerts.add(message, new, AlertKind.ALARM, now), now)


def _operators(work: Work) -> list[Subscription]:
    """The subscriptions of operators to which word can go now."""
    found = work.subscriptions.all(audience=Audience.OPERATIONS)
    return [s for s in found if s.confirmed and s.suppressed_why is None]


def _reached_before(work: Work) -> set[int]:
    """The operators' subscriptions that know of all that stands."""
    return set(json.loads(work.meta.get(_REACHED) or "[]"))


def _differs(found: Sequence[Trouble], standing: Sequence[StoredAlarm]) -> bool:
    return {(t.kind.value, t.subject) for t in found} != {(a.kind, a.subject) for a in standing}


def _detail(trouble: Trouble) -> dict[str, Any]:
    return {"name": trouble.name, "words": trouble.words, "remedy": trouble.remedy}


def _trouble(alarm: StoredAlarm) -> Trouble:
    return Trouble(kind=TroubleKind(alarm.kind), subject=alarm.subject, since=alarm.since, **alarm.detail)


def _plain(alarm: StoredAlarm) -> dict[str, Any]:
    return {"id": alarm.id, "kind": alarm.kind, "subject": alarm.subject, **alarm.detail}

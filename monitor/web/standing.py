"""What /desk says of the service: everything that an operator looks at first, read in one view of the database."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.model.alert import DeliveryStatus
from monitor.model.moment import parse_moment
from monitor.settings import ExtractorName, Settings
from monitor.web.bars import BarChart, bar_chart
from monitor.web.health import HealthProbe, Readiness, readiness
from storage.engine import Database
from storage.overview import Queues, filled
from storage.retention import LAST_RUN_KEY
from storage.values import StoredAlarm
from storage.verdicts import JudgedBy
from storage.work import Work

HOURS, DAYS = 48, 28
LAST_ALARMS = 8
LEAST_JUDGED = 20
"""Verdicts from which a share is shown; of fewer it would say little."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of an extractor's statements operators found right, of those that they judged."""

    extractor: str
    right: int
    judged: int

    @property
    def share(self) -> float | None:
        """The share, None where too few were judged."""
        return self.right / self.judged if self.judged >= LEAST_JUDGED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for an operator."""

    reports: int
    dead: int
    troubles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where things are stored: the database as it may be shown, its size, and the disk's free and whole bytes."""

    shown: str
    backend: str
    size: int
    free: int | None
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who reads, how quickly, how rightly, and how many items were read by another one in its place."""

    extractor: str
    latency: timedelta | None
    accuracies: tuple[Accuracy, ...]
    stand_ins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the service stands."""

    readiness: Readiness
    queues: Queues
    troubles: Sequence[StoredAlarm]
    past: Sequence[StoredAlarm]
    waiting: Waiting
    place: Place
    reading: Reading
    items: BarChart
    statements: BarChart
    retention: tuple[datetime, int, int] | None
    retain_days: int
    bus: str
    mail: str | None


def standing(database: Database, settings: Settings, probe: HealthProbe, now: datetime) -> Standing:
    """Reads it. Raises StorageError where the database fails."""
    ready = readiness(database, probe, now)
    hours, days = now - timedelta(hours=HOURS - 1), now - timedelta(days=DAYS - 1)
    with database.view() as work:
        troubles = work.alarms.open()
        items = filled(work.overview.items_per_hour(hours), hours, now, timedelta(hours=1))
        statements = filled(work.overview.statements_per_day(days), days, now, timedelta(days=1))
        return Standing(
            readiness=ready,
            queues=work.overview.queues(now),
            troubles=troubles,
            past=[alarm for alarm in work.alarms.recent(LAST_ALARMS * 3) if alarm.over_at][:LAST_ALARMS],
            waiting=Waiting(
                reports=work.overview.open_reports(),
                dead=work.alerts.counts().get(DeliveryStatus.DEAD, 0),
                troubles=len(troubles),
            ),
            place=_place(work, database),
            reading=_reading(work, settings),
            items=bar_chart(items),
            statements=bar_chart(statements),
            retention=_retention(work),
            retain_days=settings.retain_days,
            bus="in this process",
            mail=f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security})"
            if settings.smtp_host
            else None,
        )


def _place(work: Work, database: Database) -> Place:
    disk = shutil.disk_usage(database.file.parent) if database.file is not None else None
    return Place(
        shown=Path(database.file).name if database.file is not None else database.shown,
        backend=database.backend,
        size=work.overview.size(),
        free=disk.free if disk else None,
        total=disk.total if disk else None,
    )


def _reading(work: Work, settings: Settings) -> Reading:
    llm = settings.extractor is ExtractorName.LLM
    found = work.verdicts.precision(JudgedBy.EXTRACTOR)
    return Reading(
        extractor=f"llm, {settings.llm_model}" if llm else "grammar",
        latency=work.overview.reading_latency(),
        accuracies=tuple(Accuracy(one.of, one.right, one.judged) for one in found),
        stand_ins=work.readings.stand_ins().waiting,
    )


def _retention(work: Work) -> tuple[datetime, int, int] | None:
    written = (work.meta.get(LAST_RUN_KEY) or "").split(" ")
    try:
        return parse_moment(written[0]), int(written[1]), int(written[2])
    except (ValueError, IndexError):
        return None

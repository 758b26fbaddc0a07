"""`volteface doctor`: settings, database, feeds, channels: what is wrong, and what to do."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import aiosmtplib
import typer

from monitor.alerts.channels.email import smtp_client
from monitor.alerts.targets import mask
from monitor.cli.boot import smtp_config, utc_now
from monitor.cli.outcome import Exit
from monitor.cli.talk import JsonFlag, counted, put_json, put_table, say
from monitor.model.alert import Audience, DeliveryStatus
from monitor.model.moment import parse_moment
from monitor.net.mask import mask as mask_url
from monitor.pipeline.troubles import disk_trouble
from monitor.schedule import TICK_KEY
from monitor.settings import PREFIX, Settings, load_settings
from rules.loader import check_packs
from storage.engine import Database
from storage.errors import StorageError
from storage.work import Work


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` says what to do, empty when nothing needs to be done."""

    part: str
    state: State
    found: str
    remedy: str = ""


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(doctor)


def doctor(
    worker: Annotated[
        bool, typer.Option("--worker", help="Look at the worker only; exit code 1 unless it has ticked lately.")
    ] = False,
    settings_too: Annotated[
        bool, typer.Option("--settings", help="Also list every setting, its value and use.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Look at settings, rules, database, feeds and channels. Exit code 1 when something is broken.

    Example: [bold]volteface doctor --settings[/]
    """
    settings = load_settings()
    found = list(_worker_alone(settings)) if worker else findings(settings)
    if as_json:
        put_json({"findings": found, **({"settings": dict(_settings(settings))} if settings_too else {})})
    else:
        put_table(("part", "state", "found", "remedy"), [(f.part, f.state, f.found, f.remedy) for f in found], empty="")
        if settings_too:
            rows = [(PREFIX + k.upper(), v, Settings.model_fields[k].description) for k, v in _settings(settings)]
            put_table(("setting", "value", "what it is"), rows, empty="")
    broken = sum(f.state is State.BROKEN for f in found)
    say(f"{broken} broken, {counted(sum(f.state is State.WARNING for f in found), 'warning')}.")
    if broken:
        raise typer.Exit(Exit.FAILED)


def findings(settings: Settings) -> list[Finding]:
    """All that is looked at. Asks the mail server and the model's endpoint; takes seconds where they do not answer."""
    from monitor.cli.reading_health import of_extractor

    return [
        *_of_settings(settings),
        *_rules(settings),
        *of_extractor(settings),
        *_database(settings),
        *_mail(settings),
    ]


def _settings(settings: Settings) -> Iterator[tuple[str, str]]:
    for name in Settings.model_fields:
        yield name, mask_url(str(getattr(settings, name)))


def _of_settings(settings: Settings) -> Iterator[Finding]:
    """Wrong ones ended the command before; mail is looked at for itself."""
    given = sorted(PREFIX + name.upper() for name in settings.model_fields_set)
    shown = f"{counted(len(given), 'setting')} given" + (f": {', '.join(given)}" if given else "")
    yield Finding("settings", State.OK, shown)


def _rules(settings: Settings) -> Iterator[Finding]:
    problems = check_packs(*settings.packs)
    errors = [p for p in problems if p.fatal]
    if errors:
        yield Finding(
            "rules",
            State.BROKEN,
            f"{counted(len(errors), 'error')}, the first: {errors[0]}",
            "see `volteface rules check`",
        )
    else:
        yield Finding("rules", State.OK, _packs(settings, len(problems)))


def _packs(settings: Settings, warnings: int) -> str:
    return f"{counted(len(settings.packs), 'pack')} over the seed pack, {counted(warnings, 'warning')}"


def _database(settings: Settings) -> Iterator[Finding]:
    from monitor.cli.hub_health import of_hubs
    from monitor.cli.reading_health import of_readings

    try:
        database = Database(settings.database)
        database.check()
        if database.schema_version() is None:
            yield Finding("database", State.OK, f"{database.shown} is empty", "the first start sets it up")
            database.close()
            return
        now = utc_now()
        with database.view() as work:
            yield Finding("database", State.OK, f"{database.shown} answers")
            yield from _disk(database, now)
            yield _worker(work, now)
            yield from _queues(work)
            yield from of_readings(work, settings, now)
            yield from _feeds(work, now)
            yield from of_hubs(work, settings, now)
            yield from _subscriptions(work, settings)
        database.close()
    except StorageError as error:
        yield Finding("database", State.BROKEN, str(error), "mend it, then start again")


def _worker_alone(settings: Settings) -> Iterator[Finding]:
    """For supervisors: a worker that does not tick is broken, whatever else is well."""
    database = Database(settings.database)
    with database.view() as work:
        found = _worker(work, utc_now())
    database.close()
    yield found if found.state is State.OK else replace(found, state=State.BROKEN)


def _disk(database: Database, now: datetime) -> Iterator[Finding]:
    if database.file is None:
        return
    disk = shutil.disk_usage(database.file.parent)
    trouble = disk_trouble(database.shown, disk.free, disk.total, now)
    if trouble is not None:
        yield Finding("disk", State.BROKEN, trouble.words, trouble.remedy)


def _worker(work: Work, now: datetime) -> Finding:
    tick = work.meta.get(TICK_KEY)
    if tick is None:
        return Finding("worker", State.WARNING, "has never run here", "start `volteface up` or `volteface worker`")
    age = now - parse_moment(tick)
    if age > timedelta(minutes=2):
        return Finding("worker", State.WARNING, f"last ticked at {tick}", "start `volteface up` or `volteface worker`")
    return Finding("worker", State.OK, f"ticked {age.total_seconds():.0f} s ago")


def _queues(work: Work) -> Iterator[Finding]:
    failed = work.items.failed(limit=1)
    if failed:
        yield Finding(
            "items", State.BROKEN, f"some cannot be read, e.g. item {failed[0].item.id}: {failed[0].error}", "report it"
        )
    dead = work.alerts.counts().get(DeliveryStatus.DEAD, 0)
    if dead:
        remedy = "`volteface deliveries list --status dead`, then `volteface deliveries retry ID`"
        yield Finding("deliveries", State.BROKEN, counted(dead, "dead letter"), remedy)


def _feeds(work: Work, now: datetime) -> Iterator[Finding]:
    feeds = work.feeds.all()
    if not feeds:
        yield Finding("feeds", State.WARNING, "none", "`volteface feeds add URL` or `volteface feeds import FILE`")
    for feed in feeds:
        if feed.last_error:
            since = f" since {feed.errors_since:%Y-%m-%d %H:%M}" if feed.errors_since else ""
            yield Finding(
                f"feed {feed.id}", State.WARNING, f"{feed.title or mask_url(feed.url)} fails{since}", feed.last_error
            )
    well = sum(1 for f in feeds if not f.last_error and f.last_success_at)
    late = sum(1 for f in feeds if now - f.next_poll_at > timedelta(hours=1))
    yield Finding("feeds", State.OK if not late else State.WARNING, f"{well} of {len(feeds)} healthy, {late} overdue")


def _subscriptions(work: Work, settings: Settings) -> Iterator[Finding]:
    from monitor.cli.channel_health import of_channels

    found = work.subscriptions.all(active_only=False)
    if not work.subscriptions.all(audience=Audience.OPERATIONS):
        remedy = "`volteface subscribe NAME --operations --email …` (or --webhook)"
        yield Finding("alarms", State.WARNING, "no operator is told of troubles", remedy)
    for one in found:
        if one.disabled_at:
            what = f"{one.subscriber} at {mask(one.channel, one.target)} is off: {one.disabled_why}"
            yield Finding(f"subscription {one.id}", State.WARNING, what)
    yield from of_channels(settings, work.subscriptions.all(audience=None))
    if not found:
        yield Finding("subscriptions", State.WARNING, "none: nobody is told anything", "`volteface subscribe --help`")


def _mail(settings: Settings) -> Iterator[Finding]:
    if not settings.smtp_host:
        return
    try:
        config = smtp_config(settings)
    except ValueError as error:
        yield Finding("mail", State.BROKEN, str(error), "mend the VOLTEFACE_SMTP_* settings")
        return
    where = f"{config.host}:{config.port} ({config.security})"

    async def greet() -> None:
        async with smtp_client(config, 10) as client:
            await client.noop()

    try:
        asyncio.run(greet())
    except (aiosmtplib.SMTPException, OSError) as error:
        yield Finding("mail", State.BROKEN, f"{where}: {error}", "check the VOLTEFACE_SMTP_* settings and the server")
    else:
        yield Finding("mail", State.OK, f"{where} answers")

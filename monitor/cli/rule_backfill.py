"""`volteface rules backfill`: stored items read again under the rules in force."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from monitor.cli import boot
from monitor.cli.extractors import chosen_extractor
from monitor.cli.logs import set_up_logs
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, counted, put_json, put_table, say, talk
from monitor.pipeline.backfill import Backfill, BackfillReport, Scope
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.settings import Settings, load_settings
from storage.engine import Database
from storage.history import ReadBy

Since = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what was published on that day (UTC) or later.")
]
Days = Annotated[int | None, typer.Option(min=1, max=36_500, help="Only what was published in so many last days.")]


def register(group: typer.Typer) -> None:
    """Adds the commands of this file to `volteface rules`."""
    group.command()(backfill)


def backfill(
    since: Since = None,
    days: Days = None,
    issue: Annotated[str | None, typer.Option(help="Only what this issue finds now, or found before.")] = None,
    alert: Annotated[bool, typer.Option("--alert", help="Tell subscribers of the changes and matches gained.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; show the statements, changes and alerts that would move.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Read stored items again under the rules in force, in the order of publication.

    Nobody is told of what is gained, unless with --alert. Corrections go out either way, to exactly those who were told
    of a change that no longer holds. It may be stopped at any moment, and run beside a worker; run again it goes on
    where it was, and passes over what is done. Verdicts stay. The articles of newly matched items are not fetched.

    Exit code 1 when items could not be read; the next run tries them again.

    Example: [bold]volteface rules backfill --days 30 --issue european-troops[/]
    """
    if since is not None and days is not None:
        raise CommandError("--since and --days exclude each other; give one of them", Exit.USAGE)
    settings = load_settings()
    set_up_logs(settings.log_format)
    database = boot.open_database(settings)
    now = boot.utc_now()
    start = since.replace(tzinfo=UTC) if since else now - timedelta(days=days) if days else None
    scope = Scope(since=start, issue=issue)
    _check(database, scope)
    if dry_run:
        _rehearse(database, settings, scope, as_json=as_json)
        database.close()
        return
    teller = Teller(label=settings.label, public_url=settings.public_url)
    _note(database, scope, now, alert=alert)
    with chosen_extractor(settings, database) as chosen, Progress(console=talk(), transient=True) as bar:
        run = Backfill(
            database, chosen, boot.tracker(settings), teller, boot.utc_now, alert=alert,
            follow_precision=settings.follow_precision,
        )  # fmt: skip
        report = run.run(scope, ProgressBars(bar))
    database.close()
    _put(report, alert=alert, as_json=as_json)
    if report.left:
        some = ", ".join(f"item {item}: {why}" for item, why in list(report.left.items())[:3])
        message = f"{counted(len(report.left), 'item')} could not be read ({some}); run it again"
        raise CommandError(message)


def _rehearse(database: Database, settings: Settings, scope: Scope, *, as_json: bool) -> None:
    from monitor.cli.rule_preview import put_effects
    from monitor.pipeline.preview import Draft
    from monitor.pipeline.preview_effects import EffectPreview

    with database.view() as work:
        in_force = work.rules.current()
    with chosen_extractor(settings, database) as chosen, Progress(console=talk(), transient=True) as bar:
        by = ReadBy(rule_set=in_force.version, extractor=chosen.name, extractor_version=chosen.version)
        with database.view() as work:
            wanted = work.history.ids_out_of_date(by, scope.since)
        draft = Draft(before=in_force, changes=())
        run = EffectPreview(
            database, draft, chosen, boot.tracker(settings), issue=scope.issue,
            follow_precision=settings.follow_precision,
        )  # fmt: skip
        found = run.run(wanted, progress=ProgressBars(bar))
    if as_json:
        put_json(found)
    else:
        put_effects(found)
        say("Alerts gained go out with --alert only. Nothing was written.")


def _check(database: Database, scope: Scope) -> None:
    rules = RuleBook(database).current().rules
    if not rules.issues and not rules.actors and not rules.queries:
        raise CommandError(
            "no rules are in force yet; start `volteface up` or `volteface rules apply` first", Exit.USAGE
        )
    if scope.issue is None or scope.issue in rules.issues:
        return
    with database.view() as work:
        known = bool(work.positions.all(issue=scope.issue))
    if not known:
        raise CommandError(f"no issue has the id {scope.issue}; `volteface rules list` shows them", Exit.NOT_FOUND)


def _note(database: Database, scope: Scope, now: datetime, *, alert: bool) -> None:
    detail = {"since": scope.since.isoformat() if scope.since else None, "issue": scope.issue, "alert": alert}
    with database.work() as work:
        work.audit.add(getpass.getuser(), "backfill", work.rules.current().version, detail, now)


def _put(report: BackfillReport, *, alert: bool, as_json: bool) -> None:
    if as_json:
        put_json(report)
    else:
        untold = "" if alert else " (none without --alert)"
        rows = [(name, f"{count}{untold}" if name == "alerts queued" else count) for name, count in report.lines()]
        put_table(("", ""), rows, empty="")
    if report.waiting:
        say(f"{counted(report.waiting, 'item')} new or revised: the worker reads what is new")
    if report.set_aside:
        say(f"{counted(report.set_aside, 'item')} set aside as unreadable; `volteface doctor` says more")


class ProgressBars:
    """A bar for each part of the run."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        """Shows how far a part is."""
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=total)
        self._bar.update(self._tasks[what], completed=done, total=total)

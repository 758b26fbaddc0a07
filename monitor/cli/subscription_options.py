"""What a subscription is made of on the command line: a filter, a timing, and what they would have brought."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Collection
from typing import Annotated, Any

import typer
from rich.progress import Progress

from monitor.alerts.timing_words import checked, parse_clock, parse_quiet, parse_weekday
from monitor.cli.boot import utc_now
from monitor.cli.known import must_be_known
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import put_table, say, talk
from monitor.model.alert import Filter, Subscription
from monitor.model.position import ChangeKind
from monitor.model.timing import Cadence, Timing
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.trial import DAYS, Trial, trial
from monitor.pipeline.trial_words import trial_words
from monitor.settings import Settings
from storage.engine import Database

_OPTIONS: dict[str, Any] = {
    "actor": Annotated[list[str] | None, typer.Option(help="Only this actor, by id; may be given again.")],
    "issue": Annotated[list[str] | None, typer.Option(help="Only this issue, by id; may be given again.")],
    "kind": Annotated[list[ChangeKind] | None, typer.Option(help="Only this kind of change; may be given again.")],
    "least_confidence": Annotated[float | None, typer.Option(min=0, max=1, help="Only changes at least so certain.")],
    "pending": Annotated[
        bool | None, typer.Option("--pending/--confirmed-only", help="Changes that are not confirmed yet, too, or not.")
    ],
    "commentators": Annotated[bool | None, typer.Option(help="Commentators as well as official actors.")],
    "cadence": Annotated[Cadence | None, typer.Option(help="At once, or in digests.")],
    "at": Annotated[str | None, typer.Option(help="When daily and weekly digests come, as 07:30.")],
    "zone": Annotated[str | None, typer.Option(help="The subscriber's time zone, as Europe/Berlin.")],
    "weekday": Annotated[str | None, typer.Option(help="The day of weekly digests, as mon.")],
    "quiet": Annotated[str | None, typer.Option(help="Hours in which nothing comes, as 22:00-07:00, or none.")],
    "empty": Annotated[
        bool | None, typer.Option("--empty/--no-empty", help="Digests even when nothing changed, or not then.")
    ],
    "burst": Annotated[int | None, typer.Option(min=1, help="Alerts within 15 minutes before a digest is made.")],
    "most_per_hour": Annotated[int | None, typer.Option(min=0, help="Messages an hour at most; 0 for no limit.")],
}
"""What shapes a subscription, by the names of their parameters; None is what was not given."""


def takes_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command all the options of a subscription; it gets those that were given as its `options`."""
    signature = inspect.signature(command, eval_str=True)
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
        for name, hint in _OPTIONS.items()
    ]
    own = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in signature.parameters.values()
        if parameter.name != "options"
    ]

    @functools.wraps(command)
    def with_options(**arguments: Any) -> None:
        given = {name: value for name in _OPTIONS if (value := arguments.pop(name)) is not None}
        command(**arguments, options=given)

    with_options.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *shared]}
    del with_options.__wrapped__  # or whoever asks for the signature would be shown the command's own
    return with_options


def filter_of(options: dict[str, Any], was: Filter | None = None) -> Filter:
    """The filter of the options `actor`, `issue`, `kind`, `least_confidence`, `pending`, `commentators`.

    What was not given stays as it was. An empty text among the actors or issues stands for all.
    """
    names = {"actor": "actors", "issue": "issues", "kind": "kinds"}
    sets: dict[str, Any] = {names[n]: frozenset(v for v in options[n] if v != "") for n in names if n in options}
    rest = {n: options[n] for n in ("least_confidence", "pending", "commentators") if n in options}
    return dataclasses.replace(was or Filter(), **sets, **rest)


def timing_of(options: dict[str, Any], was: Timing | None = None) -> Timing:
    """The timing of the options `cadence`, `at`, `zone`, `weekday`, `quiet`, `empty`, `burst`, `most_per_hour`.

    What was not given stays as it was. Raises CommandError.
    """
    read: dict[str, Callable[[str], object]] = {"at": parse_clock, "weekday": parse_weekday, "quiet": parse_quiet}
    try:
        values: dict[str, Any] = {name: read[name](value) if name in read else value for name, value in options.items()}
        names = {field.name for field in dataclasses.fields(Timing)}
        values = {name: value for name, value in values.items() if name in names}
        if values.get("most_per_hour") == 0:
            values["most_per_hour"] = None
        return checked(dataclasses.replace(was or Timing(), **values))
    except ValueError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def known_rules(database: Database, settings: Settings, wanted: Filter) -> None:
    """A subscription to an id that does not exist would wait for ever. Raises CommandError."""
    with database.view() as work:
        rules = work.rules.current()
    if not rules.actors:
        RuleBook(database).install(settings.packs, utc_now())
        with database.view() as work:
            rules = work.rules.current()
    pairs: tuple[tuple[str, Collection[str], Collection[str]], ...] = (
        ("actor", wanted.actors, rules.actors),
        ("issue", wanted.issues, rules.issues),
    )
    for noun, ids, known in pairs:
        for one in sorted(ids):
            must_be_known(noun, one, known, Exit.USAGE)


def tried(database: Database, subscription: Subscription, days: int = DAYS) -> Trial:
    """What the subscription would have brought. Shows how far it is on a terminal."""
    console = talk()
    hidden = not console.is_terminal
    with Progress(console=console, transient=True, disable=hidden) as bar, database.view() as work:
        task = bar.add_task("Trying it on what is on record", total=None)
        return trial(
            work,
            subscription,
            work.rules.current(),
            utc_now(),
            days=days,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def put_trial(found: Trial) -> None:
    """The trial: a line on stderr, and each message on stdout."""
    say(trial_words(found))
    rows = [(s.at, ("digest" if s.digest else "alert"), s.alerts, s.subject) for s in found.sendings]
    put_table(("at (UTC)", "what", "alerts", "subject"), rows, empty="Nothing would have come.")


def trial_row(found: Trial) -> dict[str, Any]:
    """The trial for programs."""
    return {
        "since": found.since,
        "until": found.until,
        "watched_since": found.watched_since,
        "alerts": found.alerts,
        "digests": found.digests,
        "empty_digests": found.empty,
        "alerts_in_digests": found.folded,
        "waiting": found.waiting,
        "messages": [dataclasses.asdict(sending) for sending in found.sendings],
    }

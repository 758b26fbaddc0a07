"""`volteface verdict merge / split / undo / actors`: what operators say of who is who."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

import typer

from monitor.cli import boot
from monitor.cli.known import must_be_known
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.rule_versions import ruled_database, shown_change
from monitor.cli.talk import JsonFlag, counted, plain, put_json, put_table, put_text, say
from monitor.model.alert import AlertKind
from monitor.pipeline.identity_report import CannotJoin, IdentityReport, Word
from monitor.pipeline.identity_rules import new_actor
from monitor.pipeline.rule_edits import ExamplesFailed
from monitor.pipeline.tell import Teller
from monitor.pipeline.who_is_who import WhoIsWho
from monitor.settings import load_settings
from rules.joining import Unfit
from rules.model import ActorKind, ActorRule
from rules.values import is_id

Why = Annotated[str, typer.Option("--why", help="The reason, for those who ask later.")]
Who = Annotated[str | None, typer.Option("--who", help="Who says so; by default the user of this machine.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it only what would happen is shown.")]
Alert = Annotated[bool, typer.Option("--alert", help="Tell of changes that come to light, too; corrections always go.")]
Despite = Annotated[bool, typer.Option(help="Do it although examples of the rules fail.")]

_MOST_SHOWN = 20


def register(group: typer.Typer) -> None:
    """Adds the commands of this file to `volteface verdict`."""
    for command in (merge, split, undo, actors):
        group.command()(command)


def merge(
    actor: Annotated[str, typer.Argument(help="The actor that is another, by id.")],
    into: Annotated[str, typer.Argument(help="The actor that it is.")],
    why: Why,
    who: Who = None,
    yes: Yes = False,
    alert: Alert = False,
    despite_examples: Despite = False,
    as_json: JsonFlag = False,
) -> None:
    """Say that one actor is another: its names, statements and subscriptions are the other's from now on.

    Example: [bold]volteface verdict merge m-rubio marco-rubio --why "same man"[/]; add --yes when it looks right.
    """
    word = _word(who, why, yes, alert, despite_examples)
    _put(_done(lambda judge: judge.merge(actor, into, word), actor, into), word, as_json)


def split(
    actor: Annotated[str, typer.Argument(help="The actor that was taken for two, by id.")],
    into: Annotated[str, typer.Option("--into", help="Whose the rest is: an id that there is, or a new one.")],
    why: Why,
    aliases: Annotated[
        list[str] | None, typer.Option("--aliases", help="An alias or office that goes; once for each.")
    ] = None,
    statements: Annotated[
        str | None, typer.Option("--statements", help="Numbers of statements that go, with commas between.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The new actor's name; by default the first alias.")] = None,
    kind: Annotated[ActorKind | None, typer.Option(help="What the new actor is; by default as the old one.")] = None,
    member_of: Annotated[str | None, typer.Option("--in", help="The body that the new actor speaks for.")] = None,
    who: Who = None,
    yes: Yes = False,
    alert: Alert = False,
    despite_examples: Despite = False,
    as_json: JsonFlag = False,
) -> None:
    """Say that some names or statements of an actor are another's. What was told on their ground is taken back.

    Statements go whose holder was found by the names that go. What names `actor` in subscriptions stays with it.
    Example: [bold]volteface verdict split holm --into erik-holm --aliases "Erik Holm" --why "his brother"[/]
    """
    word = _word(who, why, yes, alert, despite_examples)
    names, ids = aliases or [], _numbers(statements)
    with ruled_database().view() as work:
        known = work.rules.current().actors
    must_be_known("actor", actor, known, Exit.USAGE)
    other: ActorRule | str = into
    if into in known:
        if name or kind or member_of:
            raise CommandError(f"{into} is an actor already; leave out --name, --kind and --in", Exit.USAGE)
    else:
        other = _new(into, known[actor], name or (names[0] if names else None), kind, member_of)
        if member_of is not None:
            must_be_known("actor", member_of, known, Exit.USAGE)
    _put(_done(lambda judge: judge.split(actor, other, word, names=names, ids=ids), actor), word, as_json)


def undo(
    number: Annotated[int, typer.Argument(help="As `volteface verdict actors` numbers them.")],
    why: Why,
    who: Who = None,
    yes: Yes = False,
    alert: Alert = False,
    despite_examples: Despite = False,
    as_json: JsonFlag = False,
) -> None:
    """Take a merge or a split back. What was edited in the rules since stays.

    Example: [bold]volteface verdict undo 3 --why "two men after all"[/]; add --yes when it looks right.
    """
    word = _word(who, why, yes, alert, despite_examples)
    _put(_done(lambda judge: judge.undo(number, word)), word, as_json)


def actors(as_json: JsonFlag = False) -> None:
    """List which actors were merged and split, by whom and why; those undone too.

    Example: [bold]volteface verdict actors[/]
    """
    with boot.open_database(load_settings()).view() as work:
        found = work.actor_verdicts.all()
    if as_json:
        put_json(found)
        return
    rows = [
        (v.id, v.kind.value, v.actor, v.into, f"{v.at:%Y-%m-%d}", v.who, v.why,
         "" if v.undone_at is None else f"undone {v.undone_at:%Y-%m-%d} by {v.undone_who}: {v.undone_why}")
        for v in found
    ]  # fmt: skip
    put_table(("number", "what", "actor", "into", "day", "who", "why", ""), rows, empty="No actor was merged or split.")


def _word(who: str | None, why: str, yes: bool, alert: bool, despite_examples: bool) -> Word:
    if not why.strip():
        raise CommandError("--why is empty; say why, for those who ask later", Exit.USAGE)
    return Word(
        who=who or getpass.getuser(), why=why, now=boot.utc_now(), write=yes, alert=alert,
        despite_examples=despite_examples,
    )  # fmt: skip


def _numbers(given: str | None) -> list[int]:
    parts = [part.strip() for part in (given or "").split(",") if part.strip()]
    if wrong := [part for part in parts if not part.isascii() or not part.isdigit()]:
        raise CommandError(f"--statements: {wrong[0]} is no number; write such as 12,15", Exit.USAGE)
    return [int(part) for part in parts]


def _new(identity: str, like: ActorRule, name: str | None, kind: ActorKind | None, above: str | None) -> ActorRule:
    if not is_id(identity):
        raise CommandError(f"--into {identity}: an id is lower-case letters, digits and single hyphens", Exit.USAGE)
    if name is None:
        raise CommandError(f"there is no actor {identity} yet; name the new one with --name", Exit.USAGE)
    return new_actor(identity, like, name, kind, above)


def _done(verdict: Callable[[WhoIsWho], IdentityReport], *known: str) -> IdentityReport:
    settings = load_settings()
    database = ruled_database()
    if known:
        with database.view() as work:
            there = {*work.rules.current().actors, *(v.actor for v in work.actor_verdicts.merges())}
        for actor in known:
            must_be_known("actor", actor, there, Exit.USAGE)
    teller = Teller(label=settings.label, public_url=settings.public_url)
    try:
        return verdict(WhoIsWho(database, boot.tracker(settings), teller, boot.extractor()))
    except ExamplesFailed as failed:
        remedy = "mend the examples first, or add --despite-examples"
        raise CommandError(f"{failed}\nexamples would fail: {remedy}", Exit.USAGE) from None
    except (CannotJoin, Unfit) as error:
        raise CommandError(str(error), Exit.USAGE) from None


def _put(report: IdentityReport, word: Word, as_json: bool) -> None:
    if as_json:
        put_json({"written": word.write, **plain(report)})
        return
    lines = list(_lines(report))
    if lines:
        put_text("\n".join(lines))
    corrections = sum(q.kind is AlertKind.CORRECTION for q in report.queued)
    say(
        f"{counted(len(report.statements), 'statement')} moved, {counted(len(report.positions), 'position')} changed, "
        f"{counted(report.followed, 'recorded change')} carried over, {counted(corrections, 'correction')} and "
        f"{counted(len(report.queued) - corrections, 'alert')} queued"
    )
    if word.write:
        say(f"Noted as number {report.verdict}; `volteface verdict undo {report.verdict}` takes it back.")
    else:
        say("Nothing was written: this is what would happen. Add --yes to do it.")


def _lines(report: IdentityReport) -> Iterator[str]:
    for change in report.rules:
        yield from shown_change(change)
    said = [
        f"statement {s.id}, {s.said_at:%Y-%m-%d}, {s.read.stance} {s.read.issue}: "
        f"“{' '.join(s.read.evidence.text.split())}”"
        + (" (by the nearest name; look)" if s.id in report.unsure else "")
        for s in report.statements
    ]
    yield from _some(said, "statements")
    stay = [i for i in report.unsure if i not in {s.id for s in report.statements}]
    if stay:
        yield f"stay by the nearest name only, look: statements {', '.join(map(str, stay))}"
    for position in report.positions:
        yield f"{position.actor} on {position.issue}: {position.before or 'none'} → {position.after or 'none'}"
    moved = [
        f"change {t.change.id}, {t.change.found.actor} on {t.change.found.issue}, {t.change.found.kind}: "
        f"{t.was or 'not recorded'} → {t.change.found.status}"
        for t in report.transitions
    ]
    yield from _some(moved, "changes")
    yield from _some([f"{q.kind} to {q.subscriber} (subscription {q.subscription})" for q in report.queued], "alerts")
    for subscription, subscriber in report.subscriptions:
        yield f"subscription {subscription} of {subscriber} names one of the two"
    for conflict in report.conflicts:
        yield f"edited since, and left as it is: {conflict.field}"
    for item, why in report.unread.items():
        yield f"item {item} could not be read again, so its statements stay: {why}"


def _some(lines: Sequence[str], what: str) -> Iterator[str]:
    yield from lines[:_MOST_SHOWN]
    if len(lines) > _MOST_SHOWN:
        yield f"… and {len(lines) - _MOST_SHOWN} more {what}; --json has all"

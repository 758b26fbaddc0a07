"""`volteface verdict`: what operators say of single statements, and what that says of the readings."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import typer

from monitor.cli import boot, reports, verdict_actors, verdict_precision
from monitor.cli.known import must_be_known
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, counted, put_json, say
from monitor.cli.verdict_precision import put_precision
from monitor.model.statement import Stance
from monitor.pipeline.rule_edits import ExamplesFailed, RuleChange, save_edits
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.pipeline.verdicts import Correction, Judge, VerdictReport
from monitor.settings import load_settings
from rules.model import Example, ExampleStance, RuleKind
from storage.engine import Database
from storage.values import VerdictKind
from storage.verdicts import JudgedBy

group = typer.Typer(
    help="Verdicts on statements: confirm, reject, correct; and on who is who: merge, split.", no_args_is_help=True
)

Statement = Annotated[int, typer.Argument(help="The statement's number, as `volteface items` and the pages show it.")]
Who = Annotated[str | None, typer.Option("--who", help="Who says so; by default the user of this machine.")]
Note = Annotated[str, typer.Option("--note", help="A word to those who ask later.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file, and of its neighbour."""
    verdict_actors.register(group)
    verdict_precision.register(group)
    reports.register(group)
    app.add_typer(group, name="verdict")


@group.command()
def confirm(number: Statement, note: Note = "", who: Who = None, as_json: JsonFlag = False) -> None:
    """Say that a statement was read right.

    Example: [bold]volteface verdict confirm 17[/]
    """
    _put(_judged(lambda judge: judge.confirm(number, who or getpass.getuser(), note, boot.utc_now())), as_json)


@group.command()
def reject(number: Statement, note: Note = "", who: Who = None, as_json: JsonFlag = False) -> None:
    """Say that a statement is none. Positions are folded again; whoever was told wrongly gets a correction.

    Example: [bold]volteface verdict reject 17 --note "he quotes his rival"[/]
    """
    _put(_judged(lambda judge: judge.reject(number, who or getpass.getuser(), note, boot.utc_now())), as_json)


@group.command()
def correct(
    number: Statement,
    holder: Annotated[str | None, typer.Option(help="Whose statement it is, by id.")] = None,
    issue: Annotated[str | None, typer.Option(help="What it is on, by id.")] = None,
    stance: Annotated[Stance | None, typer.Option(help="Which stance it takes.")] = None,
    note: Note = "",
    who: Who = None,
    as_json: JsonFlag = False,
) -> None:
    """Put another holder, issue or stance in place of what was read.

    Example: [bold]volteface verdict correct 17 --stance conditional[/]
    """
    to = Correction(holder=holder, issue=issue, stance=stance)
    if to == Correction():
        raise CommandError("nothing to correct: add --holder, --issue or --stance", Exit.USAGE)
    database = boot.open_database(load_settings())
    rules = RuleBook(database).current().rules
    if holder is not None:
        must_be_known("actor", holder, rules.actors, Exit.USAGE)
    if issue is not None:
        must_be_known("issue", issue, rules.issues, Exit.USAGE)
    _put(_judged(lambda judge: judge.correct(number, to, who or getpass.getuser(), note, boot.utc_now())), as_json)


@group.command()
def example(
    number: Statement,
    despite_examples: Annotated[bool, typer.Option(help="Save although examples fail.")] = False,
    who: Who = None,
) -> None:
    """Make a statement an example of its issue: as it was judged, it has to come out at every later edit.

    A rejected statement becomes an example of its holder saying nothing on the issue.
    Example: [bold]volteface verdict example 17[/]
    """
    database = boot.open_database(load_settings())
    with database.view() as work:
        found = work.statements.get([number]).get(number)
        if found is None:
            raise CommandError(f"there is no statement {number}", Exit.NOT_FOUND)
        item = work.items.revision(found.item_id, found.revision)
        verdicts = work.statements.verdicts(number)
        rules = work.rules.current()
    rule = rules.issues.get(found.read.issue)
    if rule is None:
        raise CommandError(f"the issue {found.read.issue} is no longer watched", Exit.NOT_FOUND)
    rejected = bool(verdicts) and verdicts[-1].kind is VerdictKind.REJECT
    made = Example(
        text=_passage(item.fields[found.read.evidence.field], found.read.evidence.start, found.read.evidence.end),
        holder=found.read.holder,
        stance=ExampleStance.NONE if rejected else ExampleStance(found.read.stance.value),
        date=item.day,
        lang=item.lang if item.lang not in (None, "und") else "en",
    )
    if made in rule.examples:
        say("It is an example already.")
        return
    edit = RuleChange(
        kind=RuleKind.ISSUE, id=rule.id, before=rule, after=replace(rule, examples=(*rule.examples, made))
    )
    try:
        save_edits(
            database, [edit], who or getpass.getuser(), f"statement {number} as an example", boot.utc_now(),
            extractor=boot.extractor(), despite_examples=despite_examples,
        )  # fmt: skip
    except ExamplesFailed as failed:
        remedy = "mend the rules first, or add --despite-examples to keep it as a goal"
        raise CommandError(f"{failed}\nit does not come out yet: {remedy}", Exit.USAGE) from None
    say(f"issue {rule.id} has {counted(len(rule.examples) + 1, 'example')}")


@group.command()
def precision(
    by: Annotated[
        JudgedBy, typer.Option(help="Counted by issue, actor, source, extractor or language.")
    ] = JudgedBy.ISSUE,
    as_json: JsonFlag = False,
) -> None:
    """Show how often statements were read right, by what operators said of them, and what follows from it.

    What is read from now on of an issue, a source or by an extractor with enough verdicts counts as surely as these
    found it right (VOLTEFACE_FOLLOW_PRECISION); `remeasure` applies that to what was read before.

    Example: [bold]volteface verdict precision --by source[/]
    """
    settings = load_settings()
    with boot.open_database(settings).view() as work:
        found = work.verdicts.precision(by)
    put_precision(found, by, settings, as_json=as_json)


_CONTEXT = 400
"""Code points around the evidence that an example keeps: enough for the sentences that name the speaker."""


def _passage(text: str, start: int, end: int) -> str:
    """The paragraph of the evidence, or what stands around it where the paragraph is long."""
    first = max(text.rfind("\n", 0, start) + 1, start - _CONTEXT)
    last = text.find("\n", end)
    return text[first : min(last if last >= 0 else len(text), end + _CONTEXT)].strip()


def _judged(verdict: Callable[[Judge], VerdictReport]) -> VerdictReport:
    settings = load_settings()
    database: Database = boot.open_database(settings)
    teller = Teller(label=settings.label, public_url=settings.public_url)
    try:
        return verdict(Judge(database, RuleBook(database), boot.tracker(settings), teller))
    except ValueError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def _put(report: VerdictReport, as_json: bool) -> None:
    if as_json:
        put_json(report)
        return
    moved = counted(len(report.transitions), "change")
    say(f"Noted. {moved} moved, {counted(len(report.alerts), 'alert')} queued.")

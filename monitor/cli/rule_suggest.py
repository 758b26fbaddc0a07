"""`volteface rules suggest`: what stored items suggest that the rules lack; accepted or dismissed by id."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from monitor.cli import boot
from monitor.cli.extractors import chosen_extractor
from monitor.cli.logs import set_up_logs
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.rule_backfill import ProgressBars
from monitor.cli.rule_preview import put_effects, put_matches
from monitor.cli.rule_versions import Who, Why, ruled_database, shown_change, user
from monitor.cli.talk import JsonFlag, counted, put_json, put_table, put_text, say, talk
from monitor.net.mask import mask
from monitor.pipeline.preview import Draft, preview_matches
from monitor.pipeline.preview_effects import EffectPreview
from monitor.pipeline.rule_checks import problems_with
from monitor.pipeline.rule_edits import ExamplesFailed
from monitor.pipeline.suggestions import (
    ALL_KINDS,
    NothingToWrite,
    RuleMoved,
    accept,
    answered_suggestions,
    dismiss,
    draft_of,
    find_suggestion,
    find_suggestions,
    recall,
)
from monitor.positions.suggestions.names import LEAST_ITEMS
from monitor.positions.suggestions.values import Passage, Suggestion, SuggestionKind
from monitor.settings import Settings, load_settings
from storage.engine import Database

group = typer.Typer()

Days = Annotated[int, typer.Option(min=1, max=36_500, help="By what was published in so many last days.")]
Items = Annotated[int, typer.Option(min=1, max=1000, help="Items that must name somebody before they are offered.")]
Id = Annotated[str, typer.Argument(help="The suggestion's id, as `volteface rules suggest` shows it.")]
DAYS = 90


def register(rules: typer.Typer) -> None:
    """Adds the commands of this file to `volteface rules`."""
    rules.add_typer(group, name="suggest")


@group.callback(invoke_without_command=True)
def suggest(
    context: typer.Context,
    kind: Annotated[
        list[SuggestionKind] | None, typer.Option(help="name, alias, phrase or office; may be given again.")
    ] = None,
    days: Days = DAYS,
    items: Items = LEAST_ITEMS,
    as_json: JsonFlag = False,
) -> None:
    """Show what stored items suggest: unknown persons in office, phrases for issues, offices that have ended.

    Nothing is changed. Each suggestion comes with its evidence, and an id to accept or dismiss it by.

    Example: [bold]volteface rules suggest --kind phrase --days 30[/]
    """
    if context.invoked_subcommand is not None:
        return
    set_up_logs(load_settings().log_format)
    database = ruled_database()
    now = boot.utc_now()
    with Progress(console=talk(), transient=True) as bar:
        found = find_suggestions(
            database, now - timedelta(days=days), now, kinds=kind or ALL_KINDS, least_items=items,
            progress=ProgressBars(bar),
        )  # fmt: skip
    database.close()
    if as_json:
        put_json([replace(one, passages=tuple(map(_masked, one.passages))) for one in found])
        return
    _put(found)
    remedy = "; accept or dismiss each by its id" if found else ""
    say(f"{counted(len(found), 'suggestion')} from the last {counted(days, 'day')}{remedy}")


@group.command("accept")
def accept_one(
    identity: Id,
    why: Annotated[str, typer.Option("--why", help="The reason, beside that it was suggested.")] = "",
    who: Who = None,
    days: Days = DAYS,
    items: Items = LEAST_ITEMS,
    yes: Annotated[bool, typer.Option("--yes", help="Save without a preview and without asking.")] = False,
    despite_examples: Annotated[bool, typer.Option(help="Save although examples fail.")] = False,
) -> None:
    """Save the edit that a suggestion offers. It is shown first, with what it would gain and lose, unless with --yes.

    It is checked and its examples are run as for any other edit; it holds for items that come in from now on.

    Example: [bold]volteface rules suggest accept name-bafbf5a31e[/]
    """
    settings = load_settings()
    set_up_logs(settings.log_format)
    database = ruled_database()
    found = _found(database, identity, days, items)
    try:
        with database.view() as work:
            draft = draft_of(work.rules.current(), found)
        if not yes and not _agreed(database, settings, found, draft, days):
            say("Nothing was saved; add --yes to save it.")
            return
        version = accept(
            database, found, user(who), why, boot.utc_now(),
            extractor=boot.extractor(), despite_examples=despite_examples,
        )  # fmt: skip
    except ExamplesFailed as failed:
        put_text(str(failed))
        remedy = "nothing was saved; add --despite-examples to save it all the same"
        raise CommandError(f"{counted(len(failed.failed), 'example')} failed: {remedy}", Exit.USAGE) from None
    except (NothingToWrite, RuleMoved) as error:
        raise CommandError(str(error), Exit.USAGE) from None
    (change,) = draft.changes
    say(
        f"{change.kind} {change.id} saved; the rules in force are {version}. `rules backfill` reads stored items again."
    )


@group.command("dismiss")
def dismiss_one(identity: Id, why: Why, who: Who = None, days: Days = DAYS, items: Items = LEAST_ITEMS) -> None:
    """See to it that a suggestion is not offered again. `recall` takes it back.

    Example: [bold]volteface rules suggest dismiss phrase-0dba63ca85 --why "of no issue in particular"[/]
    """
    database = ruled_database()
    found = _found(database, identity, days, items)
    dismiss(database, found, user(who), why, boot.utc_now())
    say(f"{found.id} ({found.subject}) is not offered again")


@group.command("recall")
def recall_one(identity: Id, why: Why, who: Who = None) -> None:
    """Take an answer back, so that the suggestion may be offered again. No rule is changed.

    Example: [bold]volteface rules suggest recall phrase-0dba63ca85 --why "it is one, after all"[/]
    """
    recall(ruled_database(), identity, user(who), why, boot.utc_now())
    say(f"{identity} may be offered again")


@group.command("answered")
def answered(as_json: JsonFlag = False) -> None:
    """List the suggestions that were accepted or dismissed: when, by whom, and why.

    Example: [bold]volteface rules suggest answered[/]
    """
    found = answered_suggestions(ruled_database())
    if as_json:
        put_json(found)
        return
    rows = [(one.at, one.id, one.subject, one.answer.value, one.who, one.why) for one in found]
    put_table(("at", "id", "about", "answer", "who", "why"), rows, empty="None yet.")


def _found(database: Database, identity: str, days: int, items: int) -> Suggestion:
    now = boot.utc_now()
    with Progress(console=talk(), transient=True) as bar:
        return find_suggestion(
            database, identity, now - timedelta(days=days), now, least_items=items, progress=ProgressBars(bar)
        )


def _agreed(database: Database, settings: Settings, found: Suggestion, draft: Draft, days: int) -> bool:
    """Shows what would be saved and what that would move; asks whoever sits at a terminal."""
    _put([found])
    put_text("\n".join(line for change in draft.changes for line in shown_change(change)))
    for problem in problems_with(draft.before, draft.changes):
        say(f"{problem.message}; {problem.remedy}")
    matches = preview_matches(database, draft, boot.utc_now() - timedelta(days=days))
    put_matches(matches)
    with chosen_extractor(settings, database) as chosen, Progress(console=talk(), transient=True) as bar:
        run = EffectPreview(database, draft, chosen, boot.tracker(settings))
        effects = run.run(matches.touched, matches.gained, matches.lost, ProgressBars(bar))
    put_effects(effects)
    return sys.stdin.isatty() and typer.confirm("Save it?")


def _put(found: Sequence[Suggestion]) -> None:
    """Suggestions with their evidence; what matters in it stands out where the terminal can show that."""
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    for suggestion in found:
        console.print(Text.assemble((suggestion.id, "bold"), f"  {suggestion.summary}"))
        for line in _remarks(suggestion):
            console.print(Text(f"    {line}"))
        for passage in suggestion.passages:
            console.print(_drawn(passage))


def _remarks(suggestion: Suggestion) -> Iterator[str]:
    where = f", near {', '.join(suggestion.issues)}" if suggestion.issues else ""
    publishers = counted(suggestion.publishers, "publisher")
    yield f"{counted(suggestion.items, 'item')} of {publishers}{where}"
    if suggestion.would_gain is not None:
        yield f"would newly find {counted(suggestion.would_gain, 'item')}"
    yield from suggestion.notes


def _drawn(passage: Passage) -> Text:
    """A passage on one line, with date, publisher and link; its marks in bold."""
    link = _masked(passage).url
    where = f"item {passage.item_id}" + (f", {link}" if link else "")
    line = Text(f"    {passage.published_at:%Y-%m-%d} {passage.publisher} ({where}): “")
    at = len(line)
    line.append(passage.text.replace("\n", " "))
    for start, end in passage.marks:
        line.stylize("bold", at + start, at + end)
    return line.append("”")


def _masked(passage: Passage) -> Passage:
    return replace(passage, url=mask(passage.url) if passage.url else None)

"""`volteface rules preview`: what draft rules would have found, read and told, had they been in force."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from monitor.cli import boot
from monitor.cli.extractors import chosen_extractor
from monitor.cli.logs import set_up_logs
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.rule_backfill import ProgressBars
from monitor.cli.rule_versions import changes_in, ruled_database
from monitor.cli.talk import JsonFlag, counted, put_json, put_table, put_text, say, talk
from monitor.model.statement import Statement
from monitor.pipeline.preview import Draft, MatchPreview, PreviewItem, preview_matches
from monitor.pipeline.preview_effects import EffectPreview, Effects, Shift, ToldOf
from monitor.settings import load_settings

_KINDS = ("actors", "issues", "queries")
_MOST_SHOWN = 20


def register(group: typer.Typer) -> None:
    """Adds the commands of this file to `volteface rules`."""
    group.command()(preview)


def preview(
    draft: Annotated[Path, typer.Argument(help="A pack's folder, or one of its files, as my-pack/issues/troops.yaml.")],
    days: Annotated[int, typer.Option(min=1, max=36_500, help="Over what was published in so many last days.")] = 30,
    matches_only: Annotated[
        bool, typer.Option("--matches", help="Only the items gained and lost: read no statements.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show what draft rules would gain and lose over stored items: items, statements, changes, and whose alerts.

    Nothing is saved. What the draft does not touch is taken as it is stored.

    Example: [bold]volteface rules preview my-pack --days 60[/]
    """
    settings = load_settings()
    set_up_logs(settings.log_format)
    database = ruled_database()
    with database.view() as work:
        in_force = work.rules.current()
    with _as_folder(draft) as folder:
        changes = changes_in(database, folder)
    if not changes:
        say("Nothing would change: the draft says what is in force.")
    edit = Draft(before=in_force, changes=tuple(changes))
    matches = preview_matches(database, edit, boot.utc_now() - timedelta(days=days))
    if not as_json:
        put_matches(matches)
    effects: Effects | None = None
    if not matches_only:
        with chosen_extractor(settings, database) as chosen, Progress(console=talk(), transient=True) as bar:
            follow = settings.follow_precision
            run = EffectPreview(database, edit, chosen, boot.tracker(settings), follow_precision=follow)
            effects = run.run(matches.touched, matches.gained, matches.lost, ProgressBars(bar))
    database.close()
    if as_json:
        put_json({"matches": matches, "effects": effects})
    elif effects is not None:
        put_effects(effects)


@contextmanager
def _as_folder(draft: Path) -> Iterator[Path]:
    """The draft as a pack: a single file is one by itself, and leaves all other rules as they are."""
    if draft.is_dir():
        yield draft
        return
    if not draft.is_file():
        raise CommandError(f"{draft} is neither a pack's folder nor a file", Exit.USAGE)
    kind = draft.resolve().parent.name
    if kind not in _KINDS:
        remedy = f"a file of rules lies in a folder that says which: {', '.join(_KINDS)}"
        raise CommandError(f"{draft} is in {kind}/; {remedy}", Exit.USAGE)
    with tempfile.TemporaryDirectory(prefix="volteface-preview-") as folder:
        alone = Path(folder) / "draft"
        (alone / kind).mkdir(parents=True)
        shutil.copy(draft, alone / kind / draft.name)
        yield alone


def put_matches(found: MatchPreview) -> None:
    """Prints the items gained and lost."""
    for word, items in (("gained", found.gained), ("lost", found.lost)):
        for item in items[:_MOST_SHOWN]:
            put_text("\n".join(_lines_of(word, item)))
        if len(items) > _MOST_SHOWN:
            say(f"… and {len(items) - _MOST_SHOWN} more {word}; --json has all")
    say(
        f"{counted(found.looked_through, 'item')} looked through: {len(found.gained)} gained, {len(found.lost)} lost, "
        f"{found.kept} found as before"
    )


def _lines_of(word: str, item: PreviewItem) -> Iterator[str]:
    where = item.title or item.url or f"item {item.item_id}"
    day = f"{item.published_at:%Y-%m-%d}"
    yield f"{word}: {item.kind} {item.rule}, {day}, {item.publisher}: {where} (item {item.item_id})"
    for span in item.spans[:3]:
        yield f"    {span.field} {span.start}-{span.end}: “{' '.join(span.text.split())}”"


def put_effects(found: Effects) -> None:
    """Prints statements, changes and alerts."""
    for word, statements in (("gained", found.statements_gained), ("lost", found.statements_lost)):
        _put(f"statement {word}", [_said(s) for s in statements])
    for word, shifts in (("gained", found.changes_gained), ("lost", found.changes_lost)):
        _put(f"change {word}", [_moved(s) for s in shifts])
    rows = [*_who("gained", found.alerts_gained), *_who("lost", found.alerts_lost)]
    put_table(("alerts", "subscriber", "subscription", "how many"), rows, empty="No alert would be gained or lost.")
    say(
        f"{counted(found.read, 'item')} read: {len(found.statements_gained)} statements gained, "
        f"{len(found.statements_lost)} lost; {len(found.changes_gained)} changes gained, {len(found.changes_lost)} lost"
    )
    if found.outdated:
        say(
            f"{counted(found.outdated, 'of them was', 'of them were')} last read by other rules than those in force: "
            "part of the difference may be theirs; `volteface rules backfill` settles it"
        )
    for item, why in list(found.left.items())[:3]:
        say(f"item {item} could not be read: {why}")


def _put(label: str, lines: Sequence[str]) -> None:
    for line in lines[:_MOST_SHOWN]:
        put_text(f"{label}: {line}")
    if len(lines) > _MOST_SHOWN:
        say(f"… and {len(lines) - _MOST_SHOWN} more ({label}); --json has all")


def _said(statement: Statement) -> str:
    read = statement.read
    words = " ".join(read.evidence.text.split())
    return (
        f"{read.holder} {read.stance} {read.issue}, {statement.said_at:%Y-%m-%d}: “{words}” (item {statement.item_id})"
    )


def _moved(shift: Shift) -> str:
    found = shift.change
    status = f"{shift.was or 'not recorded'} → {shift.now or 'not there'}"
    return (
        f"{found.actor} on {found.issue}, {found.at:%Y-%m-%d}: {found.kind}, {found.before or 'none'} → "
        f"{found.after or 'none'} ({status})"
    )


def _who(word: str, told: Sequence[ToldOf]) -> Iterator[tuple[str, str, int, int]]:
    for subscription in sorted({one.subscription for one in told}):
        mine = [one for one in told if one.subscription == subscription]
        yield word, mine[0].subscriber, subscription, len(mine)

"""`volteface bench preview`: how long the first half of a preview takes, beside matching every item."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, put_json, put_table, say, talk

if TYPE_CHECKING:
    from monitor.bench.preview import Measured

Items = Annotated[int, typer.Option(min=1, max=1_000_000, help="Generated items, all of the last 30 days.")]


def register(group: typer.Typer) -> None:
    """Adds the command of this file."""
    group.command(name="preview")(preview)


def preview(
    items: Items = 50_000,
    words: Annotated[int, typer.Option(min=10, help="Words in each; 330 make some 2,000 characters.")] = 330,
    share: Annotated[float, typer.Option(min=0, max=1, help="Share of items with words of the draft.")] = 0.01,
    seed: Annotated[int, typer.Option(help="Seed of the generated texts.")] = 20250217,
    lang: Annotated[str, typer.Option(help="Language of the items and of the edit: en, de or fr.")] = "en",
    plain: Annotated[
        bool, typer.Option("--plain/--no-plain", help="Match every item, too: slow, and must find the same.")
    ] = True,
    as_json: JsonFlag = False,
) -> None:
    """Processor time until the items gained and lost by an edit of an issue are known, on a throw-away SQLite database.

    Example: [bold]volteface bench preview --items 5000[/]
    """
    from monitor.bench import preview as bench
    from monitor.bench.preview_words import WORDINGS
    from rules.loader import load_packs
    from storage.engine import Database

    if lang not in WORDINGS:
        raise CommandError(f"--lang {lang} is none of {', '.join(WORDINGS)}", Exit.USAGE)
    with tempfile.TemporaryDirectory(prefix="volteface-bench-") as folder:
        database = Database(f"sqlite:///{folder}/preview.db")
        database.upgrade()
        try:
            with Progress(console=talk(), transient=True) as bar:
                task = bar.add_task("Storing items", total=items)
                characters = bench.fill(
                    database, items, words, share, seed, lambda done: bar.update(task, completed=done), lang
                )
            measured = bench.measure(database, load_packs(), items, characters, plain=plain, lang=lang)
        finally:
            database.close()
    if as_json:
        put_json(measured)
    else:
        _put(measured)


def _put(measured: Measured) -> None:
    rows = [("preview, first", f"{measured.preview_s:.2f}"), ("preview, again", f"{measured.again_s:.2f}")]
    if measured.plain_s is not None:
        rows.append(("every item matched", f"{measured.plain_s:.2f}"))
    put_table(("way", "seconds of processor time"), rows, empty="")
    same = {True: "; both ways found the same", False: "; THE TWO WAYS DIFFER", None: ""}[measured.same]
    each = measured.characters / measured.items
    say(f"{measured.items} items, {each:.0f} characters each: {measured.gained} gained, {measured.lost} lost{same}")

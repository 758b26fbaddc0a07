"""`volteface bench judge`: stances on any subject, against labelled passages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.bench import judging
from monitor.bench.passages import Passage, PassagesInvalid, load
from monitor.cli.talk import JsonFlag, put_json, put_table, say
from monitor.positions.grammar.extractor import GrammarExtractor

HALVES = {"all": (0, 1), "odd": (0,), "even": (1,)}
"""Lines are counted from 1; what is left when their index from 0 is divided by two."""


def register(group: typer.Typer) -> None:
    """Adds the command of this file."""
    group.command()(judge)


def judge(
    file: Annotated[Path, typer.Argument(help="JSON lines of text and pairs of holder, proposition and label.")],
    half: Annotated[str, typer.Option(help="Which lines count: all, odd or even.")] = "all",
    as_json: JsonFlag = False,
) -> None:
    """Macro-F1 of the stances read in passages on any subject, each label on its own.

    Example: [bold]volteface bench judge pairs.jsonl --half odd[/]
    """
    if half not in HALVES:
        raise typer.BadParameter(f"write one of {', '.join(HALVES)}", param_hint="--half")
    try:
        passages = load(file)
    except (PassagesInvalid, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="FILE") from error
    chosen: list[Passage] = [passage for number, passage in enumerate(passages) if number % 2 in HALVES[half]]
    if not chosen:
        raise typer.BadParameter(f"no {half} line in {file}", param_hint="--half")
    found = judging.measure(chosen, GrammarExtractor())
    if as_json:
        put_json(found)
        return
    say(f"{len(chosen)} passages, {found[0].pairs} pairs")
    rows = [(w.way, f"{w.macro_f1:.3f}", "{:.3f} to {:.3f}".format(*w.interval), f"{w.accuracy:.3f}") for w in found]
    put_table(("way", "macro-F1", "95 % interval", "accuracy"), rows, empty="")
    labels = [
        (f.label, f.wanted, f.given, f"{f.precision:.3f}", f"{f.recall:.3f}", f"{f.f1:.3f}") for f in found[0].classes
    ]
    put_table(("label", "wanted", "given", "precision", "recall", "F1"), labels, empty="")

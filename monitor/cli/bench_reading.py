"""`volteface bench extract` and `reliability`: how well statements are read, against gold files."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.bench import calibration
from monitor.bench.drawing import Chart, Line
from monitor.bench.extraction import RESAMPLES, Extraction, Figure, measure
from monitor.bench.gold import Given, GoldError, GoldRow, Key, load_gold
from monitor.bench.reliability import Bin, reliability, shown
from monitor.bench.steps import StepShare, profile
from monitor.cli.boot import utc_now
from monitor.cli.documents import documents
from monitor.cli.extract import as_item
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.rules import Packs, loaded_rules
from monitor.cli.talk import JsonFlag, counted, put_json, put_table, put_text, say
from monitor.cli.written import write_text
from monitor.model.item import Item
from monitor.model.moment import parse_moment
from monitor.model.statement import ReadStatement
from monitor.positions.grammar.confidence import BELIEVED, features
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.grammar.stance import CueJudge
from monitor.positions.protocol import Candidate, Judgement
from rules.compiler import CompiledRules, compile_rules

Files = Annotated[list[Path], typer.Argument(metavar="DOCS...", help="Documents to read, as for `extract`.")]
Golds = Annotated[list[Path], typer.Option("--gold", help="Who holds what in them, JSON lines; may be given again.")]
Date = Annotated[str | None, typer.Option(help="Date of the documents that give none, as 2025-02-17; default: today.")]


def register(group: typer.Typer) -> None:
    """Adds the commands of this file."""
    group.command(name="extract")(extract)
    group.command(name="reliability")(measure_reliability)


def extract(
    files: Files,
    gold: Golds,
    packs: Packs = None,
    date: Date = None,
    resamples: Annotated[int, typer.Option(min=100, help="Resamples of the bootstrap.")] = RESAMPLES,
    with_profile: Annotated[bool, typer.Option("--profile", help="Also: where the time goes, step by step.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Precision, recall and F1 of what the grammar reads, by stance, with bootstrap intervals; speed and where it goes.

    Example: [bold]volteface bench extract news.jsonl --gold gold.jsonl --profile[/]
    """
    items, wanted, compiled = _items(files, date), _gold(gold), compile_rules(loaded_rules(packs))
    reader = GrammarExtractor()
    _read(items[:1], compiled, reader)  # word lists are loaded once, and are no part of the speed
    started = time.process_time()
    found = _read(items, compiled, reader)
    speed = len(items) / max(time.process_time() - started, 1e-9)
    _say_absent(items, wanted)
    given = [Given(_key(item, s), s.stance, round(s.confidence, 3)) for item, s in found if not s.withdraws]
    result = measure(wanted, given, resamples=resamples)
    steps = profile(lambda: _read(items, compiled, reader)) if with_profile else ()
    if as_json:
        put_json({"extraction": result, "items_per_second": speed, "steps": steps})
        return
    _put_extraction(result, steps)
    say(f"{counted(len(items), 'document')}, {speed:.0f} a second on one core (matching and reading, CPU time).")


def measure_reliability(
    files: Files,
    gold: Golds,
    packs: Packs = None,
    date: Date = None,
    expected: Annotated[
        float, typer.Option(min=0.3, max=0.95, help="Mean confidence that is honest on texts nobody has seen.")
    ] = 0.78,
    svg: Annotated[Path | None, typer.Option(help="Draw the reliability diagram in this file.")] = None,
    write: Annotated[Path | None, typer.Option(help="Write the fitted weights to this file, confidence.json.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Whether a confidence means what it says, and what a fit to all other documents would say.

    Example: [bold]volteface bench reliability news.jsonl --gold gold.jsonl --svg reliability.svg[/]
    """
    items, wanted = _items(files, date), _gold(gold)
    _say_absent(items, wanted)
    judged = _judged(items, wanted, compile_rules(loaded_rules(packs)))
    if len({one.example.document for one in judged}) < 2:
        raise CommandError("statements of at least two documents are needed, to leave one out", Exit.USAGE)
    examples = [one.example for one in judged]
    right = [e.right for e in examples]
    fitted = calibration.chosen(examples, BELIEVED)
    tables = {
        "as given": reliability([one.said for one in judged], right),
        "by a fit to all other documents": reliability(
            calibration.by_other_documents(examples, fitted.penalty, BELIEVED), right
        ),
    }
    kept = calibration.shifted(fitted, examples, expected)
    if svg is not None:
        write_text(svg, _diagram(tables))
    if write is not None:
        write_text(write, _weights(kept, expected, examples))
    if as_json:
        put_json({"tables": tables, "fitted": kept, "statements": len(examples), "right": sum(right)})
        return
    _put_reliability(tables, kept, examples, expected)


def _put_reliability(
    tables: dict[str, tuple[Bin, ...]],
    kept: calibration.Fitted,
    examples: Sequence[calibration.Example],
    expected: float,
) -> None:
    for name, table in tables.items():
        put_text(f"{name}\n{shown(table)}\n")
    put_table(("feature", "statements", "right", "log-odds"), _feature_rows(kept, examples), empty="")
    say(
        f"{counted(len(examples), 'statement')}, {sum(e.right for e in examples) / len(examples):.3f} right. Penalty "
        f"{kept.penalty:g}, chosen by leaving one document out; intercept {kept.intercept:.2f}, moved so that the mean "
        f"is {expected:g}: the rules were written with such documents in view."
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    said: float
    example: calibration.Example


class _NotingJudge:
    """The judge of the grammar, noting what it was asked."""

    def __init__(self) -> None:
        self._judge = CueJudge()
        self.noted: dict[tuple[str, str, str, int, str], frozenset[str]] = {}

    def judge(self, candidate: Candidate) -> Judgement:
        found = self._judge.judge(candidate)
        place = (candidate.holder, candidate.issue, candidate.evidence.field, candidate.evidence.start)
        self.noted.setdefault((*place, f"{candidate.attribution}: {found.why}"), features(candidate, found))
        return found


def _judged(items: Sequence[Item], gold: dict[Key, GoldRow], compiled: CompiledRules) -> list[_Judged]:
    """Each statement with whether the gold holds it; what is optional there is right, too."""
    known = {key[0] for key in gold}
    judged: list[_Judged] = []
    for item in items:
        judge = _NotingJudge()
        for _, s in _read([item], compiled, GrammarExtractor(judge)) if item.identity in known else ():
            row = gold.get(_key(item, s))
            right = row is not None and s.stance in row.right
            seen = judge.noted[(s.holder, s.issue, s.evidence.field, s.evidence.start, s.why)]
            judged.append(_Judged(s.confidence, calibration.Example(item.identity, seen, right)))
    return judged


def _items(files: Sequence[Path], date: str | None) -> list[Item]:
    try:
        moment: datetime = parse_moment(date) if date else utc_now()
    except ValueError:
        raise CommandError(f"--date {date} is no ISO 8601 date, such as 2025-02-17", Exit.USAGE) from None
    return [as_item(document, moment) for file in files for document in documents(file, None, moment)]


def _gold(files: Sequence[Path]) -> dict[Key, GoldRow]:
    try:
        return load_gold(*files)
    except GoldError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def _say_absent(items: Sequence[Item], gold: dict[Key, GoldRow]) -> None:
    absent = sorted({key[0] for key in gold} - {item.identity for item in items})
    if absent:
        say(f"The gold names documents that were not given; all that they hold counts as missed: {', '.join(absent)}.")


def _read(items: Sequence[Item], compiled: CompiledRules, reader: GrammarExtractor) -> list[tuple[Item, ReadStatement]]:
    return [
        (item, statement)
        for item in items
        for statement in reader.read(item, compiled.match(item.fields, item.day, item.lang), compiled.rules).statements
    ]


def _key(item: Item, statement: ReadStatement) -> Key:
    return item.identity, statement.holder, statement.issue


def _put_extraction(result: Extraction, steps: Sequence[StepShare]) -> None:
    def cell(figure: Figure) -> str:
        (low, high), (less, more) = figure.by_document, figure.by_item
        return f"{figure.value:.3f} ({low:.2f} to {high:.2f}; {less:.2f} to {more:.2f})"

    rows = [(m.name, m.wanted, m.given, m.hits, cell(m.precision), cell(m.recall), cell(m.f1)) for m in result.measures]
    put_table(("what", "wanted", "given", "right", "precision", "recall", "F1"), rows, empty="")
    put_text(f"\nstance right among pairs found {cell(result.stance_right)}")
    put_text("In brackets: bootstrap 95 % over documents; over items.")
    if steps:
        put_text("")
        put_table(("step", "share of time", "most in"), [(s.step, f"{s.share:.1%}", s.most) for s in steps], empty="")


def _feature_rows(fitted: calibration.Fitted, examples: Sequence[calibration.Example]) -> Iterator[Sequence[object]]:
    for name, weight in sorted(fitted.weights.items(), key=lambda pair: -pair[1]):
        here = [e.right for e in examples if name in e.features]
        yield name, len(here), f"{sum(here) / len(here):.2f}" if here else "", f"{weight:+.2f}"


def _diagram(tables: dict[str, tuple[Bin, ...]]) -> str:
    lines = tuple(
        Line(name.split(" ")[0], tuple((b.said, b.right) for b in table), tuple(b.interval for b in table))
        for name, table in tables.items()
    )
    return Chart(
        title="Reliability: the share that is right against the confidence given, with 95 % intervals",
        across="mean confidence",
        up="share that is right",
        span_across=(0.4, 1.0),
        span_up=(0.4, 1.0),
        lines=lines,
        diagonal=True,
    ).svg()


def _weights(fitted: calibration.Fitted, expected: float, examples: Sequence[calibration.Example]) -> str:
    found = {
        "expected": expected,
        "statements": len(examples),
        "documents": len({e.document for e in examples}),
        "penalty": fitted.penalty,
        "intercept": round(fitted.intercept, 3),
        "weights": {name: round(weight, 3) for name, weight in sorted(fitted.weights.items())},
    }
    return json.dumps(found, indent=2) + "\n"

"""`volteface explain`: why an item was read as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.boot import open_database, utc_now
from monitor.cli.documents import documents
from monitor.cli.extract import as_item, as_line, who_read
from monitor.cli.extractors import ExtractorOption, chosen_extractor
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.rules import Packs, loaded_rules
from monitor.cli.talk import JsonFlag, plain, put_json_line, put_text
from monitor.model.item import Item
from monitor.model.moment import parse_moment
from monitor.pipeline.measured import measured, records_in
from monitor.pipeline.read import with_repeated
from monitor.positions.explain import ExplainedSentence, Explanation, Step
from monitor.positions.explain import explain as explain_reading
from monitor.settings import Settings, load_settings
from rules.compiler import CompiledRules, compile_rules
from rules.model import Match
from storage.values import StoredReading


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(explain)


def explain(
    target: Annotated[str, typer.Argument(metavar="FILE|ITEM-ID", help="A file to read, or the id of a stored item.")],
    form: Annotated[
        str | None, typer.Option("--format", help="text, html, feed or jsonl; by default from the file's name.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Date of the documents that give none, as 2025-02-17; default: today.")
    ] = None,
    packs: Packs = None,
    by: ExtractorOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show, sentence by sentence, what was named and which words led to which statement, or why they led to none.

    Example: [bold]volteface explain article.txt --date 2025-02-17[/]
    """
    try:
        moment = parse_moment(date) if date else utc_now()
    except ValueError:
        raise CommandError(f"--date {date} is no ISO 8601 date, such as 2025-02-17", Exit.USAGE) from None
    settings = load_settings(extractor=by)
    with chosen_extractor(settings) as reader:
        for item, compiled, stored in _items(settings, target, form, moment, packs):
            matches = compiled.match(item.fields, item.day, item.lang, item.sources)
            reading = reader.read(item, matches, compiled.rules)
            reading = measured(reading, item, records_in(stored.records if stored else None)).reading
            found = explain_reading(item, matches, reading)
            if as_json:
                put_json_line({**_object(item, found), **who_read(reading)})
            else:
                readers = [*_as_stored(stored), *_by_record(stored), f"read by {reading.extractor} {reading.version}"]
                put_text(_page(item, found, readers))


def _as_stored(stored: StoredReading | None) -> Iterator[str]:
    """How the item was read when it was, where another extractor stood in."""
    if stored is not None and stored.wanted is not None:
        again = f"; again from {stored.again_at:%Y-%m-%d %H:%M} UTC" if stored.again_at else ""
        yield f"stored: read by {stored.extractor} in place of {stored.wanted}: {stored.fallback_reason}{again}"


def _by_record(stored: StoredReading | None) -> Iterator[str]:
    """By which verdicts on earlier readings the statements of a stored item count."""
    for name, records in ((stored.records if stored else None) or {}).items():
        for of, (right, judged) in records.items():
            yield f"weighed by {name} {of}: {right} of {judged} judged readings were right when it was read"


def _items(
    settings: Settings, target: str, form: str | None, moment: datetime, packs: list[Path] | None
) -> Iterator[tuple[Item, CompiledRules, StoredReading | None]]:
    """The items that are meant, each with the rules it is read by: for a stored one those in force there."""
    file = Path(target)
    if target.isascii() and target.isdigit() and not file.exists():
        if form or packs:
            raise CommandError("--format and --pack are for files; a stored item has its own", Exit.USAGE)
        yield _stored(settings, int(target))
        return
    if not file.exists():
        raise CommandError(
            f"{target} is neither a file nor the id of an item; `volteface items` shows the ids", Exit.NOT_FOUND
        )
    compiled = compile_rules(loaded_rules(packs))
    for document in documents(file, form, moment):
        yield as_item(document, moment), compiled, None


def _stored(settings: Settings, item_id: int) -> tuple[Item, CompiledRules, StoredReading | None]:
    database = open_database(settings)
    try:
        with database.view() as work:
            item = with_repeated(work, [work.items.get(item_id)])[0]
            return item, compile_rules(work.rules.current()), work.readings.live(item_id)
    finally:
        database.close()


def _page(item: Item, found: Explanation, readers: Sequence[str]) -> str:
    lines = [f"{item.id or item.identity}  {item.day}  {item.title}".rstrip()]
    lines.extend(f"  {line}" for line in readers)
    lines.extend(f"  note: {note}" for note in found.notes)
    for sentence in found.sentences:
        lines.extend(["", f"{sentence.field} {sentence.start}-{sentence.end}: {' '.join(sentence.text.split())}"])
        lines.extend(f"  {line}" for line in _lines(item, sentence))
    return "\n".join(lines) + "\n"


def _lines(item: Item, sentence: ExplainedSentence) -> Iterator[str]:
    for match in sentence.matches:
        words = item.fields[sentence.field][match.start : match.end]
        yield f"{match.kind}  {match.rule} ({_via(match)}): '{' '.join(words.split())}'"
    for step in sentence.steps:
        yield _conclusion(step)
    if sentence.nothing:
        yield f"left out  {sentence.nothing}"


def _via(match: Match) -> str:
    return f"{match.via}, line {match.line + 1}" if match.line >= 0 else str(match.via)


def _conclusion(step: Step) -> str:
    seen, statement = step.step, step.statement
    who = " on ".join(part for part in (seen.holder, seen.issue) if part)
    cues = f"; wordings: {', '.join(seen.cues)}" if seen.cues else ""
    if statement is None:
        return f"{seen.outcome}  {who}: {seen.why}{cues}"
    verb = "withdraws" if statement.withdraws else str(statement.stance)
    claimed = f", as {statement.claimed_by} says" if statement.claimed_by else ""
    counts = "" if statement.accuracy is None else f", counts as {statement.accuracy:.2f}"
    how = f"{statement.confidence:.2f}{counts}, said {statement.said_at:%Y-%m-%d}{claimed}"
    return f"statement  {statement.holder} {verb} {statement.issue} ({how}): {seen.why}{cues}"


def _object(item: Item, found: Explanation) -> dict[str, Any]:
    return {
        "doc": item.id or item.identity,
        "title": item.title,
        "date": item.day,
        "notes": found.notes,
        "sentences": [
            {
                "field": s.field,
                "start": s.start,
                "end": s.end,
                "text": s.text,
                "matches": [plain(m) for m in s.matches],
                "steps": [_step(item, step) for step in s.steps],
                "nothing": s.nothing or None,
            }
            for s in found.sentences
        ],
    }


def _step(item: Item, step: Step) -> dict[str, Any]:
    statement = as_line(str(item.id or item.identity), step.statement, None) if step.statement else None
    return {**plain(step.step), "statement": statement}

"""`volteface extract`: statements out of files, nothing stored."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.boot import utc_now
from monitor.cli.documents import Document, documents
from monitor.cli.extractors import ExtractorOption, chosen_extractor
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.rules import Packs, loaded_rules
from monitor.cli.talk import counted, put_json_line, say
from monitor.model.item import Item
from monitor.model.moment import parse_moment
from monitor.model.statement import Reading, ReadStatement
from monitor.positions.llm.reading import in_place_of
from monitor.settings import load_settings
from rules.compiler import compile_rules


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(extract)


def extract(
    files: Annotated[list[Path], typer.Argument(help="Files to read; - is standard input.")],
    form: Annotated[
        str | None, typer.Option("--format", help="text, html, feed or jsonl; by default from the file's name.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Date of the documents that give none, as 2025-02-17; default: today.")
    ] = None,
    packs: Packs = None,
    by: ExtractorOption = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Add the field's whole text to each line.")] = False,
    _json: Annotated[bool, typer.Option("--json", help="The output is JSON lines in any case.")] = True,
) -> None:
    """Print who holds which position in these documents, one JSON object a line. No statement is stored.

    Example: [bold]volteface extract article.txt --date 2025-02-17 | jq .evidence[/]
    """
    try:
        moment = parse_moment(date) if date else utc_now()
    except ValueError:
        raise CommandError(f"--date {date} is no ISO 8601 date, such as 2025-02-17", Exit.USAGE) from None
    compiled = compile_rules(loaded_rules(packs))
    read = found = 0
    with chosen_extractor(load_settings(extractor=by)) as reader:
        for document in (d for file in files for d in documents(file, form, moment)):
            item = as_item(document, moment)
            reading = reader.read(item, compiled.match(item.fields, item.day, item.lang, item.sources), compiled.rules)
            read += 1
            if reading.fallback is not None:
                say(f"{document.id}: {in_place_of(reading.extractor, reading.fallback)}")
            for statement in reading.statements:
                if statement.withdraws:
                    say(f"{document.id}: {statement.holder} withdraws on {statement.issue}: {statement.evidence.text}")
                    continue
                line = as_line(document.id, statement, item if with_text else None)
                put_json_line({**line, **who_read(reading)})
                found += 1
    say(f"{counted(read, 'document')} read, {counted(found, 'statement')}.")


def as_item(document: Document, seen_at: datetime) -> Item:
    """A document as an item that was never stored."""
    return Item(
        id=0,
        revision=1,
        story_id=0,
        feed_id=None,
        identity=document.id,
        url=document.url,
        title=document.title,
        text=document.text,
        published_at=document.date,
        seen_at=seen_at,
        lang=document.lang,
        publisher=document.publisher,
    )


def who_read(reading: Reading) -> dict[str, Any]:
    """Who made a reading, for machines; with the reason where it stands in for another."""
    return {
        "extractor": reading.extractor,
        "extractor_version": reading.version,
        "fallback_reason": reading.fallback.reason if reading.fallback else None,
    }


def as_line(doc: str, statement: ReadStatement, item: Item | None) -> dict[str, Any]:
    """A statement as `extract` prints it; `item` given: with the text of the field."""
    line = {
        "doc": doc,
        "actor": statement.holder,
        "issue": statement.issue,
        "stance": statement.stance,
        "confidence": round(statement.confidence, 3),
        "evidence": statement.evidence.text,
        "field": statement.evidence.field,
        "start": statement.evidence.start,
        "end": statement.evidence.end,
        "said_at": statement.said_at,
        "speaker": statement.speaker,
        "claimed_by": statement.claimed_by,
    }
    if item is not None:
        line["text"] = item.fields[statement.evidence.field]
    return line

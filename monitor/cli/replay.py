"""`volteface replay`: dated items through the whole pipeline on a throw-away database; prints the changes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from monitor.cli.boot import tracker, utc_now
from monitor.cli.documents import Document, documents
from monitor.cli.extractors import ExtractorOption, chosen_extractor
from monitor.cli.logs import set_up_logs
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.rules import Packs
from monitor.cli.talk import JsonFlag, counted, put_json, put_table, say, talk
from monitor.items.agencies import credited_agency
from monitor.items.identity import content_hash
from monitor.items.publisher import registered_domain
from monitor.model.item import NewItem
from monitor.model.position import Change
from monitor.model.statement import Statement
from monitor.pipeline.read import Reader
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.settings import load_settings
from storage.engine import Database


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(replay)


def replay(
    file: Annotated[
        Path, typer.Argument(help="JSON lines with id, date, text and optionally title, lang, publisher, url.")
    ],
    packs: Packs = None,
    by: ExtractorOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Send dated items through the whole pipeline, in the order of their dates, and print the changes.

    Example: [bold]volteface replay news.jsonl --json | jq '.[] | select(.status == "confirmed")'[/]
    """
    for pack in packs or ():
        if not pack.is_dir():
            raise CommandError(f"--pack {pack} is not a folder", Exit.USAGE)
    settings = load_settings(packs=tuple(packs) if packs else None, extractor=by)
    set_up_logs(settings.log_format)
    items = sorted(documents(file, "jsonl", utc_now()), key=lambda d: (d.date, d.id))
    with tempfile.TemporaryDirectory(prefix="volteface-replay-") as folder:
        database = Database(f"sqlite:///{folder}/replay.db")
        database.upgrade()
        try:
            book = RuleBook(database)
            book.install(settings.packs, utc_now())
            with chosen_extractor(settings) as chosen:
                reader = Reader(database, book, chosen, tracker(settings), Teller())
                statements = _run(database, reader, items)
            changes = _changes(database)
        finally:
            database.close()
    if as_json:
        put_json(changes)
    else:
        columns = ("at", "actor", "issue", "kind", "from", "to", "status")
        put_table(columns, [[c[k] for k in columns] for c in changes], empty="No changes.")
    confirmed = sum(c["status"] == "confirmed" for c in changes)
    say(
        f"{counted(len(items), 'item')}, {counted(statements, 'statement')}, {counted(len(changes), 'change')}, "
        f"{confirmed} of them confirmed."
    )


def _run(database: Database, reader: Reader, items: Sequence[Document]) -> int:
    statements = 0
    with Progress(console=talk(), transient=True) as progress:
        task = progress.add_task("Replaying", total=len(items))
        for _, day in groupby(items, key=lambda d: d.date.date()):
            batch = list(day)
            # What a day brings is known when the day is over.
            now = _day_after(batch[-1])
            with database.work() as work:
                work.items.add_all([_new_item(document, now) for document in batch])
            while (report := reader.step(now, limit=200)).items:
                statements += report.statements
                progress.advance(task, report.items)
    return statements


def _day_after(last: Document) -> datetime:
    try:
        return last.date + timedelta(days=1)
    except OverflowError:
        raise CommandError(f"{last.id}: its date {last.date:%Y-%m-%d} is the end of the calendar", Exit.USAGE) from None


def _new_item(document: Document, seen_at: datetime) -> NewItem:
    return NewItem(
        feed_id=None,
        identity=document.id,
        url=document.url,
        title=document.title,
        text=document.text,
        published_at=document.date,
        seen_at=seen_at,
        lang=document.lang,
        publisher=credited_agency(None, document.text) or document.publisher or registered_domain(document.url) or "",
        content_hash=content_hash(document.title, document.text),
    )


def _changes(database: Database) -> list[dict[str, Any]]:
    with database.view() as work:
        changes = work.positions.changes(limit=1_000_000)
        ids = {i for c in changes for i in (c.found.before_statement, c.found.after_statement, *c.found.support)}
        statements = work.statements.get([i for i in ids if i is not None])
        names = {s.item_id: work.items.get(s.item_id).identity for s in statements.values()}
    return [_row(c, statements, names) for c in sorted(changes, key=lambda c: (c.found.at, c.id))]


def _row(change: Change, statements: dict[int, Statement], names: dict[int, str]) -> dict[str, Any]:
    found = change.found
    before = statements.get(found.before_statement) if found.before_statement is not None else None
    after = statements.get(found.after_statement)
    support = [statements[i] for i in found.support if i in statements]
    return {
        "actor": found.actor,
        "issue": found.issue,
        "kind": found.kind,
        "from": found.before,
        "to": found.after,
        "at": found.at,
        "status": found.status,
        "evidence_before": before.read.evidence.text if before else None,
        "evidence_after": after.read.evidence.text if after else None,
        "items": list(dict.fromkeys(names[s.item_id] for s in support)),
    }

"""`volteface positions`, `changes`, `items`: what was found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from monitor.cli.boot import open_database
from monitor.cli.known import must_be_found
from monitor.cli.outcome import CommandError, Exit
from monitor.cli.talk import JsonFlag, counted, put_json, put_table
from monitor.model.moment import parse_moment
from monitor.model.position import Change, FoundPosition
from monitor.model.statement import Statement
from monitor.settings import load_settings

Actor = Annotated[str | None, typer.Option(help="Only this actor's, by id.")]
Issue = Annotated[str | None, typer.Option(help="Only on this issue, by id.")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(positions)
    app.command()(changes)
    app.command()(items)


def _moment(option: str, value: str | None) -> datetime | None:
    try:
        return parse_moment(value) if value else None
    except ValueError:
        raise CommandError(f"{option} {value} is no ISO 8601 date, such as 2025-02-17", Exit.USAGE) from None


def positions(
    actor: Actor = None,
    issue: Issue = None,
    at: Annotated[str | None, typer.Option(help="As they stood on this date, as 2025-05-01.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show who holds which position.

    Example: [bold]volteface positions --issue european-troops --at 2025-03-01[/]
    """
    moment = _moment("--at", at)
    settings = load_settings()
    database = open_database(settings)
    try:
        must_be_found(database, settings, actor, issue)
        with database.view() as work:
            found = held = work.positions.all(actor, issue)
            if moment:
                found = [_held(change) for change in work.positions.at(moment, actor, issue)]
    finally:
        database.close()
    if as_json:
        put_json(found)
        return
    rows = [(p.actor, p.issue, p.stance or "—", p.since, p.statements or "", p.pending) for p in found]
    columns = ("actor", "issue", "stance", "since", "statements", "pending")
    put_table(columns, rows, empty=_no_positions(at, held, narrowed=bool(actor or issue)))


def _no_positions(at: str | None, held: Sequence[FoundPosition], *, narrowed: bool) -> str:
    """Why there is no row: nothing was found at all, nothing of this, or nothing as early as this."""
    if at and held:
        return f"No position was held on {at}, as far as was found; {counted(len(held), 'position')} came later."
    if narrowed:
        return "No positions of this yet; they come with what is said."
    return "No positions yet; they come with the items of the first polls."


def _held(change: Change) -> FoundPosition:
    """What a change left its actor with."""
    found = change.found
    return FoundPosition(
        actor=found.actor, issue=found.issue, stance=found.after, since=found.at, statement=found.after_statement
    )


def changes(
    since: Annotated[str | None, typer.Option(help="Only those from this date on, as 2025-05-01.")] = None,
    actor: Actor = None,
    issue: Issue = None,
    limit: Limit = 100,
    as_json: JsonFlag = False,
) -> None:
    """Show who changed their position, newest first, with the words before and after.

    Example: [bold]volteface changes --since 2025-05-01 --json[/]
    """
    moment = _moment("--since", since)
    settings = load_settings()
    database = open_database(settings)
    try:
        must_be_found(database, settings, actor, issue)
        with database.view() as work:
            found = work.positions.changes(since=moment, actor=actor, issue=issue, limit=limit)
            ids = {i for c in found for i in (c.found.before_statement, c.found.after_statement) if i is not None}
            statements = work.statements.get(list(ids))
    finally:
        database.close()
    if as_json:
        put_json([_row(change, statements) for change in found])
        return
    columns = ("id", "at", "actor", "issue", "kind", "from", "to", "status", "words")
    rows = [
        (c.id, c.found.at, c.found.actor, c.found.issue, c.found.kind, c.found.before, c.found.after, c.found.status,
         _words(statements, c.found.after_statement))
        for c in found
    ]  # fmt: skip
    put_table(columns, rows, empty="No changes yet.")


def _words(statements: dict[int, Statement], statement: int | None) -> str:
    return statements[statement].read.evidence.text[:90] if statement in statements else ""


def _row(change: Change, statements: dict[int, Statement]) -> dict[str, Any]:
    found = change.found
    before = statements.get(found.before_statement) if found.before_statement is not None else None
    after = statements.get(found.after_statement)
    return {
        "id": change.id,
        "actor": found.actor,
        "issue": found.issue,
        "kind": found.kind,
        "from": found.before,
        "to": found.after,
        "at": found.at,
        "status": found.status,
        "silent": found.silent,
        "confidence": round(found.posterior, 4),
        "confirmed_at": found.confirmed_at,
        "recorded_at": change.recorded_at,
        "before": _quote(before),
        "after": _quote(after),
    }


def _quote(statement: Statement | None) -> dict[str, Any] | None:
    if statement is None:
        return None
    return {
        "holder": statement.read.holder,
        "evidence": statement.read.evidence.text,
        "said_at": statement.said_at,
        "publisher": statement.publisher,
        "title": statement.item_title,
        "url": statement.url,
    }


def items(
    query: Annotated[str | None, typer.Option(help="Words to search for in titles and texts.")] = None,
    limit: Limit = 50,
    as_json: JsonFlag = False,
) -> None:
    """Show or search the items, newest first.

    Example: [bold]volteface items --query 'peacekeepers'[/]
    """
    database = open_database(load_settings())
    with database.view() as work:
        found = work.items.search(query, limit, 0)
    database.close()
    if as_json:
        put_json(found)
        return
    rows = [(i.id, i.published_at, i.publisher, i.title or i.text[:80]) for i in found]
    put_table(("id", "published", "publisher", "title"), rows, empty="Nothing found.")

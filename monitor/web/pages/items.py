"""/items: full-text search by any filter, and one item with what was found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from monitor.api.names import Names
from monitor.api.parameters import Before, RowId, address
from monitor.model.item import Item
from monitor.model.statement import Statement
from monitor.net.mask import mask
from monitor.positions.read_as import caution
from monitor.web.desk import Desk
from monitor.web.excerpt import excerpt
from monitor.web.excerpt import marks as marks_of
from monitor.web.highlight import Mark, segments
from monitor.web.icons import feed_icons, icons_of
from monitor.web.items_asked import ItemsAsked, items_asked
from rules.model import Match, RuleKind, Via

PAGE = 50
MOST_COPIES = 100


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item matched a rule: the very words, and how often each occurs."""

    kind: RuleKind
    rule: str
    name: str
    via: Via
    words: tuple[tuple[str, int], ...]


def items_router(desk: Desk) -> APIRouter:
    """Search and single items."""
    router = APIRouter(prefix="/items", include_in_schema=False)

    def items(asked: Annotated[ItemsAsked, Depends(items_asked)], before: Before = None) -> HTMLResponse:
        with desk.database.view() as work:
            last_event = work.events.last_id()
            rules = work.rules.current()
            found = work.found_items.page(asked.choice(), PAGE + 1, before)
            feeds = work.feeds.all()
            icons, languages = icons_of(work, feeds), work.found_items.languages()
        query, shown = asked.query(), found[:PAGE]
        words = asked.words or ""
        values = {
            "last_event": None if query or before is not None else last_event,
            "asked": asked, "filtered": bool(query), "names": Names(rules), "items": shown, "icons": icons,
            "feeds": sorted(((feed.id, feed.title or mask(feed.url)) for feed in feeds), key=lambda f: f[1].casefold()),
            "languages": languages,
            "titles": {item.id: segments(item.title, marks_of(item.title, words)) for item in shown},
            "excerpts": {item.id: excerpt(item.text, words) for item in shown},
            "newest": None if before is None else address("/items", **query),
            "older": address("/items", **query, before=shown[-1].id) if len(found) > PAGE else None,
        }  # fmt: skip
        return desk.pages.page("items.html", values)

    def item(item_id: RowId) -> HTMLResponse:
        return desk.pages.page("item.html", item_values(desk, item_id))

    router.add_api_route("", items, methods=["GET", "HEAD"])
    router.add_api_route("/{item_id}", item, methods=["GET", "HEAD"])
    return router


def item_values(desk: Desk, item_id: int) -> dict[str, Any]:
    """What the page of an item shows. Raises NotFound."""
    with desk.database.view() as work:
        found = work.items.get(item_id)
        matches = work.items.matches(item_id)
        statements = work.statements.for_item(item_id)
        names = Names(work.rules.current())
        return {
            "names": names,
            "item": found,
            "feed_title": work.items.feed_title(item_id),
            "icons": feed_icons(work),
            "copies": work.found_items.copies(found, MOST_COPIES),
            "article": work.articles.of([item_id]).get(item_id),
            "title": segments(found.title, marks("title", found, matches, statements, names)),
            "text": segments(found.text, marks("text", found, matches, statements, names)),
            "reasons": reasons(found, matches, names),
            "statements": statements,
            "caution": caution(found.lang),
            "reading": work.readings.live(item_id),
        }


def marks(
    field: str, item: Item, matches: Iterable[Match], statements: Iterable[Statement], names: Names
) -> list[Mark]:
    """The spans to be marked in one field: where rules were found, and what statements rest on."""
    found = [
        Mark(m.start, m.end, m.kind.value, f"{m.kind.value}: {names.rule(m.kind, m.rule)} ({m.via.value})")
        for m in matches
        if m.field == field
    ]
    for statement in statements:
        evidence = statement.read.evidence
        if evidence.field == field and statement.revision == item.revision:
            holder, issue = names.actor(statement.read.holder), names.issue(statement.read.issue)
            says = f"{holder} {statement.read.stance.value}: {issue}"
            found.append(Mark(evidence.start, evidence.end, "evidence", says))
    return found


def reasons(item: Item, matches: Iterable[Match], names: Names) -> list[Reason]:
    """Why the item matched, by rule and the part of it that was found, in the order of first sight."""
    counted: dict[tuple[RuleKind, str, Via], Counter[str]] = {}
    for match in matches:
        words = item.fields[match.field][match.start : match.end]
        counted.setdefault((match.kind, match.rule, match.via), Counter())[words] += 1
    return [
        Reason(kind, rule, names.rule(kind, rule), via, tuple(words.most_common()))
        for (kind, rule, via), words in sorted(counted.items(), key=lambda entry: entry[0][0] is not RuleKind.ACTOR)
    ]

"""/api/items"""

from __future__ import annotations

from fastapi import APIRouter

from monitor.api.names import Names
from monitor.api.parameters import Limit, Offset, RowId, Words, address
from monitor.api.present import article_out, item_out, match_out, reading_out, statement_out
from monitor.api.problem import documented
from monitor.api.schema import ItemDetail, Items
from storage.engine import Database


def items_router(database: Database) -> APIRouter:
    """Items: full-text search, and one by its id."""
    router = APIRouter(prefix="/items", tags=["items"])

    @router.get("", responses=documented(422))
    def items(q: Words = None, limit: Limit = 50, offset: Offset = 0) -> Items:
        """Items that hold all the words, newest first; without words all of them."""
        with database.view() as work:
            found = work.items.search(q, limit + 1, offset)
        more = len(found) > limit
        following = address("/api/items", q=q, limit=limit, offset=offset + limit) if more else None
        return Items(items=[item_out(item) for item in found[:limit]], next=following)

    @router.get("/{item_id}", responses=documented(404, 422))
    def item(item_id: RowId) -> ItemDetail:
        """One item as it is now: its text, what the rules found in it and what was read from it."""
        with database.view() as work:
            found = work.items.get(item_id)
            matches = work.items.matches(item_id)
            statements = work.statements.for_item(item_id)
            reading = work.readings.live(item_id)
            article = work.articles.of([item_id]).get(item_id)
            names = Names(work.rules.current())
        return ItemDetail(
            **item_out(found).model_dump(),
            text=found.text,
            article=article_out(article),
            matches=[match_out(m, names) for m in matches],
            reading=reading_out(reading),
            statements=[statement_out(s, names) for s in statements],
        )

    return router

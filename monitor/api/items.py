"""/api/items and /api/stories"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from monitor.api.names import Names
from monitor.api.paging import Paged
from monitor.api.parameters import AnyId, RowId, Words
from monitor.api.present import article_out, item_out, match_out, reading_out, statement_out
from monitor.api.problem import documented
from monitor.api.schema import ItemDetail, Items
from storage.engine import Database
from storage.errors import NotFound


def items_router(database: Database) -> APIRouter:
    """Items: full-text search, and one by its id."""
    router = APIRouter(tags=["items"])

    @router.get("/items", summary="Items, newest first, by words", responses=documented(422))
    def items(
        page: Paged,
        q: Words = None,
        feed: Annotated[AnyId | None, Query(description="Only those that this feed brought.")] = None,
    ) -> Items:
        """Items that hold all the words, newest first; without words all of them."""
        with database.view() as work:
            found = work.listings.items(page.limit + 1, page.moment(), words=q, feed=feed)
        more, found = len(found) > page.limit, found[: page.limit]
        following = page.after(found[-1].published_at, found[-1].id) if more else None
        return Items(items=[item_out(item) for item in found], next=following)

    @router.get("/items/{item_id}", summary="One item with what was read from it", responses=documented(404, 422))
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


def stories_router(database: Database) -> APIRouter:
    """The copies of a story."""
    router = APIRouter(tags=["items"])

    @router.get("/stories/{story_id}", summary="The copies of one story", responses=documented(404, 422))
    def story(story_id: RowId, page: Paged) -> Items:
        """All items that tell one story in the same words; as evidence they count once."""
        with database.view() as work:
            found = work.listings.items(page.limit + 1, page.moment(), story=story_id)
        if not found and page.cursor is None:
            raise NotFound("story", story_id)
        more, found = len(found) > page.limit, found[: page.limit]
        following = page.after(found[-1].published_at, found[-1].id) if more else None
        return Items(items=[item_out(item) for item in found], next=following)

    return router

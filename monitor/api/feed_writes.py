"""/api/feeds, for operators: add, edit, pause, resume, remove, poll"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from starlette.responses import Response

from monitor.api.access import Caller, caller
from monitor.api.parameters import RowId
from monitor.api.present import feed_out
from monitor.api.problem import documented
from monitor.api.schema import FeedOut
from monitor.feeds.address import BadAddress, feed_address
from monitor.feeds.cadence import LONGEST_WAIT_S
from monitor.model.feed import FeedStatus
from monitor.pipeline.feed_changes import add_feed, edit_feed, pause_feed, poll_feed_now, remove_feed, resume_feed
from storage.engine import Database
from storage.errors import FeedExists
from storage.feed_edits import FeedSettings
from storage.work import Work

By = Annotated[Caller, Depends(caller)]
Line = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
Seconds = Annotated[int, Field(ge=1, le=LONGEST_WAIT_S)]


class NewFeed(BaseModel):
    """A feed to add. Whether there is one at the address is seen when it is polled, which is at once."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2_000, examples=["https://news.example/world.xml"])
    title: Line = Field(default="", examples=["World news"], description="Empty: what the feed calls itself.")
    folder: Line = Field(default="", examples=["europe"])


class Wanted(StrEnum):
    """What operators can make of a feed."""

    ACTIVE = "active"
    PAUSED = "paused"


class FeedEdit(BaseModel):
    """What is to change of a feed; what is not named stays. Null takes a setting back to the service's own."""

    model_config = ConfigDict(extra="forbid")

    status: Wanted | None = Field(default=None, examples=["paused"])
    title: Line | None = None
    folder: Line | None = Field(default=None, examples=["europe"])
    lang: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")] | None = Field(default=None, examples=["en"])
    publisher: Line | None = Field(default=None, examples=["news.example"])
    shortest_s: Seconds | None = Field(default=None, examples=[600])
    longest_s: Seconds | None = Field(default=None, examples=[3600])
    articles: bool | None = None

    @model_validator(mode="after")
    def _means_something(self) -> FeedEdit:
        if not self.model_fields_set:
            raise ValueError("says nothing that is to change")
        for name in ("status", "title", "folder"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null; leave it out to keep it")
        return self


class FeedWrites:
    """The operations. Each is one transaction, with its line in the audit log."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(self, new: NewFeed, who: By, response: Response) -> FeedOut:
        """Adds a feed, due at once. What it holds at its first poll is its baseline and alerts nobody."""
        try:
            url = feed_address(new.url)
        except BadAddress as bad:
            raise _invalid("url", str(bad)) from None
        try:
            with self._database.work() as work:
                feed = add_feed(work, url, new.title, new.folder, who.who, self._clock())
        except FeedExists as there:
            raise HTTPException(409, f"It is there already: feed {there.feed_id}.") from None
        response.headers["Location"] = f"/api/feeds/{feed.id}"
        return feed_out(feed, {})

    def edit(self, feed_id: RowId, edit: FeedEdit, who: By) -> FeedOut:
        """Changes what is named, pauses or resumes. Everything else stays as whoever set it last wanted it."""
        given = edit.model_dump(exclude_unset=True)
        status = given.pop("status", None)
        with self._database.work() as work:
            if given:
                self._settings(work, feed_id, given, who)
            feed = work.feeds.get(feed_id)
            if status == Wanted.PAUSED and feed.status is FeedStatus.ACTIVE:
                pause_feed(work, feed_id, who.who, self._clock())
            if status == Wanted.ACTIVE and feed.status is not FeedStatus.ACTIVE:
                resume_feed(work, feed_id, who.who, self._clock())
            return _shown(work, feed_id)

    def _settings(self, work: Work, feed_id: int, given: dict[str, Any], who: Caller) -> None:
        there = FeedSettings.of(work.feeds.get(feed_id))
        wanted = replace(there, **given)
        shortest, longest = wanted.shortest_s, wanted.longest_s
        if shortest is not None and longest is not None and shortest > longest:
            raise _invalid("longest_s", "must be at least as long as shortest_s")
        edit_feed(work, feed_id, there.mark, wanted, who.who, self._clock())

    def remove(self, feed_id: RowId, who: By) -> None:
        """Removes a feed. Its items stay: what a change cites is never lost."""
        with self._database.work() as work:
            remove_feed(work, feed_id, who.who, self._clock())

    def poll(self, feed_id: RowId, who: By) -> FeedOut:
        """Makes a feed due at once; a worker polls it at its next tick."""
        with self._database.work() as work:
            poll_feed_now(work, feed_id, who.who, self._clock())
            return _shown(work, feed_id)


def feed_writes_router(database: Database, clock: Callable[[], datetime]) -> APIRouter:
    """What operators do with feeds."""
    router = APIRouter(prefix="/feeds", tags=["feeds"])
    writes = FeedWrites(database, clock)
    body, one = documented(409, 413, 415, 422), documented(404, 422)
    router.add_api_route("", writes.add, methods=["POST"], status_code=201, summary="Add a feed", responses=body)
    router.add_api_route(
        "/{feed_id}", writes.edit, methods=["PATCH"], summary="Edit, pause or resume a feed",
        responses=documented(404, 413, 415, 422),
    )  # fmt: skip
    router.add_api_route(
        "/{feed_id}", writes.remove, methods=["DELETE"], status_code=204, summary="Remove a feed", responses=one
    )
    router.add_api_route(
        "/{feed_id}/poll", writes.poll, methods=["POST"], status_code=202, summary="Poll a feed now", responses=one
    )
    return router


def _shown(work: Work, feed_id: int) -> FeedOut:
    return feed_out(work.feeds.get(feed_id), work.feeds.item_counts())


def _invalid(name: str, what: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", name), "msg": what, "type": "value_error"}])

"""What the JSON looks like. Apart from the tables and from the stages' values: outsiders build on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from monitor.model.article import ArticleState
from monitor.model.feed import FeedStatus
from monitor.model.position import ChangeKind, ChangeStatus
from monitor.model.statement import Stance
from rules.model import RuleKind, Via

NEXT: Any = Field(
    description="The address of the next page; null at the end.",
    examples=["/api/changes?limit=2&cursor=WyI3ZjNhIiwxNzM5Nzg0NjAwMDAwMDAwLDEyXQ"],
)


class Named(BaseModel):
    """An actor or an issue."""

    id: str = Field(examples=["keir-starmer"])
    name: str = Field(examples=["Keir Starmer"])


class Issue(Named):
    """An issue; `proposition` is the sentence that is supported or opposed."""

    proposition: str = Field(examples=["European troops are sent to Ukraine to secure a ceasefire."])


class Issues(BaseModel):
    """All issues."""

    issues: list[Issue]


class ItemRef(BaseModel):
    """The item that a statement stands in. `url` is null when the feed gave no address that may be followed."""

    id: int
    title: str = Field(examples=["Starmer: Britain is ready to put troops on the ground"])
    url: str | None = Field(examples=["https://news.example/2025/02/17/starmer"])
    publisher: str = Field(examples=["news.example"])


class StatementOut(BaseModel):
    """Who holds which stance, and the words that show it.

    `start` and `end` are code points of `field` in that `revision` of the item. `claimed_by` is the actor who says so
    when it is not the holder. `confidence` is a probability.
    """

    id: int
    holder: Named
    issue: str = Field(examples=["troops-ukraine"])
    stance: Stance
    evidence: str = Field(examples=["We are ready to put our own troops on the ground"])
    field: str = Field(examples=["text"])
    start: int
    end: int
    confidence: float
    said_at: datetime
    seen_at: datetime
    speaker: str | None = Field(examples=["Sir Keir Starmer"])
    claimed_by: Named | None
    quoted: bool
    withdraws: bool
    revision: int
    item: ItemRef


class Statements(BaseModel):
    """A page of statements, newest first."""

    statements: list[StatementOut]
    next: str | None = NEXT


class ChangeOut(BaseModel):
    """A change of position. `from` and `to` are null where no position was or is known.

    `baseline` marks what was already published when watching began. `confidence` is the probability of the new
    position.
    """

    model_config = ConfigDict(populate_by_name=True)

    id: int
    key: str = Field(examples=["keir-starmer:troops-ukraine:3f2a9c"])
    actor: Named
    issue: Issue
    kind: ChangeKind
    stance_from: Stance | None = Field(alias="from")
    stance_to: Stance | None = Field(alias="to")
    status: ChangeStatus
    baseline: bool
    at: datetime
    confirmed_at: datetime | None
    recorded_at: datetime
    confidence: float
    before: StatementOut | None
    after: StatementOut


class ChangeDetail(ChangeOut):
    """A change with every statement that spoke for it, in the order they were said."""

    support: list[StatementOut]


class Changes(BaseModel):
    """A page of changes, newest first. `next` is the address of the next page; null at the end."""

    changes: list[ChangeOut]
    next: str | None = NEXT


class PositionOut(BaseModel):
    """What an actor holds on an issue. `probabilities` of each stance; `statement` is the newest that upholds it.

    Of a position in the past `statements`, their number, is null, and only the probability of its stance is known.
    """

    actor: Named
    issue: Issue
    stance: Stance | None
    pending: Stance | None
    since: datetime | None
    probabilities: dict[Stance, float]
    statements: int | None
    statement: StatementOut | None


class Positions(BaseModel):
    """Positions; `at` is the moment at which they held, null for now."""

    at: datetime | None
    positions: list[PositionOut]
    next: str | None = NEXT


class FeedOut(BaseModel):
    """A feed and how it is. Secrets within its address are masked.

    `polls` and `empty_polls` count recent successful polls and those among them without news; `rhythm_s` is the usual
    gap between the feed's entries in seconds. `articles` says whether whole articles are fetched; null follows the
    setting.
    """

    id: int
    title: str = Field(examples=["World news"])
    url: str = Field(examples=["https://news.example/world.xml"])
    site_url: str | None = Field(examples=["https://news.example/"])
    folder: str = Field(examples=["europe"])
    status: FeedStatus
    items: int
    interval_s: int
    added_at: datetime
    last_poll_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None
    next_poll_at: datetime | None
    failures: int
    last_error: str | None = Field(examples=["the server answered 503"])
    errors_since: datetime | None
    notice: str | None = Field(examples=["moved to https://news.example/all.xml"])
    polls: int
    empty_polls: int
    newest_entry_at: datetime | None
    rhythm_s: int | None
    articles: bool | None


class Feeds(BaseModel):
    """All feeds."""

    feeds: list[FeedOut]


class ItemOut(BaseModel):
    """An item without its text. `url` is null when the feed gave no address that may be followed."""

    id: int
    revision: int
    story: int
    feed: int | None
    title: str = Field(examples=["Starmer: Britain is ready to put troops on the ground"])
    url: str | None = Field(examples=["https://news.example/2025/02/17/starmer"])
    publisher: str = Field(examples=["news.example"])
    published_at: datetime
    seen_at: datetime
    lang: str | None = Field(examples=["en"])
    baseline: bool


class Items(BaseModel):
    """A page of items, newest first. `next` is the address of the next page; null at the end."""

    items: list[ItemOut]
    next: str | None = NEXT


class MatchOut(BaseModel):
    """Where a rule was found: code points of `field`, end exclusive."""

    kind: RuleKind
    rule: str = Field(examples=["keir-starmer"])
    name: str = Field(examples=["Keir Starmer"])
    via: Via
    field: str = Field(examples=["text"])
    start: int
    end: int


class ArticleOut(BaseModel):
    """The page behind an item. `note` says why it could not be had, or what is missing from it."""

    state: ArticleState
    note: str = Field(examples=["robots.txt does not allow it"])
    fetched_at: datetime | None


class ReadingOut(BaseModel):
    """Who read an item. Where `extractor` stood in for `wanted`, `fallback_reason` says why, and `again_at` when that
    one is asked again; null: never.
    """

    extractor: str = Field(examples=["grammar"])
    version: str = Field(examples=["9"])
    at: datetime
    wanted: str | None = Field(examples=["llm"])
    fallback_reason: str | None = Field(examples=["the endpoint did not answer in time"])
    again_at: datetime | None


class ItemDetail(ItemOut):
    """An item with its text, what the rules found in it and what was read from it.

    `article` is null where the page was not asked for.
    """

    text: str = Field(examples=["Sir Keir Starmer said on Sunday: “We are ready to put our own troops on the ground.”"])
    article: ArticleOut | None
    matches: list[MatchOut]
    reading: ReadingOut | None
    statements: list[StatementOut]

"""Which items a page is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from monitor.web.parameters import Blank, Day, Id, end_of, in_order, start_of
from storage.found_items import ItemChoice

Words = Annotated[Annotated[str, StringConstraints(max_length=500)] | None, Blank]
FeedId = Annotated[Annotated[int, Field(ge=1, le=2**63 - 1)] | None, Blank]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsAsked:
    """What is asked for; None is all. `words` as a search understands them; days are inclusive."""

    words: str | None = None
    actor: str | None = None
    issue: str | None = None
    feed: int | None = None
    lang: str | None = None
    since: date | None = None
    until: date | None = None

    def choice(self) -> ItemChoice:
        """What the repository is asked for."""
        return ItemChoice(
            words=self.words, actor=self.actor, issue=self.issue, feed=self.feed, lang=self.lang,
            since=None if self.since is None else start_of(self.since),
            until=None if self.until is None else end_of(self.until),
        )  # fmt: skip

    def query(self) -> dict[str, str]:
        """The same as an address spells it."""
        days = (None if day is None else day.isoformat() for day in (self.since, self.until))
        feed = None if self.feed is None else str(self.feed)
        given = zip(
            ("q", "actor", "issue", "feed", "lang", "since", "until"),
            (self.words, self.actor, self.issue, feed, self.lang, *days),
            strict=True,
        )
        return {key: value for key, value in given if value is not None}


def items_asked(
    q: Words = None,
    actor: Id = None,
    issue: Id = None,
    feed: FeedId = None,
    lang: Id = None,
    since: Day = None,
    until: Day = None,
) -> ItemsAsked:
    """What an address asks for."""
    in_order(since, until)
    return ItemsAsked(words=q, actor=actor, issue=issue, feed=feed, lang=lang, since=since, until=until)

"""A change as an entry of a feed: one id for good, a title, both quotes, and what became of it. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.alerts.clean import one_line
from monitor.alerts.layout import laid_out
from monitor.alerts.letter import Letter, Links, letter_of
from monitor.alerts.payload import change_data
from monitor.alerts.quoting import LONGEST_LINE, percent
from monitor.alerts.subject import subject_of
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.alert import AlertContent, Filter

BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
"""When a feed without entries was changed last."""

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change as a feed tells it: `links` to our pages, when it was recorded, when it became what it is."""

    content: AlertContent
    links: Links
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry, in words, which formats lay out from `letter`.

    `via` is the article that the new quote stands in.
    """

    id: str
    title: str
    summary: str
    letter: Letter
    link: str | None
    via: str | None
    published: datetime
    updated: datetime
    categories: tuple[tuple[str, str, str], ...]
    content: AlertContent

    @property
    def html(self) -> str:
        """The body without a style of its own, as readers bring theirs."""
        return laid_out("entry.html", letter=self.letter)

    @property
    def text(self) -> str:
        """The same as text, wrapped."""
        return laid_out("alert.txt", letter=self.letter)

    @property
    def data(self) -> Mapping[str, Any]:
        """The values: what webhooks call `data`."""
        return change_data(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """One document of a feed: its entries, last first, and where the others are.

    `address` is the document's own, `current` that of the newest entries (RFC 5005), `older` that of the document that
    goes on, None at the end. `also_as` is the same in the other format.
    """

    id: str
    title: str
    home: str
    address: str
    current: str
    older: str | None
    also_as: str
    entries: tuple[Entry, ...]
    texts: Texts = ENGLISH

    @property
    def is_archive(self) -> bool:
        """Whether the document holds older entries only."""
        return self.address != self.current

    @property
    def updated(self) -> datetime:
        """When the newest of its entries became what it is."""
        return max((entry.updated for entry in self.entries), default=BEGINNING)


def entry_of(told: Told, installation: uuid.UUID, *, label: str = "", texts: Texts = ENGLISH) -> Entry:
    """The entry for a change.

    `installation` names our database, as a change is ours alone. `label` marks what is invented.
    """
    content = told.content
    title = subject_of(content, label, texts)
    letter = letter_of(content, title, label, told.links, texts, lasting=True)
    return Entry(
        id=entry_id(installation, content.change_key),
        title=title,
        summary=_summary(letter),
        letter=letter,
        link=told.links.change,
        via=letter.blocks[-1].link,
        published=told.published,
        updated=max(told.updated, told.published),
        categories=(
            ("actor", content.actor_id, content.actor),
            ("issue", content.issue_id, content.issue),
            ("kind", content.change_kind, texts.kinds.get(content.change_kind, content.change_kind)),
        ),
        content=content,
    )


def entry_id(installation: uuid.UUID, change_key: str) -> str:
    """The id of a change's entry: the same in every feed, through corrections and moves to another host (RFC 4287)."""
    return uuid.uuid5(installation, f"change/{change_key}").urn


def feed_id(installation: uuid.UUID, of: str) -> str:
    """The id of a feed: of a filter in its canonical spelling, or of a subscription."""
    return uuid.uuid5(installation, f"feed/{of}").urn


def feed_title(wanted: Filter, actors: Sequence[str], issues: Sequence[str], texts: Texts = ENGLISH) -> str:
    """What a feed is called in a list of feeds: by all that its filter asks for, as far as it has room."""
    parts = [_named(actors, texts.feed_actors, texts), _named(issues, texts.feed_issues, texts)]
    parts += [texts.kinds.get(kind, kind) for kind in sorted(wanted.kinds)]
    if wanted.least_confidence > 0:
        parts.append(texts.feed_confidence.format(figure=percent(wanted.least_confidence, texts)))
    parts.append("" if wanted.commentators else texts.feed_official)
    parts.append(texts.feed_pending if wanted.pending else "")
    what = texts.comma.join(part for part in parts if part)
    return texts.feed_title_of.format(what=what) if what else texts.feed_title


def _named(names: Sequence[str], noun: str, texts: Texts) -> str:
    shown = [one_line(name, LONGEST_LINE) for name in sorted(names)]
    return texts.comma.join(shown) if len(shown) <= _MOST_NAMED else texts.feed_most.format(count=len(shown), what=noun)


def _summary(letter: Letter) -> str:
    said = letter.blocks[-1].words
    return " ".join(part for part in (letter.notice, letter.lead, said) if part)

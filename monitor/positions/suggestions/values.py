"""A suggestion: an edit of the rules that is offered with its evidence, and never makes itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.item import Item
from rules.model import AnyRule

MOST_PASSAGES = 3
"""Passages that are shown for a suggestion."""


class SuggestionKind(StrEnum):
    """NAME adds an actor, ALIAS a name to one, PHRASE a line to an issue's `about`, OFFICE changes who holds one."""

    NAME = "name"
    ALIAS = "alias"
    PHRASE = "phrase"
    OFFICE = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence of a stored item; `marks` are what matters in it: start and end in `text`, in code points."""

    item_id: int
    url: str | None
    title: str
    publisher: str
    published_at: datetime
    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What an operator is offered.

    `id` is the same at every run: it hangs on the kind and the subject. `items` and `publishers` count the evidence,
    `issues` are those near whose matter it stood, the most frequent first. `score` orders suggestions of one kind.
    `after` is the rule as accepting would have it, None where only a person can know what to write; `before` is what it
    was made from, None for a new rule. `would_gain` is how many stored items the edit would newly find, where
    that was looked up.
    """

    id: str
    kind: SuggestionKind
    subject: str
    summary: str
    items: int
    publishers: int
    issues: tuple[str, ...]
    passages: tuple[Passage, ...]
    score: float
    before: AnyRule | None = None
    after: AnyRule | None = None
    notes: tuple[str, ...] = ()
    would_gain: int | None = None


def suggestion_id(kind: SuggestionKind, *subject: str) -> str:
    """The stable name of a suggestion: its kind and ten hex digits over kind and subject."""
    digest = hashlib.sha256("\x1f".join((kind, *subject)).encode()).hexdigest()
    return f"{kind}-{digest[:10]}"


def passage(item: Item, field: str, start: int, end: int, marks: Iterable[tuple[int, int]]) -> Passage:
    """A stretch of an item's field; `marks` are offsets in the field, and what lies outside the stretch is left out."""
    text = item.fields[field][start:end]
    inside = sorted({(a - start, b - start) for a, b in marks if start <= a < b <= end})
    return Passage(
        item_id=item.id,
        url=item.url,
        title=item.title,
        publisher=item.publisher,
        published_at=item.published_at,
        text=text,
        marks=tuple(inside),
    )

"""Changes by everything that they can be looked for: who, what, how, when, and words of their quotes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from monitor.model.position import Change, ChangeKind, ChangeStatus
from storage.positions import change_of
from storage.repository import Repository
from storage.search import TERM
from storage.tables import ChangeRow, StatementRow
from storage.types import storable

MOST_TERMS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeChoice:
    """Which changes are looked for. None, or no kind, is all; an empty set of actors or issues finds nothing.

    `since` and `until` bound when it was said, both inclusive. `words`: every one of them, or "phrase", occurs in the
    quote before or after.
    """

    actors: frozenset[str] | None = None
    issues: frozenset[str] | None = None
    kind: ChangeKind | None = None
    status: ChangeStatus | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""


class ChosenChanges(Repository):
    """The stream of changes, those of a baseline too."""

    def page(self, choice: ChangeChoice, limit: int, before_id: int | None = None) -> list[Change]:
        """Changes, newest first by when it was said, from where the page before ended. Raises NotFound."""
        query = (
            select(ChangeRow)
            .where(*conditions(choice))
            .order_by(col(ChangeRow.at).desc(), col(ChangeRow.id).desc())
            .limit(limit)
        )
        if before_id is not None:
            end = self._row(ChangeRow, before_id, "change")
            query = query.where(
                or_(col(ChangeRow.at) < end.at, and_(col(ChangeRow.at) == end.at, col(ChangeRow.id) < end.id))
            )
        return [change_of(row) for row in self._session.exec(query)]


def conditions(choice: ChangeChoice) -> list[ColumnElement[bool]]:
    """The choice as conditions on a change's row."""
    found: list[ColumnElement[bool]] = []
    for column, wanted in ((col(ChangeRow.actor), choice.actors), (col(ChangeRow.issue), choice.issues)):
        if wanted is not None:
            found.append(column.in_(sorted(wanted)))
    if choice.kind is not None:
        found.append(col(ChangeRow.kind) == choice.kind.value)
    if choice.status is not None:
        found.append(col(ChangeRow.status) == choice.status.value)
    if choice.since is not None:
        found.append(col(ChangeRow.at) >= choice.since)
    if choice.until is not None:
        found.append(col(ChangeRow.at) <= choice.until)
    return [*found, *_said(choice.words)]


def _said(words: str) -> list[ColumnElement[bool]]:
    terms = [" ".join((phrase or word).split()) for _, phrase, word in TERM.findall(storable(words))[:MOST_TERMS]]
    quote = or_(
        col(StatementRow.id) == col(ChangeRow.after_statement), col(StatementRow.id) == col(ChangeRow.before_statement)
    )
    return [
        select(StatementRow.id).where(quote, _holds(col(StatementRow.text), term)).correlate(ChangeRow).exists()
        for term in terms
        if term
    ]


def _holds(text: Mapped[str], term: str) -> ColumnElement[bool]:
    """Whether the text holds the term, in capitals or not. SQLite folds ASCII only: other letters are spelled out."""
    spelled = dict.fromkeys((term, term.lower(), term.upper(), term[:1].upper() + term[1:].lower()))
    return or_(*(text.icontains(spelling, autoescape=True) for spelling in spelled))

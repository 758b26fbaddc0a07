"""Full-text search over items: how words are indexed and how what a user typed becomes a query that cannot fail.

SQLite keeps an FTS5 index over the revisions, maintained by triggers. PostgreSQL keeps a row of folded words to each
revision under a GIN index; folding happens here, so that it does not hang on the server's locale.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
)
from sqlmodel import Session, col

from storage.tables import ItemRevisionRow
from storage.types import storable

TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
MOST_TERMS = 32
MOST_INDEXED = 200_000
"""Characters of an item that PostgreSQL indexes: a tsvector holds 1 MB, a word of one letter costs up to 8 bytes."""

FTS5 = table("item_search", column("rowid", Integer), column("item_search"))
WORDS = table("item_search", column("revision_id", Integer), column("words"))
SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")

Term = tuple[str, bool]
"""Words that follow one another, and whether the last of them is only a beginning."""


def fold(words: str) -> str:
    """Words in lower case without diacritics, with single spaces between them and nothing else."""
    return plain("".join(c for c in unicodedata.normalize("NFKD", words).casefold() if not unicodedata.combining(c)))


def plain(words: str) -> str:
    """Words with single spaces between them and nothing else: no syntax of either database is left."""
    return " ".join("".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFC", words)).split())


def index_revisions(session: Session, said: Sequence[tuple[int, str, str]]) -> None:
    """Makes revisions (id, title, text) findable on PostgreSQL; on SQLite a trigger has done so already."""
    if said and session.get_bind().dialect.name == "postgresql":
        words = func.to_tsvector(SIMPLE, bindparam("folded", type_=Text()))
        query = insert(WORDS).values(revision_id=bindparam("revision", type_=BigInteger()), words=words)
        rows = [{"revision": number, "folded": fold(f"{title} {body}")[:MOST_INDEXED]} for number, title, body in said]
        session.connection().execute(query, rows)


def unindex_items(session: Session, item_ids: Collection[int]) -> None:
    """Takes all that the items said out of the index on PostgreSQL; on SQLite a trigger follows the words."""
    if session.get_bind().dialect.name == "postgresql":
        gone = select(col(ItemRevisionRow.id)).where(col(ItemRevisionRow.item_id).in_(item_ids))
        session.exec(delete(WORDS).where(WORDS.c.revision_id.in_(gone)))


def found_by(session: Session, query: str) -> ColumnElement[bool] | None:
    """The condition on a revision for what a user typed; None where that holds no word at all.

    All words must occur. "Quotation marks" hold a phrase together, a `*` at the end of a word finds what begins with
    it, and a `-` before a word or phrase excludes it. Everything else counts as space: no input is an error.
    """
    wanted, unwanted = _terms(query)
    if not wanted and not unwanted:
        return None
    if session.get_bind().dialect.name == "postgresql":
        return _postgresql(wanted, unwanted)
    return _sqlite(wanted, unwanted)


def _terms(query: str) -> tuple[list[Term], list[Term]]:
    """The plain terms that are wanted and unwanted, each with whether its last word is only a beginning."""
    sides: tuple[list[Term], list[Term]] = ([], [])
    for minus, phrase, word in TERM.findall(storable(query))[:MOST_TERMS]:
        words = plain(phrase or word)
        if words:
            sides[bool(minus)].append((words, word.endswith("*")))
    return sides


def _sqlite(wanted: list[Term], unwanted: list[Term]) -> ColumnElement[bool]:
    # Plain words hold no quotation mark, so within such marks nothing is syntax to FTS5, which folds them itself.
    def matching(terms: list[Term], joined: str) -> Select[int]:
        query = joined.join(f'"{words}"{"*" if begins else ""}' for words, begins in terms)
        return select(FTS5.c.rowid).where(FTS5.c.item_search.op("MATCH")(query))

    revision = col(ItemRevisionRow.id)
    conditions: list[ColumnElement[bool]] = []
    if wanted:
        conditions.append(revision.in_(matching(wanted, " AND ")))
    if unwanted:
        conditions.append(revision.not_in(matching(unwanted, " OR ")))
    return and_(*conditions)


def _postgresql(wanted: list[Term], unwanted: list[Term]) -> ColumnElement[bool]:
    # Folded words hold letters and digits only, so within apostrophes nothing is syntax to to_tsquery.
    def phrase(words: str, begins: bool) -> str:
        parts = [f"'{word}'" for word in fold(words).split()]
        return "(" + " <-> ".join(parts) + (":*" if begins else "") + ")"

    parts = [phrase(*term) for term in wanted] + [f"!{phrase(*term)}" for term in unwanted]
    query = func.to_tsquery(SIMPLE, " & ".join(parts))
    return col(ItemRevisionRow.id).in_(select(WORDS.c.revision_id).where(WORDS.c.words.op("@@")(query)))

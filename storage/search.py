"""Full-text search over items: how words are indexed and how what a user typed becomes a query that cannot fail.

SQLite keeps an FTS5 index over the revisions. They are put into it in the order of their ids some time after they were
stored, for that takes longer than to store them; what is not in it yet is looked through beside it, so that a search
misses nothing. Triggers take out what is removed. PostgreSQL keeps a row of folded words to each revision under a GIN
index; folding happens here, so that it does not hang on the server's locale.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Collection, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy import text as statement
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

TOKENIZER = "unicode61 remove_diacritics 2"
"""How SQLite's index takes words apart; migration 0001 made it so."""

_UNINDEXED = "FROM item_revision WHERE id > (SELECT coalesce(max(id), 0) FROM item_search_docsize)"
"""FTS5 keeps a row there to each row of the index, and revisions are put into it in the order of their ids."""

Term = tuple[str, bool]
"""Words that follow one another, and whether the last of them is only a beginning."""


def fold(words: str) -> str:
    """Words in lower case without diacritics, with single spaces between them and nothing else."""
    return plain("".join(c for c in unicodedata.normalize("NFKD", words).casefold() if not unicodedata.combining(c)))


def plain(words: str) -> str:
    """Words with single spaces between them and nothing else: no syntax of either database is left."""
    return " ".join("".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFC", words)).split())


def index_revisions(session: Session, said: Sequence[tuple[int, str, str]]) -> None:
    """Makes revisions (id, title, text) findable on PostgreSQL; on SQLite `index_rest` does so later."""
    if said and session.get_bind().dialect.name == "postgresql":
        words = func.to_tsvector(SIMPLE, bindparam("folded", type_=Text()))
        query = insert(WORDS).values(revision_id=bindparam("revision", type_=BigInteger()), words=words)
        rows = [{"revision": number, "folded": fold(f"{title} {body}")[:MOST_INDEXED]} for number, title, body in said]
        session.connection().execute(query, rows)


def index_rest(session: Session, limit: int) -> int:
    """Puts the oldest revisions that are not in SQLite's index into it, so many at most; gives how many it were."""
    if session.get_bind().dialect.name != "sqlite":
        return 0
    rest = f"INSERT INTO item_search (rowid, title, text) SELECT id, title, text {_UNINDEXED} ORDER BY id LIMIT :limit"
    return session.connection().execute(statement(rest), {"limit": limit}).rowcount


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
    return _sqlite(session, wanted, unwanted)


def _terms(query: str) -> tuple[list[Term], list[Term]]:
    """The plain terms that are wanted and unwanted, each with whether its last word is only a beginning."""
    sides: tuple[list[Term], list[Term]] = ([], [])
    for minus, phrase, word in TERM.findall(storable(query))[:MOST_TERMS]:
        words = plain(phrase or word)
        if words:
            sides[bool(minus)].append((words, word.endswith("*")))
    return sides


def _sqlite(session: Session, wanted: list[Term], unwanted: list[Term]) -> ColumnElement[bool]:
    # Plain words hold no quotation mark, so within such marks nothing is syntax to FTS5, which folds them itself.
    def matching(terms: list[Term], joined: str) -> str:
        return joined.join(f'"{words}"{"*" if begins else ""}' for words, begins in terms)

    queries = [matching(terms, joined) for terms, joined in ((wanted, " AND "), (unwanted, " OR ")) if terms]
    rest = session.connection().execute(statement(f"SELECT id, title, text {_UNINDEXED}")).all()
    found = [_anywhere(query, ids) for query, ids in zip(queries, _found_in(rest, queries), strict=True)]
    if unwanted:
        found[-1] = ~found[-1]
    return and_(*found)


def _anywhere(query: str, among_the_rest: Sequence[int]) -> ColumnElement[bool]:
    """Whether a revision is found in the index, or was found outside."""
    revision = col(ItemRevisionRow.id)
    indexed = revision.in_(select(FTS5.c.rowid).where(FTS5.c.item_search.op("MATCH")(query)))
    if not among_the_rest:
        return indexed
    listed = func.json_each(literal(json.dumps(list(among_the_rest)))).table_valued(column("value", BigInteger()))
    return or_(indexed, revision.in_(select(listed.c.value)))


def _found_in(rest: Sequence[Any], queries: Sequence[str]) -> list[list[int]]:
    """Which of these revisions (id, title, text) SQLite's index would find by each query, were they in it."""
    if not rest:
        return [[] for _ in queries]
    with closing(sqlite3.connect(":memory:")) as aside:
        aside.execute(f"CREATE VIRTUAL TABLE said USING fts5(title, text, content='', tokenize='{TOKENIZER}')")
        aside.executemany("INSERT INTO said (rowid, title, text) VALUES (?, ?, ?)", map(tuple, rest))
        found = "SELECT rowid FROM said WHERE said MATCH ?"
        return [[number for (number,) in aside.execute(found, (query,))] for query in queries]


def _postgresql(wanted: list[Term], unwanted: list[Term]) -> ColumnElement[bool]:
    # Folded words hold letters and digits only, so within apostrophes nothing is syntax to to_tsquery.
    def phrase(words: str, begins: bool) -> str:
        parts = [f"'{word}'" for word in fold(words).split()]
        return "(" + " <-> ".join(parts) + (":*" if begins else "") + ")"

    parts = [phrase(*term) for term in wanted] + [f"!{phrase(*term)}" for term in unwanted]
    query = func.to_tsquery(SIMPLE, " & ".join(parts))
    return col(ItemRevisionRow.id).in_(select(WORDS.c.revision_id).where(WORDS.c.words.op("@@")(query)))

"""The words of a query: what a piece of text between spaces stands for, and what is refused lest it be misread."""

from __future__ import annotations

import re

from rules.fold import fold_wording
from rules.query_tree import Term, Word
from rules.tokens import words_of

MOST_DISTANCE = 100
SHORTEST_PREFIX = 2
_FIELD = re.compile(r"[a-z]+:(?=.)")
_NEAR_LIKE = re.compile(r"near(/.*)?", re.IGNORECASE)
_OTHER_NOT = re.compile(r"[-!](?=\w)")


class QueryInvalid(ValueError):  # noqa: N818 - the name says what the query is
    """A query that is not understood, or refused. `column` counts from 1; `remedy` says what to write instead."""

    def __init__(self, column: int, message: str, remedy: str) -> None:
        super().__init__(f"column {column}: {message}; {remedy}")
        self.column = column
        self.message = message
        self.remedy = remedy


def refuse_reserved(word: str, column: int) -> None:
    """Refuses what looks like an operator and is none, so that nothing is taken for a word in silence."""
    if _NEAR_LIKE.fullmatch(word) and (word.isupper() or "/" in word):
        raise QueryInvalid(column, f"{word} is not understood", f"write NEAR/n with n from 0 to {MOST_DISTANCE}")
    if word.startswith("BEFORE/"):
        raise QueryInvalid(column, "BEFORE/n is not in the language", "use NEAR/n, or a phrase")
    if _OTHER_NOT.match(word):
        raise QueryInvalid(column, f"“{word[0]}” does not negate", f"write NOT {word[1:]}")
    if word.startswith("="):
        raise QueryInvalid(column, "“=” is not in the language", "leave it out")
    if word in ("&", "&&", "|", "||"):
        raise QueryInvalid(column, f"“{word}” is no operator", "write AND or OR")
    field = _FIELD.match(word)
    if field and not word.startswith("://", field.end() - 1):
        raise QueryInvalid(column, f"“{field[0]}” looks like a field, which the language does not have", "leave it out")


def term_of(pieces: list[tuple[str, int]], column: int, exact: bool) -> Term:
    """A word or phrase from its pieces between spaces, each with its column. Raises QueryInvalid."""
    words: list[Word] = []
    for piece, at in pieces:
        words.extend(_words(piece, at, exact))
    return Term(tuple(words), column)


def _words(piece: str, column: int, exact: bool) -> list[Word]:
    """A piece between spaces as words: most are one; “cease-fire” and “U.S.” are two in a row."""
    stripped = piece.rstrip(".,;:!?'’")
    prefix = stripped.endswith("*")
    body = stripped.removesuffix("*")
    if "*" in body:
        raise QueryInvalid(column + piece.index("*"), "“*” inside a word", "“*” stands at a word's end only")
    texts = words_of(fold_wording(body))
    if not texts:
        raise QueryInvalid(column, f"“{piece[:40]}” holds no letter or digit", "write a word")
    if prefix and not body[-1].isalnum():
        raise QueryInvalid(column, f"“{piece[:40]}”: “*” must follow a letter or digit", "write the word's beginning")
    if prefix and len(texts[-1]) < SHORTEST_PREFIX:
        raise QueryInvalid(
            column,
            f"“{piece[:40]}” would match nearly everything",
            f"write at least {SHORTEST_PREFIX} letters before “*”",
        )
    words = [Word(text, exact=exact) for text in texts]
    return [*words[:-1], Word(texts[-1], prefix=True)] if prefix else words

"""The words of a query: what a piece of text between spaces stands for, and what is refused lest it be misread."""

from __future__ import annotations

import re

from rules.fold import fold_wording
from rules.query_tree import Term, Word
from rules.tokens import words_of

MOST_DISTANCE = 100
SHORTEST_PREFIX = 2
FIELDS = ("title", "text", "source", "lang", "actor", "issue")
"""What may stand before a colon. `stem:` may too, at the beginning of a query."""
_FIELD = re.compile(r"[a-zA-Z]+:(?=.)")
_NEAR_LIKE = re.compile(r"(near|before)(/.*)?", re.IGNORECASE)
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
    near = _NEAR_LIKE.fullmatch(word)
    if near and (word.isupper() or "/" in word):
        name = near[1].upper()
        raise QueryInvalid(column, f"{word} is not understood", f"write {name}/n with n from 0 to {MOST_DISTANCE}")
    if _OTHER_NOT.match(word):
        raise QueryInvalid(column, f"“{word[0]}” does not negate", f"write NOT {word[1:]}")
    if word.startswith("="):
        raise QueryInvalid(column, "“=” stands before nothing", "write =word, or =“a phrase”")
    if word in ("&", "&&", "|", "||"):
        raise QueryInvalid(column, f"“{word}” is no operator", "write AND or OR")
    field = _FIELD.match(word)
    if field and not word.startswith("://", field.end() - 1):
        _refuse_field(field[0], column)


def _refuse_field(field: str, column: int) -> None:
    name = field.removesuffix(":").lower()
    if name == "stem":
        raise QueryInvalid(column, "“stem:” is not understood here", "write stem:off at the beginning, or =word")
    known = ", ".join(f"{known}:" for known in FIELDS)
    message = f"“{field}” looks like a field, which the language does not have"
    raise QueryInvalid(column, message, f"write {name}: with something behind it" if name in FIELDS else f"use {known}")


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
    if body.endswith("*"):
        raise QueryInvalid(column + piece.index("**"), "“**” says no more than “*”", "write one “*”")
    if "*" in body:
        return [_with_inner(body, prefix, piece, column)]
    texts = words_of(fold_wording(body))
    if not texts:
        raise QueryInvalid(column, f"“{piece[:40]}” holds no letter or digit", "write a word")
    if prefix and not body[-1].isalnum():
        raise QueryInvalid(column, f"“{piece[:40]}”: “*” must follow a letter or digit", "write the word's beginning")
    if prefix:
        _refuse_short(texts[-1], piece, column)
    words = [Word(text, exact=exact) for text in texts]
    return [*words[:-1], Word(texts[-1], prefix=True)] if prefix else words


def _with_inner(body: str, prefix: bool, piece: str, column: int) -> Word:
    """A word with `*` between its letters, as `organi*ation`."""
    inside = body.split("*")
    if not inside[0]:
        remedy = "write the word's beginning before “*”"
        raise QueryInvalid(
            column, f"“{piece[:40]}” begins with “*”, which every word would have to be tried for", remedy
        )
    parts = []
    for part in inside:
        texts = words_of(fold_wording(part))
        if len(texts) != 1 or not (part[0].isalnum() and part[-1].isalnum()):
            remedy = "write letters on both sides of “*”, and other words apart"
            raise QueryInvalid(column + piece.index("*"), f"“{piece[:40]}”: “*” stands within one word only", remedy)
        parts.append(texts[0])
    _refuse_short(parts[0], piece, column)
    return Word("*".join(parts), prefix=prefix, inner=True)


def _refuse_short(beginning: str, piece: str, column: int) -> None:
    if len(beginning) < SHORTEST_PREFIX:
        raise QueryInvalid(
            column,
            f"“{piece[:40]}” would match nearly everything",
            f"write at least {SHORTEST_PREFIX} letters before “*”",
        )

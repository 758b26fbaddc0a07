"""Phrases with alternatives in them: “(peacekeeping OR stabilisation) force” is two phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from rules.query_words import QueryInvalid

MOST_ALTERNATIVES = 64
"""A phrase that stands for more phrases than this is refused: they multiply with each pair of parentheses."""

Piece = tuple[str, int]
"""A word of a phrase and its column."""
Wording = tuple[Piece, ...]

_TOKEN = re.compile(r"[()]|[^\s()]+")


def wordings_of(inside: str, column: int) -> list[Wording]:
    """The phrases that the text between two quotation marks stands for. `column` is that of its first character.

    Raises QueryInvalid: parentheses that do not close, that hold nothing, or too many alternatives.
    """
    tokens = [(found[0], column + found.start()) for found in _TOKEN.finditer(inside)]
    stream = iter(tokens)
    wordings = _row(stream, None)[0]
    if len(wordings) == 1 and not wordings[0]:
        raise QueryInvalid(column - 1, "an empty phrase", "write words between the quotation marks")
    return wordings


def _row(stream: Iterator[Piece], opened: int | None) -> tuple[list[Wording], bool]:
    """Reads words and groups up to OR, “)” or the end; the wordings, and whether OR stands behind them."""
    rows: list[Wording] = [()]
    for text, at in stream:
        if text == "(":
            rows = _longer(rows, _group(stream, at), at)
        elif text == ")":
            if opened is None:
                raise QueryInvalid(at, "“)” closes nothing in the phrase", "leave it out")
            return _whole(rows, opened), False
        elif text == "OR" and opened is not None:
            return _whole(rows, opened), True
        else:
            rows = [(*row, (text, at)) for row in rows]
    if opened is not None:
        raise QueryInvalid(opened, "the parenthesis that opens here is not closed in the phrase", "add “)”")
    return rows, False


def _whole(rows: list[Wording], opened: int) -> list[Wording]:
    if not all(rows):
        raise QueryInvalid(opened, "an alternative without words", "write words on both sides of OR")
    return rows


def _group(stream: Iterator[Piece], opened: int) -> list[Wording]:
    found: list[Wording] = []
    more = True
    while more:
        rows, more = _row(stream, opened)
        found.extend(rows)
    return found


def _longer(rows: list[Wording], group: list[Wording], at: int) -> list[Wording]:
    if len(rows) * len(group) > MOST_ALTERNATIVES:
        remedy = f"keep to {MOST_ALTERNATIVES} phrases in one; write several joined by OR"
        raise QueryInvalid(at, "too many alternatives in a phrase", remedy)
    return [(*row, *more) for row, more in product(rows, group)]

"""Lists of actors and issues: what a search finds in them, and their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from rules.fold import fold_wording
from storage.timelines import Tally


class Listed(Protocol):
    """A line of a list."""

    @property
    def name(self) -> str:
        """Under which it stands."""
        ...

    @property
    def known(self) -> Tally | None:
        """What is known of it."""
        ...


Line = TypeVar("Line", bound=Listed)


def found_by(q: str | None, words: Iterable[str]) -> bool:
    """Whether each word of the query begins a word somewhere; case and accents do not count."""
    there = " ".join(folded(word) for word in words).split()
    return all(any(word.startswith(wanted) for word in there) for wanted in folded(q or "").split())


def folded(text: str) -> str:
    """Words without case and accents; whatever is no letter or digit parts them."""
    return "".join(c if c.isalnum() else " " for c in fold_wording(text))


def listed(lines: Sequence[Line]) -> list[Line]:
    """By name, those of which nothing is known last."""
    return sorted(lines, key=lambda line: (line.known is None, folded(line.name)))

"""Whether one query finds every item that another finds: what makes a line superfluous, or a NOT deadly."""

from __future__ import annotations

from collections.abc import Callable

from rules.query_tree import And, Near, Node, Or, Term, Within, Word
from rules.tokens import ENGLISH, stemmer


class Coverage:
    """Answers for trees under one Snowball algorithm. Sound, and not complete: a yes is sure, a no may be a maybe.

    Answers are kept by the nodes' identities, which is a hundred times cheaper than hashing whole trees; so the trees
    must live as long as this.
    """

    def __init__(self, algorithm: str = ENGLISH) -> None:
        self._stem: Callable[[str], str] = stemmer(algorithm)
        self._known: dict[tuple[int, int], bool] = {}

    def covers(self, wide: Node, narrow: Node) -> bool:
        """Whether every item that `narrow` matches is matched by `wide`."""
        key = (id(wide), id(narrow))
        if key not in self._known:
            self._known[key] = wide == narrow or self._by_narrow(wide, narrow) or self._by_wide(wide, narrow)
        return self._known[key]

    def _by_narrow(self, wide: Node, narrow: Node) -> bool:
        match narrow:
            case Or(parts):
                return all(self.covers(wide, part) for part in parts)
            case And(wanted):
                return any(self.covers(wide, part) for part in wanted)
            case Near(parts):
                return any(self.covers(wide, part) for part in parts)
            case Within(_, part):
                return self.covers(wide, part)
            case _:
                return False

    def _by_wide(self, wide: Node, narrow: Node) -> bool:
        match wide:
            case Or(parts):
                return any(self.covers(part, narrow) for part in parts)
            case And(wanted, unwanted):
                excluded = narrow.unwanted if isinstance(narrow, And) else ()
                return all(self.covers(part, narrow) for part in wanted) and all(
                    any(self.covers(known, part) for known in excluded) for part in unwanted
                )
            case Near() if isinstance(narrow, Near):
                return self._near(wide, narrow)
            case Within(name, part) if isinstance(narrow, Within):
                return name == narrow.name and self.covers(part, narrow.part)
            case Term() if isinstance(narrow, Term):
                return self._term(wide, narrow)
            case _:
                return False

    def _near(self, wide: Near, narrow: Near) -> bool:
        return (
            len(wide.parts) == len(narrow.parts)
            and all(a >= b for a, b in zip(wide.distances, narrow.distances, strict=True))
            and all(b or not a for a, b in zip(wide.orders, narrow.orders, strict=True))
            and all(self.covers(a, b) for a, b in zip(wide.parts, narrow.parts, strict=True))
        )

    def _term(self, wide: Term, narrow: Term) -> bool:
        length = len(wide.words)
        return any(
            all(self._word(a, b) for a, b in zip(wide.words, narrow.words[at : at + length], strict=True))
            for at in range(len(narrow.words) - length + 1)
        )

    def _word(self, wide: Word, narrow: Word) -> bool:
        if wide == narrow:
            return True
        if wide.inner or narrow.inner:
            return False
        if wide.prefix:
            whole = narrow.exact or narrow.prefix or self._stem(narrow.text).startswith(wide.text)
            return whole and narrow.text.startswith(wide.text)
        if wide.exact or narrow.prefix:
            return False
        return self._stem(wide.text) == self._stem(narrow.text)

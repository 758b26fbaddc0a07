"""How a query was understood, as an outline that can be drawn: for the operator who wonders why it finds so much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.automaton import END, STEM, WORD, Automaton, Row, Slots
from rules.query_tree import And, Has, Named, Near, Node, Or, Term, Within, Word, terms_of
from rules.tokens import algorithm_for


@dataclass(frozen=True, slots=True)
class Outline:
    """One line of the drawing and what hangs below it."""

    label: str
    below: tuple[Outline, ...] = ()


def outline(root: Node, lang: str | None = None) -> Outline:
    """What a query asks for, in words, as it is looked for in items of a language (English when it is not given)."""
    automaton = Automaton((), terms_of(root), algorithm_for(lang))
    return _Drawing(automaton).of(root)


class _Drawing:
    def __init__(self, automaton: Automaton) -> None:
        self._slots: Mapping[Term, Slots] = automaton.slots
        self._texts = automaton.texts

    def of(self, node: Node) -> Outline:
        match node:
            case Term():
                return Outline(self._term(node))
            case And(wanted, unwanted):
                excluded = tuple(Outline("and nowhere in the item", (self.of(part),)) for part in unwanted)
                if len(wanted) == 1:
                    return Outline("in the item", (self.of(wanted[0]), *excluded))
                return Outline("all of these in the item", (*map(self.of, wanted), *excluded))
            case Or(parts):
                return Outline("any of these", tuple(map(self.of, parts)))
            case Near():
                return self._near(node)
            case Within(name, part):
                return Outline(f"in the {name} only", (self.of(part),))
            case Named(kind, rule):
                return Outline(f"where {'the' if kind == 'actor' else 'the matter of the'} {kind} {rule} is named")
            case Has(trait, value):
                return Outline(f"items in {value}" if trait == "lang" else f"items published by {value}, or below it")

    def _near(self, node: Near) -> Outline:
        below = [self.of(node.parts[0])]
        for part, distance, ordered in zip(node.parts[1:], node.distances, node.orders, strict=True):
            words = "no word" if distance == 0 else "1 word" if distance == 1 else f"{distance} words"
            side = "behind it" if ordered else "on either side"
            below.append(Outline(f"{side}, with at most {words} between", (self.of(part),)))
        return Outline("near each other in one paragraph", tuple(below))

    def _term(self, term: Term) -> str:
        wanted = " ".join(_written(word) for word in term.words)
        found = " + ".join(" | ".join(self._row(row) for row in slot) for slot in self._slots[term])
        kind = "the word" if len(term.words) == 1 else "the phrase"
        return f"{kind} “{wanted}”: {found}"

    def _row(self, row: Row) -> str:
        words = ", ".join(map(self._pattern, row))
        return f"({words})" if len(row) > 1 else words

    def _pattern(self, number: int) -> str:
        """A pattern in words: `troops` exactly, `troop…`, or any word of the stem ~troop."""
        text = self._texts[number]
        if text.startswith(STEM):
            return f"stem {text.strip(STEM + END)}"
        if text.endswith(STEM):
            return f"exactly {text.strip(WORD + STEM)}"
        if text.endswith(END):
            return f"words like {text.strip(WORD + END)}"
        return f"words that begin with {text.removeprefix(WORD)}"


def _written(word: Word) -> str:
    return f"{'=' if word.exact else ''}{word.text}{'*' if word.prefix else ''}"

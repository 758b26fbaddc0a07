"""Wordings of a language and where they stand among the tokens of a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.positions.grammar.inflection import Inflection
from monitor.positions.grammar.tokens import PLAIN, Token, Writing, tokenize

if TYPE_CHECKING:
    from monitor.positions.grammar.language import CueClass

GAP = "…"
MOST_BETWEEN = 3
MOST_FORMS = 64


@dataclass(frozen=True, slots=True)
class Wording:
    """Folded words in a row; `GAP` stands for up to three words, a final `*` for any ending. `parted`: a verb, then the
    prefix that it has left behind ("lehnt ab").
    """

    words: tuple[str, ...]
    verb: bool = False
    parted: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Cue:
    """A wording found: token indexes, end exclusive. `base` is the wording as found in the data."""

    start: int
    end: int
    kind: CueClass
    base: str
    verb: bool = False


def parse_wording(
    text: str, inflection: Inflection, where: str, problems: list[str], writing: Writing = PLAIN
) -> list[Wording]:
    """All wordings that an entry stands for. What is wrong goes to `problems`."""
    choices: list[tuple[str, ...]] = []
    for piece in text.split():
        if piece in (GAP, "..."):
            choices.append((GAP,))
        elif piece.startswith("~"):
            forms = inflection.forms(piece[1:])
            if len(forms) == 1:
                problems.append(
                    f"{where}: '{text}': no rule gives forms of '{piece[1:]}'; put '~' before the verb, "
                    "or add a rule to language.yaml: inflection"
                )
            choices.append(tuple(writing.fold(form) for form in forms))
        else:
            star = piece.endswith("*")
            parts = [token.fold for token in tokenize(piece.removesuffix("*"), writing)]
            choices.extend((part,) for part in parts[:-1])
            if parts:
                choices.append((parts[-1] + ("*" if star else ""),))
    if not choices or choices[0] == (GAP,) or choices[-1] == (GAP,):
        problems.append(f"{where}: '{text}' begins or ends with a gap; write words there")
        return []
    parted = frozenset(form for choice in choices for form in choice if " " in form)
    made: list[tuple[str, ...]] = [()]
    for choice in choices:
        made = [(*head, *word.split(" ")) for head in made for word in choice]
    if len(made) > MOST_FORMS:
        problems.append(f"{where}: '{text}' has more than {MOST_FORMS} forms; inflect one word only")
        return []
    verb = text.lstrip().startswith("~")
    return [Wording(words, verb, verb and " ".join(words[:2]) in parted) for words in made]


class CueTable:
    """Wordings by their first word."""

    def __init__(self, wordings: Iterable[tuple[CueClass, Wording]]) -> None:
        self._exact: dict[str, list[tuple[Wording, CueClass]]] = defaultdict(list)
        self._prefix: dict[str, list[tuple[Wording, CueClass]]] = defaultdict(list)
        self._shortest, self._longest = 99, 0
        wordings = list(wordings)
        self.first_words = frozenset(wording.words[0] for _, wording in wordings)
        for kind, wording in wordings:
            first = wording.words[0]
            if first.endswith("*"):
                self._prefix[first[:-1]].append((wording, kind))
                self._shortest = min(self._shortest, len(first) - 1)
                self._longest = max(self._longest, len(first) - 1)
            else:
                self._exact[first].append((wording, kind))

    def find(self, tokens: Sequence[Token]) -> list[Cue]:
        """All wordings in a sentence's tokens; of those of one kind that overlap only the longest."""
        found: list[Cue] = []
        for index, token in enumerate(tokens):
            for wording, kind in self._beginning(token.fold):
                end = _end_of(wording.words, tokens, index)
                if end:
                    found.append(Cue(index, end, kind, " ".join(wording.words), wording.verb))
        return _longest(found)

    def _beginning(self, folded: str) -> Iterable[tuple[Wording, CueClass]]:
        yield from self._exact.get(folded, ())
        for length in range(self._shortest, min(len(folded), self._longest) + 1):
            yield from self._prefix.get(folded[:length], ())


def _fits(pattern: str, folded: str) -> bool:
    return folded.startswith(pattern[:-1]) if pattern.endswith("*") else folded == pattern


def _end_of(words: tuple[str, ...], tokens: Sequence[Token], index: int) -> int:
    """The index past the wording that begins at `index`, or 0. A gap never crosses a mark."""
    at = index + 1
    position = 1
    while position < len(words):
        if words[position] == GAP:
            position += 1
            for _ in range(MOST_BETWEEN + 1):
                if at >= len(tokens) or not tokens[at].is_word or _fits(words[position], tokens[at].fold):
                    break
                at += 1
        if at >= len(tokens) or not _fits(words[position], tokens[at].fold):
            return 0
        at += 1
        position += 1
    return at


def _longest(cues: list[Cue]) -> list[Cue]:
    """Without those that lie inside a longer one of any kind, or of the same kind and place."""
    cues.sort(key=lambda cue: (cue.start, -cue.end))
    kept: list[Cue] = []
    reach = -1
    widest: Cue | None = None
    for cue in cues:
        inside = widest is not None and cue.end <= reach and (cue.start, cue.end) != (widest.start, widest.end)
        if not inside:
            if cue not in kept[-8:]:
                kept.append(cue)
            if cue.end > reach:
                reach, widest = cue.end, cue
    return kept

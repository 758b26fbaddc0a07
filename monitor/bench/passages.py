"""Passages with labelled pairs of holder and proposition, and rules made from such a pair on the spot.

A file holds one JSON object a line: `{"text": "…", "pairs": [{"holder": "…", "proposition": "…", "label": "…"}]}`; a
label is "supports", "opposes", "conditional" or "none". Other keys are passed over. A holder is named as in the text; a
proposition is any sentence that may be true, and it need share no word with the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from monitor.positions.grammar.language import CueClass, Language
from monitor.positions.grammar.tokens import Token, tokenize
from rules.model import ActorKind, ActorRule, IssueRule, RuleSet

LABELS = ("supports", "opposes", "conditional", "none")
TURNS = (CueClass.REVERSE, CueClass.OPPOSE, CueClass.EXCLUDE, CueClass.NEGATION, CueClass.BAD)
SHORTEST = 4
"""Letters of a word that names a matter, if it is not written with a capital."""


class PassagesInvalid(ValueError):  # noqa: N818 - named for what it says, as RulesInvalid
    """A file that holds no such passages: its message names the line and what to write."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Who may hold what, and what a reader says of it."""

    holder: str
    proposition: str
    label: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with its pairs."""

    text: str
    pairs: tuple[Pair, ...]


def load(path: Path) -> list[Passage]:
    """The passages of a file, in order. Raises PassagesInvalid, and OSError when it cannot be read."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            found.append(_passage(line, f"{path}: line {number}"))
    if not found:
        raise PassagesInvalid(f"{path}: holds no passages; write one JSON object a line")
    return found


def _passage(line: str, where: str) -> Passage:
    try:
        row = json.loads(line)
        pairs = tuple(Pair(str(p["holder"]), str(p["proposition"]), str(p["label"])) for p in row["pairs"])
        text = row["text"]
    except (ValueError, TypeError, KeyError) as error:
        raise PassagesInvalid(
            f'{where}: write {{"text": …, "pairs": [{{"holder", "proposition", "label"}}]}}'
        ) from error
    wrong = next((pair.label for pair in pairs if pair.label not in LABELS), None)
    if wrong is not None or not isinstance(text, str):
        raise PassagesInvalid(f"{where}: label {wrong!r}: write one of {', '.join(LABELS)}")
    return Passage(text, pairs)


def rules_of(passage: Passage, language: Language) -> tuple[RuleSet, dict[str, str], dict[str, tuple[str, bool]]]:
    """Rules for the pairs of one passage, the actor of each holder, and the issue of each proposition with whether the
    proposition turns its matter round ("The army is given up": whoever gives it up supports that).
    """
    actors = {f"a{n}": h for n, h in enumerate(dict.fromkeys(p.holder for p in passage.pairs))}
    names = {token.fold for holder in actors.values() for token in tokenize(holder, language.writing)}
    issues: dict[str, tuple[str, bool]] = {}
    made: dict[str, IssueRule] = {}
    for number, proposition in enumerate(dict.fromkeys(p.proposition for p in passage.pairs)):
        words, turned = _taken_apart(proposition, names, language)
        issues[proposition] = (f"i{number}", turned)
        if words:
            about = tuple(f"{word}*" if len(word) > SHORTEST else word for word in words)
            made[f"i{number}"] = IssueRule(f"i{number}", proposition, proposition, about)
    rules = {key: ActorRule(key, holder, _kind(holder), aliases=_aliases(holder)) for key, holder in actors.items()}
    return RuleSet(actors=rules, issues=made, version="pairs"), {h: key for key, h in actors.items()}, issues


def _kind(holder: str) -> ActorKind:
    words = holder.split()
    person = len(words) > 1 and all(word[0].isupper() for word in words) and words[0] != "The"
    return ActorKind.PERSON if person else ActorKind.INSTITUTION


def _aliases(holder: str) -> tuple[str, ...]:
    words = [word for word in holder.split() if word.casefold() not in ("the", "a", "an")]
    short = " ".join(words)
    surname = words[-1] if len(words) > 1 and words[-1][0].isupper() else short
    return tuple(dict.fromkeys(alias for alias in (short, surname) if alias and alias != holder))


def _taken_apart(proposition: str, names: Iterable[str], language: Language) -> tuple[tuple[str, ...], bool]:
    """The words that name the matter, and whether the proposition says that it ends, fails or is not so."""
    tokens = tokenize(proposition, language.writing)
    cues = language.cues.find(tokens)
    turns = {(cue.start, cue.end) for cue in cues if cue.kind in TURNS}
    bearing = {i for cue in cues if cue.kind in TURNS or cue.verb for i in range(cue.start, cue.end)}
    known = set(names)
    kept = [t for i, t in enumerate(tokens) if _names(t, i == 0, language) and i not in bearing and t.fold not in known]
    spare = [t for i, t in enumerate(tokens) if _names(t, i == 0, language) and t.fold not in known]
    return tuple(dict.fromkeys(_stem(token.fold) for token in kept or spare)), len(turns) % 2 == 1


def _names(token: Token, first: bool, language: Language) -> bool:
    small = any(token.fold in words for words in language.words.values())
    capital = token.is_upper and not first
    return token.is_word and token.fold.isalpha() and not small and (len(token.fold) >= SHORTEST or capital)


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > SHORTEST else word

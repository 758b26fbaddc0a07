"""How a language is written and ordered, and how well it is read: the parts of language.yaml that are no word lists.

`languages/README.md` explains each key with an example.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from monitor.model.share import wilson
from monitor.positions.grammar.tokens import Writing

ENDINGS = ("adverb", "participle", "gerund", "infinitive", "verb")
WRITING = {"accents", "enclitics", "elisions", "quotes", "nouns_capitalised", "ordinal_dot"}
ORDER = {"verb_second", "drops_subjects", "names_modify_nouns"}
ACCURACY = {"right", "statements", "expected", "conditional", "measured_on", "read_as"}
GOOD_FROM, FAIR_FROM = 0.85, 0.75
"""Shares of right statements from which a language counts as read well, or fairly."""


class ReadAs(StrEnum):
    """How well a language is read, as readers of the product are told."""

    GOOD = "good"
    FAIR = "fair"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What was measured on sentences that nobody had seen: of `statements` read so many were `right`; `expected` were
    to be read. 0 where nothing was measured. `read_as` is what readers are told; it follows from the counts.
    """

    right: int = 0
    statements: int = 0
    expected: int = 0
    measured_on: str = ""
    read_as: ReadAs = ReadAs.LOW

    @property
    def precision(self) -> tuple[float, float]:
        """The ends of the 95 % interval of the share of right statements, by Wilson (1927); 0 to 1 unmeasured."""
        return wilson(self.right, self.statements) if self.statements else (0.0, 1.0)

    @property
    def ceiling(self) -> float:
        """The middle of that interval: no statement in the language is surer than this."""
        return sum(self.precision) / 2

    def low(self, language: str) -> str:
        """That a language of this name is read with low accuracy, and what was measured; "" where it is read better."""
        if self.read_as is not ReadAs.LOW:
            return ""
        measured = f": of {self.statements} statements read in {self.measured_on} {self.right} were right"
        return f"{language} is read with low accuracy{measured if self.statements else ''}"


def told(right: int, statements: int) -> ReadAs:
    """What readers are told, by the lower end of the interval: "low" below 0.75, "good" from 0.85 on."""
    low = round(wilson(right, statements)[0], 2) if statements else 0.0
    return ReadAs.GOOD if low >= GOOD_FROM else ReadAs.FAIR if low >= FAIR_FROM else ReadAs.LOW


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of one language. `quotes` gives for each mark that opens a quotation the one that closes it."""

    writing: Writing = field(default_factory=Writing)
    quotes: Mapping[str, str] = field(default_factory=dict)
    endings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nouns_capitalised: bool = False
    ordinal_dot: bool = False
    verb_second: bool = False
    drops_subjects: bool = False
    names_modify_nouns: bool = False
    accuracy: Accuracy = field(default_factory=Accuracy)


def parse_traits(base: Mapping[str, Any], problems: list[str]) -> Traits:
    """From language.yaml; what is wrong goes to `problems`, each with the key and what to write."""
    writing = _section(base, "writing", WRITING, problems)
    order = _section(base, "order", ORDER, problems)
    endings = _section(base, "endings", set(ENDINGS), problems)
    accents = writing.get("accents", "drop")
    if accents not in ("keep", "drop"):
        problems.append("language.yaml: writing: accents: write 'keep' or 'drop'")
    enclitics = _list(writing, "enclitics", "writing", problems)
    keep = accents == "keep"
    fold = Writing(keep_accents=keep).fold
    return Traits(
        writing=Writing(
            keep_accents=keep,
            enclitics=tuple(sorted((fold(e) for e in enclitics), key=len, reverse=True)),
            elisions=frozenset(e.casefold().rstrip("'’") for e in _list(writing, "elisions", "writing", problems)),
        ),
        quotes=_quotes(writing.get("quotes"), problems),
        endings={kind: tuple(map(fold, _list(endings, kind, "endings", problems))) for kind in ENDINGS},
        nouns_capitalised=_flag(writing, "nouns_capitalised", "writing", problems),
        ordinal_dot=_flag(writing, "ordinal_dot", "writing", problems),
        verb_second=_flag(order, "verb_second", "order", problems),
        drops_subjects=_flag(order, "drops_subjects", "order", problems),
        names_modify_nouns=_flag(order, "names_modify_nouns", "order", problems),
        accuracy=_accuracy(base, problems),
    )


def _section(base: Mapping[str, Any], key: str, known: set[str], problems: list[str]) -> Mapping[str, Any]:
    section = base.get(key, {})
    if not isinstance(section, dict):
        problems.append(f"language.yaml: {key}: write 'key: value' lines under it")
        return {}
    problems.extend(
        f"language.yaml: {key}: unknown key '{name}'; known are {', '.join(sorted(known))}"
        for name in section
        if name not in known
    )
    return section


def _list(section: Mapping[str, Any], key: str, name: str, problems: list[str]) -> list[str]:
    entries = section.get(key, [])
    if isinstance(entries, list) and all(isinstance(entry, str) and entry for entry in entries):
        return entries
    problems.append(f"language.yaml: {name}: {key}: write a list of words, each in quotation marks, or []")
    return []


def _flag(section: Mapping[str, Any], key: str, name: str, problems: list[str]) -> bool:
    value = section.get(key, False)
    if not isinstance(value, bool):
        problems.append(f"language.yaml: {name}: {key}: write true or false")
        return False
    return value


def _quotes(entries: object, problems: list[str]) -> dict[str, str]:
    pairs = entries if isinstance(entries, list) else None
    if pairs is None or not all(isinstance(p, list) and len(p) == 2 and all(map(_is_mark, p)) for p in pairs):
        problems.append('language.yaml: writing: quotes: write pairs of marks that open and close, as [["„", "“"]]')
        return {}
    return dict(pairs)


def _is_mark(mark: object) -> bool:
    return isinstance(mark, str) and len(mark) == 1


def _accuracy(base: Mapping[str, Any], problems: list[str]) -> Accuracy:
    section = _section(base, "accuracy", ACCURACY, problems)
    counts: dict[str, int] = {}
    for key in ("right", "statements", "expected"):
        value = section.get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            problems.append(f"language.yaml: accuracy: {key}: write how many, such as 21")
            value = 0
        counts[key] = value
    if counts["right"] > min(counts["statements"], max(counts["expected"], counts["right"])):
        problems.append(
            "language.yaml: accuracy: right: more than were read; write how many of `statements` were right"
        )
        counts["right"] = counts["statements"]
    conditional = section.get("conditional", [0, 0, 0])
    if not (isinstance(conditional, list) and len(conditional) == 3 and all(isinstance(n, int) for n in conditional)):
        problems.append("language.yaml: accuracy: conditional: write [right, read, to be read], such as [3, 3, 7]")
    due = told(counts["right"], counts["statements"])
    if section.get("read_as", due.value) != due.value:
        problems.append(f"language.yaml: accuracy: read_as: the counts make it '{due.value}'; write that")
    return Accuracy(**counts, measured_on=str(section.get("measured_on", "")), read_as=due)

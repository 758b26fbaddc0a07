"""How a language is written and ordered, and how well it is read: the parts of language.yaml that are no word lists.

`languages/README.md` explains each key with an example.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from monitor.positions.grammar.tokens import Writing

ENDINGS = ("adverb", "participle", "gerund", "infinitive", "verb")
WRITING = {"accents", "enclitics", "elisions", "quotes", "nouns_capitalised", "ordinal_dot"}
ORDER = {"verb_second", "drops_subjects", "names_modify_nouns"}
ACCURACY = {"precision", "recall", "conditional", "sample", "measured_on", "read_as"}


class ReadAs(StrEnum):
    """How well a language is read, as readers of the product are told."""

    GOOD = "good"
    FAIR = "fair"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What was measured on rows that nobody had seen: shares 0..1, `sample` rows, and what `conditional` reached.

    None where nothing was measured. `read_as` is what readers are told.
    """

    precision: float | None = None
    recall: float | None = None
    conditional: float | None = None
    sample: int = 0
    measured_on: str = ""
    read_as: ReadAs = ReadAs.GOOD


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
    shares: dict[str, float | None] = {}
    for key in ("precision", "recall", "conditional"):
        value = section.get(key)
        share = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
        if value is not None and not share:
            problems.append(f"language.yaml: accuracy: {key}: write a share from 0 to 1, such as 0.74")
        shares[key] = float(value) if share and value is not None else None
    sample = section.get("sample", 0)
    if not isinstance(sample, int) or sample < 0:
        problems.append("language.yaml: accuracy: sample: write how many rows were read, such as 40")
        sample = 0
    told = section.get("read_as", "low")
    if told not in set(ReadAs):
        problems.append("language.yaml: accuracy: read_as: write good, fair or low: what readers are told")
        told = "low"
    return Accuracy(**shares, sample=sample, measured_on=str(section.get("measured_on", "")), read_as=ReadAs(told))

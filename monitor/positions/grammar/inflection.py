"""Forms of a word by the rules in language.yaml, so that cue lists are written in base forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """For words that end in one of `ends`: cut letters off and add each ending, for each (cut, endings)."""

    ends: tuple[str, ...]
    changes: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Inflection:
    """Regular rules, first fit, and irregular forms by base."""

    rules: tuple[Rule, ...]
    irregular: Mapping[str, tuple[str, ...]]
    links: tuple[str, ...] = ()

    @staticmethod
    def parse(rules: object, irregular: object, problems: list[str], links: Sequence[str] = ()) -> Inflection:
        """From YAML; what is wrong goes to `problems`. `links` stand between a prefix and its verb ("ab-zu-lehnen")."""
        parsed: list[Rule] = []
        for number, entry in enumerate(rules if isinstance(rules, list) else [], start=1):
            try:
                parsed.append(Rule(tuple(entry["ends"]), tuple(_changes(entry))))
            except (KeyError, TypeError, ValueError):
                problems.append(f"language.yaml: inflection: entry {number}: write {{ends: [..], cut: 0, add: [..]}}")
        forms: dict[str, tuple[str, ...]] = {}
        for base, words in (irregular if isinstance(irregular, dict) else {}).items():
            if isinstance(words, list) and all(isinstance(word, str) for word in words):
                forms[str(base)] = tuple(words)
            else:
                problems.append(f"language.yaml: irregular: {base}: write a list of forms")
        return Inflection(tuple(parsed), forms, tuple(str(link) for link in links))

    def forms(self, base: str) -> tuple[str, ...]:
        """All forms, the base first. "ab|lehnen" leaves its prefix behind: "ablehnt", "abzulehnen", "lehnt ab"."""
        prefix, parted, verb = base.partition("|")
        if parted:
            joined = (prefix + form for form in self.forms(verb))
            apart = (f"{form} {prefix}" for form in self.forms(verb))
            return tuple(dict.fromkeys((*joined, *(f"{prefix}{link}{verb}" for link in self.links), *apart)))
        if base in self.irregular:
            return (base, *self.irregular[base])
        for rule in self.rules:
            if any(base.endswith(end) for end in rule.ends):
                made = [base]
                for cut, endings in rule.changes:
                    stem = base[: len(base) - cut]
                    made.extend(_with(stem, ending) for ending in endings)
                return tuple(dict.fromkeys(made))
        return (base,)


def _with(stem: str, ending: str) -> str:
    """A stem with its ending; "ge+t" puts something before the stem, too."""
    before, both, after = ending.partition("+")
    return before + stem + after if both else stem + ending


def _changes(entry: Mapping[str, Any]) -> list[tuple[int, tuple[str, ...]]]:
    changes = [(int(entry["cut"]), tuple(str(ending) for ending in entry["add"]))]
    also = entry.get("also")
    if also is not None:
        changes.append((int(also["cut"]), tuple(str(ending) for ending in also["add"])))
    return changes

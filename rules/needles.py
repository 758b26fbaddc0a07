"""Which beginnings of words must stand in a text before a rule is worth matching: looked for in raw text, for speed.

Matching folds, parts and stems every word. Over thousands of stored items it is enough to know where a draft *cannot*
match: `Needles.maybe` may say yes too often, and never no to an item that the rules match.

A stem is not always the beginning of its words ("studi", "hope" of "hoping", "possibl" of "possibility"). For English
(Porter 2) they part at most in the last letter, with "ble" and "ie" in the last two ("dying"). The stemmers in
`_REPLACED` only cut and replace endings of folded words, so that what a stem ends with is either the word's own or a
beginning of one of their replacements; German besides takes "ae" for "a", which is done to both sides. Other stemmers
change letters inside, so there only names, exact words and beginnings given with `*` are looked for, and a query of
other words may be anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import ahocorasick_rs

from rules.fold import fold, fold_characters
from rules.literals import literals_of, query_lines_of
from rules.model import RuleKind, RuleSet
from rules.query_tree import And, Has, Named, Near, Node, Or, Term, Within, Word
from rules.tokens import ENGLISH, algorithm_for, stemmer, words_of
from rules.variants import groups, spellings

_PLAIN = re.compile(r"[^\W_]+")
_UP_TO_VOWEL = re.compile(r"[^aou]+[aou]?|[aou]")

_GERMAN = "german"
_REPLACED: Mapping[str, Sequence[str]] = {
    _GERMAN: (),
    "french": ("iqu", "log", "u", "ent", "eux", "i", "abl", "eau", "al", "ou", "ant", "c", "e"),
    "spanish": ("log", "u", "ente"),
    "italian": ("log", "u", "ente", "e"),
    "portuguese": ("log", "u", "ente", "ir", "c"),
    "swedish": ("full", "os"),
}
"""What stemmers put in place of an ending, as it stands in folded words; see their definitions at snowballstem.org."""

FEW = 24
"""So many needles are found more quickly by themselves than through an automaton."""

Wanted = list[frozenset[str]]
"""Of each set at least one stands in every text that matches; empty when that cannot be said."""


class Needles:
    """What some rules look for, by any of several sets; each set holds those that their queries name, too."""

    def __init__(self, sets: Iterable[RuleSet], wanted: Collection[tuple[RuleKind, str]]) -> None:
        self._sides = [_Side(rules, frozenset(wanted)) for rules in sets]
        self._languages: dict[str, _Lookup] = {}

    def maybe(self, fields: Iterable[str], lang: str | None) -> bool:
        """Whether any of the rules may match an item with these texts."""
        algorithm = algorithm_for(lang)
        if algorithm not in self._languages:
            wanted = [needed for side in self._sides for needed in side.wanted(algorithm)]
            self._languages[algorithm] = _Lookup(wanted, algorithm)
        return self._languages[algorithm].maybe("\n".join(fields))


class _Side:
    """One set of rules."""

    def __init__(self, rules: RuleSet, wanted: frozenset[tuple[RuleKind, str]]) -> None:
        self._rules = wanted
        self._named: dict[tuple[RuleKind, str], Wanted] = {
            (RuleKind.ACTOR, actor): [_any_of(names)] for actor, names in _names(rules).items()
        }
        self._lines = list(query_lines_of(rules))

    def wanted(self, algorithm: str) -> list[Wanted]:
        """What each line of the wanted rules needs, and each actor's names do."""
        named = dict(self._named)
        conditions = [needed for rule, needed in named.items() if rule in self._rules]
        issues: dict[tuple[RuleKind, str], list[Wanted]] = {}
        for line in self._lines:
            if line.kind is RuleKind.ISSUE:
                issues.setdefault((line.kind, line.rule), []).append(_wanted(line.root, named, algorithm))
        named |= {issue: _either(each) for issue, each in issues.items()}
        conditions += [needed for issue, each in issues.items() if issue in self._rules for needed in each]
        for line in self._lines:
            if line.kind is RuleKind.QUERY and (line.kind, line.rule) in self._rules:
                conditions.append(_wanted(line.root, named, algorithm))
        return conditions


class _Lookup:
    """Looks for needles in raw texts: a few one by one, many through one automaton."""

    def __init__(self, wanted: Iterable[Wanted], algorithm: str) -> None:
        self._umlauts = algorithm == _GERMAN
        plain = dict.fromkeys(tuple(frozenset(map(self._spelled, one)) for one in needed) for needed in wanted)
        self._wanted = [tuple(sorted(needed, key=_worth, reverse=True)) for needed in plain]
        self._always = any(not all(needed) or not needed for needed in self._wanted)
        first = (needle for needed in self._wanted for needle in needed[0]) if not self._always else ()
        rarest = _shortest(map(self._as_spelled_anyhow, first))
        self._first = rarest if len(rarest) <= FEW else []
        texts = sorted({needle for needed in self._wanted for one in needed for needle in one})
        self._texts = texts
        self._search = ahocorasick_rs.AhoCorasick(texts, store_patterns=False) if len(texts) > FEW else None

    def _spelled(self, text: str) -> str:
        """In German without the "e"s behind "a", "o" and "u": stems take some away, and no needle begins with one."""
        if self._umlauts:
            for two in ("ae", "oe", "ue"):
                while two in text:
                    text = text.replace(two, two[0])
        return text

    def _as_spelled_anyhow(self, needle: str) -> str:
        """What stands in a text with the needle, whether or not "e"s stand behind its "a", "o" and "u"."""
        return max(_UP_TO_VOWEL.findall(needle), key=len) if self._umlauts else needle

    def maybe(self, text: str) -> bool:
        """Whether one of the rules has all that it needs."""
        if self._always or not self._wanted:
            return self._always
        hay = haystack(text)
        if self._first and not any(needle in hay for needle in self._first):
            return False
        hay = self._spelled(hay)
        if self._search is None:
            return any(_has_all(hay, needed) for needed in self._wanted)
        hits = {hit[0] for hit in self._search.find_matches_as_indexes(hay, overlapping=True)}
        found = {self._texts[number] for number in hits}
        return bool(found) and any(not any(one.isdisjoint(found) for one in needed) for needed in self._wanted)


def _shortest(needles: Iterable[str]) -> list[str]:
    """Those of the needles that hold no other: where none of them stands, no needle does."""
    kept: list[str] = []
    for needle in sorted(set(needles), key=len):
        if not any(other in needle for other in kept):
            kept.append(needle)
    return kept


def _has_all(hay: str, needed: Iterable[frozenset[str]]) -> bool:
    for one in needed:
        for needle in one:
            if needle in hay:
                break
        else:
            return False
    return True


def haystack(text: str) -> str:
    """The text with every folded word in it: as it is in lower case, and words with other than ASCII letters folded."""
    folded = fold_characters(text)
    if folded is not None:
        return folded
    odd = [run for run in text.split() if not run.isascii()]
    plain = text.encode("ascii", "replace").decode()  # half a character would stop the automaton
    return f"{plain.lower()} {fold(' '.join(odd)).text}"


def _names(rules: RuleSet) -> Mapping[str, list[frozenset[str]]]:
    """For each wording of an actor what must be there, empty where nothing must: `!!!` has no letter."""
    names: dict[str, list[frozenset[str]]] = {actor: [] for actor in rules.actors}
    for literal in literals_of(rules):
        longest = [max(_PLAIN.findall(s), key=len, default="") for s in spellings(literal.folded)]
        names[literal.rule].append(frozenset(longest) if all(longest) else frozenset())
    return names


def _any_of(names: Sequence[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*names) if all(names) else frozenset()


def _either(each: Sequence[Wanted]) -> Wanted:
    if not all(each):
        return []
    return [frozenset().union(*(max(needed, key=_worth) for needed in each))]


def _worth(needles: frozenset[str]) -> tuple[int, int]:
    """The longer the shortest, the rarer."""
    return min(map(len, needles), default=0), -len(needles)


def _wanted(node: Node, named: Mapping[tuple[RuleKind, str], Wanted], algorithm: str) -> Wanted:
    match node:
        case Term():
            found = _term(node, algorithm)
        case Near(parts) | And(parts):
            found = [needed for part in parts for needed in _wanted(part, named, algorithm)]
        case Or(parts):
            found = _either([_wanted(part, named, algorithm) for part in parts])
        case Within(_, part):
            found = _wanted(part, named, algorithm)
        case Named(kind, rule):
            found = list(named.get((kind, rule), ()))
        case Has():
            found = []
    return [needles for needles in dict.fromkeys(found) if needles and all(needles)]


def _term(term: Term, algorithm: str) -> Wanted:
    found: Wanted = []
    for word in term.words:
        alike = _spelled_like(word, algorithm)
        if alike is not None:
            found.append(alike)
    return found


def _spelled_like(word: Word, algorithm: str) -> frozenset[str] | None:
    """What may stand for a word, whichever phrase with other spellings it is part of; None when that is not known."""
    if word.inner:
        return _beginnings([word.text.partition("*")[0]])
    if word.prefix:
        return _beginnings([word.text])
    if not word.exact and algorithm != ENGLISH and algorithm not in _REPLACED:
        return None
    key = (lambda text: text) if word.exact else stemmer(algorithm)
    mine = key(word.text)
    alike = {mine}
    for group in _joined_groups(word.exact, algorithm):
        if mine in group:
            alike |= group
    return _beginnings(sorted(alike) if word.exact else [_beginning(stem, algorithm) for stem in sorted(alike)])


def _joined_groups(exact: bool, algorithm: str) -> list[frozenset[str]]:
    """The keys of all words of each group of spellings, groups that share one joined."""
    key = (lambda text: text) if exact else stemmer(algorithm)
    joined: list[frozenset[str]] = []
    for group in groups():
        mine = frozenset(key(word) for spelling in group for word in words_of(spelling))
        for other in [one for one in joined if one & mine]:
            joined.remove(other)
            mine |= other
        joined.append(mine)
    return joined


def _beginning(stem: str, algorithm: str = ENGLISH) -> str:
    """What every word with this stem begins with; in English see Porter 2, steps 1 to 5 and its exceptional forms."""
    if algorithm != ENGLISH:
        return _own_letters(stem, _REPLACED[algorithm])
    if stem.endswith(("ble", "ie")):
        return stem[:-2]
    return stem[:-1] if stem.endswith(("e", "i", "y", "bl")) and len(stem) > 1 else stem


def _own_letters(stem: str, replaced: Sequence[str]) -> str:
    """The stem without what may stem from replacements, each of which a later step may have cut short."""
    longest = max(map(len, replaced), default=0)
    while stem:
        tails = (size for size in range(min(longest, len(stem)), 0, -1) if _begins_one(stem[-size:], replaced))
        size = next(tails, 0)
        if not size:
            break
        stem = stem[:-size]
    return stem


def _begins_one(tail: str, replaced: Sequence[str]) -> bool:
    return any(text.startswith(tail) for text in replaced)


def _beginnings(words: Iterable[str]) -> frozenset[str]:
    """Up to the first character that is no letter or digit: an apostrophe has several spellings in raw text."""
    cut = [found[0] if (found := _PLAIN.match(word)) else "" for word in words]
    return frozenset(cut) if all(cut) else frozenset()

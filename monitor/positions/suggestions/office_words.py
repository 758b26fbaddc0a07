"""The words that offices are named with: roles from the language's data, bodies and adjectives from the rules.

No rule says that "Finnish" belongs to Finland; the titles of its ministers and the names of its government do. So every
word that stands in those of one state only, and is no word of an office, is taken for that state's adjective.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from monitor.positions.grammar.language import Language, available, load_language
from monitor.positions.grammar.tokens import Token, tokenize
from rules.model import ActorKind, ActorRule, RuleSet
from rules.naming import OUT_OF_OFFICE

_FUNCTION = (
    "auxiliaries", "prepositions", "coordinators", "determiners", "clause_breaks", "complementizers", "relatives",
    "adjuncts", "hypotheses", "impersonal", "first_person", "third_person_singular", "third_person_plural", "neuter",
    "possessive_singular", "possessive_plural", "title_links", "body_links", "possessive_marks", "modals", "generic",
)  # fmt: skip
_OFFICIOUS = ("bodies", "spokes", "body_roles", "group_roles")
_ENDINGS = ("es", "er", "en", "em", "e", "s", "a", "o", "i")
"""By which an adjective is inflected; one is taken off before adjectives are compared."""
_LEAST_STEM = 4
_ALIKE = 2
"""First letters that most adjectives share with a name of their state: Swiss and Switzerland."""
_MANY = 5
"""In so many titles and names a word is an adjective of its state that is not like its name: tedesco."""
_LONGEST_BODY = 4
_SHORT_CAPITALS = 4
_BODY_KINDS = (ActorKind.STATE, ActorKind.INSTITUTION)
_LEAST_COMPOUND = 5

HELD_BY_MANY = frozenset(
    """
minister ministerin ministre ministro ministra ambassador botschafter senator senateur senador senatore general generale
official diplomat diplomate diplomatico politician politiker politikerin politico envoy expert leader lider dirigeant
dirigente responsable sprecher portavoz portavoce porte-parole republikaner republicain republicano repubblicano
democrate democrata sozialdemokrat
""".split()  # noqa: SIM905 - a list would be forty lines
)
"""Roles that a body has several holders of at once: beside its name alone they name nobody in particular."""
_OUT = re.compile(rf"(?:{OUT_OF_OFFICE})\b")

Words = tuple[str, ...]


class OfficeWords:
    """What one language calls offices, and the bodies of one set of rules whose offices they are."""

    def __init__(self, rules: RuleSet, language: Language) -> None:
        self._language = language
        self._fold = language.writing.fold
        self.function = frozenset(
            part for name in _FUNCTION for word in language.words[name] for part in word.split()
        ) | frozenset((*language.months, *language.weekdays))
        watchers = language.words["watchers"]
        self._roles: dict[str, list[Words]] = defaultdict(list)
        self._bodies: dict[str, list[tuple[Words, str]]] = defaultdict(list)
        for words, actor in self._named_bodies(rules):
            self._bodies[words[0]].append((words, actor))
        held = (role for role in language.words["person_roles"] if role not in watchers)
        roles = {self._words(role) for role in held if not _OUT.match(role)}
        everywhere = [load_language(code) for code in available()]
        self._person_roles = _words_in(everywhere, ("person_roles",), self._fold)
        self._everywhere = _words_in(everywhere, _FUNCTION, self._fold)
        self._officious = self._person_roles | self._everywhere | _words_in(everywhere, _OFFICIOUS, self._fold)
        self.adjectives = self._adjectives_of(rules)
        roles |= set(self._roles_in(rules))
        for role in sorted(roles, key=len, reverse=True):
            self._roles[role[0]].append(role)
        self.vocabulary = frozenset(word for role in roles for word in role) - self.function

    def role_at(self, tokens: Sequence[Token], index: int, end: int) -> int:
        """The index past the role that begins here ("prime minister"); `index` itself where none does."""
        folded = tokens[index].fold
        for role in self._roles.get(folded, ()):
            if index + len(role) <= end and all(tokens[index + n].fold == word for n, word in enumerate(role)):
                return index + len(role)
        compound = self._language.traits.nouns_capitalised and tokens[index].is_upper
        if compound and any(
            len(role) >= _LEAST_COMPOUND and folded.endswith(role)
            for role in self._roles
            if (role,) in self._roles[role]
        ):
            return index + 1  # "Verkehrsminister"
        return index

    def body_at(self, tokens: Sequence[Token], index: int, end: int) -> tuple[int, str] | None:
        """The body that is named or meant from here on, and the index past it: "Finland", "Finnish", "White House"."""
        token = tokens[index]
        best: tuple[int, str] | None = None
        names = self._bodies.get(token.fold, ())
        if not names and self._language.traits.nouns_capitalised and token.fold.endswith("s"):  # "Finnlands"
            owned = [(words, actor) for words, actor in self._bodies.get(token.fold[:-1], ()) if len(words) == 1]
            best = (index + 1, owned[0][1]) if owned and token.is_upper else None
        for words, actor in names:
            last = index + len(words)
            fits = last <= end and all(
                tokens[index + n].fold in self._forms(word, n > 0) for n, word in enumerate(words)
            )
            if fits and (best is None or last > best[0]) and _cased(tokens[index:last]):
                best = (last, actor)
        written = token.is_upper or not self._language.traits.names_modify_nouns  # "Finnish", but "finnisch"
        if best is None and written and (state := self.adjectives.get(_bare(token.fold))) is not None:
            best = (index + 1, state)
        return best

    def _forms(self, word: str, later: bool) -> Words:
        """A word of a body's name, and the adjective in its place: South Korea, South Korean."""
        return (word, f"{word}n") if later and self._language.traits.names_modify_nouns else (word,)

    def body_before(self, tokens: Sequence[Token], start: int, index: int) -> tuple[int, str] | None:
        """The body whose words end right before `index`, and where they begin."""
        for length in range(min(_LONGEST_BODY, index - start), 0, -1):
            found = self.body_at(tokens, index - length, index)
            if found is not None and found[0] == index:
                return index - length, found[1]
        return None

    def _words(self, text: str) -> Words:
        return tuple(token.fold for token in tokenize(text, self._language.writing))

    def _named_bodies(self, rules: RuleSet) -> Iterator[tuple[Words, str]]:
        """The names of states and institutions that no other of them has."""
        found: dict[Words, set[str]] = defaultdict(set)
        for actor in rules.actors.values():
            if actor.kind in _BODY_KINDS:
                for name in (actor.name, *actor.aliases):
                    words = self._words(name)
                    if words and words[0] in self._language.words["determiners"]:
                        words = words[1:]
                    if 0 < len(words) <= _LONGEST_BODY:
                        found[words].add(actor.id)
        return ((words, next(iter(ids))) for words, ids in found.items() if len(ids) == 1)

    def _adjectives_of(self, rules: RuleSet) -> dict[str, str]:
        """Bare words that stand beside offices and governments of one state only."""
        proper: set[str] = set()
        beginnings: dict[str, set[str]] = defaultdict(set)
        for actor in rules.actors.values():
            for words in map(self._words, (actor.name, *actor.aliases) if actor.kind in _BODY_KINDS else ()):
                if len(words) == 1:
                    beginnings[actor.id].add(words[0][:_ALIKE])
                elif self._officious.isdisjoint(words):
                    proper |= {_bare(word) for word in words}
        meant: dict[str, dict[str, set[Words]]] = defaultdict(lambda: defaultdict(set))
        for state, words in self._officious_names(rules):
            for word in words:
                if len(word) >= _LEAST_STEM and word.isalpha() and word not in self._officious:
                    meant[_bare(word)][state].add(words)
        found = {}
        for word, of in meant.items():
            state, phrases = next(iter(of.items()))
            like = word[:_ALIKE] in beginnings[state] and len(phrases) > 1
            if len(of) == 1 and (like or (word not in proper and len(phrases) >= _MANY)):
                found[word] = state
        return found

    def _officious_names(self, rules: RuleSet) -> Iterator[tuple[str, Words]]:
        """Names of a state's government and titles of who serves it: where its adjective stands beside other words."""
        for actor in rules.actors.values():
            state = actor.id if actor.kind is ActorKind.STATE else actor.member_of
            if state is None or rules.actors[state].kind is not ActorKind.STATE:
                continue
            texts: Iterable[str] = (office.title for office in actor.offices)
            if actor.kind is ActorKind.STATE:
                texts = actor.aliases
            for text in texts:
                words = self._words(text)
                if len(words) > 1 and not self._officious.isdisjoint(words):
                    yield state, words

    def _roles_in(self, rules: RuleSet) -> Iterator[Words]:
        """The roles in the titles that the rules have, without the body: "special envoy" of the US Special Envoy."""
        for actor in rules.actors.values():
            for office in actor.offices:
                yield from self._role_of(actor, office.title)

    def _role_of(self, actor: ActorRule, title: str) -> Iterator[Words]:
        tokens = tokenize(title, self._language.writing)
        start, end = 0, len(tokens)
        while start < end and ((found := self.body_at(tokens, start, end)) or tokens[start].fold in self._everywhere):
            start = found[0] if found else start + 1
        while end > start:
            before = self.body_before(tokens, start, end)
            if before is None and tokens[end - 1].fold not in self._everywhere:
                break
            end = before[0] if before else end - 1
        words = tuple(token.fold for token in tokens[start:end])
        known = (
            1 < len(words) <= _LONGEST_BODY and len(words) < len(tokens) and not self._person_roles.isdisjoint(words)
        )
        if known and not any(self.body_at(tokens, index, end) for index in range(start, end)):
            yield words


def _words_in(languages: Iterable[Language], lists: Iterable[str], fold: Callable[[str], str]) -> frozenset[str]:
    """The single words of lists of several languages, as one of them folds."""
    return frozenset(
        fold(part)
        for language in languages
        for name in lists
        for entry in language.words[name]
        for part in entry.split()
    )


def _bare(word: str) -> str:
    """An adjective without its ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word


def _cased(tokens: Sequence[Token]) -> bool:
    """Whether a body is written as one: "US" is not "us", nor "turkey" Turkey."""
    first = tokens[0].text
    if len(tokens) == 1 and len(first) <= _SHORT_CAPITALS and len(first) < 4:
        return first.isupper()
    return tokens[0].is_upper

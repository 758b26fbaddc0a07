"""Who is named where in a sentence: rule matches joined to persons with their titles, pronouns, role nouns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.positions.grammar.language import Language
from monitor.positions.grammar.tokens import Token
from rules.model import ActorKind, RuleSet

MOST_TITLE_WORDS = 7
FUNCTION = ("auxiliaries", "prepositions", "coordinators", "adjuncts", "complementizers", "relatives")


class MentionKind(StrEnum):
    """How an actor is named."""

    NAME = "name"
    PRONOUN = "pronoun"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor in a sentence: token indexes, end exclusive. `name_start` is where the name itself begins.

    `actors` holds more than one id for "they" or "the leaders" of several. Empty: somebody whom no rule names.
    """

    start: int
    end: int
    actors: tuple[str, ...]
    kind: MentionKind = MentionKind.NAME
    possessive: bool = False
    first_person: bool = False


@dataclass(slots=True)
class Found:
    """A rule match as token indexes. `owns` when the name has an ending of the genitive ("Berlins")."""

    start: int
    end: int
    actor: str
    rank: int
    owns: bool = False


@dataclass(slots=True)
class MentionFinder:
    """Joins matches into mentions."""

    rules: RuleSet
    language: Language
    _role_words: frozenset[str] = field(init=False)
    _verbs: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._verbs = self.language.cues.first_words
        self._role_words = frozenset(
            word for role in self.language.words["person_roles"] for word in role.replace("-", " ").split()
        )

    def named(self, tokens: Sequence[Token], found: Sequence[Found]) -> list[Mention]:
        """Mentions by name in one sentence, in order, without overlaps."""
        chosen: list[Found] = []
        for match in sorted(found, key=lambda f: (f.start, -f.end, f.rank, f.actor)):
            if not chosen or match.start >= chosen[-1].end:
                chosen.append(match)
        mentions: list[Mention] = []
        owning = {match.end for match in chosen if match.owns}
        for match in chosen:
            mention = Mention(match.start, match.end, (match.actor,))
            while mentions and self._same(tokens, mentions[-1], mention):
                first = mentions.pop()
                actor = mention.actors if self._is_person(mention.actors[0]) else first.actors
                mention = Mention(first.start, mention.end, actor)
            mentions.append(mention)
        return [
            self._completed(tokens, mention, mention.end in owning)
            for mention in mentions
            if not self._part_of_name(tokens, mention)
        ]

    def _part_of_name(self, tokens: Sequence[Token], mention: Mention) -> bool:
        """Whether a capital word follows that makes it another name: "Washington Post", "Warsaw Pact"."""
        if self._is_person(mention.actors[0]) or mention.end - mention.start > 1 or mention.end >= len(tokens):
            return False
        if self.language.traits.nouns_capitalised:
            return False
        following = tokens[mention.end]
        if (
            not following.is_upper
            or not following.text[1:].islower()
            or following.fold in self.language.words["auxiliaries"]
        ):
            return False
        if following.fold in self._role_words:
            return False
        around = [t for t in tokens[max(0, mention.start - 6) : mention.end + 6] if t.is_word and len(t.text) > 3]
        return sum(t.is_upper for t in around) * 2 <= len(around) + 2

    def _is_person(self, actor: str) -> bool:
        return self.rules.actors[actor].kind in (ActorKind.PERSON, ActorKind.COMMENTATOR)

    def _same(self, tokens: Sequence[Token], first: Mention, second: Mention) -> bool:
        """Whether two mentions in a row are one: a title and its name, a state and its minister, an apposition."""
        gap = [
            token
            for token in tokens[first.end : second.start]
            if token.fold not in self.language.words["possessive_marks"]
        ]
        if first.actors == second.actors:
            return all(token.text in ",(" or token.fold in self.language.words["determiners"] for token in gap)
        if self._is_person(first.actors[0]) or not self._is_person(second.actors[0]):
            return False
        if len(gap) > MOST_TITLE_WORDS:
            return False
        if not self.language.traits.names_modify_nouns and self._hangs(tokens, first):
            return False  # "A Madrid Kallas …"
        if not gap:
            return tokens[first.end - 1].end <= tokens[second.start].start <= tokens[first.end - 1].end + 3
        if gap[0].text == ",":
            return False
        capital = any(token.is_upper for token in gap)
        return all(self._in_title(token) for token in gap) and (capital or self._ends_in_role(gap))

    def _hangs(self, tokens: Sequence[Token], mention: Mention) -> bool:
        return mention.start > 0 and tokens[mention.start - 1].fold in self.language.words["prepositions"]

    def _in_title(self, token: Token) -> bool:
        return (
            token.is_upper
            or token.fold in self.language.words["title_links"]
            or token.fold in self._role_words
            or token.text == ","
        )

    def _ends_in_role(self, gap: Sequence[Token]) -> bool:
        words = [token.fold for token in gap if token.text != ","]
        return bool(words) and words[-1] in self._role_words

    def _completed(self, tokens: Sequence[Token], mention: Mention, owns: bool) -> Mention:
        """With "'s" marked, and "Trump's administration" or "UK officials" taken whole."""
        end, possessive = mention.end, owns
        if end < len(tokens) and tokens[end].fold in self.language.words["possessive_marks"]:
            end, possessive = end + 1, True
        bodies = self.language.words["bodies"] | self.language.words["spokes"]
        for ahead in range(end, min(end + 2, len(tokens))):
            token = tokens[ahead]
            person = possessive and token.fold in self._role_words
            if token.fold in bodies and not (person and self._is_named(tokens, ahead + 1)):
                return Mention(mention.start, ahead + 1, mention.actors)
            qualifies = ahead + 1 < len(tokens) and tokens[ahead + 1].fold in bodies
            verb = token.fold in self._verbs and not qualifies
            if not token.text[0].islower() or verb or self._is_function(token):
                break
        start = self._titled(tokens, mention.start) if self._is_person(mention.actors[0]) else mention.start
        return Mention(start, end, mention.actors, possessive=possessive)

    def _is_named(self, tokens: Sequence[Token], index: int) -> bool:
        """Whether a name, or an apposition, follows an office: "Spain's finance minister, Sofía Romero"."""
        following = tokens[index] if index < len(tokens) else None
        return following is not None and (following.is_upper or following.text in ",(")

    def _is_function(self, token: Token) -> bool:
        return not token.is_word or any(token.fold in self.language.words[name] for name in FUNCTION)

    def _titled(self, tokens: Sequence[Token], start: int) -> int:
        """Where the title before a person's name begins: "opposition leader", "Retired General"."""
        titles = self._role_words | self.language.words["title_words"]
        index = start
        while index > 0 and start - index < MOST_TITLE_WORDS and tokens[index - 1].fold in titles:
            index -= 1
        return index

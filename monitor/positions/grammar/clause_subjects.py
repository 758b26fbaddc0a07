"""Where the subject of a clause stands, told by names, cases and prepositions, before any walk: see `order.py`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from monitor.positions.grammar.language import Language
from monitor.positions.grammar.tokens import Token

SUBJECT_REACH = 6
"""Tokens from a verb to a subject behind it: its article, adjectives and title."""


class Subjects:
    """Finds subjects among the tokens of one field. `names` are token ranges that name actors, `owners` the first
    tokens of those in the genitive, `matters` all tokens that name an issue's matter.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        language: Language,
        names: Collection[tuple[int, int]],
        owners: Collection[int],
        matters: Collection[int],
    ) -> None:
        self.tokens = tokens
        self.language = language
        self.words = language.words
        self.ends_of = dict(names)
        self.inside = {i for start, end in names for i in range(start, end)}
        self.owners = set(owners)
        self.matters = set(matters)
        self.roles = {w for role in self.words["person_roles"] for w in role.split()} | self.words["body_roles"]

    def is_word(self, index: int, name: str) -> bool:
        """Whether a token is in a word list of the language."""
        return self.tokens[index].fold in self.words[name]

    def is_verb(self, index: int) -> bool:
        """Whether a token is a form of a known verb; nouns have capitals."""
        token = self.tokens[index]
        return token.fold in self.language.verbs.forms and index not in self.inside and not self._is_noun(index)

    def _is_noun(self, index: int) -> bool:
        first = index == 0 or not self.tokens[index - 1].is_word
        return self.language.traits.nouns_capitalised and self.tokens[index].is_upper and not first

    def is_object(self, row: Sequence[int]) -> bool:
        """Whether what a clause begins with is a matter, and no mere "when" and "where": it belongs behind the verb."""
        if self.matters.isdisjoint(row):
            return False
        return self.is_word(row[0], "object_prepositions") or not self.is_word(row[0], "prepositions")

    def first_of_name(self, index: int) -> bool:
        """Whether a token belongs to an actor's name or is a pronoun."""
        return index in self.inside or self._stands_for(index)

    def _stands_for(self, index: int) -> bool:
        pronouns = ("first_person", "third_person_singular", "third_person_plural", "neuter", "impersonal")
        return any(self.is_word(index, name) for name in pronouns)

    def free(self, row: Sequence[int]) -> int:
        """Past the first actor or pronoun in a row that hangs on no preposition and owns no noun; 0: there is none."""
        n = 0
        while n < len(row):
            index = row[n]
            if self._stands_for(index):
                return n + 1
            end = self.ends_of.get(index)
            if end is not None or self._is_role(row, n):
                past = n + (end - index if end is not None else 1)
                source = past < len(row) and self.is_word(row[past], "source_after")
                if index not in self.owners and not source and not self._hangs(row, n):
                    return self._with_others(row, past)
                n = past
            else:
                n += 1
        return 0

    def _is_role(self, row: Sequence[int], n: int) -> bool:
        return self.tokens[row[n]].fold in self.roles and n > 0 and self.is_word(row[n - 1], "determiners")

    def _hangs(self, row: Sequence[int], n: int) -> bool:
        """Whether a name stands behind a preposition, or in the genitive behind a noun: "die Aufnahme der Ukraine"."""
        at = n - 1
        article = False
        while at >= 0:
            index = row[at]
            if self.is_word(index, "prepositions"):
                return True
            if self.is_word(index, "determiners"):
                article = True
            elif article:
                return self.tokens[index].is_upper and index not in self.inside
            elif self.is_verb(index) or self.is_word(index, "coordinators") or self._is_other_noun(index):
                return False
            at -= 1
        return False

    def _is_other_noun(self, index: int) -> bool:
        return self.tokens[index].is_upper and self.tokens[index].fold not in self.roles and index not in self.inside

    def _with_others(self, row: Sequence[int], past: int) -> int:
        """With the names that follow: "Kanzler Olaf Scholz", "Frankreich und Deutschland"."""
        at = past
        while at < len(row):
            if row[at] in self.ends_of and row[at] not in self.owners:
                at += self.ends_of[row[at]] - row[at]
                past = at
            elif self.is_word(row[at], "coordinators") or self.is_word(row[at], "determiners"):
                at += 1
            else:
                break
        return past

    def subject_behind(self, rest: Sequence[int]) -> list[int]:
        """A subject right behind the verb: "lehnte der ungarische Regierungschef Viktor Orbán"."""
        start = 0
        while start < len(rest) and self.is_word(rest[start], "reflexives"):
            start += 1
        for n in range(start, min(start + SUBJECT_REACH, len(rest))):
            index = rest[n]
            if index in self.ends_of or self._stands_for(index) or self._is_role(rest, n):
                end = self.free(rest[start:])
                return list(rest[start : start + end])
            role = self.tokens[index].fold in self.roles
            skips = self.is_word(index, "determiners") or self.is_word(index, "title_words") or role
            if not skips and (self.tokens[index].is_upper or self.is_word(index, "prepositions")):
                return []
        return []

    def first_noun(self, body: Sequence[int]) -> int:
        """Past the first noun: somebody whom no rule names."""
        for n, index in enumerate(body):
            if self.is_word(index, "prepositions"):
                return 0
            if self.tokens[index].is_upper:
                return n + 1
        return 0

"""Persons who are named with an office: "Finnish President Alexander Stubb", "Elina Valtonen, Finland's minister".

A role of the language's data is the anchor. Before it stand the body and the words of the office, behind it a
complement and the name, or the name stands before, parted by a comma. All from front to back, without backtracking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.positions.grammar.language import Language
from monitor.positions.grammar.tokens import Token
from monitor.positions.suggestions.office_words import OfficeWords
from rules.naming import OUT_OF_OFFICE

_OUT = re.compile(OUT_OF_OFFICE)
_PARTICLES = frozenset(
    ["de", "da", "di", "do", "dos", "del", "della", "der", "den", "van", "von", "bin", "ibn", "al", "el", "la", "le"]
).union(["ter", "ten", "du", "af", "av", "zu", "y", "e"])
"""Small words within names; a name neither begins nor ends with them."""
_LEAST_WORDS, _MOST_WORDS = 2, 4
_MOST_BEFORE, _MOST_BEHIND = 6, 8
_LOOK_BACK = 2
"""Words before a title among which "former" still speaks of it: "former interior minister"."""
_OPENERS = (",", "(", "–", "—")


@dataclass(frozen=True, slots=True)
class TitledName:
    """A name with an office beside it. Offsets are code points of the text that the tokens came from.

    `office` is the title as it is written ("Finnish President"), `role` its folded role ("president"), `body` the actor
    whose office it is, where a body is named.
    """

    name: str
    start: int
    end: int
    office: str
    office_start: int
    office_end: int
    role: str
    body: str | None


@dataclass(slots=True)
class _Title:
    """A title: token indexes, end exclusive; `name` is where a name may begin behind it."""

    start: int
    end: int
    name: int
    body: str | None


class TitleFinder:
    """Finds them by the data of one language."""

    def __init__(self, language: Language, words: OfficeWords) -> None:
        self._language = language
        self._words = words
        self._honorifics = frozenset(w for w in language.words["title_words"] if len(w) <= 3)
        links = language.words["title_links"] | language.words["prepositions"]
        self._not_owners = links - language.words["body_links"]  # "ambassador to the United Nations"
        self._german = language.traits.nouns_capitalised

    def find(self, text: str, tokens: Sequence[Token], start: int, end: int) -> Iterator[TitledName]:
        """The names with an office among the tokens of one sentence."""
        index = start
        while index < end:
            past = self._words.role_at(tokens, index, end)
            if past == index:
                index += 1
                continue
            title = self._title(tokens, start, end, index, past)
            name = self._name_behind(tokens, title, end) or self._name_before(tokens, start, title.start)
            if name is not None and not self._is_over(tokens, start, title, index):
                yield self._made(text, tokens, title, name, (index, past))
            index = max(past, name[1] if name is not None and name[0] >= past else past)

    def name_at(self, tokens: Sequence[Token], index: int, end: int) -> tuple[int, int] | None:
        """The name that begins here: token indexes, end exclusive."""
        at, solid, last = index, 0, index
        most = _LEAST_WORDS if self._german else _MOST_WORDS
        while at < end and solid < most:
            token = tokens[at]
            if self._is_name(tokens, at):
                at += 1
                solid += 1
                last = at
                if len(token.text) == 1:  # an initial
                    solid -= 1
                    at += at < end and tokens[at].text == "."
            elif at > index and token.text in _PARTICLES:
                at += 1
            else:
                break
        return (index, last) if solid >= _LEAST_WORDS else None

    def _title(self, tokens: Sequence[Token], start: int, end: int, role: int, past: int) -> _Title:
        """The whole title around a role."""
        first, body, proper = role, None, False
        while first > start and role - first < _MOST_BEFORE:
            before = self._words.body_before(tokens, start, first)
            if before is not None:
                first, body = before[0], body or before[1]
            elif self._is_of_title(tokens, first - 1, start):
                officious = tokens[first - 1].fold in self._words.vocabulary
                if officious and proper:
                    break  # another title and its name: "President Jan Smit Deputy Minister"
                proper = proper or not officious
                first -= 1
            elif self._qualifies(tokens, start, first - 1):
                first -= 1
            else:
                break
        while (
            first < role
            and tokens[first].fold in self._words.function
            and self._words.body_at(tokens, first, role) is None  # "US" is a pronoun, too
        ):
            first += 1
        last = name = past
        while name < end and name - past < _MOST_BEHIND:
            found = self._words.body_at(tokens, name, end)
            if found is not None and not self._begins_name(tokens, name, found[0], end):
                links = [t.fold for t in tokens[past:name] if t.fold not in self._language.words["determiners"]]
                owner = not links or links[-1] not in self._not_owners
                name, body = found[0], body or (found[1] if owner else None)
                last = name
            elif tokens[name].fold in self._words.vocabulary and self._words.role_at(tokens, name, end) == name:
                name += 1
                last = name
            elif self._is_between(tokens, name):
                name += 1
            else:
                break
        if name > last and tokens[name - 1].is_word and tokens[name - 1].fold in self._words.function:
            name = end  # "the leader of the Rapid Support Forces": what follows is no person
        return _Title(first, last, name, body)

    def _is_of_title(self, tokens: Sequence[Token], index: int, start: int) -> bool:
        """Whether a word before a role belongs to the title: "interior", "Deputy", the mark of a possessive."""
        token = tokens[index]
        if token.fold in self._language.words["possessive_marks"]:
            return index > start and self._words.body_before(tokens, start, index) is not None
        if not token.is_word or token.fold in self._words.function:
            return False
        proper = token.is_upper and self._language.traits.names_modify_nouns
        return token.fold in self._words.vocabulary or proper

    def _qualifies(self, tokens: Sequence[Token], start: int, index: int) -> bool:
        """Whether a word between a body and a role says which one: "Iranian supreme leader"."""
        token = tokens[index]
        if not (self._language.traits.names_modify_nouns and token.is_word) or token.fold in self._words.function:
            return False
        said = token.fold in self._language.cues.first_words
        return not said and index > start and self._words.body_before(tokens, start, index) is not None

    def _is_between(self, tokens: Sequence[Token], index: int) -> bool:
        token = tokens[index]
        small = token.fold in self._language.words["body_links"] or token.fold in self._language.words["title_links"]
        return (
            token.text == ","
            or token.fold in self._honorifics
            or (small and token.fold not in self._language.words["coordinators"])
            or token.fold in self._language.words["determiners"]
        )

    def _begins_name(self, tokens: Sequence[Token], index: int, past: int, end: int) -> bool:
        """Whether what looks like a body is a given name: "Israel Katz" behind a role, with one name behind it."""
        linked = tokens[index - 1].fold in self._words.function
        if linked or past - index > 1 or past >= end or not tokens[index].is_upper:
            return False
        return self._is_name(tokens, past) and not (past + 1 < end and self._is_name(tokens, past + 1))

    def _name_behind(self, tokens: Sequence[Token], title: _Title, end: int) -> tuple[int, int] | None:
        return self.name_at(tokens, title.name, end)

    def _name_before(self, tokens: Sequence[Token], start: int, title: int) -> tuple[int, int] | None:
        """The name before an apposition: "Elina Valtonen, the Finnish foreign minister"."""
        at = title
        while at > start and tokens[at - 1].fold in self._language.words["determiners"]:
            at -= 1
        if at <= start or tokens[at - 1].text not in _OPENERS:
            return None
        last = at - 1
        first = last
        while first > start and (self._is_name(tokens, first - 1) or tokens[first - 1].text in _PARTICLES):
            first -= 1
        while first < last and tokens[first].text in _PARTICLES:
            first += 1
        name = self.name_at(tokens, first, last)
        return name if name is not None and name[1] == last else None

    def _is_name(self, tokens: Sequence[Token], index: int) -> bool:
        token = tokens[index]
        text = token.text
        if not token.is_word or token.fold in self._words.function or token.fold in self._words.vocabulary:
            return False
        if text[0].islower():  # "al-Sharaa"
            head, _, tail = text.partition("-")
            return head in _PARTICLES and tail[:1].isupper()
        return text[0].isupper() and (len(text) == 1 or any(c.islower() for c in text)) and not text[-1].isdigit()

    def _is_over(self, tokens: Sequence[Token], start: int, title: _Title, role: int) -> bool:
        """Whether the words say that the office is held no more, or not yet."""
        ahead = tokens[max(start, title.start - _LOOK_BACK) : role]
        marks = [n for n, token in enumerate(ahead, start=1) if not token.is_word and token.text not in "-'"]
        return any(_OUT.fullmatch(token.fold) for token in ahead[max(marks, default=0) :])

    def _made(
        self, text: str, tokens: Sequence[Token], title: _Title, name: tuple[int, int], role: tuple[int, int]
    ) -> TitledName:
        start, end = tokens[name[0]].start, tokens[name[1] - 1].end
        first, last = tokens[title.start].start, tokens[title.end - 1].end
        return TitledName(
            name=" ".join(text[start:end].split()),
            start=start,
            end=end,
            office=" ".join(text[first:last].split()),
            office_start=first,
            office_end=last,
            role=" ".join(token.fold for token in tokens[role[0] : role[1]]),
            body=title.body,
        )

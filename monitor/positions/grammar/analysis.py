"""A field as the grammar sees it: tokens with the wordings, mentions and matters that stand on them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.positions.grammar.cues import Cue
from monitor.positions.grammar.language import CueClass, Language
from monitor.positions.grammar.mentions import Mention
from monitor.positions.grammar.sentences import Layout, Quotation, Sentence
from rules.model import Via

PREDICATES = frozenset({CueClass.HARM, CueClass.BENEFIT, CueClass.PREVAIL, CueClass.LAPSE})
"""What only a matter itself does; somebody who does so tells nothing of a stance."""


@dataclass(frozen=True, slots=True)
class CueGroup:
    """One wording with all the classes it belongs to."""

    start: int
    end: int
    kinds: frozenset[CueClass]
    base: str
    verb: bool = False

    def has(self, *kinds: CueClass) -> bool:
        """Whether it is of any of these classes."""
        return not self.kinds.isdisjoint(kinds)


@dataclass(frozen=True, slots=True)
class Matter:
    """Where an issue's matter is named; token indexes, end exclusive."""

    start: int
    end: int
    issue: str
    via: Via
    anaphoric: bool = False


@dataclass(slots=True)
class Analysis:
    """All that is known of a field's text, by token index."""

    layout: Layout
    language: Language
    cues: list[CueGroup] = field(default_factory=list)
    mentions: dict[int, Mention] = field(default_factory=dict)
    mention_ends: dict[int, Mention] = field(default_factory=dict)
    cue_ends: dict[int, list[CueGroup]] = field(default_factory=lambda: defaultdict(list))
    cue_starts: dict[int, list[CueGroup]] = field(default_factory=lambda: defaultdict(list))
    speakers: dict[int, Mention] = field(default_factory=dict)
    predicates: dict[int, list[CueGroup]] = field(default_factory=lambda: defaultdict(list))
    unsure: set[int] = field(default_factory=set)
    resumed: dict[int, int] = field(default_factory=dict)
    broken_off: dict[int, int] = field(default_factory=dict)
    _starts: list[int] = field(default_factory=list)
    _speech_of: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._starts = [sentence.start for sentence in self.layout.sentences]
        self._speech_of = [-1] * len(self.layout.tokens)
        for number, quotation in enumerate(self.layout.quotations):
            if quotation.speech:
                length = quotation.end - quotation.start
                self._speech_of[quotation.start : quotation.end] = [number] * length
        for sentence in self.layout.sentences:
            found = self.language.cues.find(self.layout.tokens[sentence.start : sentence.end])
            for group in _groups(found, sentence.start):
                if self._is_month(group, sentence):
                    continue
                if group.kinds <= PREDICATES:
                    self.predicates[group.start].append(group)
                    continue
                self.cues.append(group)
                self.cue_ends[group.end].append(group)
                self.cue_starts[group.start].append(group)

    def _is_month(self, group: CueGroup, sentence: Sentence) -> bool:
        """Whether a wording is the name of a month, "8 May" or "from May", not "may"."""
        if group.end - group.start > 1 or self.fold(group.start) not in self.language.months:
            return False
        beside = (self.fold(group.start - 1), self.fold(group.end))
        if not self.layout.tokens[group.start].text[0].isupper():
            return False
        inside = group.start > sentence.start and not sentence.heading
        return inside or any(word[:1].isdigit() for word in beside)

    def add_mentions(self, mentions: Iterable[Mention]) -> None:
        """Puts mentions on their tokens; one that overlaps an earlier one is left out."""
        for mention in mentions:
            if self.mention_over(mention.start, mention.end) is None:
                self.mentions[mention.start] = mention
                self.mention_ends[mention.end] = mention

    def mention_over(self, start: int, end: int) -> Mention | None:
        """A mention that overlaps these tokens."""
        for index in range(max(0, start - 12), end):
            mention = self.mentions.get(index)
            if mention is not None and mention.end > start:
                return mention
        return None

    def fold(self, index: int) -> str:
        """The folded token, or "" outside the text."""
        return self.layout.tokens[index].fold if 0 <= index < len(self.layout.tokens) else ""

    def is_word(self, index: int, words: str) -> bool:
        """Whether a token is in one of the language's word lists."""
        return self.fold(index) in self.language.words[words]

    def ends(self, index: int, kind: str) -> bool:
        """Whether a token ends as words of a kind do in the language: "adverb", "participle", "gerund", "infinitive",
        "verb".
        """
        return self.fold(index).endswith(self.language.endings[kind])

    def is_inside(self, index: int) -> bool:
        """Whether a token is a word of the text, not a mark or beyond its ends."""
        return 0 <= index < len(self.layout.tokens) and self.layout.tokens[index].is_word

    def mere_preposition(self, group: CueGroup) -> bool:
        """Whether a wording is only a preposition before a name: "Sanktionen gegen Russland", not "Tusk gegen …"."""
        if group.end - group.start > 1 or not group.has(CueClass.OPPOSE):
            return False
        following = group.end
        while self.is_word(following, "determiners"):
            following += 1
        return self.is_word(group.start, "prepositions") and following in self.mentions

    def quotation_at(self, index: int) -> int | None:
        """The speech that a token stands in, as an index into the layout's quotations."""
        number = self._speech_of[index] if 0 <= index < len(self._speech_of) else -1
        return number if number >= 0 else None

    def quotation(self, number: int) -> Quotation:
        """A quotation by its index."""
        return self.layout.quotations[number]

    def in_heading(self, index: int) -> bool:
        """Whether a token stands in a line without a full stop."""
        number = bisect_right(self._starts, index) - 1
        return number >= 0 and self.layout.sentences[number].heading

    def segment(self, sentence: Sentence, index: int) -> tuple[int, int]:
        """The stretch of the sentence around a token that is all one speech or all the article's own voice."""
        speech = self._speech_of[index]
        low = high = index
        while low > sentence.start and self._speech_of[low - 1] == speech:
            low -= 1
        while high < sentence.end and self._speech_of[high] == speech:
            high += 1
        return self._whole(low, high) if speech >= 0 else (low, high)

    def resume(self, first: int, second: int) -> None:
        """Joins a speech that was broken off by its tag to the one that goes on: “Tariffs,” she said, “help nobody.”"""
        end, start = self.quotation(first).end, self.quotation(second).start
        while end > self.quotation(first).start and not self.layout.tokens[end - 1].is_word:
            end -= 1
        self.resumed[start], self.broken_off[end] = end, start

    def _whole(self, low: int, high: int) -> tuple[int, int]:
        """A stretch of a speech with the parts that it was broken into."""
        number = self._speech_of[low]
        while self.quotation(number).start in self.resumed and number > 0:
            number -= 1
            low = self.quotation(number).start
        number = self._speech_of[high - 1]
        while number + 1 < len(self.layout.quotations) and self.quotation(number + 1).start in self.resumed:
            number += 1
            high = self.quotation(number).end
        return low, high


def _groups(cues: list[Cue], offset: int) -> list[CueGroup]:
    joined: dict[tuple[int, int], list[Cue]] = {}
    for cue in cues:
        joined.setdefault((cue.start, cue.end), []).append(cue)
    return [
        CueGroup(
            start + offset,
            end + offset,
            frozenset(cue.kind for cue in same),
            same[0].base,
            any(cue.verb for cue in same),
        )
        for (start, end), same in joined.items()
    ]

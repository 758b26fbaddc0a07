"""Paragraphs, quotations and sentences, with exact offsets. Linear in the text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.positions.grammar.language import Language
from monitor.positions.grammar.tokens import Token, tokenize

ENDS = frozenset(".!?…")
CLOSERS = frozenset("\"”’'»)]“")
MOST_TOKENS = 300
"""Longer runs without a full stop are no prose (tables, listings); they are cut here to keep the work linear."""
SHORT_QUESTION = 8
"""Tokens of a question that its own fragment answers: "The goal? To end the war." is one sentence."""
TAGGED = frozenset(",.!?")
"""Marks at the end of a quotation that make the shortest one a speech: "Tariffs," she said."""
MOST_LABEL = 4
"""Words of a name before a turn in a transcript."""
SPEECH_WORDS = 3
"""A quotation of fewer words is a term taken up ("the 'peace' plan"), not a speech."""


@dataclass(slots=True)
class Quotation:
    """Quoted words: token indexes of the field, without the marks. `speech` when somebody speaks, not a term quoted."""

    start: int
    end: int
    speech: bool
    closed: bool = True
    opens_paragraph: bool = False


@dataclass(slots=True)
class Sentence:
    """Token indexes of the field, end exclusive. A heading has no full stop; `question` ends with a question mark."""

    start: int
    end: int
    paragraph: int
    heading: bool
    question: bool


@dataclass(slots=True)
class Layout:
    """A field's text taken apart.

    `tokens` are in the order of reading, which word order may change; `places[i]` is where the i-th token of the text
    (`starts`) is read, and `lifted` are those of the text that were moved for being verb, negation or subject.
    """

    text: str
    tokens: list[Token]
    sentences: list[Sentence] = field(default_factory=list)
    quotations: list[Quotation] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    lifted: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.starts = [token.start for token in self.tokens]
        self.places = list(range(len(self.tokens)))

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where a range of characters stands: token indexes in the order of the text, end exclusive."""
        first = bisect_left(self.starts, start)
        if first > 0 and self._written_end(first - 1) > start:
            first -= 1
        return first, max(first + 1, bisect_left(self.starts, end))

    def _written_end(self, index: int) -> int:
        return self.tokens[self.places[index]].end

    def read(self, first: int, last: int) -> tuple[int, int]:
        """A range of tokens of the text in the order of reading, without what word order lifted out of it."""
        indexes = [i for i in range(first, min(last, len(self.places))) if i not in self.lifted] or list(
            range(first, last)
        )
        at = [self.places[i] for i in indexes]
        return min(at), max(at) + 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters from the first to the last of a range of tokens, whatever their order."""
        tokens = self.tokens[start:end]
        return min(token.start for token in tokens), max(token.end for token in tokens)


def lay_out(text: str, language: Language) -> Layout:
    """Tokens, sentences and quotations of one field."""
    tokens = tokenize(text, language.writing)
    taken_up = language.words["determiners"] | language.words["prepositions"]
    layout = Layout(text, tokens)
    starts = [token.start for token in tokens]
    begin = 0
    number = 0
    for end_char in [*(i for i, c in enumerate(text) if c in "\n\r\u2028\u2029\x0b\x0c\x85"), len(text)]:
        end = bisect_left(starts, end_char, begin)
        if end > begin:
            turns = _turns(tokens, begin, end, language.words["first_person"])
            layout.quotations.extend(turns or _quotations(tokens, begin, end, taken_up, language.quotes))
            layout.sentences.extend(_sentences(tokens, begin, end, number, language))
            number += 1
        begin = end
    return layout


def _turns(tokens: list[Token], begin: int, end: int, first_person: frozenset[str]) -> list[Quotation]:
    """The turns of a transcript, each opened by a name: "Q: Will you sign? POWELL: No."; also "Tusk: We will sign"."""
    openings = [
        index for index in range(begin + 1, end - 1) if tokens[index].text == ":" and _is_label(tokens, index, begin)
    ]
    capitals = all(tokens[opening - 1].text.isupper() for opening in openings)
    if len(openings) == 1 and not capitals and tokens[openings[0] + 1].fold not in first_person:
        return []
    if not openings:
        return []
    return [
        Quotation(opening + 1, _label_start(tokens, following, begin) if following < end else end, True, False, True)
        for opening, following in zip(openings, [*openings[1:], end], strict=True)
    ]


def _label_start(tokens: list[Token], colon: int, begin: int) -> int:
    index = colon
    while index > begin and tokens[index - 1].is_word and tokens[index - 1].is_upper:
        index -= 1
    return index


def _is_label(tokens: list[Token], colon: int, begin: int) -> bool:
    start = _label_start(tokens, colon, begin)
    opens = start == begin or tokens[start - 1].text[0] in ENDS
    return opens and 0 < colon - start <= MOST_LABEL


def _quotations(
    tokens: list[Token], begin: int, end: int, taken_up: frozenset[str], marks: Mapping[str, str]
) -> list[Quotation]:
    found: list[Quotation] = []
    opened: int | None = None
    closer = ""
    for index in range(begin, end):
        mark = tokens[index].text
        if opened is None:
            if mark in marks:
                opened, closer = index, marks[mark]
            elif mark == '"' and _may_open(tokens, index, begin):
                opened, closer = index, '"'
        elif mark == closer:
            _close(found, tokens, opened, index, begin, True, taken_up)
            opened = None
    if opened is not None and end - opened > SPEECH_WORDS:
        _close(found, tokens, opened, end, begin, False, taken_up)
    return found


def _may_open(tokens: list[Token], index: int, begin: int) -> bool:
    if index == begin or index + 1 >= len(tokens):
        return True
    return tokens[index].start > tokens[index - 1].end or tokens[index + 1].start == tokens[index].end


def _close(
    found: list[Quotation],
    tokens: list[Token],
    opened: int,
    closed: int,
    begin: int,
    ended: bool,
    taken_up: frozenset[str],
) -> None:
    inner = tokens[opened + 1 : closed]
    words = sum(1 for token in inner if token.is_word)
    before = tokens[opened - 1].text if opened > begin else ""
    capital = bool(inner) and inner[0].text[0].isupper()
    starts_fresh = opened == begin or before in {",", ":", ".", "!", "?", "—", "–", "-"}
    in_phrase = opened > begin and tokens[opened - 1].fold in taken_up
    goes_on = bool(found) and found[-1].speech
    tagged = bool(inner) and inner[-1].text in TAGGED and starts_fresh and (capital or goes_on)
    speech = (words >= SPEECH_WORDS and (starts_fresh or (capital and not in_phrase))) or (words > 0 and tagged)
    found.append(Quotation(opened + 1, closed, speech, ended, opened == begin))


def _sentences(tokens: list[Token], begin: int, end: int, number: int, language: Language) -> list[Sentence]:
    found: list[Sentence] = []
    start = begin
    index = begin
    while index < end:
        if index - start >= MOST_TOKENS:
            found.append(Sentence(start, index, number, False, False))
            start = index
        if tokens[index].text[0] in ENDS and _is_end(tokens, index, start, end, language):
            stop = index + 1
            while stop < end and tokens[stop].text in CLOSERS and tokens[stop].start == tokens[stop - 1].end:
                stop += 1
            found.append(Sentence(start, stop, number, False, tokens[index].text == "?"))
            start = index = stop
        else:
            index += 1
    if start < end:
        found.append(Sentence(start, end, number, not found and tokens[end - 1].text not in {",", ";", ":"}, False))
    return found


def _is_end(tokens: list[Token], index: int, begin: int, end: int, language: Language) -> bool:
    following = index + 1
    while (
        following < end and tokens[following].text in CLOSERS and tokens[following].start == tokens[following - 1].end
    ):
        following += 1
    if following >= end:
        return True
    after = tokens[following]
    if after.start == tokens[following - 1].end and after.text not in '“„«"':
        return False
    if (
        tokens[index].text == "?"
        and index - begin <= SHORT_QUESTION
        and after.fold in language.words["infinitive_markers"]
    ):
        return False
    if tokens[index].text == "." and index > begin:
        before = tokens[index - 1]
        if before.end == tokens[index].start:
            if language.traits.ordinal_dot and before.fold.isdigit() and len(before.fold) <= 2:
                return False
            if before.fold in language.abbreviations:
                return False
            if len(before.text) == 1 and before.is_upper and before.fold not in language.words["lone_letters"]:
                return False
    return not after.text[0].islower()

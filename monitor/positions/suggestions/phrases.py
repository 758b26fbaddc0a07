"""Phrases that stand in the sentences of confirmed statements on an issue far more often than elsewhere.

Two to four words are compared by Dunning's log-likelihood ratio (T. Dunning, Accurate Methods for the Statistics of
Surprise and Coincidence, Computational Linguistics 19(1), 1993) with all that is stored, and with the statements on
other issues, whose verbs of saying and wanting they share. Words are compared by their stems, as an `about` line is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from monitor.positions.grammar.language import Language
from monitor.positions.suggestions.values import MOST_PASSAGES, Passage
from rules.fold import fold, fold_wording
from rules.tokens import stemmer, tokenise

LEAST_WORDS, MOST_WORDS = 2, 4
THRESHOLD = 15.13
"""Least log-likelihood ratio against what is stored: p < 0.0001 with one degree of freedom (chi-square)."""
LEAST_CONTRAST = 2.0
"""So many times as frequent as in statements on other issues, which are read with half an occurrence more."""
LEAST_STORIES = 3
LEAST_PUBLISHERS = 2
_FOUND_ALREADY = 0.5
"""A phrase of which more than this share stands where the issue's matter is found is no news to the rule."""
_PART = 0.7
"""A phrase this share of whose occurrences are in a longer one gives way to it."""
_LEAST_LETTERS = 3
_FUNCTION = (
    "determiners", "auxiliaries", "prepositions", "coordinators", "like", "clause_breaks",
    "complementizers", "relatives", "first_person", "third_person_singular", "third_person_plural", "neuter",
    "possessive_singular", "possessive_plural", "title_words", "person_roles", "hearers", "adjuncts", "hypotheses",
    "impersonal", "modals", "particles", "verb_adverbs", "past_markers", "generic", "watchers", "spokes",
)  # fmt: skip

_JOINTS = " -\u2010\u2011"
"""What may stand between the words of a phrase."""

Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that shows a confirmed statement, as words. `starts` and `ends` are offsets in its passage's text.

    `named` marks the words of actors' names, `found` those where the issue's matter is found already.
    """

    words: Sequence[str]
    stems: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    named: Sequence[bool]
    found: Sequence[bool]
    story: int
    item: int
    publisher: str
    shown: Passage


@dataclass(slots=True)
class Seen:
    """What was seen of one phrase in an issue's sentences. `count` counts a story once."""

    count: int = 0
    found: int = 0
    stories: set[int] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    publishers: set[str] = field(default_factory=set)
    spelled: Counter[str] = field(default_factory=Counter)
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A phrase that an issue's statements have more often than chance would: `ratio` is Dunning's."""

    words: str
    stems: Stems
    ratio: float
    seen: Seen


def sentence_of(
    shown: Passage,
    algorithm: str,
    names: Iterable[tuple[int, int]],
    matters: Iterable[tuple[int, int]],
    story: int,
) -> Sentence:
    """A passage as words; `names` and `matters` are offsets in its text."""
    folded = fold(shown.text)
    tokens = tokenise(folded.text)
    spans = [folded.span(start, end) for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    stem = stemmer(algorithm)
    names, matters = list(names), list(matters)
    return Sentence(
        words=tokens.words,
        stems=[stem(word) for word in tokens.words],
        starts=[start for start, _ in spans],
        ends=[end for _, end in spans],
        named=[any(start < b and end > a for a, b in names) for start, end in spans],
        found=[any(start < b and end > a for a, b in matters) for start, end in spans],
        story=story,
        item=shown.item_id,
        publisher=shown.publisher,
        shown=shown,
    )


def function_words(language: Language) -> frozenset[str]:
    """The words of a language that a phrase neither begins nor ends with: small ones, and those that show a stance."""
    entries = [word for name in _FUNCTION for word in language.words[name]]
    small = {part for entry in (*entries, *language.months, *language.weekdays) for part in entry.split()}
    cues = {word for word in language.cues.first_words if not word.endswith("*")}
    return frozenset(fold_wording(word) for word in small | cues)


def phrases_in(sentences: Iterable[Sentence], function: Collection[str]) -> dict[Stems, Seen]:
    """All phrases of the sentences that may be offered, by their stems."""
    seen: dict[Stems, Seen] = defaultdict(Seen)
    for sentence in sentences:
        for start, end in _runs(sentence, function):
            _note(seen[tuple(sentence.stems[start:end])], sentence, start, end)
    return seen


def _runs(sentence: Sentence, function: Collection[str]) -> Iterable[tuple[int, int]]:
    """Where phrases stand: unbroken words whose first and last have a meaning of their own and name nobody."""
    text = sentence.shown.text
    whole = [
        not named and len(word) >= _LEAST_LETTERS and word.isalpha() and word not in function
        for word, named in zip(sentence.words, sentence.named, strict=True)
    ]
    for start, fit in enumerate(whole):
        for end in range(start + 1, min(start + MOST_WORDS, len(whole)) + 1 if fit else 0):
            if end - start > 1 and text[sentence.ends[end - 2] : sentence.starts[end - 1]].strip(_JOINTS):
                break
            if end - start >= LEAST_WORDS and whole[end - 1]:
                yield start, end


def _note(seen: Seen, sentence: Sentence, start: int, end: int) -> None:
    if sentence.story not in seen.stories:
        seen.count += 1
        seen.found += any(sentence.found[start:end])
        if len(seen.passages) < MOST_PASSAGES:
            mark = (sentence.starts[start], sentence.ends[end - 1])
            shown = sentence.shown
            seen.passages.append(
                Passage(
                    item_id=shown.item_id,
                    url=shown.url,
                    title=shown.title,
                    publisher=shown.publisher,
                    published_at=shown.published_at,
                    text=shown.text,
                    marks=(mark,),
                )
            )
    seen.stories.add(sentence.story)
    seen.items.add(sentence.item)
    seen.publishers.add(sentence.publisher)
    seen.spelled[" ".join(sentence.words[start:end])] += 1


class Background:
    """Counts phrases in texts, one after another; only those that are asked for take memory."""

    def __init__(self, wanted: Iterable[Stems], algorithm: str) -> None:
        self._beginning: dict[str, set[Stems]] = defaultdict(set)
        for stems in wanted:
            self._beginning[stems[0]].add(stems)
        self._stem = stemmer(algorithm)
        self.words = 0
        self.counts: Counter[Stems] = Counter()

    def add(self, text: str) -> None:
        """Counts what stands in a text."""
        words = tokenise(fold(text).text).words
        self.words += len(words)
        stems = [self._stem(word) for word in words]
        for index, stem in enumerate(stems):
            for phrase in self._beginning.get(stem, ()):
                self.counts[phrase] += tuple(stems[index : index + len(phrase)]) == phrase


def log_likelihood(here: int, words_here: int, there: int, words_there: int) -> float:
    """Dunning's -2 log λ for a phrase seen `here` times in so many words, and `there` times in others."""
    if not (words_here and words_there):
        return 0.0
    common = (here + there) / (words_here + words_there)

    def fit(count: int, words: int, share: float) -> float:
        rest = words - count
        return (count * log(share) if count else 0.0) + (rest * log(1 - share) if rest else 0.0)

    own = fit(here, words_here, here / words_here) + fit(there, words_there, there / words_there)
    return max(0.0, 2 * (own - fit(here, words_here, common) - fit(there, words_there, common)))


def telling(
    seen: Mapping[Stems, Seen],
    words: int,
    background: Background,
    others: Mapping[Stems, Seen],
    words_of_others: int,
) -> list[Phrase]:
    """The phrases that are frequent here by no chance, and not for being words of statements; the most telling first.

    `words` are those of the issue's sentences, `others` what the statements on other issues have.
    """
    found = []
    for stems, one in seen.items():
        if len(one.stories) < LEAST_STORIES or len(one.publishers) < LEAST_PUBLISHERS:
            continue
        if one.found > one.count * _FOUND_ALREADY:
            continue
        beyond = max(background.counts[stems] - one.count, 0)
        rest = max(background.words - words, 1)
        ratio = log_likelihood(one.count, words, beyond, rest)
        elsewhere = others[stems].count if stems in others else 0
        compared = words_of_others if elsewhere else max(words_of_others, words)
        contrast = (one.count / words) / ((elsewhere + 0.5) / compared)
        if ratio >= THRESHOLD and one.count / words > beyond / rest and contrast >= LEAST_CONTRAST:
            found.append(Phrase(words=one.spelled.most_common(1)[0][0], stems=stems, ratio=ratio, seen=one))
    found.sort(key=lambda phrase: (-phrase.ratio, phrase.words))
    return [phrase for phrase in found if not _gives_way(phrase, found)]


def _gives_way(phrase: Phrase, others: Iterable[Phrase]) -> bool:
    """Whether a longer phrase holds most of its occurrences, or a shorter one far more."""
    for other in others:
        longer, shorter = (other, phrase) if len(other.stems) > len(phrase.stems) else (phrase, other)
        if longer is shorter or len(longer.stems) == len(shorter.stems) or not _holds(longer.stems, shorter.stems):
            continue
        mostly = longer.seen.count >= shorter.seen.count * _PART
        if phrase is (shorter if mostly else longer):
            return True
    return False


def _holds(longer: Stems, shorter: Stems) -> bool:
    return any(longer[i : i + len(shorter)] == shorter for i in range(len(longer) - len(shorter) + 1))

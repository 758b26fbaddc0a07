"""How well stances are judged on any subject: macro-F1 over supports, opposes, conditional and none, by passages.

The reader is asked as it is: rules are made from each passage's pairs (`monitor.bench.passages`), the passage is read
under them, and a pair's answer is its surest statement, or none. Beside it stands who always gives the commonest label.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.bench.passages import LABELS, Passage, rules_of
from monitor.model.item import Item
from monitor.model.statement import ReadStatement, Stance
from monitor.positions.grammar.language import Language, load_language
from monitor.positions.protocol import Extractor
from monitor.positions.read import read_item
from rules.compiler import compile_rules

NONE = "none"
RESAMPLES = 1000
CONTRARY = {Stance.SUPPORTS: Stance.OPPOSES, Stance.OPPOSES: Stance.SUPPORTS, Stance.CONDITIONAL: Stance.CONDITIONAL}
Answers = list[tuple[str, str]]
"""For each pair of a passage, its label and the answer."""


@dataclass(frozen=True, slots=True)
class ClassFigure:
    """Of one label: `right` of `given` answers and of `wanted` labels."""

    label: str
    wanted: int
    given: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the answers that are right; 0 where there are none."""
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """Share of the labels that were found; 0 where there are none."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.wanted + self.given
        return 2 * self.right / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Judging:
    """The figures of one way of judging. `interval` is that of `macro_f1`, over resampled passages (Efron 1979)."""

    way: str
    passages: int
    pairs: int
    macro_f1: float
    interval: tuple[float, float]
    accuracy: float
    classes: tuple[ClassFigure, ...]


def answered(passage: Passage, extractor: Extractor, language: Language) -> Answers:
    """What the reader says of each pair of a passage."""
    rules, actors, issues = rules_of(passage, language)
    statements = read_item(_item(passage.text, language.code), compile_rules(rules), extractor).statements
    return [(p.label, _answer(statements, actors[p.holder], issues[p.proposition])) for p in passage.pairs]


def _answer(statements: Sequence[ReadStatement], holder: str, issue: tuple[str, bool]) -> str:
    key, turned = issue
    own = [s for s in statements if s.holder == holder and s.issue == key and not s.withdraws]
    if not own:
        return NONE
    stance = max(own, key=lambda s: s.confidence).stance
    return str(CONTRARY[stance] if turned else stance)


def _item(text: str, lang: str) -> Item:
    moment = datetime(2025, 3, 1, tzinfo=UTC)
    return Item(
        id=1, revision=1, story_id=1, feed_id=None, identity="passage", url=None, title="", text=text,
        published_at=moment, seen_at=moment, lang=lang, publisher="passages",
    )  # fmt: skip


def measure(passages: Sequence[Passage], extractor: Extractor, seed: int = 20250217) -> tuple[Judging, ...]:
    """The reader's figures and the commonest label's. Raises ValueError when there is no passage."""
    if not passages:
        raise ValueError("no passages to judge")
    language = load_language("en")
    read = [answered(passage, extractor, language) for passage in passages]
    commonest = Counter(label for answers in read for label, _ in answers).most_common(1)[0][0]
    always = [[(label, commonest) for label, _ in answers] for answers in read]
    return (_figures("grammar", read, seed), _figures(f"always {commonest}", always, seed))


def figures_of(answers: Sequence[tuple[str, str]]) -> tuple[ClassFigure, ...]:
    """The figure of each label."""
    wanted, given = Counter(label for label, _ in answers), Counter(answer for _, answer in answers)
    right = Counter(label for label, answer in answers if label == answer)
    return tuple(ClassFigure(label, wanted[label], given[label], right[label]) for label in LABELS)


def macro_f1(answers: Sequence[tuple[str, str]]) -> float:
    """The mean F1 of the four labels."""
    return sum(figure.f1 for figure in figures_of(answers)) / len(LABELS)


def _figures(way: str, read: Sequence[Answers], seed: int) -> Judging:
    flat = [pair for answers in read for pair in answers]
    accuracy = sum(label == answer for label, answer in flat) / max(len(flat), 1)
    interval = _bootstrap(read, macro_f1, seed)
    return Judging(way, len(read), len(flat), macro_f1(flat), interval, accuracy, figures_of(flat))


def _bootstrap(
    read: Sequence[Answers], figure: Callable[[Sequence[tuple[str, str]]], float], seed: int
) -> tuple[float, float]:
    """The middle 95 % of a figure over passages drawn with replacement."""
    chance = random.Random(seed)  # noqa: S311 - resampling, not secrets
    values = sorted(
        figure([pair for _ in read for pair in read[chance.randrange(len(read))]]) for _ in range(RESAMPLES)
    )
    return values[int(RESAMPLES * 0.025)], values[int(RESAMPLES * 0.975) - 1]

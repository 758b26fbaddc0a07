"""The seams of extraction: finding candidates (who, what, where) is kept apart from judging the stance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from monitor.model.item import Item
from monitor.model.statement import Evidence, Reading, Stance
from rules.model import Match, RuleSet


class Attribution(StrEnum):
    """How the text ties the holder to the matter."""

    QUOTE = "quote"
    INDIRECT = "indirect"
    ACT = "act"
    NOMINAL = "nominal"
    PASSIVE = "passive"
    CLAIMED = "claimed"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class CueSeen:
    """A wording that bears on a stance. `place`: "before" (between holder and matter), "inside" or "after" the matter,
    "ahead" (before the holder, as in "If asked, Rome will …"). `gap` counts the words to the matter, `link` those
    to the noun that comes first on the way ("lift its ban on …"), if one does. A negation is `loose` when a word that
    no list knows stands between it and the matter: "did not mention", "never heard of".
    """

    kinds: frozenset[str]
    wording: str
    place: str
    gap: int = 0
    link: int = 0
    loose: bool = False
    verb: bool = False

    def has(self, *kinds: str) -> bool:
        """Whether it is of any of these classes."""
        return not self.kinds.isdisjoint(kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may hold a position on an issue, and the words where it would be shown.

    `cues` are the wordings that bear on the stance, in the order of the text; `polarity` is -1 where
    the matter itself was found by a wording that states the contrary of the proposition. `anaphoric` when the matter is
    taken up by words such as "the idea".
    """

    holder: str
    issue: str
    evidence: Evidence
    attribution: Attribution
    cues: tuple[CueSeen, ...]
    polarity: int = 1
    states_it: bool = False
    anaphoric: bool = False
    quoted: bool = False
    speaker: str | None = None
    claimed_by: str | None = None
    uncertain_speaker: bool = False
    question: bool = False
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The stance that a passage shows, or None; `score` in 0..1 is how firmly, `why` names what decided. `withdraws`
    when the stance is one that the holder takes back.
    """

    stance: Stance | None
    score: float
    why: str
    withdraws: bool = False


class CandidateFinder(Protocol):
    """Finds who may hold a position on what, without judging which."""

    def find(self, item: Item, matches: Sequence[Match], rules: RuleSet) -> Sequence[Candidate]:
        """Candidates in the order of the text."""
        ...


class StanceJudge(Protocol):
    """Judges which stance a candidate's passage shows."""

    def judge(self, candidate: Candidate) -> Judgement:
        """The stance, or none with the reason."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What a judge that reads for itself is asked about: does `holder`, by these words, support the proposition?

    `text` is the evidence, `before` and `after` what stands around it; `holder` is a name, `proposition` a sentence.
    """

    text: str
    before: str
    after: str
    holder: str
    proposition: str
    candidate: Candidate


@runtime_checkable
class PassageJudge(Protocol):
    """Scores (passage, holder, proposition) → supports, opposes, conditional or none, such as a small local model."""

    name: str
    version: str

    def judge_passages(self, passages: Sequence[Passage]) -> Sequence[Judgement]:
        """A judgement for each passage, in their order; `score` 0..1. All passages of an item come at once."""
        ...


class Extractor(Protocol):
    """Reads statements out of an item. Implementations: `grammar` (default), `llm` (by setting).

    A reading made by another extractor in its place says so in `Reading.fallback`.
    """

    name: str
    version: str

    def read(self, item: Item, matches: Sequence[Match], rules: RuleSet) -> Reading:
        """What the item says about who holds which position. Never raises on text, however mangled."""
        ...


class Interrupted(Exception):  # noqa: N818 - it is what happened
    """The service stops: what was asked has no answer, and is asked again at the next start."""


@runtime_checkable
class ReadsTogether(Extractor, Protocol):
    """An extractor that asks somebody over the network: several items at once, and slowly.

    `at_once` is how many items to hand over; `slowest` is what these may take, and a lease has to outlive it.
    """

    at_once: int
    slowest: timedelta

    def read_together(self, wanted: Sequence[tuple[Item, Sequence[Match]]], rules: RuleSet) -> list[Reading]:
        """One reading for each item, in their order. Raises Interrupted after `interrupt`."""
        ...

    def interrupt(self) -> None:
        """Ends what is under way, from any thread."""
        ...

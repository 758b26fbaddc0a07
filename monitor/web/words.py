"""The signs and plain words in which pages speak of stances, changes and feeds. Colour never says a thing alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.feeds.health import Condition, health
from monitor.model.feed import Feed
from monitor.model.position import ChangeKind, ChangeStatus, FoundChange
from monitor.model.statement import Stance
from monitor.net.mask import mask


@dataclass(frozen=True, slots=True)
class Word:
    """A sign for narrow places, the word that goes with it, and the class name that colours both."""

    sign: str
    word: str
    tone: str


STANCES = {
    Stance.SUPPORTS: Word("+", "supports", "supports"),
    Stance.OPPOSES: Word("\N{MINUS SIGN}", "opposes", "opposes"),
    Stance.CONDITIONAL: Word("\N{PLUS-MINUS SIGN}", "conditional", "conditional"),
}
UNKNOWN = Word("\N{MIDDLE DOT}", "not known", "unknown")
WITHDRAWN = Word("\N{EMPTY SET}", "withdrawn", "unknown")

KINDS = {
    ChangeKind.FIRST: "First known position",
    ChangeKind.REVERSED: "Reversed",
    ChangeKind.SOFTENED: "Softened",
    ChangeKind.HARDENED: "Hardened",
    ChangeKind.WITHDRAWN: "Withdrawn",
    ChangeKind.SPLIT: "Split",
}

STATUSES = {
    ChangeStatus.PENDING: Word("\N{DOTTED CIRCLE}", "pending", "pending"),
    ChangeStatus.CONFIRMED: Word("\N{CHECK MARK}", "confirmed", "confirmed"),
    ChangeStatus.DROPPED: Word("\N{MULTIPLICATION X}", "dropped", "dropped"),
    ChangeStatus.RETRACTED: Word("\N{LEFTWARDS ARROW WITH HOOK}", "retracted", "dropped"),
}
BASELINE = Word("\N{BLACK SQUARE}", "baseline", "baseline")

_MEANINGS = {
    "pending": "Not yet certain enough; a further independent report would settle it.",
    "confirmed": "Past the threshold of certainty.",
    "dropped": "Contradicted before it was confirmed.",
    "retracted": "Was recorded, but no longer follows from what is known.",
    "baseline": "Found in what was already published when watching began; nobody is alerted.",
}


def stance_word(stance: Stance | str | None) -> Word:
    """The word for a stance; None is a position that is not known."""
    return UNKNOWN if stance is None else STANCES[Stance(stance)]


def after_word(change: FoundChange) -> Word:
    """The word for what a change leads to: a withdrawal leads to no stance, which is not the same as not known."""
    return WITHDRAWN if change.after is None else STANCES[change.after]


def status_word(change: FoundChange) -> Word:
    """The word for the standing of a change. A confirmed one that belongs to a baseline says so."""
    if change.silent and change.status is ChangeStatus.CONFIRMED:
        return BASELINE
    return STATUSES[change.status]


def meaning(status: str) -> str:
    """What a status word means, in a sentence."""
    return _MEANINGS.get(status, "")


@dataclass(frozen=True, slots=True)
class FeedWord(Word):
    """How a feed is, and sentences that explain it: what is wrong, and what to do."""

    advice: tuple[str, ...] = ()


def feed_word(feed: Feed, now: datetime) -> FeedWord:
    """How a feed is, in plain words."""
    found = health(feed, now)
    said = (found.words, found.remedy)
    if feed.last_error:  # shown by itself, with the moment of the first failure
        said = (None if found.words == mask(feed.last_error) else found.words, found.remedy)
    advice = tuple(sentence for sentence in said if sentence)
    if found.condition is Condition.FAILING:
        times = "once" if feed.failures == 1 else f"{feed.failures} times in a row"
        return FeedWord("!", f"failed {times}", "failing", advice)
    if found.condition is Condition.WELL and feed.next_poll_at <= now:
        return FeedWord("\N{HORIZONTAL ELLIPSIS}", "due now", "pending", advice)
    sign, word, tone = _CONDITIONS[found.condition]
    return FeedWord(sign, word, tone, advice)


_CONDITIONS = {
    Condition.WELL: ("\N{CHECK MARK}", "well", "confirmed"),
    Condition.SILENT: ("?", "silent", "pending"),
    Condition.WAITING: ("\N{HORIZONTAL ELLIPSIS}", "waiting for its first poll", "pending"),
    Condition.PAUSED: ("\N{DOUBLE VERTICAL LINE}", "paused by an operator", "unknown"),
    Condition.GONE: ("\N{MULTIPLICATION X}", "gone: the site closed it", "failing"),
}


def distance(seconds: float) -> str:
    """A span of time in its largest fitting unit: "40 s", "5 min", "3 h", "12 d"."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"

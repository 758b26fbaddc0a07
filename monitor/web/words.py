"""The signs and plain words in which pages speak of stances, changes and feeds. Colour never says a thing alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.feed import Feed, FeedStatus
from monitor.model.position import ChangeKind, ChangeStatus, FoundChange
from monitor.model.statement import Stance


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


def feed_word(feed: Feed, now: datetime) -> Word:
    """How a feed is, in plain words."""
    if feed.status is FeedStatus.PAUSED:
        return Word("\N{DOUBLE VERTICAL BAR}", "paused by an operator", "unknown")
    if feed.status is FeedStatus.GONE:
        return Word("\N{MULTIPLICATION X}", "gone: the site closed it", "failing")
    if feed.failures:
        times = "once" if feed.failures == 1 else f"{feed.failures} times in a row"
        return Word("!", f"failed {times}", "failing")
    if feed.last_poll_at is None:
        return Word("\N{HORIZONTAL ELLIPSIS}", "waiting for its first poll", "pending")
    if feed.next_poll_at <= now:
        return Word("\N{HORIZONTAL ELLIPSIS}", "due now", "pending")
    return Word("\N{CHECK MARK}", "well", "confirmed")


def distance(seconds: float) -> str:
    """A span of time in its largest fitting unit: "40 s", "5 min", "3 h", "12 d"."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"

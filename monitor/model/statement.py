"""Statements: who holds which stance on which issue, and the words that show it."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stance(StrEnum):
    """A stance on an issue's proposition."""

    SUPPORTS = "supports"
    OPPOSES = "opposes"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that show a stance: `text == item.fields[field][start:end]`, offsets in code points."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """A statement as an extractor gives it, before it has a row.

    `holder` and `issue` are rule ids. `speaker` is the surface of whoever utters it in the text (None: the article's
    own voice). `claimed_by` is the actor who says that the holder holds it, when that is somebody else. `quoted` is
    true when the evidence is the holder's direct speech. `withdraws` marks an explicit retraction of the stance named.
    `confidence` is the probability that holder, issue and stance are all right, as the extractor gives it; `accuracy`
    what that comes to by the record of earlier readings, None where there was none to go by.
    """

    holder: str
    issue: str
    stance: Stance
    evidence: Evidence
    confidence: float
    said_at: datetime
    speaker: str | None = None
    claimed_by: str | None = None
    quoted: bool = False
    withdraws: bool = False
    why: str = ""
    accuracy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """One step of a reading, for `explain`: a place in a field, what was seen there, and why it led to what it did.

    `outcome` is "statement", "left out", "note" or "caution" (read, but in a language that is read with low accuracy);
    `cues` are the wordings that counted, in the order of the text.
    """

    outcome: str
    why: str
    field: str = ""
    start: int = 0
    end: int = 0
    holder: str | None = None
    issue: str | None = None
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Why a reading was made by another extractor than the one that was chosen.

    `wanted` names the chosen one. `again_at` is when the item is to be read by it after all; None where trying again
    would bring the same.
    """

    wanted: str
    reason: str
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one version of an extractor made of one revision of an item under one version of the rules.

    `fallback` is set where `extractor` stood in for another one.
    """

    extractor: str
    version: str
    rules_version: str
    statements: tuple[ReadStatement, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    fallback: Fallback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement with a row: what was read, from which revision of which item, and by whom it was published.

    `fingerprint` is stable over re-readings and copies: the same holder, issue, stance and words give the same one.
    `live` is false once the reading that made it was replaced. `lang` is the language of the item, where it is told.
    """

    id: int
    item_id: int
    revision: int
    story_id: int
    publisher: str
    url: str | None
    item_title: str
    seen_at: datetime
    baseline: bool
    fingerprint: str
    read: ReadStatement
    live: bool = True
    lang: str | None = None

    @property
    def said_at(self) -> datetime:
        """When it was said, as far as the text tells; else when the item was published."""
        return self.read.said_at


def fingerprint(holder: str, issue: str, stance: Stance, words: str) -> str:
    """The identity of an utterance: 32 hex digits over who, what, which stance and the folded words.

    Case, diacritics, punctuation and spaces do not count, so that a copy with other quotation marks is the same.
    """
    folded = unicodedata.normalize("NFKD", words).casefold()
    kept = "".join(c for c in folded if c.isalnum())
    return hashlib.sha256("\x1f".join((holder, issue, stance, kept)).encode()).hexdigest()[:32]

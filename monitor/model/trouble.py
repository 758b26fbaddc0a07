"""Troubles that operators are told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TroubleKind(StrEnum):
    """What is in trouble. OFFICE is an office that ended without a successor in the rules; it needs an edit."""

    NOTHING_POLLED = "nothing polled"
    DISK = "disk"
    ITEMS = "items"
    DEAD_LETTERS = "dead letters"
    ENDPOINT = "endpoint"
    MAIL = "mail"
    FEED_GONE = "feed gone"
    FEED_FAILING = "feed failing"
    FEED_SILENT = "feed silent"
    OFFICE = "office ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that an operator should look at.

    `subject` names it for good ("feed 12"), so that it is told once; `name` is how people call it. `words` say what is
    wrong and `remedy` what to do. `since` is when it began, as far as known.
    """

    kind: TroubleKind
    subject: str
    name: str
    words: str
    remedy: str
    since: datetime

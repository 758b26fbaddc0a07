"""What readers say of a change: that it is wrong, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_NOTE = 500
"""Code points of a note."""


class ReportReason(StrEnum):
    """Why a reader says that a change is wrong.

    MISREAD: the words mean something else. PERSON: somebody else said them. ISSUE: they are about something else.
    NO_NEWS: this was held before, or the words are old. OTHER: see the note.
    """

    MISREAD = "misread"
    PERSON = "person"
    ISSUE = "issue"
    NO_NEWS = "no_news"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A reader's word on a change. It changes nothing by itself; `closed_at` is when an operator was done with it."""

    id: int
    change_id: int
    reason: ReportReason
    note: str
    at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None

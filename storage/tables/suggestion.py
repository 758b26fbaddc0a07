"""What operators answered to suggestions."""

from __future__ import annotations

from datetime import datetime

from storage.tables.base import Table, moment, string


class SuggestionRow(Table, table=True):
    """An answer to a suggestion, under the suggestion's stable id. `subject` is what it was about, for people."""

    __tablename__ = "suggestion"

    id: str = string(primary_key=True)
    kind: str = string()
    subject: str = string()
    answer: str = string()
    who: str = string()
    why: str = string("")
    at: datetime = moment()

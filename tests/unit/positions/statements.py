"""Statements for the tracker's tests, short to write down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from monitor.model.statement import Evidence, ReadStatement, Stance, Statement, fingerprint

START = datetime(2025, 2, 1, tzinfo=UTC)
S, O, C = Stance.SUPPORTS, Stance.OPPOSES, Stance.CONDITIONAL  # noqa: E741

_ids = count(1)


def said(
    stance: Stance,
    day: float,
    *,
    holder: str = "ann",
    issue: str = "dam",
    publisher: str | None = None,
    story: int | None = None,
    words: str | None = None,
    confidence: float = 0.9,
    quoted: bool = False,
    claimed_by: str | None = None,
    withdraws: bool = False,
    baseline: bool = False,
    seen_day: float | None = None,
) -> Statement:
    """One statement, by default in a story and a paper of its own, in words of its own."""
    number = next(_ids)
    words = words or f"words {number}"
    moment = START + timedelta(days=day)
    return Statement(
        id=number,
        item_id=number,
        revision=1,
        story_id=story or number,
        publisher=publisher or f"paper {number}",
        url=f"https://paper.example/{number}",
        item_title=f"Title {number}",
        seen_at=START + timedelta(days=day if seen_day is None else seen_day),
        baseline=baseline,
        fingerprint=fingerprint(holder, issue, stance, words),
        read=ReadStatement(
            holder=holder,
            issue=issue,
            stance=stance,
            evidence=Evidence("text", 0, len(words), words),
            confidence=confidence,
            said_at=moment,
            quoted=quoted,
            claimed_by=claimed_by,
            withdraws=withdraws,
        ),
    )

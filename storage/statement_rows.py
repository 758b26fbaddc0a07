"""Statements as rows and as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from monitor.model.item import Item
from monitor.model.statement import Evidence, ReadStatement, Stance, Statement, fingerprint
from storage.holders import Holders
from storage.tables import StatementRow, VerdictRow
from storage.values import Verdict, VerdictKind

OPERATOR_CONFIDENCE = 0.99
"""What a statement's confidence becomes once an operator confirmed or corrected it: people err too, but seldom."""


def id_of(row: StatementRow) -> int:
    """The id of a row that is stored."""
    assert row.id is not None
    return row.id


def row_of(reading_id: int, item: Item, read: ReadStatement) -> StatementRow:
    """A statement of this item as a row, without an id."""
    return StatementRow(
        reading_id=reading_id,
        item_id=item.id,
        revision=item.revision,
        holder=read.holder,
        issue=read.issue,
        stance=read.stance.value,
        field=read.evidence.field,
        start=read.evidence.start,
        end=read.evidence.end,
        text=read.evidence.text,
        confidence=read.confidence,
        said_at=read.said_at,
        speaker=read.speaker,
        claimed_by=read.claimed_by,
        quoted=read.quoted,
        withdraws=read.withdraws,
        why=read.why,
        fingerprint=fingerprint(read.holder, read.issue, read.stance, read.evidence.text),
        accuracy=read.accuracy,
    )


def _read(row: StatementRow) -> ReadStatement:
    return ReadStatement(
        holder=row.holder,
        issue=row.issue,
        stance=Stance(row.stance),
        evidence=Evidence(row.field, row.start, row.end, row.text),
        confidence=row.confidence,
        said_at=row.said_at,
        speaker=row.speaker,
        claimed_by=row.claimed_by,
        quoted=row.quoted,
        withdraws=row.withdraws,
        why=row.why,
        accuracy=row.accuracy,
    )


class Source(NamedTuple):
    """What a statement says of the item that it stands in, and of the revision that was read."""

    story_id: int
    publisher: str
    url: str | None
    baseline: bool
    lang: str | None
    title: str
    seen_at: datetime


def statement_of(row: StatementRow, verdict: VerdictRow | None, holders: Holders, source: Source) -> Statement:
    """The row as a value: with what the verdict puts in place, and under the actor whom it belongs to now."""
    read = _read(row)
    says_what = verdict is not None and verdict.kind not in (VerdictKind.REJECT, VerdictKind.UNDO)
    corrected = verdict if says_what else None
    if corrected is not None:
        read = replace(
            read,
            issue=corrected.issue or read.issue,
            stance=Stance(corrected.stance) if corrected.stance else read.stance,
            confidence=OPERATOR_CONFIDENCE,
            accuracy=None,
        )
    named = (corrected.holder, corrected.at) if corrected is not None else (None, None)
    read = replace(
        read,
        holder=holders.of((row.item_id, row.fingerprint), read.holder, *named),
        claimed_by=None if read.claimed_by is None else holders.now(read.claimed_by),
    )
    return Statement(
        id=id_of(row),
        item_id=row.item_id,
        revision=row.revision,
        story_id=source.story_id,
        publisher=source.publisher,
        url=source.url,
        item_title=source.title,
        seen_at=source.seen_at,
        baseline=source.baseline,
        fingerprint=fingerprint(read.holder, read.issue, read.stance, read.evidence.text),
        read=read,
        live=row.live,
        lang=source.lang,
    )


def verdict_of(row: VerdictRow) -> Verdict:
    """A verdict as a value."""
    assert row.id is not None
    return Verdict(
        id=row.id,
        statement_id=row.statement_id,
        kind=VerdictKind(row.kind),
        holder=row.holder,
        issue=row.issue,
        stance=Stance(row.stance) if row.stance else None,
        who=row.who,
        at=row.at,
        note=row.note,
    )

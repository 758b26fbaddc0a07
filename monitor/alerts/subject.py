"""The subject line: who, on what, from what to what, so that a mailbox can be read as a list."""

from __future__ import annotations

from monitor.alerts.clean import one_line
from monitor.alerts.scripts import placed
from monitor.alerts.texts import Texts
from monitor.alerts.width import columns, fitted
from monitor.model.alert import AlertContent, AlertKind, MatchContent
from monitor.model.position import ChangeKind, ChangeStatus

WIDEST = 76
"""Columns of a subject, without a label. Lists in mail clients show some 60 to 80; phones 30 to 50."""

LEAST_NAME = 20
"""Columns that a long name keeps in any case. Names are cut one by one, so that the stances at the end are not lost."""

LONGEST_NAME = 300


def subject_of(content: AlertContent | MatchContent, label: str, texts: Texts) -> str:
    """The subject: one line without control characters, never empty.

    `label` marks invented content ("INVENTED DEMO DATA"); empty: no mark.
    """
    subject = _of_match(content, texts) if isinstance(content, MatchContent) else _of_change(content, texts)
    label = one_line(label, WIDEST)
    return texts.subject_labelled.format(label=label, subject=subject) if label else subject


def move_of(kind: str, before: str | None, after: str | None, texts: Texts) -> str:
    """From what to what: "supports → conditional", "now supports", "no longer supports"."""
    was, now = stance(before, texts), stance(after, texts)
    if kind == ChangeKind.SPLIT:
        return texts.move_split.format(before=was, after=now)
    if after is None:
        return texts.move_withdrawn.format(before=was)
    if before is None:
        return texts.move_first.format(after=now)
    return texts.move.format(before=was, after=now)


def stance(name: str | None, texts: Texts) -> str:
    """A stance in the reader's language."""
    return texts.unknown_stance if name is None else texts.stances.get(name, fitted(one_line(name, LONGEST_NAME), 40))


def _of_change(content: AlertContent, texts: Texts) -> str:
    frame = texts.subject
    if content.kind is AlertKind.CORRECTION:
        frame = texts.subject_correction.replace("{subject}", frame)
    elif content.status != ChangeStatus.CONFIRMED:
        frame = texts.subject_pending.replace("{subject}", frame)
    move = move_of(content.change_kind, content.stance_before, content.stance_after, texts)
    actor = one_line(content.actor_short or content.actor, LONGEST_NAME) or texts.no_name
    issue = one_line(content.issue, LONGEST_NAME) or texts.no_name
    room = WIDEST - columns(frame.format(actor="", issue="", move=move))
    actor, issue = _both(actor, issue, room)
    return frame.format(actor=placed(actor, texts.direction), issue=placed(issue, texts.direction), move=move)


def _of_match(content: MatchContent, texts: Texts) -> str:
    query = one_line(content.query, LONGEST_NAME) or texts.no_name
    title = one_line(content.item_title, LONGEST_NAME) or texts.no_title
    query, title = _both(query, title, WIDEST - columns(texts.subject_match.format(query="", title="")))
    return texts.subject_match.format(query=placed(query, texts.direction), title=placed(title, texts.direction))


def _both(first: str, second: str, room: int) -> tuple[str, str]:
    """Both names within so many columns. The first is who: it gives way only when it alone would leave no room."""
    first = fitted(first, max(room - min(columns(second), LEAST_NAME), LEAST_NAME))
    return first, fitted(second, max(room - columns(first), LEAST_NAME))

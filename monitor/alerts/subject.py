"""The subject line: who, on what, from what to what, so that a mailbox can be read as a list."""

from __future__ import annotations

from monitor.alerts.clean import one_line
from monitor.alerts.texts import Texts
from monitor.model.alert import AlertContent, AlertKind, MatchContent
from monitor.model.position import ChangeKind, ChangeStatus

LONGEST_NAME = 60
LONGEST_TITLE = 120
"""Code points. Names and titles are cut one by one, so that the stances at the end are never lost."""


def subject_of(content: AlertContent | MatchContent, label: str, texts: Texts) -> str:
    """The subject: one line without control characters, never empty, at most some 300 characters.

    `label` marks invented content ("INVENTED DEMO DATA"); empty: no mark.
    """
    subject = _of_match(content, texts) if isinstance(content, MatchContent) else _of_change(content, texts)
    label = one_line(label, LONGEST_NAME)
    return texts.subject_labelled.format(label=label, subject=subject) if label else subject


def move_of(content: AlertContent, texts: Texts) -> str:
    """From what to what: "supports → conditional", "now supports", "no longer supports"."""
    before, after = stance(content.stance_before, texts), stance(content.stance_after, texts)
    if content.change_kind == ChangeKind.SPLIT:
        return texts.move_split.format(before=before, after=after)
    if content.stance_after is None:
        return texts.move_withdrawn.format(before=before)
    if content.stance_before is None:
        return texts.move_first.format(after=after)
    return texts.move.format(before=before, after=after)


def stance(name: str | None, texts: Texts) -> str:
    """A stance in the reader's language."""
    return texts.unknown_stance if name is None else texts.stances.get(name, one_line(name, LONGEST_NAME))


def _of_change(content: AlertContent, texts: Texts) -> str:
    move = move_of(content, texts)
    corrects = content.kind is AlertKind.CORRECTION
    subject = texts.subject.format(
        actor=one_line(content.actor_short or content.actor, LONGEST_NAME) or texts.no_name,
        issue=one_line(content.issue, LONGEST_NAME) or texts.no_name,
        move=texts.taken_back.format(move=move) if corrects else move,
    )
    if corrects:
        return texts.subject_correction.format(subject=subject)
    if content.status != ChangeStatus.CONFIRMED:
        return texts.subject_pending.format(subject=subject)
    return subject


def _of_match(content: MatchContent, texts: Texts) -> str:
    return texts.subject_match.format(
        query=one_line(content.query, LONGEST_NAME) or texts.no_name,
        title=one_line(content.item_title, LONGEST_TITLE) or texts.no_title,
    )

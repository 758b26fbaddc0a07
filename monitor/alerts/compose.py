"""What an alert says: subject, text, HTML and the body of a webhook. Pure.

Nothing in it depends on who is told: one composition serves all subscriptions, and `with_personal` adds what belongs
to one of them when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.alerts.layout import laid_out
from monitor.alerts.letter import Links, letter_of
from monitor.alerts.payload import payload_of
from monitor.alerts.personal import with_personal
from monitor.alerts.subject import subject_of
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.alert import AlertContent, MatchContent, Message

__all__ = ["Composed", "Links", "compose", "with_personal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """An alert as it is sent. `payload` is the exact body of a webhook, UTF-8 JSON below 20 kB.

    `text` is wrapped at 72 columns and reads well in a chat too. The HTML holds a place for personal links.
    """

    subject: str
    text: str
    html: str
    payload: str

    def message(
        self, content: Mapping[str, Any], sequence: int, *, actor: str | None = None, issue: str | None = None
    ) -> Message:
        """As it is kept: with what it was made from, as JSON values, and what it is about."""
        return Message(
            content=content,
            subject=self.subject,
            text=self.text,
            html=self.html,
            payload=self.payload,
            actor=actor,
            issue=issue,
            sequence=sequence,
        )


def compose(
    content: AlertContent | MatchContent,
    *,
    made_at: datetime,
    label: str = "",
    links: Links = Links(),  # noqa: B008 - frozen, and without links by default
    texts: Texts = ENGLISH,
) -> Composed:
    """Put an alert into words.

    `made_at` is when the alert was recorded, aware. `label` marks content that is invented ("INVENTED DEMO DATA") in
    all four. Same arguments, same bytes. Whatever a title or quote holds, an alert comes out: control characters and
    line breaks become spaces, markup is escaped, what is too long is cut with an ellipsis.
    """
    subject = subject_of(content, label, texts)
    letter = letter_of(content, subject, label, links, texts)
    return Composed(
        subject=subject,
        text=laid_out("alert.txt", letter=letter),
        html=laid_out("alert.html", letter=letter),
        payload=payload_of(content, made_at=made_at, label=label, links=links),
    )

"""A notice about a subscription itself: a request to confirm an address, word that a subscription was added. Pure.

Word that a target takes nothing any more is in `monitor.alerts.stopped`.

The links that act for the reader are no part of it: `with_personal` puts them in when it is sent, so that they are
nowhere in the database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from monitor.alerts.clean import one_line
from monitor.alerts.compose import Composed
from monitor.alerts.layout import laid_out
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.moment import utc

CONFIRM_DAYS = 7
"""How long the link in a request to confirm an address works."""

LONGEST = 500
LONGEST_SUBSCRIBER = 60


class Notice(StrEnum):
    """What a notice is about; its message's content says so under `notice`."""

    CONFIRM = "confirm"
    ADDED = "added"
    STOPPED = "stopped"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLetter:
    """All lines of a notice in their order; `facts` say what the subscription wants."""

    subject: str
    label: str
    preview: str
    lead: str
    said: str
    facts: tuple[tuple[str, str], ...]
    after: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    footer: str
    language: str
    direction: str


def compose_notice(
    notice: Notice,
    *,
    subscriber: str,
    wanted: tuple[tuple[str, str], ...],
    public_url: str,
    made_at: datetime,
    label: str = "",
    texts: Texts = ENGLISH,
) -> Composed:
    """Put a notice into words. `wanted` says what the subscription wants, as `wanted_words` does.

    `public_url` is where its readers find the service. Same arguments, same bytes.
    """
    letter = _letter(
        notice, one_line(subscriber, LONGEST_SUBSCRIBER) or texts.no_name, wanted, public_url, label, texts
    )
    text = laid_out("notice.txt", letter=letter)
    body = {
        "type": f"subscription.{notice.value}",
        "timestamp": utc(made_at).isoformat().replace("+00:00", "Z"),
        "data": {"subject": letter.subject, "label": letter.label, "wanted": dict(letter.facts)},
    }
    return Composed(
        subject=letter.subject,
        text=text,
        html=laid_out("notice.html", letter=letter, confirms=notice is Notice.CONFIRM),
        payload=json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )


def _letter(
    notice: Notice, subscriber: str, wanted: tuple[tuple[str, str], ...], public_url: str, label: str, texts: Texts
) -> NoticeLetter:
    words = texts.notice
    asks = notice is Notice.CONFIRM
    label = one_line(label, LONGEST)
    subject = (words.confirm_subject if asks else words.added_subject).format(subscriber=subscriber)
    said = (words.confirm_asked if asks else words.added_said).format(
        place=one_line(urlsplit(public_url).netloc or public_url, LONGEST), subscriber=subscriber
    )
    after = (words.confirm_else, words.confirm_do.format(days=CONFIRM_DAYS)) if asks else (words.added_do,)
    return NoticeLetter(
        subject=texts.subject_labelled.format(label=label, subject=subject) if label else subject,
        label=label,
        preview=said,
        lead=words.confirm_lead if asks else words.added_lead,
        said=said,
        facts=tuple((name, one_line(value, 2 * LONGEST)) for name, value in wanted),
        after=after,
        links=(),
        footer=words.footer,
        language=texts.language,
        direction=texts.direction,
    )

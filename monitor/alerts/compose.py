"""What an alert says: subject, text, HTML and the body of a webhook. Pure.

Nothing in it depends on who is told, unless links of theirs are given: one composition serves all subscriptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monitor.alerts.letter import Letter, Links, letter_of
from monitor.alerts.payload import payload_of
from monitor.alerts.subject import subject_of
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.alert import AlertContent, MatchContent

__all__ = ["Composed", "Links", "compose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """An alert as it is sent. `payload` is the exact body of a webhook, UTF-8 JSON below 20 kB."""

    subject: str
    text: str
    html: str
    payload: str


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
        text=_laid_out("alert.txt", letter),
        html=_laid_out("alert.html", letter),
        payload=payload_of(content, made_at=made_at, label=label, links=links),
    )


def _laid_out(template: str, letter: Letter) -> str:
    return _templates().get_template(template).render(letter=letter)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.alerts", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

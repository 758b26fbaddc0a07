"""A test message: whoever asked for it sees whether it arrives. Pure."""

from __future__ import annotations

import json
from datetime import datetime

from monitor.alerts.clean import one_line
from monitor.alerts.compose import Composed
from monitor.alerts.layout import laid_out
from monitor.alerts.notice import LONGEST, Notice, NoticeLetter
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.moment import utc

SUBJECT = "A test message from Volteface"
LEAD = "It works"
SAID = "You asked for this message, to see whether it arrives. Alerts will come the same way."
FOOTER = "Sent once by Volteface, which watches the news and tells you when somebody changes their position."


def compose_test(
    wanted: tuple[tuple[str, str], ...], *, made_at: datetime, label: str = "", texts: Texts = ENGLISH
) -> Composed:
    """Put a test message into words. `wanted` says what the subscription wants. Same arguments, same bytes."""
    label = one_line(label, LONGEST)
    letter = NoticeLetter(
        subject=texts.subject_labelled.format(label=label, subject=SUBJECT) if label else SUBJECT,
        label=label,
        preview=SAID,
        lead=LEAD,
        said=SAID,
        facts=tuple((name, one_line(value, 2 * LONGEST)) for name, value in wanted),
        after=(),
        links=(),
        footer=FOOTER,
        language=texts.language,
        direction=texts.direction,
    )
    body = {
        "type": f"subscription.{Notice.TEST.value}",
        "timestamp": utc(made_at).isoformat().replace("+00:00", "Z"),
        "data": {"subject": letter.subject, "label": label, "wanted": dict(letter.facts)},
    }
    return Composed(
        subject=letter.subject,
        text=laid_out("notice.txt", letter=letter),
        html=laid_out("notice.html", letter=letter, confirms=False),
        payload=json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )

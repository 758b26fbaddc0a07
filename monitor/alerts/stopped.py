"""Word, over another channel, that a target takes nothing any more. Pure."""

from __future__ import annotations

import json
from datetime import datetime

from monitor.alerts.clean import one_line
from monitor.alerts.compose import Composed
from monitor.alerts.layout import laid_out
from monitor.alerts.notice import LONGEST, LONGEST_SUBSCRIBER, Notice, NoticeLetter
from monitor.alerts.quoting import moment
from monitor.alerts.targets import mask
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.alert import Subscription
from monitor.model.moment import utc


def compose_stopped(
    stopped: Subscription, why: str, *, made_at: datetime, label: str = "", texts: Texts = ENGLISH
) -> Composed:
    """Put into words that nothing goes to a subscription's target any more, and why.

    Its address is shown masked: whoever reads the other channel need not be the one who set this one up.
    """
    words = texts.notice
    label, why = one_line(label, LONGEST), one_line(why, LONGEST)
    facts = (
        (words.stopped_target, mask(stopped.channel, stopped.target)),
        (words.stopped_subscription, str(stopped.id)),
        (words.stopped_why, why),
        (words.stopped_since, moment(made_at, texts)),
    )
    subject = words.stopped_subject.format(
        channel=stopped.channel.value, subscriber=one_line(stopped.subscriber, LONGEST_SUBSCRIBER) or texts.no_name
    )
    letter = NoticeLetter(
        subject=texts.subject_labelled.format(label=label, subject=subject) if label else subject,
        label=label,
        preview=why,
        lead=words.stopped_lead,
        said=words.stopped_said,
        facts=facts,
        after=(words.stopped_do,),
        links=(),
        footer=words.stopped_footer,
        language=texts.language,
        direction=texts.direction,
    )
    return Composed(
        subject=letter.subject,
        text=laid_out("notice.txt", letter=letter),
        html=laid_out("notice.html", letter=letter, confirms=False),
        payload=_payload(letter, stopped, why, made_at),
    )


def _payload(letter: NoticeLetter, stopped: Subscription, why: str, made_at: datetime) -> str:
    data = {
        "subject": letter.subject,
        "label": letter.label,
        "subscription": stopped.id,
        "channel": stopped.channel.value,
        "why": why,
    }
    stamp = utc(made_at).isoformat().replace("+00:00", "Z")
    body = {"type": f"subscription.{Notice.STOPPED.value}", "timestamp": stamp, "data": data}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

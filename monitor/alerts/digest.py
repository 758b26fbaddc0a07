"""Several alerts in one mail: subject, text, HTML and what programs read. Pure.

A digest is made for one subscription: it speaks of its own time zone and of what that subscription asked for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from monitor.alerts.clean import one_line, safe_link
from monitor.alerts.compose import Composed
from monitor.alerts.digest_letter import Detail, DigestFrame, DigestLetter, digest_letter
from monitor.alerts.digest_order import DigestPart, grouped
from monitor.alerts.layout import laid_out
from monitor.alerts.payload import MOST_BYTES
from monitor.alerts.subject import subject_of
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.moment import utc

__all__ = ["DigestFrame", "DigestPart", "compose_digest"]

MOST_SHOWN = 100
"""Alerts that a digest shows; the others are counted and linked to."""

LARGEST_HTML = 98_000
"""Bytes. Gmail cuts a mail off at 102 kB; personal links come on top."""

_TRIED = ((Detail.FULL, 8), (Detail.BRIEF, 30), *((Detail.LINE, most) for most in (MOST_SHOWN, 60, 30, 10, 3)))


def compose_digest(parts: Sequence[DigestPart], frame: DigestFrame, texts: Texts = ENGLISH) -> Composed:
    """Put alerts into one mail, grouped by issue; without any it says that nothing changed, and what was watched.

    Few are shown with both quotes, more with the new one, many by one line each, so that the mail stays readable and
    below LARGEST_HTML. Same arguments, same bytes.
    """
    for detail, most in _TRIED:
        if detail is not Detail.LINE and len(parts) > most:
            continue
        letter = digest_letter(parts, frame, detail, most, texts)
        html = laid_out("digest.html", letter=letter)
        if len(html.encode()) <= LARGEST_HTML:
            return _composed(letter, html, parts, frame, texts)
    raise AssertionError("three lines of bounded length fit into every mail")


def _composed(
    letter: DigestLetter, html: str, parts: Sequence[DigestPart], frame: DigestFrame, texts: Texts
) -> Composed:
    text = laid_out("digest.txt", letter=letter)
    return Composed(subject=letter.subject, text=text, html=html, payload=_payload(parts, frame, texts))


def _payload(parts: Sequence[DigestPart], frame: DigestFrame, texts: Texts) -> str:
    """The digest for programs: the ids of its alerts with subject and page, below MOST_BYTES; the rest is counted."""
    alerts = [
        {"id": part.alert_id, "subject": subject_of(part.content, "", texts), "url": safe_link(part.links.change)}
        for _, members in grouped(parts)
        for part in members
    ]
    shown = len(alerts)
    while True:
        data = {
            "alerts": alerts[:shown],
            "left_out": len(alerts) - shown,
            "since": _stamp(frame.since),
            "until": _stamp(frame.until),
            "why": frame.why,
            "coverage": one_line(frame.coverage, 2_000),
            "label": one_line(frame.label, 200),
            **({"taken_back": frame.taken_back} if frame.taken_back else {}),
        }
        body = {"type": "digest", "timestamp": _stamp(frame.until), "data": data}
        written = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if len(written.encode()) < MOST_BYTES:
            return written
        shown = shown * 3 // 4


def _stamp(moment: datetime) -> str:
    return utc(moment).isoformat().replace("+00:00", "Z")

"""Word to operators: troubles that began, and troubles that are over. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.clean import one_line
from monitor.alerts.compose import Composed
from monitor.alerts.layout import laid_out
from monitor.alerts.payload import MOST_BYTES
from monitor.alerts.quoting import moment
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.moment import utc
from monitor.model.trouble import Trouble

MOST_SHOWN = 40
"""Troubles of each sort that a mail names; when the network is away, all feeds fail at once."""

MOST_NAMES = 3
LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLine:
    """One trouble as it is shown."""

    name: str
    when: str
    words: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLetter:
    """All lines of a mail to operators in their order; `groups` are headings with what stands below them."""

    subject: str
    label: str
    preview: str
    lead: str
    groups: tuple[tuple[str, tuple[AlarmLine, ...], str], ...]
    links: tuple[tuple[str, str], ...]
    footer: str
    language: str
    direction: str


def compose_alarm(
    began: Sequence[Trouble], over: Sequence[Trouble], *, now: datetime, label: str = "", texts: Texts = ENGLISH
) -> Composed:
    """Put troubles that began, and others that are over, into one message. Raises ValueError when there is neither.

    However many there are, one mail; the first MOST_SHOWN of each are named. Same arguments, same bytes.
    """
    if not began and not over:
        raise ValueError("there is nothing to tell")
    words = texts.alarm
    subject = words.subject.format(what=_what(began, over, texts))
    letter = AlarmLetter(
        subject=subject,
        label=one_line(label, LONGEST),
        preview=one_line((began or over)[0].words, LONGEST),
        lead=words.lead_new if began else words.lead_over,
        groups=tuple(
            (heading, tuple(_line(t, now if ended else None, texts) for t in some[:MOST_SHOWN]), _more(some, texts))
            for heading, some, ended in ((words.new, began, False), (words.over, over, True))
            if some
        ),
        links=(),
        footer=words.footer,
        language=texts.language,
        direction=texts.direction,
    )
    return Composed(
        subject=subject,
        text=laid_out("alarm.txt", letter=letter),
        html=laid_out("alarm.html", letter=letter),
        payload=_payload(began, over, now, label),
    )


def _what(began: Sequence[Trouble], over: Sequence[Trouble], texts: Texts) -> str:
    words = texts.alarm
    parts = [
        _some(some, one, many)
        for some, one, many in (
            (began, words.one, words.many),
            (over, words.over_one, words.over_many),
        )
        if some
    ]
    return parts[0] if len(parts) == 1 else words.and_also.format(first=parts[0], second=parts[1])


def _some(some: Sequence[Trouble], one: str, many: str) -> str:
    names = [one_line(trouble.name, 60) for trouble in some]
    if len(names) == 1:
        return one.format(kind=some[0].kind.value, name=names[0])
    shown = ", ".join(names[:MOST_NAMES]) + (f", +{len(names) - MOST_NAMES}" if len(names) > MOST_NAMES else "")
    return many.format(count=len(names), names=shown)


def _line(trouble: Trouble, until: datetime | None, texts: Texts) -> AlarmLine:
    words, since = texts.alarm, moment(trouble.since, texts)
    lasted = (
        words.since.format(since=since)
        if until is None
        else words.lasted.format(since=since, until=moment(until, texts))
    )
    remedy = one_line(trouble.remedy, LONGEST)
    return AlarmLine(
        name=words.one.format(kind=trouble.kind.value, name=one_line(trouble.name, 100)),
        when=lasted,
        words=one_line(trouble.words, LONGEST),
        remedy=words.do.format(remedy=remedy) if remedy and until is None else "",
    )


def _more(some: Sequence[Trouble], texts: Texts) -> str:
    left = len(some) - MOST_SHOWN
    return texts.alarm.more.format(count=left) if left > 0 else ""


def _payload(began: Sequence[Trouble], over: Sequence[Trouble], now: datetime, label: str) -> str:
    """For programs: every trouble as long as the body stays below MOST_BYTES; the rest is counted."""
    lists = {"began": [_plain(t) for t in began], "over": [_plain(t) for t in over]}
    shown = max(len(began), len(over))
    while True:
        data = {
            **{name: some[:shown] for name, some in lists.items()},
            **{f"{name}_left_out": max(len(some) - shown, 0) for name, some in lists.items()},
            "label": one_line(label, 200),
        }
        body = {"type": "operations.alarm", "timestamp": _stamp(now), "data": data}
        written = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if len(written.encode()) < MOST_BYTES:
            return written
        shown = shown * 3 // 4


def _plain(trouble: Trouble) -> dict[str, str]:
    return {
        "kind": trouble.kind.value,
        "subject": one_line(trouble.subject, 200),
        "name": one_line(trouble.name, 100),
        "words": one_line(trouble.words, LONGEST),
        "remedy": one_line(trouble.remedy, LONGEST),
        "since": _stamp(trouble.since),
    }


def _stamp(when: datetime) -> str:
    return utc(when).isoformat().replace("+00:00", "Z")

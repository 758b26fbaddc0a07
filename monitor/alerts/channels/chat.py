"""An alert as a chat shows it: a few lines with the two quotes and the link. Pure.

What is worth reading in a mail is too long for a telephone, and services cut what is beyond their limit (Discord at
2,000 characters, Telegram at 4,096, Pushover at 1,024). So this is made from the payload, not from the mail's text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from monitor.alerts.clean import cut, encodable, one_line
from monitor.alerts.texts import ENGLISH, Texts
from monitor.model.alert import ClaimedDelivery

LONGEST_TITLE = 250
LONGEST_QUOTE = 280
LONGEST_BODY = 3_500
"""Code points. What is longer than a service takes is split by Apprise."""

_OPENING = '“„«»"‚‘「『'
# "@everyone", "@here", "<!channel>", "<@U123>": a quoted text must ring nobody's bell.
_MENTION = re.compile(r"(?<![\w.])@(?=\w)|<(?=[!@#&])")
_BELL = re.compile(r"@(?=(?:everyone|here|channel|all)\b)", re.IGNORECASE)
_UNSEEN = "\u2060"

Json = Mapping[str, Any]


def chat_message(delivery: ClaimedDelivery, texts: Texts = ENGLISH) -> tuple[str, str]:
    """Title and body for a chat, neither of them empty.

    Of a change: what it rests on before and after, each with source, day and link, and the link to its page. Anything
    else, such as a digest, is the text of the mail. The last line is the alert's id, the same at every attempt.
    """
    title = _rings_nobody(one_line(delivery.subject, LONGEST_TITLE)) or delivery.alert_id
    lines = list(_lines(_data(delivery.payload), texts))
    body = "\n".join(lines) if lines else _mail_text(delivery.text)
    return title, f"{cut(body, LONGEST_BODY)}\n\n{one_line(delivery.alert_id, 80)}"


def _data(payload: str) -> Json:
    try:
        parsed = json.loads(payload)
    except ValueError:
        return {}
    data = parsed.get("data") if isinstance(parsed, dict) else None
    return {"type": parsed.get("type"), **data} if isinstance(data, dict) else {}


def _lines(data: Json, texts: Texts) -> Iterator[str]:
    kind, after = data.get("type"), data.get("after")
    if kind == "item.matched" and isinstance(data.get("item"), dict):
        yield from _item(data["item"], texts)
    elif str(kind).startswith("change.") and isinstance(after, dict):
        notice = _notice(str(kind), data, texts)
        yield from (notice, "") if notice else ()
        before = data.get("before")
        yield from _quote(texts.before, before, texts) if isinstance(before, dict) else (texts.nothing_before,)
        yield ""
        yield from _quote(texts.after, after, texts)
    else:
        return
    page = (data.get("links") or {}).get("change")
    yield from ("", page) if page else ()


def _notice(kind: str, data: Json, texts: Texts) -> str:
    if kind == "change.corrected":
        reason = _plain((data.get("change") or {}).get("reason"))
        return texts.correction_because.format(reason=reason) if reason else texts.correction
    return texts.pending if kind == "change.pending" else ""


def _quote(heading: str, quote: Json, texts: Texts) -> Iterator[str]:
    source = quote.get("source") or {}
    stance = texts.stances.get(str(quote.get("stance")), _plain(quote.get("stance")))
    where = texts.source.format(
        publisher=_plain(source.get("publisher")) or texts.no_name, said=_day(quote.get("said_at"), texts)
    )
    yield f"{heading}: {stance} ({where})"
    yield _in_marks(_plain(quote.get("text"), LONGEST_QUOTE))
    if source.get("url"):
        yield _link(source["url"])


def _item(item: Json, texts: Texts) -> Iterator[str]:
    yield f"{_plain(item.get('publisher')) or texts.no_name}, {_day(item.get('published_at'), texts)}"
    yield _in_marks(_plain(item.get("excerpt"), LONGEST_QUOTE))
    if item.get("url"):
        yield _link(item["url"])


def _day(stamp: Any, texts: Texts) -> str:
    try:
        when = datetime.fromisoformat(str(stamp))
    except ValueError:
        return "?"
    return texts.day.format(day=when.day, month=texts.months[when.month - 1], year=when.year)


def _mail_text(text: str) -> str:
    clean = "".join(c if c.isprintable() or c in "\n\t" else " " for c in encodable(text))
    return _rings_nobody(re.sub(r"\n{3,}", "\n\n", clean.replace("\n-- \n", "\n")).strip()) or "—"


def _plain(text: Any, most: int = 120) -> str:
    return _rings_nobody(one_line(str(text or ""), most))


def _in_marks(words: str) -> str:
    return words if not words or words[0] in _OPENING else f"“{words}”"


def _link(url: Any) -> str:
    """An address. Where it holds what would ring for all, the sign is written as it may be in any address."""
    return _BELL.sub("%40", str(url))


def _rings_nobody(text: str) -> str:
    return _MENTION.sub(lambda found: found.group() + _UNSEEN, text)

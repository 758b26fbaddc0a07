"""A quote as a reader sees it: the words, who said them, and where they stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.clean import one_line, safe_link
from monitor.alerts.scripts import direction_of, language_tag, placed
from monitor.alerts.subject import stance
from monitor.alerts.texts import Texts
from monitor.model.alert import MatchContent, Quote
from monitor.model.moment import utc

LONGEST_QUOTE = 1_500
LONGEST_LINE = 300
"""Code points."""

_OPENING = '“„«»"‚‘「『'
_CLOSING = '”“»«"’‘」』'


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One quote as it is shown. `tone` names the stance for the colour of its rule; colour is never all there is.

    `lang` ("" where it is not known) and `direction` ("ltr", "rtl", "auto") are those of `words` and `title`.
    """

    heading: str
    stance: str = ""
    tone: str = "none"
    words: str = ""
    speaker: str = ""
    source: str = ""
    title: str = ""
    link: str | None = None
    empty: str = ""
    lang: str = ""
    direction: str = "auto"


def block_of(heading: str, quote: Quote | None, texts: Texts, empty: str = "") -> Block:
    """The block for a quote; without one, what is said instead."""
    if quote is None:
        return Block(heading=heading, empty=empty)
    speaker = texts.claimed if quote.claimed_by else texts.direct if quote.direct else texts.reported
    said = speaker.format(
        holder=name_of(quote.holder, texts) or texts.no_name, claimed_by=name_of(quote.claimed_by or "", texts)
    )
    publisher = name_of(quote.publisher, texts) or texts.no_name
    return Block(
        heading=heading,
        stance=stance(quote.stance, texts),
        tone=quote.stance if quote.stance in texts.stances else "none",
        words=_in_marks(one_line(quote.text, LONGEST_QUOTE)),
        speaker=texts.poorly_read.format(speaker=said, language=_language(quote, texts)) if quote.poorly_read else said,
        source=texts.source.format(publisher=publisher, said=moment(quote.said_at, texts)),
        title=one_line(quote.title, LONGEST_LINE) or texts.no_title,
        link=safe_link(quote.url),
        lang=language_tag(quote.lang),
        direction=direction_of(quote.lang),
    )


def found_block(content: MatchContent, texts: Texts) -> Block:
    """The block for what a query found."""
    return Block(
        heading=texts.found,
        words=_in_marks(one_line(content.excerpt, LONGEST_QUOTE)),
        source=name_of(content.publisher, texts),
        title=one_line(content.item_title, LONGEST_LINE) or texts.no_title,
        link=safe_link(content.url),
    )


def name_of(name: str, texts: Texts) -> str:
    """A name for a place in a sentence: one line, "" for nothing."""
    return placed(one_line(name, LONGEST_LINE), texts.direction)


def moment(when: datetime, texts: Texts) -> str:
    """A time for people, in UTC. The first second of a day is the day alone: more was not known."""
    when = utc(when)
    if (when.hour, when.minute, when.second) == (0, 0, 0):
        return day(when, texts)
    return texts.moment.format(clock=f"{when:%H:%M}", day=when.day, month=texts.months[when.month - 1], year=when.year)


def day(when: datetime, texts: Texts) -> str:
    """The day of a time, in UTC."""
    when = utc(when)
    return texts.day.format(day=when.day, month=texts.months[when.month - 1], year=when.year)


def percent(share: float, texts: Texts) -> str:
    """A probability for people, rounded down: what is not certain never reads 100%."""
    figure = math.floor(share * 1000 + 1e-9) / 10
    return texts.percent.format(figure=f"{figure:g}")


def _in_marks(words: str) -> str:
    """The words between quotation marks; those that bring their own at both ends keep them."""
    own = len(words) > 1 and words[0] in _OPENING and words[-1] in _CLOSING
    return words if own or not words else f"“{words}”"


def _language(quote: Quote, texts: Texts) -> str:
    return texts.languages.get(language_tag(quote.lang).split("-")[0].casefold(), quote.poorly_read)

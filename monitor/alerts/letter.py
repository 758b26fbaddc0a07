"""What a mail says, as values: the text and the HTML are laid out from the same letter and so are equally good."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.clean import one_line, safe_link
from monitor.alerts.subject import stance
from monitor.alerts.texts import Texts
from monitor.model.alert import AlertContent, AlertKind, MatchContent, Quote
from monitor.model.moment import utc
from monitor.model.position import ChangeStatus

LONGEST_QUOTE = 1_500
LONGEST_LINE = 300
MOST_ALSO = 8
MOST_NAMES = 8

_OPENING = '“„«»"‚‘'
_CLOSING = '”“»«"’‘'


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses of our own pages that an alert leads to; None is not shown.

    `change` is the page of the change, `wrong` is where a reader says that it is wrong. `settings` and `unsubscribe`
    belong to one subscriber.
    """

    change: str | None = None
    wrong: str | None = None
    settings: str | None = None
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One quote as it is shown. `tone` names the stance for the colour of its rule; colour is never all there is."""

    heading: str
    stance: str = ""
    tone: str = "none"
    words: str = ""
    speaker: str = ""
    source: str = ""
    title: str = ""
    link: str | None = None
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All lines of a mail in their order. Every text is one line, without control characters, not yet escaped."""

    subject: str
    label: str
    notice: str
    headline: str
    lead: str
    blocks: tuple[Block, ...]
    facts: tuple[tuple[str, str], ...]
    also_heading: str
    also: tuple[Block, ...]
    also_more: str
    links: tuple[tuple[str, str], ...]
    footer: str
    language: str
    direction: str


def letter_of(content: AlertContent | MatchContent, subject: str, label: str, links: Links, texts: Texts) -> Letter:
    """The letter for a change, a correction or a match."""
    if isinstance(content, MatchContent):
        return _of_match(content, subject, label, links, texts)
    more = len(content.also) - MOST_ALSO
    return Letter(
        subject=subject,
        label=one_line(label, LONGEST_LINE),
        notice=_notice(content, texts),
        headline=one_line(content.issue, LONGEST_LINE) or texts.no_name,
        lead=_lead(content, texts),
        blocks=(
            _block(texts.before, content.before, texts, empty=texts.nothing_before),
            _block(texts.after, content.after, texts),
        ),
        facts=_facts(content, texts),
        also_heading=texts.also,
        also=tuple(_block("", quote, texts) for quote in content.also[:MOST_ALSO]),
        also_more=texts.also_more.format(count=more) if more > 0 else "",
        links=_links(links, texts),
        footer=texts.footer,
        language=texts.language,
        direction=texts.direction,
    )


def _of_match(content: MatchContent, subject: str, label: str, links: Links, texts: Texts) -> Letter:
    name = one_line(content.query, LONGEST_LINE) or texts.no_name
    found = Block(
        heading=texts.found,
        words=_in_marks(one_line(content.excerpt, LONGEST_QUOTE)),
        source=one_line(content.publisher, LONGEST_LINE),
        title=one_line(content.item_title, LONGEST_LINE) or texts.no_title,
        link=safe_link(content.url),
    )
    return Letter(
        subject=subject,
        label=one_line(label, LONGEST_LINE),
        notice="",
        headline=name,
        lead=texts.match.format(query=name),
        blocks=(found,),
        facts=((texts.published, moment(content.published_at, texts)),),
        also_heading="",
        also=(),
        also_more="",
        links=_links(links, texts),
        footer=texts.footer,
        language=texts.language,
        direction=texts.direction,
    )


def moment(when: datetime, texts: Texts) -> str:
    """A time for people, in UTC. The first second of a day is the day alone: more was not known."""
    when = utc(when)
    parts = {"day": when.day, "month": texts.months[when.month - 1], "year": when.year}
    if (when.hour, when.minute, when.second) == (0, 0, 0):
        return texts.day.format(**parts)
    return texts.moment.format(clock=f"{when:%H:%M}", **parts)


def percent(share: float, texts: Texts) -> str:
    """A probability for people, rounded down: what is not certain never reads 100%."""
    figure = math.floor(share * 1000 + 1e-9) / 10
    return texts.percent.format(figure=f"{figure:g}")


def publishers_of(content: AlertContent) -> tuple[str, ...]:
    """Who published what speaks for the new position, each once, the first to do so first."""
    names = (one_line(quote.publisher, LONGEST_LINE) for quote in (content.after, *content.also))
    return tuple(dict.fromkeys(name for name in names if name))


def _notice(content: AlertContent, texts: Texts) -> str:
    if content.kind is AlertKind.CORRECTION:
        reason = one_line(content.reason, LONGEST_LINE)
        return texts.correction_because.format(reason=reason) if reason else texts.correction
    return texts.pending if content.status != ChangeStatus.CONFIRMED else ""


def _lead(content: AlertContent, texts: Texts) -> str:
    return texts.moves.get(content.change_kind, texts.moved).format(
        actor=one_line(content.actor, LONGEST_LINE) or texts.no_name,
        before=stance(content.stance_before, texts),
        after=stance(content.stance_after, texts),
    )


def _block(heading: str, quote: Quote | None, texts: Texts, empty: str = "") -> Block:
    if quote is None:
        return Block(heading=heading, empty=empty)
    speaker = texts.claimed if quote.claimed_by else texts.direct if quote.direct else texts.reported
    said = speaker.format(
        holder=one_line(quote.holder, LONGEST_LINE) or texts.no_name,
        claimed_by=one_line(quote.claimed_by or "", LONGEST_LINE),
    )
    return Block(
        heading=heading,
        stance=stance(quote.stance, texts),
        tone=quote.stance if quote.stance in texts.stances else "none",
        words=_in_marks(one_line(quote.text, LONGEST_QUOTE)),
        speaker=texts.poorly_read.format(speaker=said, language=quote.poorly_read) if quote.poorly_read else said,
        source=texts.source.format(
            publisher=one_line(quote.publisher, LONGEST_LINE) or texts.no_name, said=moment(quote.said_at, texts)
        ),
        title=one_line(quote.title, LONGEST_LINE) or texts.no_title,
        link=safe_link(quote.url),
    )


def _in_marks(words: str) -> str:
    """The words between quotation marks; those that bring their own at both ends keep them."""
    own = len(words) > 1 and words[0] in _OPENING and words[-1] in _CLOSING
    return words if own or not words else f"“{words}”"


def _facts(content: AlertContent, texts: Texts) -> tuple[tuple[str, str], ...]:
    sure = content.status == ChangeStatus.CONFIRMED or content.kind is AlertKind.CORRECTION
    rows = [
        (texts.proposition, one_line(content.proposition, 2 * LONGEST_LINE)),
        (texts.since, moment(content.at, texts)),
        (texts.confirmed if sure else texts.not_confirmed, _how(content, texts)),
        (texts.confidence, percent(content.confidence, texts)),
        (texts.moves_too, _names([one_line(body, LONGEST_LINE) for body in content.moves], texts)),
    ]
    if content.kind is not AlertKind.CORRECTION:
        rows.append((texts.why, one_line(content.reason, LONGEST_LINE)))
    return tuple((name, value) for name, value in rows if value)


def _how(content: AlertContent, texts: Texts) -> str:
    direct = any(quote.direct for quote in (content.after, *content.also))
    names = publishers_of(content)
    said = texts.by_direct if direct else texts.by_report
    how = texts.by_one if len(names) <= 1 else texts.by_publishers
    return how.format(how=said, count=len(names), names=_names(names, texts) or texts.no_name)


def _names(names: Sequence[str], texts: Texts) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{shown} {texts.also_more.format(count=more)}" if more > 0 else shown


def _links(links: Links, texts: Texts) -> tuple[tuple[str, str], ...]:
    offered = (
        (texts.link_change, safe_link(links.change)),
        (texts.link_wrong, safe_link(links.wrong)),
        (texts.link_settings, safe_link(links.settings)),
        (texts.link_unsubscribe, safe_link(links.unsubscribe)),
    )
    return tuple((name, link) for name, link in offered if link)

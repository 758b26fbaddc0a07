"""What a mail says, as values: the text and the HTML are laid out from the same letter and so are equally good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.alerts.clean import one_line, safe_link
from monitor.alerts.quoting import LONGEST_LINE, Block, block_of, day, found_block, moment, name_of, percent
from monitor.alerts.subject import move_of, stance
from monitor.alerts.texts import Texts
from monitor.alerts.width import fitted
from monitor.model.alert import AlertContent, AlertKind, Holding, MatchContent, PersonalLinks
from monitor.model.position import ChangeStatus

MOST_ALSO = 8
MOST_NAMES = 8
MOST_LISTED = 5
"""Lines under "what else" and "who else"."""

_PREVIEW = 110
"""Columns of the line that mail clients show beside the subject."""

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses of our own pages that an alert leads to; None is not shown.

    `change` is the page of the change, `wrong` is where a reader says that it is wrong. What belongs to one subscriber
    is no part of a message that several share: see `monitor.alerts.personal`.
    """

    change: str | None = None
    wrong: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A list under a heading: names, and what is said of them."""

    heading: str
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All lines of a mail in their order. Every text is one line, without control characters, not yet escaped."""

    subject: str
    label: str
    preview: str
    notice: str
    headline: str
    lead: str
    blocks: tuple[Block, ...]
    facts: Rows
    also_heading: str
    also: tuple[Block, ...]
    also_more: str
    sections: tuple[Section, ...]
    links: Rows
    footer: str
    language: str
    direction: str


def letter_of(
    content: AlertContent | MatchContent,
    subject: str,
    label: str,
    links: Links,
    texts: Texts,
    *,
    lasting: bool = False,
) -> Letter:
    """The letter for a change, a correction or a match.

    `lasting` leaves out what holds only at the moment of writing: what stands now, what else is held, the signature.
    """
    if isinstance(content, MatchContent):
        return _of_match(content, subject, label, links, texts)
    more = len(content.also) - MOST_ALSO
    before = block_of(texts.before, content.before, texts, empty=texts.nothing_before)
    after = block_of(texts.after, content.after, texts)
    return Letter(
        subject=subject,
        label=one_line(label, LONGEST_LINE),
        preview=fitted(after.words, _PREVIEW),
        notice=_notice(content, texts),
        headline=one_line(content.issue, LONGEST_LINE) or texts.no_name,
        lead=_lead(content, texts),
        blocks=(before, after),
        facts=_facts(content, texts, lasting=lasting),
        also_heading=texts.also,
        also=tuple(block_of("", quote, texts) for quote in content.also[:MOST_ALSO]),
        also_more=texts.also_more.format(count=more) if more > 0 else "",
        sections=() if lasting else _sections(content, texts),
        links=_links(links, texts),
        footer="" if lasting else texts.footer,
        language=texts.language,
        direction=texts.direction,
    )


def _of_match(content: MatchContent, subject: str, label: str, links: Links, texts: Texts) -> Letter:
    name = name_of(content.query, texts) or texts.no_name
    found = found_block(content, texts)
    return Letter(
        subject=subject,
        label=one_line(label, LONGEST_LINE),
        preview=fitted(found.words, _PREVIEW),
        notice="",
        headline=one_line(content.query, LONGEST_LINE) or texts.no_name,
        lead=texts.match.format(query=name),
        blocks=(found,),
        facts=((texts.published, moment(content.published_at, texts)),),
        also_heading="",
        also=(),
        also_more="",
        sections=(),
        links=_links(links, texts),
        footer=texts.footer,
        language=texts.language,
        direction=texts.direction,
    )


def publishers_of(content: AlertContent) -> tuple[str, ...]:
    """Who published what speaks for the new position, each once, the first to do so first."""
    names = (one_line(quote.publisher, LONGEST_LINE) for quote in (content.after, *content.also))
    return tuple(dict.fromkeys(name for name in names if name))


def reason_of(content: AlertContent, texts: Texts) -> str:
    """Why a correction was made, or what an operator noted; "" where nothing is said."""
    given = one_line(content.reason, LONGEST_LINE)
    return given or (texts.reasons.get(content.status, "") if content.kind is AlertKind.CORRECTION else "")


def personal_rows(links: PersonalLinks, texts: Texts) -> Rows:
    """The links of one subscriber, by what they are called."""
    offered = (
        (texts.link_settings, safe_link(links.settings)),
        (texts.link_unsubscribe, safe_link(links.unsubscribe)),
    )
    return tuple((name, link) for name, link in offered if link)


def _notice(content: AlertContent, texts: Texts) -> str:
    if content.kind is AlertKind.CORRECTION:
        reason = reason_of(content, texts)
        return texts.correction_because.format(reason=reason) if reason else texts.correction
    return texts.pending if content.status != ChangeStatus.CONFIRMED else ""


def _lead(content: AlertContent, texts: Texts) -> str:
    lead = texts.moves.get(content.change_kind, texts.moved).format(
        actor=name_of(content.actor, texts) or texts.no_name,
        before=stance(content.stance_before, texts),
        after=stance(content.stance_after, texts),
    )
    return texts.taken_back.format(lead=lead) if content.kind is AlertKind.CORRECTION else lead


def _facts(content: AlertContent, texts: Texts, *, lasting: bool) -> Rows:
    corrects = content.kind is AlertKind.CORRECTION
    sure = content.status == ChangeStatus.CONFIRMED or corrects
    rows = [
        (texts.stands, _stands(content.stands, texts) if corrects and not lasting else ""),
        (texts.proposition, one_line(content.proposition, 2 * LONGEST_LINE)),
        (texts.since, moment(content.at, texts)),
        (texts.confirmed if sure else texts.not_confirmed, _how(content, texts)),
        (texts.confidence, percent(content.confidence, texts)),
        (texts.moves_too, _names([name_of(body, texts) for body in content.moves], texts)),
        (texts.why, "" if corrects else reason_of(content, texts)),
    ]
    return tuple((name, value) for name, value in rows if value)


def _stands(holding: Holding | None, texts: Texts) -> str:
    return texts.stands_nothing if holding is None else _held(holding, texts)


def _held(holding: Holding, texts: Texts) -> str:
    shown = stance(holding.stance, texts)
    if holding.since is None:
        return texts.hold_undated.format(stance=shown)
    return texts.hold.format(stance=shown, since=day(holding.since, texts))


def _how(content: AlertContent, texts: Texts) -> str:
    direct = any(quote.direct for quote in (content.after, *content.also))
    names = publishers_of(content)
    said = texts.by_direct if direct else texts.by_report
    how = texts.by_one if len(names) <= 1 else texts.by_publishers
    shown = _names([name_of(name, texts) for name in names], texts)
    return how.format(how=said, count=len(names), names=shown or texts.no_name)


def _names(names: Sequence[str], texts: Texts) -> str:
    shown = texts.comma.join(name for name in names[:MOST_NAMES] if name)
    more = len(names) - MOST_NAMES
    return f"{shown} {texts.also_more.format(count=more)}" if more > 0 else shown


def _sections(content: AlertContent, texts: Texts) -> tuple[Section, ...]:
    holds = tuple(
        (name_of(held.issue, texts) or texts.no_name, _held(held, texts)) for held in content.holds[:MOST_LISTED]
    )
    moved = tuple(
        (
            name_of(move.actor, texts) or texts.no_name,
            texts.move_of.format(
                move=move_of(move.change_kind, move.stance_before, move.stance_after, texts), said=day(move.at, texts)
            ),
        )
        for move in content.moved[:MOST_LISTED]
    )
    named = (Section(heading=texts.holds, rows=holds), Section(heading=texts.moved_lately, rows=moved))
    return tuple(section for section in named if section.rows)


def _links(links: Links, texts: Texts) -> Rows:
    offered = ((texts.link_change, safe_link(links.change)), (texts.link_wrong, safe_link(links.wrong)))
    return tuple((name, link) for name, link in offered if link)

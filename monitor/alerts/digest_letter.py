"""What a digest says, as values: the text and the HTML are laid out from the same letter. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from monitor.alerts.clean import one_line, safe_link
from monitor.alerts.digest_order import CORRECTION, MATCH, PENDING, DigestPart, grouped, kind_of
from monitor.alerts.letter import Letter, Rows, letter_of
from monitor.alerts.quoting import LONGEST_LINE, Block, moment, name_of, percent
from monitor.alerts.texts import Texts
from monitor.alerts.width import fitted
from monitor.alerts.zones import wall_clock, zone_of
from monitor.model.alert import AlertContent, AlertKind, MatchContent

_NAMED = 2
_WIDEST_NAME = 24
_QUOTE_IN_BRIEF = 240
"""Columns."""


class Detail(IntEnum):
    """How much of each alert a digest shows: both quotes, the new one in brief, or one line."""

    LINE = 0
    BRIEF = 1
    FULL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFrame:
    """What a digest says around its alerts.

    It reports from `since` to `until`, shown in `zone` (IANA). `why` is the `Hold.why` of its alerts. `clocked` says
    that there may be several on a day, so that the subject names the hour. `coverage` is the line of
    `monitor.alerts.coverage`; "" where none is shown. `all_changes` is the page to which those that had no room lead.
    `taken_back` counts the changes that it once held and that no longer stand: it says so, and not what they were.
    """

    since: datetime
    until: datetime
    zone: str
    why: str
    clocked: bool = False
    coverage: str = ""
    label: str = ""
    all_changes: str | None = None
    taken_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One alert of a digest. Every text is one line, not yet escaped."""

    alert: str
    lead: str
    notice: str
    tone: str
    blocks: tuple[Block, ...]
    small: str
    link: str | None
    link_words: str
    named: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The alerts on one issue, or of one watch."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLetter:
    """All lines of a digest in their order. Every text is one line, without control characters, not yet escaped."""

    subject: str
    label: str
    preview: str
    date: str
    headline: str
    lead: str
    why: str
    groups: tuple[Group, ...]
    more: str
    links: Rows
    coverage_heading: str
    coverage: str
    footer: str
    language: str
    direction: str


def digest_letter(
    parts: Sequence[DigestPart], frame: DigestFrame, detail: Detail, most: int, texts: Texts
) -> DigestLetter:
    """The letter: the first `most` alerts in so much detail, the rest counted."""
    words = texts.digest
    what = counted(parts, texts)
    groups, left = _shown(parts, detail, most, texts)
    span = words.since if parts else words.nothing_long
    leads = [entry.lead for group in groups for entry in group.entries]
    zone = f"{_when(frame.until, frame.zone, texts, clocked=True)} ({frame.zone})"
    return DigestLetter(
        subject=digest_subject(parts, frame, texts),
        label=one_line(frame.label, LONGEST_LINE),
        preview=fitted(" ".join(leads[:3]) or frame.coverage, 110),
        date=_when(frame.until, frame.zone, texts, clocked=frame.clocked),
        headline=what[:1].upper() + what[1:],
        lead=span.format(since=_when(frame.since, frame.zone, texts, clocked=True), until=zone),
        why=_why(frame, texts) if parts else "",
        groups=groups,
        more=words.more.format(count=left) if left else "",
        links=((words.all_changes, page),) if (page := safe_link(frame.all_changes)) else (),
        coverage_heading=words.coverage,
        coverage=one_line(frame.coverage, 8 * LONGEST_LINE),
        footer=words.footer,
        language=texts.language,
        direction=texts.direction,
    )


def digest_subject(parts: Sequence[DigestPart], frame: DigestFrame, texts: Texts) -> str:
    """The subject: "Volteface, Monday 24 February: 7 changes (Starmer, Macron, +3)"."""
    words = texts.digest
    what = counted(parts, texts)
    changes = [part for part in parts if kind_of(part.content) != MATCH] or parts
    names = list(dict.fromkeys(_short_name(part.content, texts) for _, group in grouped(changes) for part in group))
    if names:
        shown = names[:_NAMED] + ([words.more_names.format(count=len(names) - _NAMED)] if names[_NAMED:] else [])
        what = words.subject_names.format(what=what, names=texts.comma.join(shown))
    when = _when(frame.until, frame.zone, texts, clocked=frame.clocked)
    subject = words.subject.format(when=when, what=what)
    label = one_line(frame.label, LONGEST_LINE)
    return texts.subject_labelled.format(label=fitted(label, 40), subject=subject) if label else subject


def counted(parts: Iterable[DigestPart], texts: Texts) -> str:
    """How many there are of what: "6 changes, 1 correction"; "no change" where there are none."""
    words = texts.digest
    counts = Counter(kind_of(part.content) for part in parts)
    told = [words.counts[kind][count != 1].format(count=count) for kind in words.counts if (count := counts[kind])]
    return words.and_then.join(told) or words.nothing


def _why(frame: DigestFrame, texts: Texts) -> str:
    """Why these alerts come together, and how many were taken back meanwhile."""
    words, count = texts.digest, frame.taken_back
    missing = words.taken_back[count != 1].format(count=count) if count else ""
    return " ".join(said for said in (words.whys.get(frame.why, ""), missing) if said)


def _shown(parts: Sequence[DigestPart], detail: Detail, most: int, texts: Texts) -> tuple[tuple[Group, ...], int]:
    groups: list[Group] = []
    room = most
    for heading, members in grouped(parts):
        if room <= 0:
            break
        entries = tuple(_entry(part, detail, texts) for part in members[:room])
        room -= len(entries)
        named = name_of(heading, texts) or texts.no_name
        if isinstance(members[0].content, MatchContent):
            named = texts.digest.matches.format(query=named)
        groups.append(Group(heading=named, entries=entries))
    return tuple(groups), max(len(parts) - most, 0)


def _entry(part: DigestPart, detail: Detail, texts: Texts) -> Entry:
    letter = letter_of(part.content, "", "", part.links, texts)
    after, kind = letter.blocks[-1], kind_of(part.content)
    lead = after.title if kind == MATCH else letter.lead
    page = safe_link(part.links.change)
    if detail is not Detail.FULL:
        lead = fitted(lead, 200)
    if kind == PENDING and detail is Detail.LINE:
        lead = texts.subject_pending.format(subject=lead)
    return Entry(
        alert=part.alert_id,
        lead=lead,
        notice=_notice(letter, kind, detail, texts),
        tone=after.tone,
        # What a correction quotes is neither "now" nor "before" any more.
        blocks=_blocks(letter.blocks[-1:] if kind == CORRECTION else letter.blocks, detail, texts),
        small=texts.digest.and_then.join(_small(part.content, after, detail, texts)),
        link=page or (after.link if detail is Detail.LINE else None),
        link_words=texts.digest.permalink if page else texts.digest.report,
        named=texts.digest.alert.format(id=one_line(part.alert_id, 80)),
    )


def _notice(letter: Letter, kind: str, detail: Detail, texts: Texts) -> str:
    if kind != CORRECTION:
        return "" if detail is Detail.LINE else letter.notice
    stands = next((value for name, value in letter.facts if name == texts.stands), "")
    return texts.digest.stands.format(notice=letter.notice, stands=stands) if stands else letter.notice


def _blocks(blocks: tuple[Block, ...], detail: Detail, texts: Texts) -> tuple[Block, ...]:
    """The new quote, in full detail the one before as well."""
    after, before = blocks[-1], blocks[:-1]
    if detail is Detail.LINE:
        return ()
    if detail is Detail.BRIEF or not before:
        short = fitted(after.words, _QUOTE_IN_BRIEF) if detail is Detail.BRIEF else after.words
        return (replace(after, heading="", stance="", words=short),)
    kept = tuple(replace(block, heading=texts.digest.was) for block in before if not block.empty)
    return (replace(after, heading=texts.digest.now), *kept)


def _small(content: AlertContent | MatchContent, after: Block, detail: Detail, texts: Texts) -> list[str]:
    """The small print of an entry: how certain; where its quote is left out, its source too."""
    source = [after.source] if detail is Detail.LINE else []
    if isinstance(content, MatchContent):
        return [*source, moment(content.published_at, texts)]
    if content.kind is AlertKind.CORRECTION:
        return source
    return [*source, texts.digest.confidence.format(percent=percent(content.confidence, texts))]


def _short_name(content: AlertContent | MatchContent, texts: Texts) -> str:
    name = content.query if isinstance(content, MatchContent) else content.actor_short or content.actor
    return fitted(one_line(name, LONGEST_LINE), _WIDEST_NAME) or texts.no_name


def _when(moment_: datetime, zone: str, texts: Texts, *, clocked: bool) -> str:
    words, shown = texts.digest, wall_clock(moment_, zone_of(zone))
    weekday, month = words.weekdays[shown.weekday()], texts.months[shown.month - 1]
    date = words.dated.format(weekday=weekday, day=shown.day, month=month)
    return words.clocked.format(date=date, clock=f"{shown:%H:%M}") if clocked else date

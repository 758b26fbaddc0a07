"""Every wording of an alert, in one place: a translation is another `Texts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.alerts.alarm_texts import AlarmTexts
from monitor.alerts.digest_texts import DigestTexts
from monitor.alerts.notice_texts import NoticeTexts

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_STANCES = {"supports": "supports", "opposes": "opposes", "conditional": "conditional"}

_KINDS = {
    "first": "first positions",
    "reversed": "reversals",
    "softened": "softened",
    "hardened": "hardened",
    "withdrawn": "withdrawn",
    "split": "splits",
}

_REASONS = {
    "retracted": "what it rested on was revised, rejected or outweighed.",
    "dropped": "it was contradicted before it was confirmed.",
    "pending": "part of what it rested on was revised or outweighed, and it is no longer certain.",
}

_MOVES = {
    "first": "First known position of {actor}: {after}.",
    "reversed": "{actor} has reversed: {before} → {after}.",
    "softened": "{actor} has softened: {before} → {after}.",
    "hardened": "{actor} has hardened: {before} → {after}.",
    "withdrawn": "{actor} has taken back an earlier position ({before}).",
    "split": "Members of {actor} contradict each other: {before} and {after}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The wordings in one language; the defaults are English. Names in braces are filled in by the composer.

    `moves` is keyed by kind of change, `stances` by stance, `reasons` by what became of a change that fell, `languages`
    by code (ISO 639-1); a key that is missing is shown as it is, and a language by its name in English.
    """

    language: str = "en"
    direction: str = "ltr"
    months: tuple[str, ...] = _MONTHS
    day: str = "{day} {month} {year}"
    moment: str = "{day} {month} {year}, {clock}\N{NO-BREAK SPACE}UTC"
    percent: str = "{figure}%"
    stances: Mapping[str, str] = field(default_factory=lambda: dict(_STANCES))
    unknown_stance: str = "none known"

    subject: str = "{actor}: {issue} — {move}"
    subject_match: str = "{query}: {title}"
    subject_labelled: str = "[{label}] {subject}"
    subject_pending: str = "Unconfirmed: {subject}"
    subject_correction: str = "Taken back: {subject}"
    move: str = "{before} → {after}"
    move_first: str = "now {after}"
    move_withdrawn: str = "no longer {before}"
    move_split: str = "split: {before} / {after}"

    languages: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=lambda: dict(_REASONS))
    moves: Mapping[str, str] = field(default_factory=lambda: dict(_MOVES))
    taken_back: str = "Taken back: {lead}"
    moved: str = "{actor}: {before} → {after}."
    correction: str = "We told you the following. It no longer holds, please disregard it."
    correction_because: str = "We told you the following. It no longer holds: {reason}"
    pending: str = "Not confirmed yet. We ask for more evidence before we call it a change."
    match: str = "The watch “{query}” found this item."

    before: str = "Before"
    after: str = "After"
    found: str = "Found"
    nothing_before: str = "No earlier position on record."
    no_title: str = "(no title)"
    no_name: str = "(no name)"

    direct: str = "{holder}, in direct speech"
    reported: str = "{holder}, as reported"
    claimed: str = "{holder}, according to {claimed_by}"
    poorly_read: str = "{speaker} ({language}, read with low accuracy)"
    source: str = "{publisher}, {said}"

    proposition: str = "Proposition"
    since: str = "Since"
    confirmed: str = "Confirmed"
    not_confirmed: str = "Evidence so far"
    confidence: str = "Confidence"
    moves_too: str = "Moves as well"
    stands: str = "What stands now"
    stands_nothing: str = "no position is certain enough"
    why: str = "Why"
    published: str = "Published"

    by_direct: str = "in direct speech"
    by_report: str = "in indirect speech only"
    by_publishers: str = "{how}, by {count} publishers: {names}"
    by_one: str = "{how}, by one publisher: {names}"

    also: str = "Also reported by"
    also_more: str = "and {count} more"
    comma: str = ", "

    holds: str = "What else they hold"
    hold: str = "{stance}, since {since}"
    hold_undated: str = "{stance}"
    moved_lately: str = "Who else moved on this lately"
    move_of: str = "{move}, {said}"

    link_change: str = "The change with all its evidence"
    link_wrong: str = "This is wrong"
    link_settings: str = "Your settings"
    link_unsubscribe: str = "Unsubscribe"
    name: str = "Volteface"
    feed_title: str = "Volteface: changes of position"
    feed_title_of: str = "Volteface: changes of position ({what})"
    feed_confidence: str = "from {figure} on"
    feed_official: str = "officials only"
    feed_pending: str = "unconfirmed too"
    feed_most: str = "{count} {what}"
    feed_actors: str = "actors"
    feed_issues: str = "issues"
    kinds: Mapping[str, str] = field(default_factory=lambda: dict(_KINDS))
    footer: str = "Sent by Volteface, which watches the news and tells you when somebody changes their position."

    digest: DigestTexts = field(default_factory=DigestTexts)
    notice: NoticeTexts = field(default_factory=NoticeTexts)
    alarm: AlarmTexts = field(default_factory=AlarmTexts)


ENGLISH = Texts()

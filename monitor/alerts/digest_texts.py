"""Every wording of a digest and of its coverage line; `Texts.digest` holds those of its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_STATES = {
    "failing": "{count} failing",
    "behind": "{count} not read",
    "silent": "{count} without news",
    "gone": "{count} gone",
    "paused": "{count} paused",
    "waiting": "{count} not read yet",
}

_COUNTS = {
    "change": ("1 change", "{count} changes"),
    "pending": ("1 unconfirmed", "{count} unconfirmed"),
    "correction": ("1 correction", "{count} corrections"),
    "match": ("1 item found", "{count} items found"),
}

_WHYS = {
    "hourly digest": "Your hourly digest.",
    "daily digest": "Your daily digest.",
    "weekly digest": "Your weekly digest.",
    "quiet hours": "These came up in your quiet hours.",
    "burst": "These came up within minutes, and so come together.",
    "rate": "These were more than you asked for within an hour, and so come together.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTexts:
    """The wordings in one language; the defaults are English. `counts` gives one and many of each kind of alert."""

    weekdays: tuple[str, ...] = _WEEKDAYS
    dated: str = "{weekday} {day} {month}"
    clocked: str = "{date}, {clock}"
    subject: str = "Volteface, {when}: {what}"
    subject_names: str = "{what} ({names})"
    more_names: str = "+{count}"
    nothing: str = "no change"
    counts: Mapping[str, tuple[str, str]] = field(default_factory=lambda: dict(_COUNTS))
    and_then: str = ", "

    whys: Mapping[str, str] = field(default_factory=lambda: dict(_WHYS))
    since: str = "What changed from {since} to {until}."
    nothing_long: str = "No change from {since} to {until}."
    matches: str = "Found by the watch “{query}”"
    more: str = "and {count} more"
    taken_back: tuple[str, str] = (
        "1 change that belonged here was taken back before this mail went out: it is left out.",
        "{count} changes that belonged here were taken back before this mail went out: they are left out.",
    )
    all_changes: str = "All changes"
    permalink: str = "All evidence"
    report: str = "The report"
    stands: str = "{notice} What stands now: {stands}."
    now: str = "Now"
    was: str = "Before"
    alert: str = "Alert {id}"
    confidence: str = "{percent} certain"
    footer: str = "Sent by Volteface, which watches the news and tells you when somebody changes their position."

    coverage: str = "Coverage"
    all_well: str = "all {count} feeds healthy since {since}"
    one_well: str = "the one feed healthy since {since}"
    some_well: str = "{well} of {count} feeds healthy since {since}"
    no_feeds: str = "no feed is watched, so nothing could be noticed"
    states: Mapping[str, str] = field(default_factory=lambda: dict(_STATES))
    state_since: str = "{state} since {since}"
    state_named: str = "{state}: {names}"
    one_with: str = "{name} ({details})"
    one_since: str = "since {since}"

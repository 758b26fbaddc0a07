"""The form of a subscription's settings: as it is shown, as it is sent, and what it means. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time

from monitor.alerts.clean import one_line
from monitor.alerts.timing import NEVER_FOLDED
from monitor.alerts.timing_words import MOST_PER_HOUR, TimingError, checked, parse_clock
from monitor.alerts.zones import UnknownZoneError, check_zone
from monitor.model.alert import Audience, Filter, Subscription
from monitor.model.position import ChangeKind
from monitor.model.timing import Cadence, Timing
from rules.model import RuleSet

MARK = "settings"
"""The name of a field that every form of ours holds: what was not filled in by it clears nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsForm:
    """What the form shows: the texts as they were typed. `least` is a percentage; an empty set means all.

    `burst` and `most_per_hour` are None in a form that does not ask for them: they stay as they were.
    """

    actors: frozenset[str]
    issues: frozenset[str]
    kinds: frozenset[str]
    least: str
    pending: bool
    commentators: bool
    cadence: str
    at: str
    weekday: str
    zone: str
    quiet_from: str
    quiet_until: str
    empty: bool
    burst: str | None = None
    most_per_hour: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a form means. `problems` say by field what cannot be meant; what is beside them stays as it was."""

    filter: Filter
    timing: Timing
    problems: Mapping[str, str]


def form_of(subscription: Subscription) -> SettingsForm:
    """The form as it is shown first."""
    wanted, timing = subscription.filter, subscription.timing
    quiet = timing.quiet or ("", "")
    return SettingsForm(
        actors=wanted.actors,
        issues=wanted.issues,
        kinds=frozenset(kind.value for kind in wanted.kinds),
        least=f"{wanted.least_confidence * 100:.10g}",
        pending=wanted.pending,
        commentators=wanted.commentators,
        cadence=timing.cadence.value,
        at=_clock(timing.at),
        weekday=str(timing.weekday),
        zone=timing.zone,
        quiet_from=_clock(quiet[0]),
        quiet_until=_clock(quiet[1]),
        empty=timing.empty,
        burst=str(timing.burst),
        most_per_hour=str(timing.most_per_hour or ""),
    )


def sent_form(fields: Mapping[str, list[str]]) -> SettingsForm:
    """The form as a browser sent it: a box that is not ticked is not in it."""

    def one(name: str) -> str:
        return one_line(fields.get(name, [""])[-1], 100)

    return SettingsForm(
        actors=frozenset(filter(None, fields.get("actor", ()))),
        issues=frozenset(filter(None, fields.get("issue", ()))),
        kinds=frozenset(fields.get("kind", ())),
        least=one("least"),
        pending="pending" in fields,
        commentators="commentators" in fields,
        cadence=one("cadence"),
        at=one("at"),
        weekday=one("weekday"),
        zone=one("zone"),
        quiet_from=one("quiet_from"),
        quiet_until=one("quiet_until"),
        empty="empty" in fields,
        burst=one("burst") if "burst" in fields else None,
        most_per_hour=one("most_per_hour") if "most_per_hour" in fields else None,
    )


def understood(form: SettingsForm, subscription: Subscription, rules: RuleSet) -> Understood:
    """What the form means for this subscription, and what in it cannot be meant."""
    problems: dict[str, str] = {}
    wanted = subscription.filter
    if subscription.audience is Audience.CHANGES:
        wanted = _filter(form, wanted, rules, problems)
    timing = _timing(form, subscription.timing, problems)
    if subscription.channel in NEVER_FOLDED and timing.cadence is not Cadence.AT_ONCE and timing != subscription.timing:
        problems["cadence"] = f"By {subscription.channel} each alert comes by itself; choose “at once”."
    return Understood(filter=wanted, timing=timing, problems=problems)


def _filter(form: SettingsForm, was: Filter, rules: RuleSet, problems: dict[str, str]) -> Filter:
    # An id of a rule that is gone may stay chosen: unticking it, as well as keeping it, is the reader's to do.
    for field, chosen, known, kept in (
        ("actor", form.actors, rules.actors, was.actors),
        ("issue", form.issues, rules.issues, was.issues),
    ):
        strange = sorted(chosen - set(known) - kept)
        if strange:
            problems[field] = f"{one_line(strange[0], 60)!r} is not on the list; choose from it."
    kinds = {kind.value for kind in ChangeKind}
    if form.kinds - kinds:
        problems["kind"] = f"{one_line(min(form.kinds - kinds), 60)!r} is no kind of change; choose from the list."
    return Filter(
        actors=was.actors if "actor" in problems else form.actors,
        issues=was.issues if "issue" in problems else form.issues,
        kinds=was.kinds if "kind" in problems else frozenset(ChangeKind(kind) for kind in form.kinds),
        least_confidence=_least(form.least, was, problems),
        pending=form.pending,
        commentators=form.commentators,
    )


def _least(typed: str, was: Filter, problems: dict[str, str]) -> float:
    try:
        percent = float((typed or "0").replace(",", ".").rstrip("% "))
    except ValueError:
        percent = math.nan
    if not 0 <= percent <= 100:
        problems["least"] = f"{typed!r} is no percentage; write a number from 0 to 100."
        return was.least_confidence
    share = percent / 100
    return was.least_confidence if math.isclose(share, was.least_confidence, abs_tol=1e-9) else share


def _timing(form: SettingsForm, was: Timing, problems: dict[str, str]) -> Timing:
    made = replace(was, empty=form.empty)
    if form.cadence in {cadence.value for cadence in Cadence}:
        made = replace(made, cadence=Cadence(form.cadence))
    else:
        problems["cadence"] = "Choose from the list how often."
    if form.weekday in [str(day) for day in range(7)]:
        made = replace(made, weekday=int(form.weekday))
    else:
        problems["weekday"] = "Choose a day from the list."
    # A browser sends nothing for an hour that was cleared, and at once or hourly there is no need of one.
    if form.at or made.cadence in (Cadence.DAILY, Cadence.WEEKLY):
        made = replace(made, at=_parsed("at", form.at, problems) or was.at)
    try:
        made = replace(made, zone=check_zone(form.zone))
    except UnknownZoneError as error:
        problems["zone"] = _sentence(error)
    burst = _number("burst", form.burst, was.burst, problems)
    rate = (
        None if form.most_per_hour == "" else _number("most_per_hour", form.most_per_hour, was.most_per_hour, problems)
    )
    made = replace(made, quiet=_quiet(form, was, problems), burst=burst or was.burst, most_per_hour=rate)
    try:
        return checked(made)
    except (TimingError, UnknownZoneError) as error:  # as an earlier version of the rows may have kept it
        problems.setdefault("timing", _sentence(error))
        return was


def _number(field: str, typed: str | None, was: int | None, problems: dict[str, str]) -> int | None:
    if typed is None:
        return was
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= MOST_PER_HOUR:
        return int(typed)
    or_none = ", or leave it empty for no limit" if field == "most_per_hour" else ""
    problems[field] = f"{typed!r} is no such number; write one from 1 to {MOST_PER_HOUR}{or_none}."
    return was


def _quiet(form: SettingsForm, was: Timing, problems: dict[str, str]) -> tuple[time, time] | None:
    if not form.quiet_from and not form.quiet_until:
        return None
    start, end = (_parsed("quiet", typed, problems) for typed in (form.quiet_from, form.quiet_until))
    if start is None or end is None:
        problems["quiet"] = "Quiet hours need a beginning and an end; leave both empty for none."
        return was.quiet
    if start == end:
        problems["quiet"] = "Quiet hours that end when they begin would never end; pause the alerts instead."
        return was.quiet
    return start, end


def _parsed(field: str, typed: str, problems: dict[str, str]) -> time | None:
    try:
        return parse_clock(typed)
    except TimingError as error:
        problems[field] = _sentence(error)
        return None


def _sentence(error: Exception) -> str:
    said = str(error)
    return said if said.endswith(("?", ".")) else f"{said}."


def _clock(at: time | str) -> str:
    return at if isinstance(at, str) else f"{at:%H:%M}"

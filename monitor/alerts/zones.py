"""The zones of subscribers: names checked when they are typed, and local times found as moments. Pure.

The data is the machine's, else that of the package `tzdata`, so that a slim container knows the zones too.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from monitor.alerts.clean import one_line

_REGIONS = frozenset(
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"]
)  # the other names are older spellings of these, or fixed distances from UTC
_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})


class UnknownZoneError(ValueError):
    """No such time zone; the message names those that are spelled nearly so."""


def check_zone(typed: str) -> str:
    """The zone's IANA name as it is stored ("europe/berlin" is Europe/Berlin). Raises UnknownZoneError."""
    name = typed.strip().replace(" ", "_")
    found = _by_folded_name().get(name.casefold())
    if found is not None:
        return found
    near = _near(name.casefold())
    meant = f"did you mean {' or '.join(near)}?" if near else "write it as Europe/Berlin or America/New_York, or UTC"
    raise UnknownZoneError(f"{one_line(typed, 60)!r} is no time zone; {meant}")


@cache
def zone_names() -> tuple[str, ...]:
    """The zones that a form offers: UTC, and those that are named after places. `check_zone` takes others, too."""
    names = sorted(name for name in _by_folded_name().values() if name.partition("/")[0] in _REGIONS)
    return ("UTC", *names)


@cache
def zone_of(name: str) -> ZoneInfo:
    """The zone. One that the data no longer has counts as UTC: told at another hour is better than not told."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def first_moment(wall: datetime, zone: ZoneInfo, not_before: datetime | None = None) -> datetime:
    """The first moment, in UTC, at which clocks in the zone show `wall`, a time without a zone, or later.

    Where the clock is set back and shows it twice, the earlier one that is not before `not_before`. Where it is set
    forward and never shows it, the moment at which it is set forward.
    """
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if wall_clock(early, zone) == wall:
        return early if not_before is None or early >= not_before else late
    # In a gap fold=1 gives a moment before it and fold=0 one after it: PEP 495.
    start = late.replace(microsecond=0)
    seconds = range(1, int((early - start).total_seconds()) + 1)
    jump = bisect_left(seconds, True, key=lambda second: wall_clock(start + timedelta(seconds=second), zone) >= wall)
    return start + timedelta(seconds=seconds[jump])


def there_is(day: date, zone: ZoneInfo) -> bool:
    """Whether the zone had that day: Samoa went from 29 to 31 December 2011."""
    return wall_clock(first_moment(datetime.combine(day, time()), zone), zone).date() == day


def wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """What clocks in the zone show, as a time without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


@cache
def _by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones() - _NO_PLACES)}


def _near(folded: str, most: int = 3) -> list[str]:
    """Names whose place is the one typed, else those spelled nearly so; Europe/Berlin rather than Arctic/…"""
    names = _by_folded_name()
    place = folded.rpartition("/")[2]
    same = [name for key, name in names.items() if key.rpartition("/")[2] == place]
    if same:
        return same[:most]
    places: dict[str, str] = {}
    for key, name in names.items():
        places.setdefault(key.rpartition("/")[2], name)
    by_name = [names[key] for key in difflib.get_close_matches(folded, names, n=most, cutoff=0.75)]
    by_place = [places[key] for key in difflib.get_close_matches(place, places, n=most, cutoff=0.75)]
    return list(dict.fromkeys(by_name + by_place))[:most]

"""What stands behind the time in a feed's date: an offset or the name of a zone. Pure; nothing here raises."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone

_ZONES_IN_MINUTES = {  # RFC 822 and the names that are in use; one that several countries use has its commonest meaning
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet", "zulu"), 0),
    **dict(zip("amny", (-60, -720, 60, 720), strict=True)),  # the military letters RFC 822 names; h and u are hours
    **dict.fromkeys(("bst", "ist-ie", "cet", "met", "mez", "west", "wat", "mewt"), 60),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "oez", "sast", "cat"), 120),
    **dict.fromkeys(("eest", "msk", "trt", "eat", "idt", "ast-sa"), 180),
    **dict.fromkeys(("msd", "gst", "samt"), 240),
    "irst": 210,
    "irdt": 270,
    "aft": 270,
    "pkt": 300,
    "uzt": 300,
    "yekt": 300,
    "ist": 330,
    "npt": 345,
    "omst": 360,
    "ict": 420,
    "wib": 420,
    "krat": 420,
    "hkt": 480,
    "sgt": 480,
    "myt": 480,
    "awst": 480,
    "pht": 480,
    "irkt": 480,
    "jst": 540,
    "kst": 540,
    "yakt": 540,
    "acst": 570,
    "aest": 600,
    "vlat": 600,
    "acdt": 630,
    "aedt": 660,
    "nzst": 720,
    "nzdt": 780,
    "nst": -210,
    "ndt": -150,
    **dict.fromkeys(("adt", "brt", "art", "clst"), -180),
    **dict.fromkeys(("ast", "edt", "at", "clt"), -240),
    **dict.fromkeys(("est", "cdt", "et", "cot", "pet"), -300),
    **dict.fromkeys(("cst", "mdt", "ct"), -360),
    **dict.fromkeys(("mst", "pdt", "mt"), -420),
    **dict.fromkeys(("pst", "akdt", "pt"), -480),
    "akst": -540,
    "hst": -600,
}
_OFFSET = re.compile(
    r"^[\s,(\[]*(?:(?P<etc>Etc/)?(?:GMT|UTC)|Z)?\s*(?P<sign>[+\-−])\s?[+\-−]?(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?(?!\d)",
    re.IGNORECASE,
)
_ZONE_NAME = re.compile(r"^[\s,(\[]*(?:Etc/)?(?P<name>[A-Za-z]{1,5})\b")


def time_zone(rest: str) -> timezone:
    """The zone that `rest` begins with; UTC where there is none, or one that cannot be.

    In `Etc/GMT+3` the sign is that of POSIX: three hours behind Greenwich.
    """
    offset = _OFFSET.match(rest)
    if offset:
        minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
        if minutes >= 24 * 60:
            return UTC
        east = (offset["sign"] == "+") != bool(offset["etc"])
        return timezone(timedelta(minutes=minutes if east else -minutes))
    name = _ZONE_NAME.match(rest)
    return timezone(timedelta(minutes=_ZONES_IN_MINUTES.get(name["name"].lower(), 0))) if name else UTC

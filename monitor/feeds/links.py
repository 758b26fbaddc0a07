"""Addresses as nearly all entries write them. Pure."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?::[0-9]{1,4})?(?:/[!-\"$-:<->@-~]*(?:\?[!-\"$-~]+)?(?:#[!-~]+)?)?")


def is_plain(link: str) -> bool:
    """Whether a link is absolute, http(s) and in ASCII, without anything to repair: joined to any base it is itself."""
    return _PLAIN.fullmatch(link) is not None

"""Paths that act for a subscriber hold a token; where a path is written down, the token is not."""

from __future__ import annotations

import re

from monitor.net.mask import MASK

_TOKEN = re.compile(r"^(/s/(?:confirm/)?|/atom/)[^/]+")


def shown_path(path: str) -> str:
    """The path as a log may show it: `/s/***/unsubscribe`."""
    return _TOKEN.sub(rf"\g<1>{MASK}", path)

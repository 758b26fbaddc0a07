"""Some paths hold a token that acts for whoever has it; where such a path is written down, the token is not."""

from __future__ import annotations

import re

from monitor.net.mask import MASK

_TOKEN = re.compile(r"^(/s/(?:confirm/)?|/atom/|/invitation/|/sign-up/|/forgotten/|/account/address/|/websub/)[^/]+")


def shown_path(path: str) -> str:
    """The path as a log may show it: `/s/***/unsubscribe`."""
    return _TOKEN.sub(rf"\g<1>{MASK}", path)

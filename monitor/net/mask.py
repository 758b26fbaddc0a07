"""Addresses as people may see them: without the secrets that some of them carry."""

from __future__ import annotations

import re

MASK = "***"

_USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")
_SECRET_PARAMETER = re.compile(
    r"([?&;](?:[\w.-]{0,60}?(?:token|secret|passw(?:or)?d|(?:api|access|auth)[_-]?key|signature|credential)[\w.-]{0,60}"
    r"|(?:[\w.-]{0,60}[_-])?auth|key|sig|pwd|pass)=)[^&;#\s]*",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    """An address, or a text with addresses in it, in which user names, passwords and tokens are replaced by `***`.

    For logs, pages, errors and exports. What is masked: everything between `://` and the last `@` of the authority,
    and the values of query parameters whose name says that they are secret.
    """
    return _SECRET_PARAMETER.sub(rf"\g<1>{MASK}", _USERINFO.sub(f"{MASK}@", text))

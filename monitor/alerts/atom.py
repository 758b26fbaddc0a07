"""A page of changes as Atom (RFC 4287), with its older entries in archives (RFC 5005)."""

from __future__ import annotations

import re
from datetime import datetime

from monitor.alerts.entries import FeedPage
from monitor.alerts.layout import laid_out
from monitor.model.moment import utc

MEDIA_TYPE = "application/atom+xml"

# XML 1.0, production 2: what is not a character of it cannot even be written as a reference.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom_of(page: FeedPage) -> bytes:
    """The document in UTF-8. Whatever an entry holds, it is well-formed."""
    document = laid_out("changes.xml", page=page, stamp=_stamp)
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", document).encode()


def _stamp(when: datetime) -> str:
    return utc(when).isoformat(timespec="microseconds").replace("+00:00", "Z")

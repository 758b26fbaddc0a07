"""Links from the outside that may be shown: http and https, nothing that a browser would run."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_link(url: str | None) -> str | None:
    """The address if a reader may be sent there, else None. Addresses come from feeds, so anybody may write them."""
    if url is None or any(c.isspace() or ord(c) < 0x20 for c in url.strip()):
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and host else None

"""Feed addresses as operators type them. Pure; what an address leads to is for the guard and the fetch to say."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import idna

from monitor.net.mask import mask

_LONGEST = 2_000
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):(?!\d+(?:/|$))")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_FEED_SCHEME = re.compile(r"^feed:(?://)?(?=https?://)", re.IGNORECASE)


class BadAddress(ValueError):  # noqa: N818 - it is what was typed
    """What was typed is no address of a feed. The message says what is wrong and what to do."""


def feed_address(typed: str) -> str:
    """The address that an operator means, normalised: the same feed typed twice is the same text.

    A missing scheme becomes https, `feed:` becomes what it stands for, host and scheme are small letters, the host of
    an international domain is in its ASCII form, a default port and the fragment go. Path and query stay as they are.
    Raises BadAddress.
    """
    text = typed.strip().strip("<>\"'").strip()
    if not text:
        raise BadAddress("The address is empty; give one such as https://example.org/feed.xml.")
    if len(text) > _LONGEST:
        raise BadAddress(f"The address has {len(text)} characters, more than {_LONGEST}; is it one address?")
    if any(ord(c) <= 0x20 or c in "\\\x7f" for c in text):
        raise BadAddress(
            f"The address {mask(text)!r} holds a blank, a backslash or a control character; write it percent-encoded."
        )
    parts = _split(_with_scheme(text))
    host = _host(parts, text)
    if parts.port is not None and parts.port != _DEFAULT_PORTS[parts.scheme.lower()]:
        host = f"{host}:{parts.port}"
    userinfo, at, _ = parts.netloc.rpartition("@")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|")
    return urlunsplit((parts.scheme.lower(), f"{userinfo}{at}{host}", path, query, ""))


def _with_scheme(text: str) -> str:
    text = _FEED_SCHEME.sub("", text)
    if text.lower().startswith("feed://"):
        text = "https://" + text[len("feed://") :]
    found = _SCHEME.match(text)
    if found is None:
        return "https://" + text.lstrip("/")
    if found.group(1).lower() not in _DEFAULT_PORTS:
        raise BadAddress(
            f"The address {mask(text)!r} begins with {found.group(1)}:, but only http and https are fetched."
        )
    if not text[found.end() :].startswith("//"):
        raise BadAddress(f"The address {mask(text)!r} lacks the two slashes behind {found.group(1)}:.")
    return text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise BadAddress(f"The address {mask(text)!r} cannot be read: {error}.") from None
    return parts


def _host(parts: SplitResult, text: str) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise BadAddress(f"The address {mask(text)!r} names no host.")
    if ":" in host:
        return f"[{host}]"
    try:
        # Python's own "idna" is that of 2003, for which straße.de is another domain, strasse.de; it knows lengths.
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
        ascii_host = name.encode("idna").decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise BadAddress(f"{host!r} in the address is no valid host name.") from None
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", ascii_host):
        raise BadAddress(f"{host!r} in the address is no valid host name.")
    return ascii_host

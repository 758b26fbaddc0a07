"""Apprise addresses (https://github.com/caronc/apprise/wiki): what is taken as one, and what may be shown of it.

Nearly every part of them can be a secret: tokens stand where other addresses have a host. Pure, and without Apprise,
which takes a second to load: what only its plugin knows of an address is asked of a process, see `channels.apprise`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import parse_qsl, unquote

from monitor.net.schemes import CHAT_SCHEMES, MACHINE_SCHEMES

LONGEST_URL = 2_000
SHORTEST_SECRET = 4
"""Characters. Shorter parts of an address are words like `en`, and are left standing in errors."""

_SHAPE = re.compile(r"([a-z][a-z0-9]{1,19})://(\S+)", re.IGNORECASE)
_WIKI = "https://github.com/caronc/apprise/wiki"
_NOT_TAKEN = {
    "optional": "a failure would pass as a success",
    "overflow": "what is too long is split",
    "redirect": "redirects are never followed",
    "retry": "failed deliveries are tried again by ourselves",
    "store": "nothing is kept on disk",
    "wait": "failed deliveries are tried again by ourselves",
}
_HOST = re.compile(r"(?:localhost|[\w-]+(?:\.[\w-]+)+|\[[0-9a-f:.]+\])(?::\d{1,5})?", re.IGNORECASE)
_SEPARATORS = re.compile(r"[/@:?&=#+,;|~\s]+")


def apprise_problem(url: str, schemes: Collection[str] = CHAT_SCHEMES) -> str | None:
    """Why an address is not taken, and what to write instead; None where it is. It never holds the address.

    `schemes` are those that may be used, in lower case.
    """
    shape = _SHAPE.fullmatch(url)
    if not shape or any(ord(c) <= 0x20 or c in "\\\x7f" for c in url) or not url.isprintable():
        return f"no Apprise address: it must look like discord://… or ntfys://…, without blanks; see {_WIKI}"
    if len(url) > LONGEST_URL:
        return f"the address is longer than {LONGEST_URL} characters"
    scheme, rest = shape[1].lower(), shape[2]
    if scheme in ("http", "https"):
        return f"{scheme}:// is a web address; write it as Apprise does, such as discord://… or ntfys://…; see {_WIKI}"
    if scheme in MACHINE_SCHEMES:
        return f"{scheme}:// acts on the machine that sends, which is not to be had"
    if scheme not in schemes:
        return f"{scheme}:// is not among the kinds of address that VOLTEFACE_APPRISE_SCHEMES allows"
    if "://" in unquote(rest.partition("?")[0]):
        return "these are several addresses; make one subscription for each"
    return _parameter_problem(rest)


def _parameter_problem(rest: str) -> str | None:
    given = {name.lower(): value.lower() for name, value in parse_qsl(rest.partition("?")[2], keep_blank_values=True)}
    for name, why in _NOT_TAKEN.items():
        if name in given:
            return f"leave the parameter {name}= out: {why}"
    if given.get("verify", "yes") not in ("yes", "true", "1", "on", "y", "t"):
        return "leave verify= out: certificates are always checked; SSL_CERT_FILE names an authority of your own"
    return None


def shown_apprise(url: str) -> str:
    """All of an address that may be shown: its kind."""
    shape = _SHAPE.match(url.strip())
    return f"{shape[1].lower()}://…" if shape else "…"


def without_secrets(text: str, url: str) -> str:
    """A text, such as an error, with every part of the address in it, as written or decoded, replaced by `***`.

    Names of hosts stay: who mends a failure needs them, and the name server was asked for them anyway.
    """
    rest = url.partition("://")[2]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    user, at, host = authority.rpartition("@")
    tail = f"{user}{at}/{rest[len(authority) :]}" if _HOST.fullmatch(host) else rest
    parts = {*_SEPARATORS.split(tail), *re.split(r"[/?&=#\s]+", tail)}
    for part in sorted(parts | {unquote(part) for part in parts}, key=len, reverse=True):
        if len(part) >= SHORTEST_SECRET:
            text = text.replace(part, "***")
    return text

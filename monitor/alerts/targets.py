"""Where an alert is sent: what an operator types is checked, and what a log shows of it is masked."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

import idna

from monitor.alerts.apprise_targets import apprise_problem, shown_apprise
from monitor.alerts.clean import one_line
from monitor.model.alert import ChannelName
from monitor.net.schemes import CHAT_SCHEMES

LONGEST_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3, less the angle brackets."""

LONGEST_LOCAL_PART = 64
LONGEST_URL = 2_000

# dot-atom of RFC 5322 with the letters of RFC 6531; quoted local parts are legal and never meant.
_LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LOG_NAME = re.compile(r"[\w.@:-]{1,100}")


class TargetError(ValueError):
    """A target cannot be sent to; the message says why and what to write instead."""


def check_target(channel: ChannelName, text: str, schemes: Collection[str] = CHAT_SCHEMES) -> str:
    """The target as it is stored. `schemes` are the kinds of Apprise address that may be used. Raises TargetError."""
    if channel is ChannelName.APPRISE:
        return check_apprise(text, schemes)
    checks = {ChannelName.EMAIL: check_email, ChannelName.WEBHOOK: check_webhook, ChannelName.LOG: check_log}
    return checks[channel](text)


def check_email(text: str) -> str:
    """A mail address with its domain in ASCII lower case (IDNA). Raises TargetError."""
    address = text.strip()
    shown = one_line(address, 80)
    if "," in address or ";" in address:
        raise TargetError(f"{shown!r}: one address per subscription; make one for each")
    if "<" in address or ">" in address or re.search(r"\s", address):
        raise TargetError(f"{shown!r}: write the address alone, name@example.org, without a name, spaces or brackets")
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise TargetError(f"{shown!r} is no mail address: it must look like name@example.org")
    # "=?…?=" is legal in a mailbox, but Python's header parser decodes it, line breaks and all, into the header.
    if not _LOCAL_PART.fullmatch(local) or not address.isprintable() or "=?" in local:
        raise TargetError(f"{shown!r}: the part before the @ holds characters that no mailbox has")
    if len(local.encode()) > LONGEST_LOCAL_PART:
        raise TargetError(f"{shown!r}: the part before the @ is longer than {LONGEST_LOCAL_PART} bytes")
    checked = f"{local}@{_mail_domain(domain, shown)}"
    if len(checked.encode()) > LONGEST_ADDRESS:
        raise TargetError(f"{shown!r} is longer than {LONGEST_ADDRESS} bytes")
    return checked


def _mail_domain(domain: str, shown: str) -> str:
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise TargetError(f"{shown!r}: {one_line(domain, 80)!r} is no domain name") from None
    if ascii_domain != "localhost" and ("." not in ascii_domain or ascii_domain.rpartition(".")[2].isdigit()):
        raise TargetError(f"{shown!r}: the part after the @ must be a whole domain name, such as example.org")
    return ascii_domain


def check_webhook(text: str) -> str:
    """An http or https address as it is, if a POST can go there. Raises TargetError, without the address's secrets.

    Whether the address it leads to may be connected to is the guard's to say, at the moment of connecting.
    """
    url = text.strip()
    shown = mask(ChannelName.WEBHOOK, url)
    if any(ord(c) <= 0x20 or c in "\\\x7f" for c in url) or not url.isprintable():
        raise TargetError(f"{shown!r}: holds a space, a backslash or a control character; percent-encode it")
    if len(url) > LONGEST_URL:
        raise TargetError(f"{shown!r} is longer than {LONGEST_URL} characters")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise TargetError(f"{shown!r} is no address: {error}") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise TargetError(f"{shown!r} must begin with https:// (or http:// within your own network)")
    if not host:
        raise TargetError(f"{shown!r} names no host: it must look like https://example.org/hook")
    if "@" in parts.netloc:
        raise TargetError(f"{shown!r}: a user name in the address is not sent; verify the signature instead")
    if parts.fragment:
        raise TargetError(f"{shown!r}: what follows the # is never sent; leave it out")
    return url


def check_log(text: str) -> str:
    """A name under which the alerts stand in the log. Raises TargetError."""
    name = text.strip()
    if not _LOG_NAME.fullmatch(name):
        raise TargetError(f"{one_line(name, 80)!r}: for the log, a name of letters, digits and . @ : - _, such as ops")
    return name


def check_apprise(text: str, schemes: Collection[str] = CHAT_SCHEMES) -> str:
    """An Apprise address as it is. Raises TargetError, which holds nothing of the address but its kind."""
    url = text.strip()
    problem = apprise_problem(url, schemes)
    if problem is not None:
        raise TargetError(f"{shown_apprise(url)!r}: {problem}")
    return url


def mask(channel: ChannelName, target: str) -> str:
    """The target as a log or a page may show it: `k…@example.org`, `https://example.org/…`, `discord://…`.

    The path goes too: chat services put their secret there. Of an Apprise address only its kind is shown.
    """
    if channel is ChannelName.APPRISE:
        return shown_apprise(target)
    plain = one_line(target, 200)
    if channel is ChannelName.EMAIL:
        local, at, domain = plain.rpartition("@")
        return f"{local[:1]}…@{domain}" if at else "…"
    if channel is ChannelName.LOG:
        return plain
    try:
        parts = urlsplit(plain)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "…"
    if not host:
        return "…"
    rest = "/…" if parts.path not in ("", "/") or parts.query else parts.path
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}{rest}"

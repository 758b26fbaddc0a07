"""Kinds of setting with rules of their own, and what is said where one breaks them."""

from __future__ import annotations

import os
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode


def _base_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = "must be an address such as https://llm.example.org/v1"
        raise ValueError(message)
    if parts.username or parts.password or parts.query or parts.fragment:
        message = "takes scheme, host, port and path only; a key goes into a setting of its own"
        raise ValueError(message)
    return value.rstrip("/")


def _header_token(value: SecretStr) -> SecretStr:
    if any(not "!" <= character <= "~" for character in value.get_secret_value()):
        message = "holds a blank or a character that no header may carry; write the bare key"
        raise ValueError(message)
    return value


def _paths(value: object) -> object:
    return tuple(p for p in value.split(os.pathsep) if p.strip()) if isinstance(value, str) else value


def _names(value: object) -> object:
    return tuple(n.strip() for n in value.split(",") if n.strip()) if isinstance(value, str) else value


def _packs(value: tuple[Path, ...]) -> tuple[Path, ...]:
    for pack in value:
        if not pack.is_dir():
            message = f"{pack} is not a folder; name a folder with actors/, issues/ or queries/ in it"
            raise ValueError(message)
    return value


def _sender(value: str) -> str:
    # The channel looks closer when it is built; this is so that all wrong settings are named together.
    local, at, domain = parseaddr(value)[1].rpartition("@")
    if not (local and at and domain) or not value.isprintable() or " " in local + domain:
        message = "is no mail address; write one such as Volteface <alerts@example.org>"
        raise ValueError(message)
    return value


def _page_address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        message = "must begin with http:// or https://"
        raise ValueError(message)
    return value.rstrip("/")


def checked_sign_up(value: tuple[str, ...]) -> tuple[str, ...]:
    """Who may sign up: `anybody`, `off`, or domains in ASCII lower case. Raises ValueError."""
    words = tuple(word.casefold().removeprefix("@") for word in value)
    for word in words:
        alone = word in ("anybody", "off")
        if alone and len(words) > 1:
            message = f"{word!r} stands alone, or leave it out and name domains only"
            raise ValueError(message)
        if not alone and ("." not in word or not all(c.isalnum() or c in ".-" for c in word) or not word.isascii()):
            message = f"{word!r} is neither anybody, off, nor the domain of an address, such as example.org"
            raise ValueError(message)
    return words


def _networks(value: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(network, strict=False)) for network in value)
    except ValueError as error:
        message = f"{error}; write addresses or networks such as 127.0.0.1 or 10.0.0.0/8, separated by commas"
        raise ValueError(message) from None


Packs = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths), AfterValidator(_packs)]
"""Folders of rules, parted as in PATH."""

Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
"""Words parted by commas."""

Networks = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names), AfterValidator(_networks)]
"""IP networks, parted by commas; a bare address is a network of one."""

Sender = Annotated[str, AfterValidator(_sender)]
"""Who a mail is from: an address, with a name before it if wanted."""

PageAddress = Annotated[str, AfterValidator(_page_address)]
"""Where pages are reached: http or https; stored without a last slash."""

BaseAddress = Annotated[str, AfterValidator(_base_address)]
"""An http or https address to which paths are added; no credentials, query or fragment; stored without a last slash."""

HeaderToken = Annotated[SecretStr, AfterValidator(_header_token)]
"""A secret that is sent in a header: visible ASCII characters."""

"""Kinds of setting with rules of their own, and what is said where one breaks them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr


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


BaseAddress = Annotated[str, AfterValidator(_base_address)]
"""An http or https address to which paths are added; no credentials, query or fragment; stored without a last slash."""

HeaderToken = Annotated[SecretStr, AfterValidator(_header_token)]
"""A secret that is sent in a header: visible ASCII characters."""

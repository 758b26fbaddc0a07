"""The settings of the pages and of the API beside them; `monitor.settings` holds the rest, and reads them all."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from monitor.setting_types import Names, Networks, PageAddress, checked_sign_up


class Readers(StrEnum):
    """Who may read the pages."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed-in"


class MetricsReaders(StrEnum):
    """Who may read the measurements."""

    LOOPBACK = "loopback"
    TOKEN = "token"  # noqa: S105 - a kind
    ANYBODY = "anybody"
    NOBODY = "nobody"


class PageSettings(BaseSettings):
    """Where the pages are, who may read them, and what they say of themselves."""

    host: str = Field(default="127.0.0.1", description="Address that the pages are served on.")
    operator_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Bearer token that may do everything over the API, beside the tokens of accounts. "
        "Secret; may come from VOLTEFACE_OPERATOR_TOKEN_FILE.",
    )
    api_per_minute: int = Field(
        default=120, ge=1, description="Requests a minute that one peer may make to the API without a token."
    )
    api_token_per_minute: int = Field(
        default=600, ge=1, description="Requests a minute that one token may make to the API."
    )
    events_per_peer: int = Field(
        default=50,
        ge=1,
        description="Open pages that may be kept up to date (/events) at once for one account, or for one peer that is "
        "not signed in; there are 500 places in all.",
    )
    metrics: MetricsReaders = Field(
        default=MetricsReaders.LOOPBACK,
        description="Who may read /metrics: loopback (programs on this machine, not by way of a proxy), token (an API "
        "token with the scope metrics:read), anybody, or nobody.",
    )
    port: int = Field(default=8400, ge=0, le=65535, description="Port of the pages; 0 takes a free one.")
    public_url: PageAddress | None = Field(
        default=None,
        description="Address under which readers reach the pages, for links; mail asks its owner "
        "by one, and unsubscribing with one click needs https.",
    )
    websub: bool = Field(
        default=True,
        description="Where VOLTEFACE_PUBLIC_URL is set: subscribe at the hubs that feeds name (WebSub), so that their "
        "news are pushed. The hubs call back at /websub/ under that address.",
    )
    websub_poll_s: int = Field(
        default=4 * 3600,
        ge=60,
        le=86400,
        description="Seconds between two polls of a feed whose news are pushed, to be safe.",
    )
    trusted_proxies: Networks = Field(
        default=(),
        description="Addresses or networks of reverse proxies in front of the pages, separated by commas: what "
        "they say in X-Forwarded-For, -Proto and -Host is believed, and of nobody else. Needed behind TLS.",
    )
    readers: Readers = Field(
        default=Readers.ANYBODY,
        description="Who may read changes, positions and items: anybody who reaches the pages, or signed-in.",
    )
    sign_up: Names = Field(
        default=("anybody",),
        description="Who may make an account by mail: anybody, off, or the domains of their addresses, separated by "
        "commas; needs VOLTEFACE_SMTP_HOST and VOLTEFACE_PUBLIC_URL.",
    )
    subscriber_channels: Names = Field(
        default=("email", "webhook"),
        description="Channels that subscribers may choose themselves, separated by commas: email, webhook, apprise. "
        "Theirs never lead into a private network, so VOLTEFACE_APPRISE_ALLOW takes apprise away.",
    )
    label: str = Field(default="", description="A line shown on every page and alert, such as INVENTED DEMO DATA.")
    demo_url: PageAddress | None = Field(
        default=None, description="Address of a demo that runs beside this service, for a link."
    )

    @field_validator("sign_up")
    @classmethod
    def _who_may_sign_up(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_sign_up(value)

    @field_validator("subscriber_channels")
    @classmethod
    def _known_channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        strange = sorted(set(value) - {"email", "webhook", "apprise"})
        if strange:
            message = f"{strange[0]!r} is no channel for subscribers; there are email, webhook and apprise"
            raise ValueError(message)
        return value

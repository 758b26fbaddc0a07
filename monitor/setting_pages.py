"""The settings of the pages and of the API beside them; `monitor.settings` holds the rest, and reads them all."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from monitor.setting_types import PageAddress


class Readers(StrEnum):
    """Who may read the pages."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed-in"


class PageSettings(BaseSettings):
    """Where the pages are, who may read them, and what they say of themselves."""

    host: str = Field(default="127.0.0.1", description="Address that the pages are served on.")
    operator_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Bearer token of the operators' part of the API, which is off without it. "
        "Secret; may come from VOLTEFACE_OPERATOR_TOKEN_FILE.",
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
    readers: Readers = Field(
        default=Readers.ANYBODY,
        description="Who may read changes, positions and items: anybody who reaches the pages, or signed-in.",
    )
    label: str = Field(default="", description="A line shown on every page and alert, such as INVENTED DEMO DATA.")
    demo_url: PageAddress | None = Field(
        default=None, description="Address of a demo that runs beside this service, for a link."
    )

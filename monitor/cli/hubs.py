"""Hubs, put together from the settings: whether they are asked, by whom, and what is made of their pushes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.settings import Settings

if TYPE_CHECKING:
    from monitor.feeds.hub_client import HubClient
    from monitor.feeds.hub_terms import PushCadence
    from monitor.feeds.politeness import Politeness
    from monitor.net.guard import Guard


def push_cadence(settings: Settings) -> PushCadence:
    """How rarely feeds are polled whose news are pushed."""
    from monitor.feeds.hub_terms import PushCadence

    return PushCadence(poll_s=settings.websub_poll_s)


def hubs_are_asked(settings: Settings) -> bool:
    """Whether feeds are subscribed to at hubs: only where hubs can reach us, by an address that is not private."""
    from monitor.cli.boot import feed_guard
    from monitor.net.guard import AddressRefused

    if not settings.websub or settings.public_url is None:
        return False
    host = urlsplit(settings.public_url).hostname or ""
    try:
        guard = feed_guard(settings)
        guard.check_url(settings.public_url)
        if host == "localhost" or host.endswith(".localhost"):  # RFC 6761: this machine, by whatever name
            guard.check_address(host, ip_address("127.0.0.1"))
    except AddressRefused:
        return False
    return True


def hub_client(settings: Settings, guard: Guard, politeness: Politeness, clock: Callable[[], datetime]) -> HubClient:
    """What asks hubs: by the guard and the manners of the feeds' own fetcher."""
    from monitor.cli.boot import fetch_config
    from monitor.feeds.hub_client import HubClient

    return HubClient(guard, user_agent=fetch_config(settings).user_agent, politeness=politeness, now=clock)

"""Targets against the guard and Apprise: what would be refused when the first alert is sent is said before."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from monitor.cli.boot import nursery_config
from monitor.net.guard import AddressRefused, Guard
from monitor.settings import PREFIX, Settings

_LOOK_UP_S = 5.0


def why_refused(settings: Settings, target: str) -> str | None:
    """Why the webhook guard would refuse this address, and what to do; None where it would not.

    The host is looked up. A name that cannot be resolved just now is not refused: that may pass.
    """
    guard = Guard(settings.webhook_allow, setting=f"{PREFIX}WEBHOOK_ALLOW")
    parts = urlsplit(target)

    async def look() -> None:
        async with asyncio.timeout(_LOOK_UP_S):
            await guard.addresses(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))

    try:
        guard.check_url(target)
        asyncio.run(look())
    except AddressRefused as refused:
        return refused.reason
    except (OSError, UnicodeError):  # the latter from names that the resolver cannot spell
        return None
    return None


def why_not_by_apprise(settings: Settings, target: str) -> str | None:
    """What Apprise finds wrong with an address, such as a token of the wrong length; None where it finds nothing."""
    from monitor.alerts.channels.apprise import why_unusable
    from monitor.alerts.channels.apprise_nursery import AppriseNursery, NurseryEnded

    nursery = AppriseNursery(nursery_config(settings))
    try:
        return asyncio.run(why_unusable(nursery, target))
    except (NurseryEnded, TimeoutError):  # it will be told by the first attempt
        return None
    finally:
        nursery.close()

"""Where a subscription of one's own goes, as a form sends it, and what in it cannot be used."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.alerts.targets import TargetError, check_target, mask
from monitor.model.account import Account, Role
from monitor.model.alert import ChannelName, Subscription
from monitor.net.guard import AddressRefused, Guard
from monitor.net.schemes import CHAT_SCHEMES
from monitor.web.self_service import SelfService

LOOK_UP_S = 5.0

CHANNELS = {
    ChannelName.EMAIL: "Mail",
    ChannelName.WEBHOOK: "Webhook, for programs",
    ChannelName.APPRISE: "Chat or push, by an Apprise address",
    ChannelName.LOG: "The service's log",
}
"""What channels are called."""

SHORT = {ChannelName.EMAIL: "mail", ChannelName.WEBHOOK: "webhook", ChannelName.APPRISE: "chat", ChannelName.LOG: "log"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetForm:
    """Where it should go, as it was typed: one target for each channel, of which the chosen one counts."""

    channel: str
    targets: Mapping[str, str]

    @property
    def target(self) -> str:
        """The one that counts."""
        return self.targets.get(self.channel, "")


def sent_target(fields: Mapping[str, list[str]]) -> TargetForm:
    """What a browser sent."""
    targets = {name.value: (fields.get(f"to_{name.value}") or [""])[-1][:2_100] for name in ChannelName}
    return TargetForm(channel=(fields.get("channel") or [""])[-1][:20], targets=targets)


def understood_target(
    form: TargetForm, account: Account, allowed: SelfService, addresses: Collection[str], problems: dict[str, str]
) -> tuple[ChannelName, str]:
    """The channel and the target; `problems` say by field what cannot be used, and then both are a stand-in."""
    offered = allowed.channels_for(account)
    if form.channel not in [channel.value for channel in offered]:
        problems["channel"] = "Choose from the list how you want to be told."
        return ChannelName.EMAIL, ""
    channel = ChannelName(form.channel)
    field = f"to_{channel.value}"
    strange = account.role is not Role.OPERATOR
    if channel is ChannelName.EMAIL and form.target not in addresses:
        problems[field] = "Choose an address of yours; you add others on the page of your account."
        return channel, ""
    schemes = allowed.schemes & CHAT_SCHEMES if strange else allowed.schemes
    try:
        target = check_target(channel, form.target, schemes)
    except TargetError as error:
        problems[field] = f"{error}."
        return channel, ""
    refused = why_not_public(target) if channel is ChannelName.WEBHOOK and strange else None
    if refused is not None:
        problems[field] = refused
        return channel, ""
    return channel, target


def why_not_public(target: str) -> str | None:
    """Why strangers may not have this address posted to; None where they may. Its host is looked up.

    It is there for an early answer: what protects is the guard at the socket, when something is sent. A name that
    cannot be resolved just now is not refused.
    """
    guard = Guard()
    parts = urlsplit(target)

    async def look() -> None:
        async with asyncio.timeout(LOOK_UP_S):
            await guard.addresses(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))

    try:
        guard.check_url(target)
        asyncio.run(look())
    except AddressRefused:
        return "That address leads into a private network, where only operators may send to."
    except (OSError, UnicodeError):
        return None
    return None


def shown_target(subscription: Subscription) -> str:
    """Where it goes, as its owner sees it: a mail address as it is, of all else nothing that may be a secret."""
    if subscription.channel is ChannelName.EMAIL:
        return subscription.target
    return mask(subscription.channel, subscription.target)


def may_resume(subscription: Subscription, own: Collection[str]) -> bool:
    """Whether its owner may start it again: what they stopped themselves, or what a failing target ended."""
    why = subscription.disabled_why or ""
    return why in own or why.startswith("given up:")

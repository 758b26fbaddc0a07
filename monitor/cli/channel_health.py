"""`volteface doctor` on what subscriptions need of the settings: a mail server, links, kinds of address."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from monitor.alerts.apprise_targets import apprise_problem
from monitor.alerts.targets import mask
from monitor.cli.doctor import Finding, State
from monitor.cli.talk import counted
from monitor.cli.targets import why_refused
from monitor.model.alert import ChannelName, Subscription
from monitor.net.schemes import scheme_set
from monitor.settings import PREFIX, Settings


def of_channels(settings: Settings, subscriptions: Sequence[Subscription]) -> Iterator[Finding]:
    """What the channels of these subscriptions lack, those of operators included; those that are off need nothing."""
    active = [one for one in subscriptions if one.disabled_at is None]
    by_channel = {name: [one for one in active if one.channel is name] for name in ChannelName}
    yield from _mails(settings, by_channel[ChannelName.EMAIL])
    yield from _webhooks(settings, by_channel[ChannelName.WEBHOOK])
    yield from _chats(settings, by_channel[ChannelName.APPRISE])


def _mails(settings: Settings, mails: Sequence[Subscription]) -> Iterator[Finding]:
    if not mails:
        return
    there = f"there {_are(mails, 'mail subscription')}"
    if not settings.smtp_host:
        remedy = f"set {PREFIX}SMTP_HOST to your mail server; what waits is sent then"
        yield Finding("mail", State.BROKEN, f"{there}, but no mail server", remedy)
    if not settings.public_url:
        what = f"{there}, but mails can hold no link to unsubscribe by, and addresses cannot be confirmed"
        remedy = f"set {PREFIX}PUBLIC_URL to the address at which readers reach the pages, such as https://news.example"
        yield Finding("mail", State.WARNING, what, remedy)


def _webhooks(settings: Settings, hooks: Sequence[Subscription]) -> Iterator[Finding]:
    refused = 0
    for one in hooks:
        why = why_refused(settings, one.target)
        if why:
            refused += 1
            what = f"subscription {one.id}: {one.subscriber} at {mask(one.channel, one.target)} would be refused"
            yield Finding("webhooks", State.WARNING, what, why)
    if hooks and not refused:
        yield Finding("webhooks", State.OK, f"{counted(len(hooks), 'target')}, none of them refused by the guard")


def _chats(settings: Settings, chats: Sequence[Subscription]) -> Iterator[Finding]:
    """Addresses were looked at when they were given; which kinds may be used may have been set anew since."""
    allowed = scheme_set(settings.apprise_schemes)
    refused = 0
    for one in chats:
        problem = apprise_problem(one.target, allowed)
        if problem:
            refused += 1
            what = f"subscription {one.id}: {one.subscriber} at {mask(one.channel, one.target)} gets nothing: {problem}"
            yield Finding("chats", State.BROKEN, what, _remedy(one, settings, allowed))
    if chats and not refused:
        yield Finding("chats", State.OK, f"{counted(len(chats), 'target')}, all of a kind that may be used")


def _remedy(one: Subscription, settings: Settings, allowed: Collection[str]) -> str:
    off = f"`volteface subscriptions disable {one.id}`"
    scheme = one.target.partition("://")[0].lower()
    may = ",".join([*settings.apprise_schemes, scheme])
    try:
        scheme_set([scheme])
    except ValueError:
        return f"{off}, and subscribe {one.subscriber} anew with another address"
    if scheme in allowed:
        return f"{off}, and subscribe {one.subscriber} anew with an address that is taken"
    return f"set {PREFIX}APPRISE_SCHEMES={may}; or, if it is not to be used any more, {off}"


def _are(some: Sequence[object], noun: str) -> str:
    return f"{'is' if len(some) == 1 else 'are'} {counted(len(some), noun)}"

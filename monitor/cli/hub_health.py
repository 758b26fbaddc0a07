"""How it stands with the hubs, for the doctor: how many feeds are pushed, and which hubs do not do what they should."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.cli.doctor import Finding, State
from monitor.cli.hubs import hubs_are_asked
from monitor.cli.talk import counted
from monitor.feeds.hub_terms import LIES_AFTER, in_words
from monitor.model.hub import HubState, HubSubscription
from monitor.settings import PREFIX, Settings
from storage.work import Work

_MANY_TRIES = 3


def of_hubs(work: Work, settings: Settings, now: datetime) -> Iterator[Finding]:
    """The subscriptions at hubs. Where hubs are not asked, only why not, if that was hardly meant."""
    if not hubs_are_asked(settings):
        if settings.websub and settings.public_url is not None:
            what = "no hub can push to this machine: the public address is a private one"
            yield Finding("hubs", State.OK, what, f"set {PREFIX}PUBLIC_URL to an address that others reach")
        return
    found = [one for one in work.hubs.all() if one.feed_id is not None]
    for one in found:
        if _is_in_trouble(one, now):
            yield Finding(f"feed {one.feed_id}", State.WARNING, in_words(one, now), _remedy(one))
    live = sum(one.live(now) for one in found)
    yield Finding("hubs", State.OK, f"{live} of {counted(len(found), 'feed')} that name a hub are pushed")


def _is_in_trouble(one: HubSubscription, now: datetime) -> bool:
    if one.state is HubState.DENIED or one.missed >= LIES_AFTER or one.discarded > one.pushes:
        return True
    return not one.live(now) and one.attempts >= _MANY_TRIES


def _remedy(one: HubSubscription) -> str:
    if one.state is HubState.DENIED or one.missed >= LIES_AFTER:
        return "nothing is lost; it is asked again by and by"
    if one.discarded > one.pushes:
        return "nothing is lost; what comes unsigned is not of the hub"
    return f"check that {PREFIX}PUBLIC_URL is reached from outside, at the path /websub/"

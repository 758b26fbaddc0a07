"""Hubs: the feeds that name one are subscribed to there, and polled rarely while it pushes (WebSub).

What a poll finds is noted in the transaction that saves it; what is due is asked of the hubs step by step. A hub may
verify before it has answered, so all that its challenge is held against is stored before it is asked.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from monitor.feeds.hub_client import HubAnswer
from monitor.feeds.hub_links import Announced, announced
from monitor.feeds.hub_terms import (
    DENIED_WAIT,
    LIES_AFTER,
    PushCadence,
    ask_again_after_s,
    missed_after,
    polled_rarely,
)
from monitor.model.feed import Feed
from monitor.model.hub import HubState, HubSubscription, Push
from monitor.net.mask import mask
from monitor.pipeline.brought import Brought
from storage.engine import Database
from storage.work import Work

_log = structlog.get_logger(__name__)

TRIES_OF_ONE = 3
"""After so many requests that came to nothing, another hub is asked where the feed names several."""

Standing = Mapping[int, HubSubscription]


class AsksHubs(Protocol):
    """Asks a hub."""

    async def ask(self, subscription: HubSubscription, callback: str) -> HubAnswer:
        """What the hub said to what is pending; never raises for what the other side does."""
        ...


class Followed:
    """What a poll has to do with hubs; without a public address it is not asked."""

    def __init__(self, cadence: PushCadence) -> None:
        self._cadence = cadence

    def standing(self, work: Work, feed_ids: Sequence[int]) -> Standing:
        """What stands between these feeds and their hubs."""
        return work.hubs.of_feeds(feed_ids)

    def put_off(self, was: Feed, after: Feed, subscription: HubSubscription | None, new: int, now: datetime) -> Feed:
        """The feed after a poll; its next one comes late where its hub is to be relied on."""
        if subscription is None or missed_after(was, subscription, new) > subscription.missed:
            return after
        return polled_rarely(after, subscription, now, self._cadence)

    def note(self, work: Work, poll: Brought, subscription: HubSubscription | None, new: int) -> None:
        """Notes what the hub missed, and which hubs the feed names now; a document that breaks off does not tell."""
        was, parsed, now = poll.feed, poll.parsed, poll.now
        if subscription is not None and (count := missed_after(was, subscription, new)) != subscription.missed:
            work.hubs.missed(subscription.id, count)
            if count == LIES_AFTER:
                # Perhaps our answer to its challenge never arrived: it is asked once more, and then as leases end.
                work.hubs.ask_anew(subscription.id, now)
                _log.warning("hub does not push", feed=was.id, hub=mask(subscription.hub))
        if parsed is None or not parsed.complete:
            return
        found = announced(poll.result.links, parsed.hubs, parsed.self_url, poll.result.final_url or was.url)
        if found is not None and not _is_the_same(subscription, found):
            work.hubs.want(was.id, found.topic, found.hubs, now)
        elif found is None and subscription is not None:
            work.hubs.leave(was.id, now)


def settle_push(work: Work, push: Push, new: int, left: int, now: datetime) -> None:
    """What was pushed is admitted: it goes, unless some was left for the next time; news say that the hub pushes."""
    if left:
        work.pushes.again(push, now)
    else:
        work.pushes.done(push)
    if new:
        work.hubs.had_news(push.subscription_id, now)


class HubStep:
    """Asks hubs for what is due: subscriptions, renewals, and their end. `base` is our public address."""

    lease = timedelta(minutes=5)

    def __init__(self, database: Database, client: AsksHubs, base: str, *, at_once: int = 4) -> None:
        self._database = database
        self._client = client
        self._base = base.rstrip("/")
        self._at_once = at_once

    async def step(self, now: datetime) -> int:
        """Asks what is due; gives how many requests were made."""
        claimed = await asyncio.to_thread(self._claim, now)
        await asyncio.gather(*(self._one(subscription, claim, now) for subscription, claim in claimed))
        return len(claimed)

    def _claim(self, now: datetime) -> list[tuple[HubSubscription, str]]:
        with self._database.view() as work:
            if not work.hubs.unsettled(now):  # as at nearly every tick: polls need not wait for that
                return []
        with self._database.work() as work:
            work.hubs.settle(now, self._base, TRIES_OF_ONE)
            claimed = work.hubs.claim_due(now, self._at_once, self.lease, self._base)
            return [(work.hubs.turn_to_next(one) if _is_deaf(one) else one, claim) for one, claim in claimed]

    async def _one(self, subscription: HubSubscription, claim: str, now: datetime) -> None:
        answer = await self._client.ask(subscription, f"{self._base}/websub/{subscription.token}")
        await asyncio.to_thread(self._save, subscription, claim, answer, now)
        if answer.error:
            shown = mask(subscription.hub)
            _log.info("hub does not take a request", feed=subscription.feed_id, hub=shown, error=answer.error)

    def _save(self, subscription: HubSubscription, claim: str, answer: HubAnswer, now: datetime) -> None:
        jitter = random.random()  # noqa: S311
        wait = ask_again_after_s(subscription.attempts, answer.retry_after_s, jitter)
        with self._database.work() as work:
            if answer.refused and subscription.state is HubState.LEAVING:
                work.hubs.forget(subscription.id)
                return
            if answer.refused and has_another(subscription):
                work.hubs.pass_over(subscription.id, answer.error or "", TRIES_OF_ONE, now)
            elif answer.refused:
                work.hubs.denied(subscription.id, answer.error or "", now + DENIED_WAIT, now)
            work.hubs.asked(subscription.id, claim, answer.error, now + timedelta(seconds=wait))


def has_another(subscription: HubSubscription) -> bool:
    """Whether the feed names a further hub that has not had its turn."""
    return subscription.state is HubState.ASKED and subscription.hub in subscription.hubs[:-1]


def _is_deaf(subscription: HubSubscription) -> bool:
    return subscription.state is HubState.ASKED and subscription.attempts > TRIES_OF_ONE and len(subscription.hubs) > 1


def _is_the_same(subscription: HubSubscription | None, found: Announced) -> bool:
    return (
        subscription is not None
        and (subscription.topic, subscription.hubs) == (found.topic, found.hubs)
        and subscription.hub in found.hubs
    )

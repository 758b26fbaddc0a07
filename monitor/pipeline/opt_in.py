"""Double opt-in: the owner of a mail address says that they want mail before any other mail goes there.

An address belongs to whoever reads its mail, so one yes is enough for it: a further subscription that operators add is
announced by a notice with the links that change and end it, and needs no second yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.alerts.notice import Notice, compose_notice
from monitor.alerts.timing import first_digest
from monitor.alerts.wanted_words import wanted_words
from monitor.model.alert import AlertKind, ChannelName, NewAlert, Subscription
from monitor.pipeline.changes import write_events
from rules.model import ActorRule, IssueRule
from storage.work import Work

MOST_A_DAY = 3
"""Requests to confirm that one address gets within a day, whoever asks: nobody's mailbox is to be flooded by us."""

_DAY = timedelta(days=1)


class OptInError(ValueError):
    """The owner of the address cannot be asked; the message names the remedy."""


class Consent(StrEnum):
    """How a subscription by mail got its owner's consent, or will.

    ASKED: a request to confirm was queued. ANNOUNCED: they confirmed the address before, and are told. VOUCHED: an
    operator says that they agreed.
    """

    ASKED = "asked"
    ANNOUNCED = "announced"
    VOUCHED = "vouched"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptIn:
    """Asks the owners of mail addresses. `public_url` is where their links lead; `label` marks invented content."""

    public_url: str | None
    label: str = ""

    def begin(self, work: Work, subscription: Subscription, now: datetime) -> Consent | None:
        """Asks or tells the owner of a new subscription's address; None for channels that are confirmed as they are.

        Comes after the subscription was added, in the same transaction. Raises OptInError.
        """
        if subscription.channel is not ChannelName.EMAIL:
            return None
        if subscription.confirmed and subscription.suppressed_why is None:
            self._queue(work, subscription, Notice.ADDED, now)
            return Consent.ANNOUNCED
        self.ask(work, subscription, now)
        return Consent.ASKED

    def ask(self, work: Work, subscription: Subscription, now: datetime) -> None:
        """Queues a request to confirm. Raises OptInError, also when the address was asked often enough for a day."""
        if subscription.channel is not ChannelName.EMAIL:
            raise OptInError(
                f"subscription {subscription.id} is sent by {subscription.channel}: only mail is confirmed"
            )
        if subscription.confirmed and subscription.suppressed_why is None:
            raise OptInError(f"the address of subscription {subscription.id} is confirmed already")
        if subscription.disabled_at is not None:
            raise OptInError(f"subscription {subscription.id} is off: {subscription.disabled_why or 'disabled'}")
        self._queue(work, subscription, Notice.CONFIRM, now)

    def _queue(self, work: Work, subscription: Subscription, notice: Notice, now: datetime) -> None:
        if self.public_url is None:
            raise OptInError(
                "the owner of a mail address is asked by a link before anything is sent, and links need an address: "
                "set VOLTEFACE_PUBLIC_URL to where readers reach the pages, or add --confirmed if they agreed already"
            )
        sequence = work.alerts.next_sequence(None, None)  # its lock holds from here on: no two count the same requests
        if notice is Notice.CONFIRM:
            _check_patience(work, subscription, now)
        rules = work.rules.current()
        wanted = wanted_words(subscription, _names(rules.actors), _names(rules.issues))
        composed = compose_notice(
            notice,
            subscriber=subscription.subscriber,
            wanted=wanted,
            public_url=self.public_url,
            made_at=now,
            label=self.label,
        )
        message = composed.message(
            {"notice": notice.value, "subscriber": subscription.subscriber, "wanted": dict(wanted)}, sequence
        )
        name = NewAlert(subscription=subscription, dedup=f"{notice.value}:{sequence}")
        write_events(work, (), work.alerts.add(message, [name], AlertKind.NOTICE, now), now)


def confirm(work: Work, subscription: Subscription, now: datetime) -> list[Subscription]:
    """The owner of the address says yes: it holds for all subscriptions to it, which are given.

    Their digests report from now on, as nothing was kept for them before.
    """
    if not subscription.confirmed or subscription.suppressed_why is not None:
        work.subscriptions.addresses.confirm(subscription.target, now)
        work.audit.add("subscriber", "address confirmed", str(subscription.id), {}, now)
        for one in work.subscriptions.to(subscription.channel, subscription.target):
            if one.next_digest_at is not None:
                work.subscriptions.digest_sent(one.id, first_digest(one.timing, one.channel, now), now)
    return work.subscriptions.to(subscription.channel, subscription.target)


def _names(rules: Mapping[str, ActorRule] | Mapping[str, IssueRule]) -> dict[str, str]:
    return {key: rule.name for key, rule in rules.items()}


def _check_patience(work: Work, subscription: Subscription, now: datetime) -> None:
    """Raises OptInError when the address was asked often enough."""
    asked = _asked_since(work, subscription, now - _DAY)
    if len(asked) >= MOST_A_DAY:
        again = min(asked) + _DAY
        raise OptInError(
            f"this address was asked {MOST_A_DAY} times within a day; it can be asked again from "
            f"{again:%Y-%m-%d %H:%M} UTC on"
        )


def _asked_since(work: Work, subscription: Subscription, since: datetime) -> list[datetime]:
    """When the address was asked to confirm any of its subscriptions."""
    alike = work.subscriptions.to(subscription.channel, subscription.target)
    return [
        alert.created_at
        for one in alike
        for alert in work.alerts.of_subscription(one.id)
        if alert.content.get("notice") == Notice.CONFIRM.value and alert.created_at > since
    ]

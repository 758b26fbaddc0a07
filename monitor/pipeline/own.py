"""What somebody does with subscriptions of their own: makes them, tries whether a message arrives, has them tried."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.channels.signing import BOTH_SIGN_FOR, new_secret
from monitor.alerts.notice import Notice
from monitor.alerts.timing import first_digest
from monitor.alerts.trial_message import compose_test
from monitor.alerts.wanted_words import wanted_words
from monitor.model.alert import AlertKind, ChannelName, Filter, NewAlert, Subscription
from monitor.model.timing import Timing
from monitor.pipeline.changes import write_events
from storage.work import Work

MOST_OF_ACCOUNT = 50
"""Subscriptions that one account may have, unless it is an operator's."""

MOST_TESTS = 5
TESTS_WITHIN = timedelta(hours=1)
"""Test messages of one subscription within that time: nobody is to be flooded by a button."""

MOST_TESTS_OF_ACCOUNT = 20
"""Of all subscriptions of one account, within the same time."""

WHO = "subscriber"


class OwnError(ValueError):
    """It cannot be done; the message says why, and what to do."""


def subscribe(
    work: Work, account_id: int, channel: ChannelName, target: str, wanted: Filter, timing: Timing, now: datetime
) -> Subscription:
    """A subscription of an account. A mail address is one that the account has proven, and needs no second yes.

    The subscriber is named by the account's number: what operators are told of troubles names nobody.
    """
    made = work.subscriptions.add(
        f"account {account_id}",
        channel,
        target,
        wanted,
        new_secret() if channel is ChannelName.WEBHOOK else None,
        now,
        timing=timing,
        next_digest_at=first_digest(timing, channel, now),
        who=WHO,
        account_id=account_id,
    )
    work.audit.add(WHO, "subscribed", str(made.id), {"channel": channel, "account": account_id}, now)
    return made


def rotate_secret(work: Work, subscription: Subscription, now: datetime) -> tuple[str, datetime]:
    """A new secret, and until when the one before signs as well. Raises OwnError."""
    if subscription.channel is not ChannelName.WEBHOOK:
        raise OwnError("Only webhooks are signed.")
    secret, until = new_secret(), now + BOTH_SIGN_FOR
    work.subscriptions.rotate_secret(subscription.id, secret, until)
    detail = {"both_sign_until": until.isoformat()}
    work.audit.add(WHO, "secret rotated", str(subscription.id), detail, now)
    return secret, until


def send_test(work: Work, subscription: Subscription, now: datetime, label: str = "") -> str:
    """Queues a test message; gives the id of its alert. Raises OwnError."""
    if subscription.disabled_at is not None:
        raise OwnError("These alerts are off; start them first.")
    if not subscription.confirmed or subscription.suppressed_why is not None:
        raise OwnError("Nothing is sent to this address before it is confirmed.")
    sequence = work.alerts.next_sequence(None, None)  # its lock holds from here on: no two count the same messages
    if _tests_since(work, subscription, now - TESTS_WITHIN) >= MOST_TESTS:
        raise OwnError(f"That were {MOST_TESTS} test messages within an hour; wait a little.")
    _count_for_account(work, subscription, now)
    rules = work.rules.current()
    wanted = wanted_words(
        subscription,
        {actor.id: actor.name for actor in rules.actors.values()},
        {issue.id: issue.name for issue in rules.issues.values()},
    )
    composed = compose_test(wanted, made_at=now, label=label)
    message = composed.message({"notice": Notice.TEST.value}, sequence)
    new = NewAlert(subscription=subscription, dedup=f"{Notice.TEST.value}:{sequence}")
    (key,) = work.alerts.add(message, [new], AlertKind.NOTICE, now)
    write_events(work, (), [key], now)
    return key


def _count_for_account(work: Work, subscription: Subscription, now: datetime) -> None:
    """Counts one more for the account: a subscription that is deleted and made again has sent none yet."""
    if subscription.account_id is None:
        return
    key = f"test messages of account {subscription.account_id}"
    if work.accounts.failures(key, now - TESTS_WITHIN) >= MOST_TESTS_OF_ACCOUNT:
        raise OwnError(f"That were {MOST_TESTS_OF_ACCOUNT} test messages from you within an hour; wait a little.")
    work.accounts.failed(key, now)


def _tests_since(work: Work, subscription: Subscription, since: datetime) -> int:
    return sum(
        alert.content.get("notice") == Notice.TEST.value and alert.created_at > since
        for alert in work.alerts.of_subscription(subscription.id)
    )

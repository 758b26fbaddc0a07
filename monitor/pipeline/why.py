"""Why somebody was told of a change, or was not: one line for every change and subscription.

Nothing of it is stored: it follows from the rows, and from what the subscription wanted at the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.alerts.targets import mask
from monitor.alerts.wants import reason_against
from monitor.model.alert import AlertKind, ChannelName, DeliveryStatus, Subscription
from monitor.model.position import Change, ChangeStatus
from monitor.pipeline.why_record import Record, carrier, on_record
from rules.model import RuleSet
from storage.values import StoredAlert, StoredDelivery, SubscriptionVersion
from storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The line for one subscription. `alert` is the id of what it was told, or is to be, if anything."""

    subscription: Subscription
    line: str
    alert: str | None = None


def why_all(work: Work, change: Change, rules: RuleSet) -> list[Why]:
    """The line for every subscription to changes, by id, those that are off too."""
    return whys(work, [change], work.subscriptions.all(active_only=False), rules)


def why(work: Work, change: Change, subscription: Subscription, rules: RuleSet) -> Why:
    """The line for this subscription: what became of its alert, else the reason why it has none."""
    return whys(work, [change], [subscription], rules)[0]


def whys(work: Work, changes: Sequence[Change], subscriptions: Sequence[Subscription], rules: RuleSet) -> list[Why]:
    """The lines of all of these, change by change: in as many queries as one line takes."""
    record = on_record(work, changes, subscriptions)
    return [_why(record, change, subscription, rules) for change in changes for subscription in subscriptions]


def _why(record: Record, change: Change, subscription: Subscription, rules: RuleSet) -> Why:
    mine = record.told(change, subscription)
    told = [alert for alert in mine if alert.kind is AlertKind.CHANGE]
    if told:
        line = _history(record, told, mine, subscription)
        return Why(subscription=subscription, line=line, alert=told[-1].id)
    return Why(subscription=subscription, line=_reason(record, change, subscription, rules))


def state_of(work: Work, alert: StoredAlert, subscription: Subscription) -> str:
    """What became of an alert, or what it waits for, in one line."""
    return states_of(work, [alert], subscription)[0]


def states_of(work: Work, alerts: Sequence[StoredAlert], subscription: Subscription) -> list[str]:
    """What became of each of a subscription's alerts, in one query."""
    deliveries = work.alerts.deliveries_of([carrier(alert) for alert in alerts])
    return [_state(deliveries.get(carrier(alert)), alert, subscription) for alert in alerts]


def _state(delivery: StoredDelivery | None, alert: StoredAlert, subscription: Subscription) -> str:
    if alert.delivery is DeliveryStatus.CANCELLED:
        when = f"after {alert.attempts} tries that failed" if alert.attempts > 1 else "after a try that failed"
        return f"cancelled {when if alert.attempts else 'before it was sent'}: the change no longer held"
    off = _held_up(subscription)
    if alert.hold is not None:
        return f"waiting until {_at(alert.hold.until)}: {alert.hold.why}{off}"
    if delivery is None:
        return f"recorded on {_at(alert.created_at)}, and not on its way"
    folded = f" in digest {alert.digest_id}" if alert.digest_id else ""
    untried = delivery.status is DeliveryStatus.PENDING and delivery.attempts == 0
    held = f" ({alert.hold_why})" if untried and alert.hold_why else ""
    return _on_its_way(delivery, folded) + held + (off if delivery.status is DeliveryStatus.PENDING else "")


def _held_up(subscription: Subscription) -> str:
    """Why nothing that is on its way goes out now, to follow what it waits for; empty when it does."""
    if subscription.disabled_at:
        return f"; the subscription is off since {_at(subscription.disabled_at)}"
    if subscription.suppressed_why is not None:
        return f"; the address is suppressed: {subscription.suppressed_why}"
    return "" if subscription.confirmed else "; the address is not confirmed by its owner"


def _history(
    record: Record, told: Sequence[StoredAlert], mine: Sequence[StoredAlert], subscription: Subscription
) -> str:
    """The state of the last alert, and of the correction that took it back."""
    line = _state(record.delivery(told[-1]), told[-1], subscription)
    corrections = [alert for alert in mine if alert.dedup == f"correction:{told[-1].id}"]
    for correction in corrections:
        line += f"; its correction: {_state(record.delivery(correction), correction, subscription)}"
    return line


def _on_its_way(delivery: StoredDelivery, folded: str) -> str:
    to = f"by {delivery.channel} to {mask(delivery.channel, delivery.target)}"
    error = f": {delivery.last_error}" if delivery.last_error else ""
    if delivery.status is DeliveryStatus.DELIVERED:
        return f"sent{folded} on {_at(delivery.delivered_at)} {to}"
    if delivery.status is DeliveryStatus.DEAD:
        since = f" since {_at(delivery.first_failed_at)}" if delivery.first_failed_at else ""
        return f"dead letter{folded}{since}, {to}{error}"
    due = f", due {_at(delivery.next_attempt_at)}" if delivery.next_attempt_at else ""
    if delivery.attempts == 0:
        return f"queued{folded} {to}{due}"
    times = "once" if delivery.attempts == 1 else f"{delivery.attempts} times"
    return f"tried {times}{folded} {to}, again{due.replace(', due', ' on')}{error}"


def _reason(record: Record, change: Change, subscription: Subscription, rules: RuleSet) -> str:
    moment = _found_at(change)
    actor = rules.actors.get(change.found.actor)
    anybody = replace(subscription, disabled_at=None, suppressed_why=None, confirmed=True)
    version = _in_force(record.versions.get(subscription.id, ()), moment)
    asked = anybody if version is None else replace(anybody, filter=version.filter)
    against = reason_against(change, actor, asked)
    if change.found.silent or change.found.status in (ChangeStatus.DROPPED, ChangeStatus.RETRACTED):
        return against or ""
    if subscription.created_at > moment:
        return f"subscribed later: on {_at(subscription.created_at)}, the change was found on {_at(moment)}"
    return (
        _off_then(record, subscription, moment)
        or _no_mail_then(record, subscription, moment)
        or _with_another(record, change, subscription)
        or _by_version(against, version, subscription)
        or "not told: it was found by reading history again, which alerts nobody, or before alerts were kept"
    )


def _by_version(against: str | None, version: SubscriptionVersion | None, subscription: Subscription) -> str | None:
    if against is None or version is None or version.filter == subscription.filter:
        return against
    return f"{against} (by what the subscription wanted from {_at(version.at)} on, version {version.n})"


def _in_force(versions: Sequence[SubscriptionVersion], moment: datetime) -> SubscriptionVersion | None:
    """What was wanted at the moment; the first version, where it came later."""
    before = [version for version in versions if version.at <= moment]
    return before[-1] if before else versions[0] if versions else None


def _found_at(change: Change) -> datetime:
    """When subscribers were, or would have been, told of the change as it is now."""
    confirmed = change.found.confirmed_at if change.found.status is ChangeStatus.CONFIRMED else None
    return max(change.recorded_at, confirmed or change.recorded_at)


def _off_then(record: Record, subscription: Subscription, moment: datetime) -> str | None:
    why_off = subscription.disabled_why
    if subscription.disabled_at is not None and subscription.disabled_at <= moment:
        return f"subscription disabled since {_at(subscription.disabled_at)}{f': {why_off}' if why_off else ''}"
    for entry in record.enabled.get(str(subscription.id), ()):
        since, why_then = datetime.fromisoformat(entry.detail["since"]), entry.detail["why"]
        if since <= moment < entry.at:
            reason = f": {why_then}" if why_then else ""
            return f"subscription disabled then, from {_at(since)} to {_at(entry.at)}{reason}"
    return None


def _no_mail_then(record: Record, subscription: Subscription, moment: datetime) -> str | None:
    if subscription.channel is not ChannelName.EMAIL:
        return None
    state = record.addresses.get(subscription.target)
    if state is None:
        return None
    if state.suppressed_at is not None and state.suppressed_at <= moment:
        return f"address suppressed since {_at(state.suppressed_at)}: {state.suppressed_why or 'mail bounced'}"
    if state.confirmed_at is None:
        return "address not confirmed by its owner yet"
    if state.confirmed_at > moment:
        return f"address confirmed by its owner only later, on {_at(state.confirmed_at)}"
    return None


def _with_another(record: Record, change: Change, subscription: Subscription) -> str | None:
    """The words that move a minister and their state are told once."""
    for other in record.others[change.id]:
        for alert in record.told(other, subscription):
            if alert.kind is AlertKind.CHANGE and alert.delivery is not DeliveryStatus.CANCELLED:
                told = _state(record.delivery(alert), alert, subscription)
                return f"told with change {other.id} ({other.found.actor}), by the same words: {told}"
    return None


def _at(moment: datetime | None) -> str:
    return "an unknown day" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"

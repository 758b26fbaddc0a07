"""What is on record of changes and subscriptions: all that says why somebody was told, read at once for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from monitor.model.alert import ChannelName, Subscription
from monitor.model.position import Change
from monitor.pipeline.subscribing import ENABLED
from monitor.pipeline.utterance import others_of
from storage.addresses import AddressState
from storage.values import AuditEntry, StoredAlert, StoredDelivery, SubscriptionVersion
from storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The rows behind the lines of `why`.

    `others` are by change those that the same words triggered; `alerts` by change and subscription, in their sequence;
    `versions` and `enabled` by subscription, oldest first; `addresses` by target.
    """

    others: Mapping[int, Sequence[Change]]
    alerts: Mapping[tuple[int, int], Sequence[StoredAlert]]
    deliveries: Mapping[str, StoredDelivery]
    versions: Mapping[int, Sequence[SubscriptionVersion]]
    enabled: Mapping[str, Sequence[AuditEntry]]
    addresses: Mapping[str, AddressState]

    def told(self, change: Change, subscription: Subscription) -> Sequence[StoredAlert]:
        """What this subscription was, or is to be, told of the change."""
        return self.alerts.get((change.id, subscription.id), ())

    def delivery(self, alert: StoredAlert) -> StoredDelivery | None:
        """What carries the alert; None for one that waits."""
        return self.deliveries.get(carrier(alert))


def carrier(alert: StoredAlert) -> str:
    """Whose delivery carries an alert: that of its digest, else its own."""
    return alert.digest_id or alert.id


def on_record(work: Work, changes: Sequence[Change], subscriptions: Sequence[Subscription]) -> Record:
    """What is on record of these, in six queries however many they are."""
    ids = [subscription.id for subscription in subscriptions]
    others = others_of(work, changes)
    about = {change.id for change in chain(changes, *others.values())}
    alerts: dict[tuple[int, int], list[StoredAlert]] = defaultdict(list)
    for alert in work.alerts.alerts_for_changes(about, ids):
        assert alert.change_id is not None
        alerts[alert.change_id, alert.subscription_id].append(alert)
    enabled: dict[str, list[AuditEntry]] = defaultdict(list)
    for entry in work.audit.of_several(ENABLED, [str(one) for one in ids]):
        enabled[entry.target].append(entry)
    mailed = {one.target for one in subscriptions if one.channel is ChannelName.EMAIL}
    return Record(
        others=others,
        alerts=alerts,
        deliveries=work.alerts.deliveries_of({carrier(alert) for alert in chain.from_iterable(alerts.values())}),
        versions=work.subscriptions.versions_of(ids),
        enabled=enabled,
        addresses=work.subscriptions.addresses.states(mailed),
    )

"""Redelivery: a dead letter is sent again, under its id, and says nothing that no longer holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.alerts.digest import DigestFrame, compose_digest
from monitor.alerts.timing import DIGESTS
from monitor.alerts.zones import zone_of
from monitor.model.alert import DeliveryStatus
from monitor.model.timing import Cadence
from monitor.pipeline.digests import parts_of
from storage.values import StoredDelivery
from storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Redelivery:
    """Sends dead letters again. `label` marks invented content; `public_url` makes links."""

    label: str = ""
    public_url: str | None = None

    def retry(self, work: Work, delivery_id: int, now: datetime) -> int:
        """Sends a dead letter again; gives how many changes in it were taken back since, and are left out.

        Such a digest is written anew of what still stands, and says how many are missing; the corrections of these are
        on their way already. All else goes in the same words. Raises NotFound, and ValueError for a delivery that is
        not dead, and where nothing is left of it.
        """
        work.alerts.hold_tellings()  # nothing falls between the look at what stands and the queue
        fell = self._without_what_fell(work, work.alerts.delivery(delivery_id), now)
        work.alerts.retry(delivery_id, now)
        return fell

    def _without_what_fell(self, work: Work, delivery: StoredDelivery, now: datetime) -> int:
        if delivery.status is not DeliveryStatus.DEAD:
            return 0
        fell = work.alerts.taken_back_from(delivery.id)
        held = work.alerts.folded(delivery.alert_id)
        left = [alert for alert in held if alert.id not in fell]
        if not fell or not left:
            return 0
        was = work.alerts.get(delivery.alert_id)
        changes = len({alert.change_id for alert in held if alert.id in fell})
        before = int(was.content.get("taken_back", 0))
        content = {**was.content, "alerts": [alert.id for alert in left], "taken_back": before + changes}
        zone = work.subscriptions.get(delivery.subscription_id).timing.zone
        composed = compose_digest(parts_of(left, self.public_url), self._frame(content, zone))
        work.alerts.rewrite_digest(was.id, composed.message(content, was.sequence), fell, now)
        return changes

    def _frame(self, content: dict[str, Any], zone: str) -> DigestFrame:
        """What stood around the alerts when the digest was made."""
        return DigestFrame(
            since=datetime.fromisoformat(content["since"]),
            until=datetime.fromisoformat(content["until"]),
            zone=zone_of(zone).key,
            why=content["why"],
            clocked=not content["scheduled"] or content["why"] == DIGESTS[Cadence.HOURLY],
            coverage=content["coverage"],
            label=self.label,
            all_changes=f"{self.public_url}/changes" if self.public_url else None,
            taken_back=content["taken_back"],
        )

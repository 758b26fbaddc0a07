"""Which deliveries may be attempted, and in which order: conditions over delivery, alert and subscription."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from monitor.model.alert import AlertKind, ChannelName, DeliveryStatus
from storage.attempts import CORRECTS
from storage.tables import AddressRow, AlertRow, DeliveryRow, SubscriptionRow


def deliverable() -> ColumnElement[bool]:
    """Waiting, for a subscription that was not disabled, and for no mail address that is suppressed.

    A notice goes there all the same: its owner is asked by one whether mail may come again.
    """
    alert = aliased(AlertRow)
    suppressed = (
        select(AddressRow.target)
        .where(AddressRow.target == DeliveryRow.target, col(AddressRow.suppressed_at).is_not(None))
        .correlate(DeliveryRow)
        .exists()
    )
    notice = (
        select(alert.id)
        .where(alert.id == DeliveryRow.alert_id, alert.kind == AlertKind.NOTICE.value)
        .correlate(DeliveryRow)
        .exists()
    )
    return and_(
        col(DeliveryRow.status) == DeliveryStatus.PENDING.value,
        col(SubscriptionRow.disabled_at).is_(None),
        or_(col(DeliveryRow.channel) != ChannelName.EMAIL.value, ~suppressed, notice),
    )


def earlier_untried() -> ColumnElement[bool]:
    """Whether an earlier delivery on the same subscription, actor and issue still waits for its first attempt.

    A digest is on all that it holds: it waits for what came before it, and what comes after waits for it.
    """
    other, alert = aliased(DeliveryRow), aliased(AlertRow)
    return (
        select(other.id)
        .join(alert, col(alert.id) == other.alert_id)
        .where(
            other.subscription_id == DeliveryRow.subscription_id,
            other.status == DeliveryStatus.PENDING.value,
            other.attempts == 0,
            col(other.id) < DeliveryRow.id,
            or_(
                and_(col(alert.actor) == AlertRow.actor, col(alert.issue) == AlertRow.issue),
                col(alert.kind) == AlertKind.DIGEST.value,
                col(AlertRow.kind) == AlertKind.DIGEST.value,
            ),
        )
        .exists()
    )


def its_alert_waits() -> ColumnElement[bool]:
    """Whether what a correction takes back is still on its way, by itself or in a digest: it would come afterwards.

    A digest waits for the sake of a correction in it, too. All ends when the earlier delivery arrived or was given up.
    """
    other, told, correction = aliased(DeliveryRow), aliased(AlertRow), aliased(AlertRow)
    return (
        select(other.id)
        .select_from(correction)
        .join(told, col(told.id) == func.substr(correction.dedup, len(CORRECTS) + 1))
        .join(other, col(other.alert_id) == func.coalesce(told.digest_id, told.id))
        .where(
            or_(col(correction.id) == DeliveryRow.alert_id, col(correction.digest_id) == DeliveryRow.alert_id),
            correction.kind == AlertKind.CORRECTION.value,
            other.status == DeliveryStatus.PENDING.value,
            col(other.id) < DeliveryRow.id,
        )
        .correlate(DeliveryRow)
        .exists()
    )

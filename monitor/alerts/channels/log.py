"""The log as a channel: for trying out, and for collectors that read a service's log."""

from __future__ import annotations

from datetime import datetime

import structlog

from monitor.model.alert import AttemptResult, ChannelName, ClaimedDelivery


class LogChannel:
    """Writes each alert as one event of the structured log: the subject, the ids, and the payload as JSON text."""

    name = ChannelName.LOG

    def __init__(self, logger: structlog.typing.FilteringBoundLogger | None = None) -> None:
        self._logger = logger if logger is not None else structlog.get_logger("volteface.alerts")

    async def send(self, delivery: ClaimedDelivery, now: datetime) -> AttemptResult:
        """Write it once. A log that cannot be written to, for instance a full disk, is a failure that is retried."""
        try:
            self._logger.info(
                "alert",
                subject=delivery.subject,
                alert_id=delivery.alert_id,
                target=delivery.target,
                attempt=delivery.attempt,
                sent_at=now.isoformat(),
                payload=delivery.payload,
            )
        except (OSError, ValueError) as error:
            return AttemptResult(ok=False, error=f"the log could not be written: {error}")
        return AttemptResult(ok=True)

"""Changes that one subscription was not told of, page by page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import col, select

from monitor.model.alert import AlertKind
from monitor.model.position import Change
from storage.change_feed import Place
from storage.positions import change_of
from storage.repository import Repository
from storage.tables import AlertRow, ChangeRow


class Untold(Repository):
    """What passed a subscription by. The changes of a baseline are no news and do not count."""

    def page(
        self, subscription_id: int, since: datetime, limit: int, before: Place | None = None
    ) -> list[tuple[Place, Change]]:
        """Changes that became what they are since, with their places, last first; from the place `before` on."""
        told = (
            select(AlertRow.id)
            .where(
                AlertRow.change_id == ChangeRow.id,
                AlertRow.subscription_id == subscription_id,
                AlertRow.kind == AlertKind.CHANGE.value,
            )
            .exists()
        )
        query = (
            select(ChangeRow)
            .where(col(ChangeRow.silent).is_(False), col(ChangeRow.status_at) >= since, ~told)
            .order_by(col(ChangeRow.status_at).desc(), col(ChangeRow.id).desc())
            .limit(limit)
        )
        if before is not None:
            at, number = before
            earlier = and_(col(ChangeRow.status_at) == at, col(ChangeRow.id) < number)
            query = query.where(or_(col(ChangeRow.status_at) < at, earlier))
        changes = [(row.status_at, change_of(row)) for row in self._session.exec(query)]
        return [((at, change.id), change) for at, change in changes if at is not None]

"""The icons of sites: which are due to be looked at again, and the images themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlmodel import col, select

from storage.errors import NotFound
from storage.repository import Repository, chunks, lease_token, unleased
from storage.tables import IconRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedIcon:
    """A site whose icon is to be fetched. `failures` counts the attempts in a row that brought none."""

    id: int
    site: str
    failures: int
    token: str


@dataclass(frozen=True, slots=True)
class StoredIcon:
    """A raster image and its media type."""

    media_type: str
    data: bytes


class Icons(Repository):
    """The icons, one to a site."""

    def any_waits(self, sites: Collection[str], now: datetime) -> bool:
        """Whether one of the sites is not known yet, or the icon of one that is known is due."""
        due = (col(IconRow.next_attempt_at) <= now, unleased(IconRow.lease_until, now))
        if self._session.exec(select(IconRow.id).where(*due).limit(1)).first() is not None:
            return True
        return not set(sites) <= set(self._session.exec(select(IconRow.site)))

    def want(self, sites: Collection[str], now: datetime) -> int:
        """Notes sites that are not known yet, due at once; gives how many."""
        self._lock("icons")
        known: set[str] = set()
        for part in chunks(sorted(set(sites))):
            known |= set(self._session.exec(select(IconRow.site).where(col(IconRow.site).in_(part))))
        new = sorted(set(sites) - known)
        if new:
            rows = [{"site": site, "note": "", "failures": 0, "next_attempt_at": now} for site in new]
            self._session.exec(insert(IconRow), params=rows)
        return len(new)

    def claim_due(self, now: datetime, limit: int, lease: timedelta) -> list[ClaimedIcon]:
        """Leases sites whose icon is due."""
        due = (col(IconRow.next_attempt_at) <= now, unleased(IconRow.lease_until, now))
        query = select(IconRow.id).where(*due).order_by(col(IconRow.next_attempt_at), col(IconRow.id)).limit(limit)
        chosen = [i for i in self._session.exec(query.with_for_update(skip_locked=True)) if i is not None]
        token = lease_token()
        mine = (col(IconRow.id).in_(chosen), unleased(IconRow.lease_until, now))
        self._session.exec(update(IconRow).where(*mine).values(lease_token=token, lease_until=now + lease))
        found = select(IconRow.id, IconRow.site, IconRow.failures).where(IconRow.lease_token == token)
        return [
            ClaimedIcon(id=number, site=site, failures=failures, token=token)
            for number, site, failures in self._session.exec(found)
            if number is not None
        ]

    def put(self, claimed: ClaimedIcon, icon: StoredIcon, again_at: datetime, now: datetime) -> None:
        """Stores an icon, if the claim still stands."""
        self._write(claimed, again_at, media_type=icon.media_type, data=icon.data, note="", failures=0, fetched_at=now)

    def put_off(self, claimed: ClaimedIcon, note: str, again_at: datetime) -> None:
        """There was no icon to be had; one that came earlier stays."""
        self._write(claimed, again_at, note=note, failures=claimed.failures + 1)

    def get(self, icon_id: int) -> StoredIcon:
        """The image. Raises NotFound, also where the site has none."""
        row = self._row(IconRow, icon_id, "icon")
        if row.data is None or row.media_type is None:
            raise NotFound("icon", icon_id)
        return StoredIcon(row.media_type, row.data)

    def ids(self) -> dict[str, str]:
        """By site, what names its icon in an address: the row and when it was fetched, so that a new one is another."""
        query = select(IconRow.site, IconRow.id, IconRow.fetched_at).where(col(IconRow.media_type).is_not(None))
        return {
            site: f"{number}?v={int(at.timestamp()) if at else 0}" for site, number, at in self._session.exec(query)
        }

    def _write(self, claimed: ClaimedIcon, again_at: datetime, **values: object) -> None:
        mine = (col(IconRow.id) == claimed.id, col(IconRow.lease_token) == claimed.token)
        left = {"next_attempt_at": again_at, "lease_token": None, "lease_until": None}
        self._session.exec(update(IconRow).where(*mine).values(**values, **left))

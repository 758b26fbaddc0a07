"""The mail addresses that accounts have proven to be theirs, and the subscriptions that follow from that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, func, select

from monitor.model.account import Account
from monitor.model.alert import ChannelName
from storage.account_letters import address_key
from storage.accounts import account_of
from storage.errors import AccountExists
from storage.repository import Repository
from storage.tables import AccountAddressRow, AccountRow, SubscriptionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenAddress:
    """A mail address of an account, and since when that is proven."""

    target: str
    confirmed_at: datetime


class AccountAddresses(Repository):
    """The addresses. Each belongs to one account at most, however it is cased."""

    def owner(self, target: str) -> Account | None:
        """Whose address it is."""
        query = (
            select(AccountRow)
            .join(AccountAddressRow, col(AccountAddressRow.account_id) == AccountRow.id)
            .where(AccountAddressRow.key == address_key(target))
        )
        row = self._session.exec(query.execution_options(populate_existing=True)).first()
        return None if row is None else account_of(row)

    def of(self, account_id: int) -> list[ProvenAddress]:
        """The addresses of an account, oldest first."""
        query = select(AccountAddressRow).where(AccountAddressRow.account_id == account_id)
        rows = self._session.exec(query.order_by(col(AccountAddressRow.confirmed_at), col(AccountAddressRow.key)))
        return [ProvenAddress(target=row.target, confirmed_at=row.confirmed_at) for row in rows]

    def prove(self, account_id: int, target: str, now: datetime) -> int:
        """The account's owner reads the mail of this address: it is theirs, and what is sent there by mail is too.

        Gives how many subscriptions were claimed. Raises AccountExists where another account has the address.
        """
        self._lock("account address", address_key(target))
        found = self._session.get(AccountAddressRow, address_key(target), populate_existing=True)
        if found is not None and found.account_id != account_id:
            raise AccountExists("another account has this address already")
        if found is None:
            row = AccountAddressRow(key=address_key(target), target=target, account_id=account_id, confirmed_at=now)
            self._session.add(row)
            self._session.flush()
        theirs = (col(SubscriptionRow.channel) == ChannelName.EMAIL.value, col(SubscriptionRow.target) == target)
        unclaimed = update(SubscriptionRow).where(*theirs, col(SubscriptionRow.account_id).is_(None))
        return self._session.exec(unclaimed.values(account_id=account_id)).rowcount

    def remove(self, account_id: int, target: str) -> bool:
        """The address is no longer the account's; False where it was not."""
        mine = (col(AccountAddressRow.key) == address_key(target), col(AccountAddressRow.account_id) == account_id)
        return self._session.exec(delete(AccountAddressRow).where(*mine)).rowcount == 1

    def subscriptions_to(self, account_id: int, target: str) -> int:
        """How many of the account's subscriptions send mail there."""
        query = select(func.count()).where(
            SubscriptionRow.account_id == account_id,
            SubscriptionRow.channel == ChannelName.EMAIL.value,
            SubscriptionRow.target == target,
        )
        return self._session.exec(query).one()

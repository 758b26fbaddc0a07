"""Forgetting people: a subscription or an account goes with everything that is theirs, in one transaction.

What others have to be able to rely on stays without a name: the audit trail, and what an operator decided.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, func, select

from monitor.model.account import Role
from monitor.model.alert import AlertKind, ChannelName
from storage.account_letters import address_key
from storage.audit import RENAMED, names_of
from storage.errors import NotFound
from storage.repository import Repository, chunks
from storage.tables import (
    AccountAddressRow,
    AccountLetterRow,
    AccountLinkRow,
    AccountRow,
    AddressRow,
    AlarmRow,
    AlertRow,
    AuditRow,
    DeliveryRow,
    ErasingRow,
    MessageRow,
    SubscriberRow,
    SubscriptionRow,
    Table,
)

BY_NAME = ("who", "undone_who")
"""Columns that say by name who did something, in whichever table."""


OF_TARGETS = ("subscribed", "target stopped")
"""Entries of the audit trail that hold where something was sent."""

NAMING = (RENAMED, "token made")
"""Entries of the audit trail that hold the name of an account, of which they are."""

NAMES_IN = ("before", "of")
"""What they call it there."""

GONE = "(deleted)"


class Erasure(Repository):
    """What is erased, and what is left of it."""

    def subscription(self, subscription_id: int) -> None:
        """Erases a subscription: what it wanted, what it was told, its deliveries and tokens. Raises NotFound.

        Its subscriber goes with the last of their subscriptions, a mail address with the last that is sent there.
        """
        # Nobody is told anything meanwhile: an alert for what is gone could not be written.
        self._lock("alerts")
        row = self._row(SubscriptionRow, subscription_id, "subscription")
        subscriber, channel, target = row.subscriber_id, row.channel, row.target
        named = f"{self._row(SubscriberRow, subscriber, 'subscriber').name} by {channel}"
        self._told(subscription_id)
        self._troubles(subscription_id)
        for words in (target, named):
            self._said_to_others(words)
        with self._in_the_audit_log(subscription_id):
            self._trail(subscription_id, target)
        self._session.exec(delete(SubscriptionRow).where(col(SubscriptionRow.id) == subscription_id))
        self._session.expunge(row)
        left = select(SubscriptionRow.subscriber_id).where(SubscriptionRow.subscriber_id == subscriber)
        self._session.exec(delete(SubscriberRow).where(col(SubscriberRow.id) == subscriber, ~left.exists()))
        if channel == ChannelName.EMAIL.value:
            self._address(target)

    def _told(self, subscription_id: int) -> None:
        mine = col(AlertRow.subscription_id) == subscription_id
        messages = set(self._session.exec(select(AlertRow.message_id).where(mine)))
        self._session.exec(delete(DeliveryRow).where(col(DeliveryRow.subscription_id) == subscription_id))
        self._session.exec(update(AlertRow).where(mine).values(digest_id=None))
        self._session.exec(delete(AlertRow).where(mine))
        for part in chunks(sorted(messages)):
            shared = select(AlertRow.id).where(AlertRow.message_id == MessageRow.id).exists()
            self._session.exec(
                delete(MessageRow)
                .where(col(MessageRow.id).in_(part), ~shared)
                .execution_options(synchronize_session=False)
            )

    def _troubles(self, subscription_id: int) -> None:
        """What operators were told of it: that there was a trouble stays, whose it was does not."""
        subjects = (f"deliveries {subscription_id}", f"subscription {subscription_id}")
        bare = {"name": f"subscription {subscription_id}", "words": "Its subscriber deleted it.", "remedy": ""}
        self._session.exec(update(AlarmRow).where(col(AlarmRow.subject).in_(subjects)).values(detail=bare))

    def _said_to_others(self, words: str) -> None:
        """Whose it was, or where it went, in messages to others, such as a mail server's answer in an alarm."""
        kinds = (AlertKind.ALARM.value, AlertKind.NOTICE.value)
        query = (
            select(MessageRow)
            .where(col(MessageRow.text).contains(words, autoescape=True))
            .where(
                select(AlertRow.id).where(AlertRow.message_id == MessageRow.id, col(AlertRow.kind).in_(kinds)).exists()
            )
        )
        for message in self._session.exec(query):
            for name in ("subject", "text", "html", "payload"):
                setattr(message, name, getattr(message, name).replace(words, GONE))
            message.content = _without(message.content, words)
            self._session.add(message)
        self._session.flush()

    def _trail(self, subscription_id: int, target: str) -> None:
        """Where the audit trail says where it was sent."""
        query = select(AuditRow).where(AuditRow.target == str(subscription_id), col(AuditRow.what).in_(OF_TARGETS))
        for entry in self._session.exec(query):
            detail = {key: value for key, value in entry.detail.items() if key != "target"}
            entry.detail = _without(detail, target)
            self._session.add(entry)
        self._session.flush()

    def _address(self, target: str) -> None:
        """A mail address is forgotten with the last that is sent there, with what its mail server said of it."""
        sent = select(SubscriptionRow.id).where(
            SubscriptionRow.channel == ChannelName.EMAIL.value, SubscriptionRow.target == target
        )
        mine = (col(AddressRow.target) == target, ~sent.exists())
        self._session.exec(delete(AddressRow).where(*mine).execution_options(synchronize_session=False))

    def account(self, account_id: int) -> None:
        """Erases an account with its subscriptions, addresses, sessions, tokens and links. Raises NotFound.

        In the audit trail, and wherever else it stands who did something, its name is replaced by its number.
        """
        row = self._row(AccountRow, account_id, "account")
        name = row.name
        mine = select(SubscriptionRow.id).where(SubscriptionRow.account_id == account_id)
        for subscription_id in list(self._session.exec(mine)):
            if subscription_id is not None:
                self.subscription(subscription_id)
        keys = set(self._session.exec(select(AccountAddressRow.key).where(AccountAddressRow.account_id == account_id)))
        self._letters({*keys, address_key(name)})
        with self._in_the_audit_log(account_id):
            self._rename(account_id, name, f"former account {account_id}")
        self._session.exec(delete(AccountRow).where(col(AccountRow.id) == account_id))
        self._session.expunge(row)

    @contextmanager
    def _in_the_audit_log(self, number: int) -> Iterator[None]:
        """Lets names be replaced in the log, which else only grows; what was done and when it never lets change."""
        self._session.add(ErasingRow(id=number))
        self._session.flush()
        yield
        self._session.flush()
        self._session.exec(delete(ErasingRow).where(col(ErasingRow.id) == number))

    def _letters(self, keys: Iterable[str]) -> None:
        """Mails and links to these addresses, those too that were asked for before there was the account."""
        for table in (AccountLetterRow, AccountLinkRow):
            self._session.exec(delete(table).where(col(table.key).in_(sorted(keys))))

    def _rename(self, account_id: int, name: str, to: str) -> None:
        held = names_of(self._session, account_id, name)
        now_others = set(self._session.exec(select(AccountRow.name).where(col(AccountRow.id) != account_id)))
        names = [one.name for one in held if one.name not in now_others]
        for table in Table.metadata.tables.values():
            if table.name != "audit":
                for column in (table.columns[name_] for name_ in BY_NAME if name_ in table.columns):
                    self._session.execute(update(table).where(column.in_(names)).values({column.name: to}))
        audit = Table.metadata.tables["audit"]
        for one in held:
            then, done_to = one.within(audit.c.id), one.is_target(audit.c.target, audit.c.what)
            self._session.execute(update(audit).where(audit.c.who == one.name, then).values(who=to))
            self._session.execute(update(audit).where(done_to, then).values(target=to))
        self._named_within({one.name for one in held}, to)

    def _named_within(self, names: Collection[str], to: str) -> None:
        """Entries that name an account beside who did it and to what."""
        for entry in self._session.exec(select(AuditRow).where(col(AuditRow.what).in_(NAMING))):
            theirs = {key: to for key in NAMES_IN if entry.detail.get(key) in names}
            if theirs:
                entry.detail = {**entry.detail, **theirs}
                self._session.add(entry)
        self._session.flush()

    def is_last_operator(self, account_id: int) -> bool:
        """Whether nobody could operate the service without this account."""
        others = select(func.count()).where(
            AccountRow.role == Role.OPERATOR.value,
            col(AccountRow.disabled_at).is_(None),
            col(AccountRow.password_hash).is_not(None),
            col(AccountRow.id) != account_id,
        )
        row = self._session.get(AccountRow, account_id, populate_existing=True)
        if row is None:
            raise NotFound("account", account_id)
        return row.role == Role.OPERATOR.value and self._session.exec(others).one() == 0


def _without(values: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The values, with the text replaced wherever it stands in them."""
    found: dict[str, Any] = json.loads(json.dumps(dict(values)).replace(json.dumps(text)[1:-1], GONE))
    return found

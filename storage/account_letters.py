"""Mails about accounts, as a queue of rows, and the links that are in them. Of a link only the hash is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import col, func, select

from monitor.model.letter import AccountLink, ClaimedLetter, LetterPurpose
from storage.repository import Repository, lease_token, unleased
from storage.tables import AccountLetterRow, AccountLinkRow

RANDOM_BYTES = 32


def address_key(target: str) -> str:
    """An address however it is cased: mailboxes that differ by case alone are one person's."""
    return target.strip().casefold()


class AccountLetters(Repository):
    """The mails and their links."""

    def queue(self, purpose: LetterPurpose, target: str, account_id: int | None, now: datetime) -> None:
        """A mail to be sent: it is a row until it is, whatever happens to the process."""
        row = AccountLetterRow(
            purpose=purpose.value,
            key=address_key(target),
            target=target,
            account_id=account_id,
            created_at=now,
            next_attempt_at=now,
        )
        self._session.add(row)
        self._session.flush()

    def queued_since(self, target: str, since: datetime) -> int:
        """How many mails were queued to this address since; nobody queues another before the transaction ends."""
        self._lock("account letters", address_key(target))
        query = select(func.count()).where(
            AccountLetterRow.key == address_key(target), AccountLetterRow.created_at > since
        )
        return self._session.exec(query).one()

    def claim_due(self, now: datetime, limit: int, lease: timedelta) -> list[ClaimedLetter]:
        """Leases mails that are due, longest due first."""
        due = (col(AccountLetterRow.next_attempt_at) <= now, unleased(AccountLetterRow.lease_until, now))
        query = select(AccountLetterRow.id).where(*due).order_by(col(AccountLetterRow.next_attempt_at)).limit(limit)
        chosen = [one for one in self._session.exec(query.with_for_update(skip_locked=True)) if one is not None]
        token = lease_token()
        self._session.exec(
            update(AccountLetterRow)
            .where(col(AccountLetterRow.id).in_(chosen))
            .values(lease_token=token, lease_until=now + lease)
        )
        found = select(AccountLetterRow).where(AccountLetterRow.lease_token == token)
        rows = self._session.exec(found.execution_options(populate_existing=True))
        return [_claimed(row) for row in rows]

    def any_due(self, now: datetime) -> bool:
        """Whether any mail is due: a look that locks nobody out."""
        due = (col(AccountLetterRow.next_attempt_at) <= now, unleased(AccountLetterRow.lease_until, now))
        return self._session.exec(select(AccountLetterRow.id).where(*due).limit(1)).first() is not None

    def sent(self, letter: ClaimedLetter, now: datetime) -> None:
        """The mail server has it."""
        self._end(letter, sent_at=now, next_attempt_at=None, last_error=None)

    def failed(self, letter: ClaimedLetter, error: str, again_at: datetime | None) -> None:
        """It was not taken: to be tried again, or with None given up."""
        self._end(letter, next_attempt_at=again_at, last_error=error)

    def _end(self, letter: ClaimedLetter, **values: object) -> None:
        mine = (col(AccountLetterRow.id) == letter.id, col(AccountLetterRow.lease_token) == letter.token)
        left = {"attempts": letter.attempt, "lease_token": None, "lease_until": None}
        self._session.exec(update(AccountLetterRow).where(*mine).values(**values, **left))

    def mint(self, letter: ClaimedLetter, purpose: LetterPurpose, now: datetime, expires_at: datetime) -> str:
        """The token of the link in a mail, which is nowhere else from now on."""
        token = secrets.token_urlsafe(RANDOM_BYTES)
        self._session.add(
            AccountLinkRow(
                hash=_hash(token),
                purpose=purpose.value,
                key=address_key(letter.target),
                target=letter.target,
                account_id=letter.account_id,
                created_at=now,
                expires_at=expires_at,
            )
        )
        self._session.flush()
        return token

    def link(self, token: str, purpose: LetterPurpose, now: datetime) -> AccountLink | None:
        """What the link is for; None for one that is unknown, of another purpose, used or too old."""
        row = self._session.get(AccountLinkRow, _hash(token), populate_existing=True)
        if row is None or row.purpose != purpose.value or row.used_at is not None or row.expires_at <= now:
            return None
        return AccountLink(purpose=purpose, target=row.target, account_id=row.account_id)

    def use(self, token: str, now: datetime) -> bool:
        """Uses the link up, and with it all others to the address for the same; False where somebody was quicker."""
        row = self._session.get(AccountLinkRow, _hash(token), populate_existing=True)
        unused = update(AccountLinkRow).where(col(AccountLinkRow.used_at).is_(None))
        mine = self._session.exec(unused.where(col(AccountLinkRow.hash) == _hash(token)).values(used_at=now))
        if row is None or mine.rowcount != 1:
            return False
        alike = (col(AccountLinkRow.key) == row.key, col(AccountLinkRow.purpose) == row.purpose)
        self._session.exec(unused.where(*alike).values(used_at=now))
        return True

    def revoke(self, account_id: int) -> None:
        """Ends all links of an account, such as those to a new password once it was changed."""
        self._session.exec(delete(AccountLinkRow).where(col(AccountLinkRow.account_id) == account_id))

    def forget(self, before: datetime) -> None:
        """Forgets mails queued before, whatever became of them, and links that expired before."""
        self._session.exec(delete(AccountLetterRow).where(col(AccountLetterRow.created_at) < before))
        self._session.exec(delete(AccountLinkRow).where(col(AccountLinkRow.expires_at) < before))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _claimed(row: AccountLetterRow) -> ClaimedLetter:
    assert row.id is not None
    return ClaimedLetter(
        id=row.id,
        purpose=LetterPurpose(row.purpose),
        target=row.target,
        account_id=row.account_id,
        attempt=row.attempts + 1,
        created_at=row.created_at,
        token=row.lease_token or "",
    )

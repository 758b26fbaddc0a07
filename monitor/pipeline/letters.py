"""Mails about accounts: queued as rows by the pages, sent by the worker, the link in each made when it is sent."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.alerts.account_letter import compose_account_letter
from monitor.alerts.channels.protocol import Channel
from monitor.alerts.retry import after_attempt
from monitor.model.alert import AttemptResult, ChannelName, ClaimedDelivery
from monitor.model.letter import ClaimedLetter, LetterPurpose
from storage.engine import Database
from storage.work import Work

_log = structlog.get_logger(__name__)

MOST_A_DAY = 4
"""Mails about accounts that one address gets within a day, whoever asks: nobody's mailbox is to be flooded by us."""

_DAY = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(days=1)
"""Who asked for a link does not wait for longer; they ask again."""

_LEASE = timedelta(minutes=2)
_DEADLINE_S = 20.0
_AT_ONCE = 8

PATHS = {
    LetterPurpose.SIGN_UP: "sign-up",
    LetterPurpose.KNOWN: "forgotten",
    LetterPurpose.PASSWORD: "forgotten",
    LetterPurpose.ADDRESS: "account/address",
    LetterPurpose.INVITED: "forgotten",
}
"""Where the link in a mail leads."""

OPENS = {LetterPurpose.KNOWN: LetterPurpose.PASSWORD, LetterPurpose.INVITED: LetterPurpose.PASSWORD}
"""What a link is for, where that is not what its mail is for."""

HOURS = {LetterPurpose.SIGN_UP: 24, LetterPurpose.ADDRESS: 24, LetterPurpose.INVITED: 24}
HOURS_OF_PASSWORD = 2
"""How long links work. One to a password is as good as the password."""


def queue_letter(work: Work, purpose: LetterPurpose, target: str, account_id: int | None, now: datetime) -> bool:
    """Queues a mail; False, and nothing queued, where the address was sent enough for a day.

    That a password was changed is always told.
    """
    many = work.account_letters.queued_since(target, now - _DAY)
    if many >= MOST_A_DAY and purpose is not LetterPurpose.CHANGED:
        return False
    work.account_letters.queue(purpose, target, account_id, now)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    letter: ClaimedLetter
    delivery: ClaimedDelivery


class LetterStep:
    """Sends the mails that are due. Without a mail server or a public address they wait, and nothing is lost."""

    def __init__(self, database: Database, channel: Channel | None, *, public_url: str | None, label: str = "") -> None:
        self._database = database
        self._channel = channel
        self._public_url = public_url
        self._label = label

    async def step(self, now: datetime) -> int:
        """Attempts what is due, side by side; gives how many."""
        if self._channel is None or self._public_url is None:
            return 0
        written = await asyncio.to_thread(self._claim, self._public_url, now)
        results = await asyncio.gather(*(self._send(self._channel, one.delivery, now) for one in written))
        if written:
            await asyncio.to_thread(self._record, written, results, now)
        return len(written)

    def _claim(self, public_url: str, now: datetime) -> list[_Written]:
        with self._database.view() as work:
            if not work.account_letters.any_due(now):
                return []
        with self._database.work() as work:
            claimed = work.account_letters.claim_due(now, _AT_ONCE, _LEASE)
            return [self._written(work, letter, public_url, now) for letter in claimed]

    def _written(self, work: Work, letter: ClaimedLetter, public_url: str, now: datetime) -> _Written:
        hours = HOURS.get(letter.purpose, HOURS_OF_PASSWORD)
        link = None
        if letter.purpose in PATHS:
            opens = OPENS.get(letter.purpose, letter.purpose)
            token = work.account_letters.mint(letter, opens, now, now + timedelta(hours=hours))
            link = f"{public_url}/{PATHS[letter.purpose]}/{token}"
        composed = compose_account_letter(
            letter.purpose, link=link, hours=hours, public_url=public_url, label=self._label
        )
        delivery = ClaimedDelivery(
            id=letter.id,
            alert_id=f"ltr_{letter.id}",
            channel=ChannelName.EMAIL,
            target=letter.target,
            secret=None,
            subject=composed.subject,
            text=composed.text,
            html=composed.html,
            payload="",
            attempt=letter.attempt,
            created_at=letter.created_at,
            lease_token=letter.token,
        )
        return _Written(letter=letter, delivery=delivery)

    @staticmethod
    async def _send(channel: Channel, delivery: ClaimedDelivery, now: datetime) -> AttemptResult:
        try:
            async with asyncio.timeout(_DEADLINE_S):
                return await channel.send(delivery, now)
        except TimeoutError:
            return AttemptResult(ok=False, error=f"no end within {_DEADLINE_S:.0f} s")

    def _record(self, written: Sequence[_Written], results: Sequence[AttemptResult], now: datetime) -> None:
        with self._database.work() as work:
            for one, result in zip(written, results, strict=True):
                self._record_one(work, one.letter, result, now)

    @staticmethod
    def _record_one(work: Work, letter: ClaimedLetter, result: AttemptResult, now: datetime) -> None:
        if result.ok:
            work.account_letters.sent(letter, now)
            return
        jitter = random.uniform(-1, 1)  # noqa: S311
        then = after_attempt(letter.attempt, result, letter.created_at, now, jitter, ChannelName.EMAIL)
        again = then.next_attempt_at
        if again is not None and again - letter.created_at > GIVEN_UP_AFTER:
            again = None
        work.account_letters.failed(letter, result.error or "failed without a reason", again)
        if again is None:
            # What a mail server says may hold the address.
            _log.warning("mail about an account given up", letter=letter.id, status=result.status)

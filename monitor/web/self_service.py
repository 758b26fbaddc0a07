"""What subscribers may do for themselves here, and what is said where something is switched off or not set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import HTTPException
from starlette.requests import Request

from monitor.model.account import Account, Role
from monitor.model.alert import ChannelName
from monitor.net.schemes import CHAT_SCHEMES
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, Fields
from monitor.web.passwords import is_right
from monitor.web.patience import peer_of
from monitor.web.visitor import seen
from storage.work import Work

ASKED_WITHIN = timedelta(hours=1)
MOST_OF_PEER = 20
"""Mails about accounts that one peer may ask for within that time."""

WRONG_WITHIN = timedelta(minutes=15)
MOST_WRONG = 5
"""Wrong passwords, typed by somebody who is signed in, within that time."""

ANYBODY, OFF = "anybody", "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfService:
    """What may be done, by the settings.

    `sign_up` is ("anybody",), ("off",) or domains. `mail` says whether there is a mail server. `channels` are
    those that subscribers may choose, `schemes` the kinds of Apprise address for whoever may choose that.
    """

    sign_up: tuple[str, ...] = (ANYBODY,)
    public_url: str | None = None
    mail: bool = False
    label: str = ""
    channels: frozenset[ChannelName] = frozenset({ChannelName.EMAIL, ChannelName.WEBHOOK})
    schemes: frozenset[str] = CHAT_SCHEMES

    @property
    def open(self) -> bool:
        """Whether anybody at all may sign up."""
        return self.sign_up != (OFF,)

    def may_sign_up(self, address: str) -> bool:
        """Whether this address may."""
        return self.sign_up == (ANYBODY,) or address.rpartition("@")[2].casefold() in self.sign_up

    def why_no_mail(self) -> str | None:
        """What operators must set before accounts can be sent mails; None where all is set."""
        missing = [
            name
            for name, there in (("VOLTEFACE_SMTP_HOST", self.mail), ("VOLTEFACE_PUBLIC_URL", self.public_url))
            if not there
        ]
        if not missing:
            return None
        remedy = " and ".join(missing)
        return f"This service sends no mail yet, and without mail nobody can do this. Operators: set {remedy}."

    def channels_for(self, account: Account) -> list[ChannelName]:
        """The channels that this account may choose: operators all that leave the machine, others what is allowed."""
        offered = (ChannelName.EMAIL, ChannelName.WEBHOOK, ChannelName.APPRISE)
        return [one for one in offered if account.role is Role.OPERATOR or one in self.channels]


def account_of(request: Request) -> Account:
    """Who is signed in; the gate lets nobody else pass."""
    visitor = seen(request)
    if visitor is None:
        raise HTTPException(401, "Sign in first.", dict(HEADERS))
    return visitor.account


def field(sent: Fields, name: str) -> str:
    """What was typed into a field."""
    return (sent.get(name) or [""])[0]


def may_ask_for_mail(work: Work, request: Request, now: datetime) -> bool:
    """Counts one more mail that a peer asks for; False, and nothing counted, when there were too many."""
    key = f"mail asked for from {peer_of(request)}"
    if work.accounts.failures(key, now - ASKED_WITHIN) >= MOST_OF_PEER:
        return False
    work.accounts.failed(key, now)
    return True


def why_not_proven(desk: Desk, request: Request, password: str) -> str | None:
    """Why somebody who is signed in did not prove that it is them, by their password; None where they did.

    Takes the time of a password, and holds no lock meanwhile.
    """
    account, now = account_of(request), desk.clock()
    key = f"password of {account.id} from {peer_of(request)}"
    wait = f"Too many wrong passwords; wait {WRONG_WITHIN.total_seconds() / 60:.0f} minutes."
    with desk.database.view() as work:
        if work.accounts.failures(key, now - WRONG_WITHIN) >= MOST_WRONG:
            return wait
        stored = work.accounts.password_hash(account.id)
    right = is_right(stored, password)
    with desk.database.work() as work:
        work.accounts.lock_attempts(key)
        if work.accounts.failures(key, now - WRONG_WITHIN) >= MOST_WRONG:  # with those that were typed meanwhile
            return wait
        if right:
            return None
        work.accounts.failed(key, now)
    return "That is not your password."

"""Accounts as operators make, invite and change them: each change with its entry in the audit log."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model.account import Account, Role
from monitor.pipeline.subscribing import pause_with_account, resume_with_account
from storage.work import Work

LINK_LASTS = timedelta(days=1)
"""How long a link works by which somebody chooses a password, once."""


class LastOperator(Exception):  # noqa: N818 - a state that an operator meets
    """Without this account nobody could operate the service any more; nothing was changed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the last operator who can sign in; make another one first")


def make_account(work: Work, name: str, role: Role, who: str, now: datetime) -> Account:
    """An account without a password. Raises AccountExists."""
    made = work.accounts.add(name, role, None, now)
    work.audit.add(who, "account made", made.name, {"role": made.role.value}, now)
    return made


def link_for(work: Work, account: Account, who: str, now: datetime) -> str:
    """The token of a link by which the owner chooses a password, once and within a day. Earlier ones end."""
    token = work.accounts.invite(account.role, account.id, now, now + LINK_LASTS)
    work.audit.add(who, "account link made", account.name, {}, now)
    return token


def set_role(work: Work, account_id: int, role: Role, who: str, now: datetime) -> Account:
    """What they may do from their next click on. Raises NotFound and LastOperator."""
    was = _held(work, account_id)
    if was.role is role:
        return was
    if role is not Role.OPERATOR:
        _not_the_last(work, was)
    work.accounts.set_role(account_id, role)
    detail = {"before": {"role": was.role.value}, "after": {"role": role.value}}
    work.audit.add(who, "account role", was.name, detail, now)
    return work.accounts.get(account_id)


def disable_account(work: Work, account_id: int, who: str, now: datetime) -> Account:
    """They are signed out everywhere and cannot sign in; their tokens of the API end for good.

    Their subscriptions pause until the account is enabled again; the addresses of their feeds open nothing until then.
    Raises NotFound and LastOperator.
    """
    was = _held(work, account_id)
    _not_the_last(work, was)
    work.accounts.disable(account_id, now)
    paused = pause_with_account(work, account_id, now)
    work.audit.add(who, "account disabled", was.name, {"subscriptions paused": paused} if paused else {}, now)
    end_tokens(work, account_id, who, was.name, "account disabled", now)
    return work.accounts.get(account_id)


def enable_account(work: Work, account_id: int, who: str, now: datetime) -> Account:
    """They can sign in again, and their subscriptions go on. What changed meanwhile is not told later.

    Raises NotFound.
    """
    work.accounts.enable(account_id)
    found = work.accounts.get(account_id)
    resumed = resume_with_account(work, account_id, who=who, now=now)
    work.audit.add(who, "account enabled", found.name, {"subscriptions resumed": resumed} if resumed else {}, now)
    return found


def end_tokens(work: Work, account_id: int, who: str, target: str, why: str, now: datetime) -> int:
    """Whoever got at the old password may have made tokens by it: they end with it. Gives how many that was.

    `target` is what the audit log calls the account; an entry is written only where a token ended.
    """
    ended = work.api_tokens.revoke_all(account_id, now)
    if ended:
        work.audit.add(who, "tokens revoked", target, {"tokens": ended, "why": why}, now)
    return ended


def end_sessions(work: Work, account_id: int, who: str, now: datetime) -> int:
    """They are signed out everywhere; gives how many browsers that was. Raises NotFound."""
    found = work.accounts.get(account_id)
    ended = work.accounts.sign_out_everywhere(account_id)
    work.audit.add(who, "account signed out", found.name, {"sessions": ended}, now)
    return ended


def _held(work: Work, account_id: int) -> Account:
    """The account, while nobody else changes who operates."""
    work.accounts.lock()
    return work.accounts.get(account_id)


def _not_the_last(work: Work, account: Account) -> None:
    if account.role is not Role.OPERATOR or account.disabled_at is not None:
        return
    if not any(one.id != account.id for one in work.accounts.operators()):
        raise LastOperator(account.name)

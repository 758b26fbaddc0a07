"""Links that act for one subscriber: minted when a mail is sent, so that only the mail itself holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.alerts.notice import CONFIRM_DAYS, Notice
from monitor.model.alert import ChannelName, ClaimedDelivery, PersonalLinks
from storage.tokens import TokenPurpose
from storage.work import Work

MANAGE_FOR = timedelta(days=400)
"""How long the links of a mail to settings and to unsubscribe work: over a year, for mails that are found again."""

CONFIRM_FOR = timedelta(days=CONFIRM_DAYS)


def with_personal_links(
    work: Work, claimed: Sequence[ClaimedDelivery], public_url: str | None, now: datetime
) -> list[ClaimedDelivery]:
    """The deliveries, those by mail with links of their own, minted in this transaction; without an address unchanged.

    A request to confirm has one link only, to confirm: who did not say yes yet has nothing to set or to end. Chats get
    none: a link there would let everybody in the room end the subscription.
    """
    mails = [delivery for delivery in claimed if delivery.channel is ChannelName.EMAIL]
    if public_url is None or not mails:
        return list(claimed)
    tokens = work.tokens.mint_all([_wanted(delivery, now) for delivery in mails], now)
    links = {mail.id: _links(mail, public_url, token) for mail, token in zip(mails, tokens, strict=True)}
    return [replace(delivery, personal=links.get(delivery.id)) for delivery in claimed]


def _wanted(delivery: ClaimedDelivery, now: datetime) -> tuple[TokenPurpose, int, datetime | None]:
    if delivery.notice == Notice.CONFIRM:
        return TokenPurpose.CONFIRM, delivery.subscription_id, now + CONFIRM_FOR
    return TokenPurpose.MANAGE, delivery.subscription_id, now + MANAGE_FOR


def _links(delivery: ClaimedDelivery, public_url: str, token: str) -> PersonalLinks:
    if delivery.notice == Notice.CONFIRM:
        return PersonalLinks(confirm=f"{public_url}/s/confirm/{token}")
    return PersonalLinks(settings=f"{public_url}/s/{token}", unsubscribe=f"{public_url}/s/{token}/unsubscribe")

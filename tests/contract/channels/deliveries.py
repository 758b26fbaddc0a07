"""Deliveries to send."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from monitor.alerts.channels.signing import new_secret
from monitor.model.alert import ChannelName, ClaimedDelivery

CREATED = datetime(2025, 2, 17, 9, 30, tzinfo=UTC)

DELIVERY = ClaimedDelivery(
    id=7,
    alert_id="alert_2sFh7Kq0x",
    channel=ChannelName.LOG,
    target="ops",
    secret=None,
    subject="Starmer: European troops in Ukraine — supports → conditional",
    text="Keir Starmer has softened: supports → conditional.\n\n“Es müßte … 条件”\n",
    html="<!DOCTYPE html>\n<html><body><p>Keir Starmer has softened: supports → conditional.</p></body></html>\n",
    payload='{"data":{"stance":{"after":"conditional"},"words":"müßte 条件"},"type":"change.confirmed"}',
    attempt=1,
    created_at=CREATED,
    lease_token="lease",
)

SECRET = new_secret()


def to_webhook(url: str) -> ClaimedDelivery:
    return replace(DELIVERY, channel=ChannelName.WEBHOOK, target=url, secret=SECRET)


def to_mailbox(address: str = "reader@example.org") -> ClaimedDelivery:
    return replace(DELIVERY, channel=ChannelName.EMAIL, target=address)


CHANGE = (
    '{"data":{"after":{"holder":"Keir Starmer","said_at":"2025-02-17T08:00:00Z","source":{"publisher":"Guardian",'
    '"title":"t","url":"https://www.example.org/after"},"stance":"conditional","text":"Only if … 条件"},'
    '"before":{"holder":"Keir Starmer","said_at":"2025-01-12T00:00:00Z","source":{"publisher":"BBC","title":"t",'
    '"url":"https://www.example.org/before"},"stance":"supports","text":"We are ready"},'
    '"links":{"change":"https://volteface.example/changes/7"}},"type":"change.confirmed"}'
)


def to_chat(port: int, path: str = "/room-5f2a9c/token-8d31e0") -> ClaimedDelivery:
    return replace(DELIVERY, channel=ChannelName.APPRISE, target=f"json://127.0.0.1:{port}{path}", payload=CHANGE)

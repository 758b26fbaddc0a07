"""Signing by Standard Webhooks: HMAC-SHA256 over `id.timestamp.body` with a secret per endpoint."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from monitor.model.moment import utc

PREFIX = "whsec_"
SECRET_BYTES = 32
LEAST_SECRET_BYTES = 24
"""Standard Webhooks: between 24 and 64 random bytes."""

BOTH_SIGN_FOR = timedelta(hours=24)
"""How long after a rotation the secret before signs as well."""

_NOT_IN_ID = re.compile(r"[^A-Za-z0-9_-]")


class BadSecret(ValueError):  # noqa: N818 - it is what it is
    """A webhook's secret cannot be used; the message says why, never what it is."""


def new_secret() -> str:
    """A fresh secret: `whsec_` and the base64 of 32 random bytes. Shown once, to whoever sets up the endpoint."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def check_secret(secret: str) -> str:
    """The secret as it is, if it can sign. Raises BadSecret."""
    if not secret.startswith(PREFIX):
        raise BadSecret(f"the webhook's secret does not begin with {PREFIX}; make a new one")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret("the webhook's secret is not base64; make a new one") from None
    if len(key) < LEAST_SECRET_BYTES:
        raise BadSecret(f"the webhook's secret is shorter than {LEAST_SECRET_BYTES} bytes; make a new one")
    return secret


def signed_headers(
    secret: str, alert_id: str, now: datetime, body: str, *, previous: str | None = None
) -> dict[str, str]:
    """The three headers of Standard Webhooks. The id stays through all retries, the timestamp is the attempt's.

    With a `previous` secret there are two signatures, the newest first, with a blank between them: after a rotation a
    receiver that knows only one of the two can still verify. Raises BadSecret, and ValueError for an id that is no
    header value or holds the separator of the signed text.
    """
    if not alert_id or _NOT_IN_ID.search(alert_id):
        raise ValueError(f"alert id {alert_id!r} holds more than letters, digits, - and _")
    moment = utc(now)
    known = [secret] if previous is None else [secret, previous]
    return {
        "webhook-id": alert_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(check_secret(one)).sign(alert_id, moment, body) for one in known),
    }

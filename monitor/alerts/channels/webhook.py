"""Webhooks by Standard Webhooks (https://www.standardwebhooks.com): a signed POST of the alert's payload."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

import httpx

from monitor.alerts.channels.protocol import ATTEMPT_DEADLINE_S, MOST_ANSWER_BYTES, kept
from monitor.alerts.channels.signing import signed_headers
from monitor.alerts.targets import TargetError, check_webhook
from monitor.model.alert import AttemptResult, ChannelName, ClaimedDelivery
from monitor.net.guard import AddressRefused
from monitor.net.retry_after import retry_after_s

_FIXED_HEADERS = {
    "content-type": "application/json; charset=utf-8",
    # What is read of an answer is bounded before any decoding, so none is asked for.
    "accept-encoding": "identity",
    "accept": "*/*",
}


@dataclass(slots=True)
class _Answer:
    """What has come of an answer so far; it outlives the deadline that cuts the reading short."""

    status: int | None = None
    retry_after: str | None = None
    body: bytes = b""


class WebhookChannel:
    """Posts payloads, signed. A 2xx is success; anything else, a redirect too, is a failure.

    `client` makes the connections: in the service `monitor.net.client.guarded_client`, so that no target leads into a
    private network. It must follow no redirects, keep no cookies and use no proxy of the environment; whoever made it
    closes it. `strangers` is such a client that lets nobody into any private network, for targets that
    no operator vouches for. `deadline_s` bounds an attempt from the look-up of the name to the end of the answer.
    """

    name = ChannelName.WEBHOOK

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        strangers: httpx.AsyncClient | None = None,
        user_agent: str = "Volteface",
        deadline_s: float = ATTEMPT_DEADLINE_S,
    ) -> None:
        self._client = client
        self._strangers = strangers or client
        self._headers = {**_FIXED_HEADERS, "user-agent": user_agent}
        self._deadline_s = deadline_s

    async def send(self, delivery: ClaimedDelivery, now: datetime) -> AttemptResult:
        """POST the payload once."""
        try:
            target = check_webhook(delivery.target)
            if delivery.secret is None:
                return AttemptResult(ok=False, permanent=True, error="the subscription has no secret to sign with")
            signed = signed_headers(
                delivery.secret, delivery.alert_id, now, delivery.payload, previous=_previous(delivery, now)
            )
        except (TargetError, ValueError) as error:
            return AttemptResult(ok=False, permanent=True, error=str(error))
        answer = _Answer()
        client = self._strangers if delivery.by_stranger else self._client
        failed = await self._post(client, target, {**self._headers, **signed}, delivery.payload.encode(), answer)
        # A status that has arrived decides, even if the rest of the answer never does: the receiver has the alert.
        if answer.status is None:
            return AttemptResult(ok=False, error=failed or "no answer")
        return _result(answer, now)

    async def _post(
        self, client: httpx.AsyncClient, target: str, headers: dict[str, str], body: bytes, answer: _Answer
    ) -> str | None:
        """Fill `answer`; what went wrong in plain words, None when nothing did."""
        try:
            async with asyncio.timeout(self._deadline_s):
                request = client.build_request("POST", target, content=body, headers=headers)
                response = await client.send(request, stream=True, follow_redirects=False)
                try:
                    await _read(response, answer)
                finally:
                    await response.aclose()
        except TimeoutError:
            return f"no answer within {self._deadline_s:g} s"
        except AddressRefused as error:
            return error.reason
        except httpx.TimeoutException:
            return f"no answer within {self._deadline_s:g} s"
        except httpx.ConnectError as error:
            return f"could not connect: {error}"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            return f"the connection failed ({type(error).__name__}): {error}"
        return None


def _previous(delivery: ClaimedDelivery, now: datetime) -> str | None:
    """The secret before, while it still signs."""
    until = delivery.previous_secret_until
    return delivery.previous_secret if until is not None and now < until else None


async def _read(response: httpx.Response, answer: _Answer) -> None:
    answer.status = response.status_code
    answer.retry_after = response.headers.get("retry-after")
    async for chunk in response.aiter_raw():
        answer.body += chunk[: MOST_ANSWER_BYTES - len(answer.body)]
        if len(answer.body) >= MOST_ANSWER_BYTES:
            return


def _result(answer: _Answer, now: datetime) -> AttemptResult:
    status = answer.status or 0
    said = kept(answer.body.decode("utf-8", "replace"))
    if 200 <= status < 300:
        return AttemptResult(ok=True, status=status, answer=said)
    gone = status == httpx.codes.GONE
    return AttemptResult(
        ok=False,
        status=status,
        permanent=gone,
        disable_target=gone,
        retry_after_s=retry_after_s(answer.retry_after, now),
        error=_why(status),
        answer=said,
    )


def _why(status: int) -> str:
    name = f" {httpx.codes.get_reason_phrase(status)}".rstrip()
    if status == httpx.codes.GONE:
        return "answered 410 Gone: the endpoint wants no more"
    if 300 <= status < 400:
        return f"answered {status}{name}: redirects are not followed; set the target to its final address"
    return f"answered {status}{name}"

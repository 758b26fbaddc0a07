"""Asking a hub to begin, to go on or to end pushing (WebSub, 5.1). Whatever happens, the answer is a HubAnswer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx

from monitor.feeds.hub_terms import LEASE_ASKED_S
from monitor.feeds.plain_words import failure_in_words
from monitor.feeds.politeness import Politeness
from monitor.feeds.text import one_line
from monitor.model.hub import HubMode, HubSubscription
from monitor.net.guard import AddressRefused, Guard
from monitor.net.http1 import GuardedHttp1
from monitor.net.mask import mask
from monitor.net.retry_after import retry_after_s

MOST_REDIRECTS = 3
_REDIRECTS = frozenset({307, 308})  # what WebSub, 5.1 has followed: they alone keep the method and the body
_REFUSED = frozenset({401, 403, 404, 405, 410, 451, 501})
_LARGEST_REASON = 2_048
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAnswer:
    """What a hub said. `refused` says that it does not want to, and that asking again soon is of no use.

    `error` is None where the request was taken: then the hub is yet to verify it.
    """

    refused: bool = False
    error: str | None = None
    retry_after_s: int | None = None


class HubClient:
    """Posts to hubs through the guard, with the manners of the feeds' fetcher and a deadline for the whole.

    A redirect is followed through the guard as well, but never from https to http: the secret goes along.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        user_agent: str,
        deadline_s: float = 20.0,
        politeness: Politeness | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._guard = guard
        self._transport = GuardedHttp1(guard)
        self._user_agent = user_agent
        self._deadline_s = deadline_s
        self._politeness = politeness or Politeness(spacing_s=0.0)
        self._now = now

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    async def ask(self, subscription: HubSubscription, callback: str) -> HubAnswer:
        """Ask what is pending; never raises for anything that the other side does."""
        mode = subscription.pending or HubMode.SUBSCRIBE
        form = {"hub.mode": mode.value, "hub.topic": subscription.topic, "hub.callback": callback}
        if mode is HubMode.SUBSCRIBE:
            form |= {"hub.secret": subscription.secret, "hub.lease_seconds": str(LEASE_ASKED_S)}
        # PubSubHubbub 0.3, which some hubs still speak, wants to be told how to verify; WebSub ignores it.
        form["hub.verify"] = "async"
        try:
            self._guard.check_url(subscription.hub)
            return await self._follow(httpx.URL(subscription.hub), urlencode(form).encode("ascii"))
        except (TimeoutError, httpx.TimeoutException):
            return HubAnswer(error=f"The hub did not answer within {self._deadline_s:g} seconds.")
        except (AddressRefused, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            return HubAnswer(error=_sentence(failure_in_words(error, mask(subscription.hub))))

    async def _follow(self, here: httpx.URL, body: bytes) -> HubAnswer:
        for _ in range(MOST_REDIRECTS + 1):
            host = here.raw_host.decode("ascii")
            async with self._politeness.turn(host), asyncio.timeout(self._deadline_s):
                target, answer = await self._post(here, body)
            if target is None:
                return answer
            if here.scheme == "https" and target.scheme != "https":
                return HubAnswer(error="The hub redirects from https to http, where our secret could be read.")
            here = target
        return HubAnswer(error=f"The hub redirects more than {MOST_REDIRECTS} times.")

    async def _post(self, here: httpx.URL, body: bytes) -> tuple[httpx.URL | None, HubAnswer]:
        """Where it leads on to, if it does, and what it said."""
        headers = {"user-agent": self._user_agent, "content-type": "application/x-www-form-urlencoded", "accept": "*/*"}
        response = await self._transport.handle_async_request(
            httpx.Request("POST", here, headers=headers, content=body)
        )
        try:
            location = response.headers.get("location", "").strip()
            if response.status_code in _REDIRECTS and location:
                target = here.join(location)
                self._guard.check_url(str(target))
                return target, HubAnswer()
            return None, await self._answer(response)
        finally:
            await response.aclose()

    async def _answer(self, response: httpx.Response) -> HubAnswer:
        status = response.status_code
        if 200 <= status < 300:
            return HubAnswer()
        reason = await _reason(response)
        words = f"The hub answered {status}" + (f": {reason}" if reason else "")
        wait = retry_after_s(response.headers.get("retry-after"), self._now())
        return HubAnswer(refused=status in _REFUSED, error=_sentence(words), retry_after_s=wait)


async def _reason(response: httpx.Response) -> str:
    """Why a hub says no: hubs say it as plain text."""
    if not response.headers.get("content-type", "text/plain").lower().startswith("text/plain"):
        return ""
    if response.headers.get("content-encoding"):
        return ""
    said = bytearray()
    async for piece in response.aiter_raw():
        said += piece
        if len(said) > _LARGEST_REASON:
            break
    return reason_shown(bytes(said[:_LARGEST_REASON]).decode("utf-8", "replace"))


def reason_shown(text: str) -> str:
    """A hub's own words on one line, bounded, and without what is secret in addresses."""
    return mask(one_line(text))[:_LONGEST_REASON].rstrip(".")


def _sentence(words: str) -> str:
    words = mask(words).rstrip(".")
    return f"{words[:1].upper()}{words[1:]}."

"""Fetching a feed: conditional, capped, timed, guarded, polite. Whatever happens, the answer is a FetchResult."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from monitor.feeds.decoding import ACCEPTED, BodyDecoder, UndecodableBody
from monitor.feeds.hops import REDIRECTS, BadRedirect, Trail, bare
from monitor.feeds.http_facts import max_age_s, validator
from monitor.feeds.plain_words import failure_in_words, status_in_words
from monitor.feeds.politeness import Politeness
from monitor.model.feed import Feed, FetchOutcome, FetchResult
from monitor.net.guard import AddressRefused, Guard
from monitor.net.http1 import GuardedHttp1
from monitor.net.mask import mask
from monitor.net.retry_after import retry_after_s

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchConfig:
    """How far a fetch may go.

    `deadline_s` bounds one whole fetch with its redirects, waiting for one's turn excepted. `largest_body` is in bytes
    after decoding. `at_once` is the number of fetches in flight over all hosts. `public_url` is where people who find
    us in their logs can read who we are; it goes into the User-Agent. `accept` names the kinds of documents wanted.
    """

    deadline_s: float = 30.0
    largest_body: int = 15 * 1024 * 1024
    most_redirects: int = 10
    at_once: int = 32
    per_host: int = 2
    spacing_s: float = 0.5
    version: str = "0"
    public_url: str | None = None
    accept: str = _ACCEPT

    @property
    def user_agent(self) -> str:
        """`Volteface/<version> (+<public address>)`; what no header may carry is percent-encoded."""
        about = f" (+{self.public_url})" if self.public_url else " (news monitor; feed reader)"
        return "".join(c if " " <= c <= "~" else quote(c) for c in f"Volteface/{self.version}{about}")


class _TooLarge(Exception):  # noqa: N818 - it is what the body is
    pass


class Fetcher:
    """Fetches feeds over one connection pool.

    `now` is asked only to understand a Retry-After that is a date; `clock` measures deadlines.
    """

    def __init__(
        self,
        config: FetchConfig,
        guard: Guard,
        *,
        politeness: Politeness | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._politeness = politeness or Politeness(per_host=config.per_host, spacing_s=config.spacing_s)
        self._now = now
        self._clock = clock
        self._slots = asyncio.Semaphore(config.at_once)
        self._transport = GuardedHttp1(guard)
        self._guard = guard

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def fetch(self, feed: Feed, *, full: bool = False) -> FetchResult:
        """Fetch one feed; never raises for anything that the other side does.

        `full` asks without validators, so that the answer is the whole document.
        """
        started = self._clock()
        failed = FetchResult(url=feed.url, outcome=FetchOutcome.FAILED)
        try:
            self._guard.check_url(feed.url)
            trail = Trail(httpx.URL(feed.url), self._config.most_redirects)
        except (AddressRefused, httpx.InvalidURL, ValueError) as error:
            return replace(failed, error=_sentence(failure_in_words(error, mask(feed.url))))
        try:
            result = await self._follow(feed, trail, {} if full else _validators(feed))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            result = replace(failed, error=_sentence(failure_in_words(error, trail.here.host)))
        except BadRedirect as error:  # its words name both sides
            return replace(failed, error=_sentence(str(error)), elapsed_s=self._clock() - started)
        except (AddressRefused, UndecodableBody) as error:
            result = replace(failed, error=_sentence(failure_in_words(error, trail.here.host)))
        except _TooLarge:
            most = self._config.largest_body / (1024 * 1024)
            result = replace(failed, error=f"The document is larger than {most:.0f} MiB; it was not read to its end.")
        return replace(result, error=_with_its_way(result.error, trail), elapsed_s=self._clock() - started)

    def spaced(self) -> Mapping[str, float]:
        """The hosts that were asked a moment ago, and in how many seconds each may be asked again."""
        return self._politeness.spaced()

    def held_hosts(self) -> Collection[str]:
        """The hosts that are left alone for now."""
        return self._politeness.held_hosts()

    async def pause(self, seconds: float) -> None:
        """Wait on the clock by which hosts are spaced."""
        await self._politeness.sleep(seconds)

    async def _follow(self, feed: Feed, trail: Trail, conditions: dict[str, str]) -> FetchResult:
        left = self._config.deadline_s
        while True:
            host = trail.host
            if trail.hops and self._politeness.crowded(host):
                # Feeds are claimed by their own hosts; those that lead to one and the same must not queue up for it.
                return _held(feed, host, CROWDED_S, "other feeds lead there too")
            async with self._politeness.turn(host), self._slots:
                held = self._politeness.held(host)  # asked when it is our turn: much may have happened while we waited
                if held:
                    return _held(feed, host, *held)
                started = self._clock()
                try:
                    async with asyncio.timeout(max(0.0, left)):
                        result = await self._hop(feed, trail, conditions)
                except (TimeoutError, httpx.TimeoutException) as error:
                    self._politeness.timed_out(host)
                    late = _late(feed, host, self._config.deadline_s, error)
                    hold = self._politeness.held(host)
                    return replace(late, hold_host=host, hold_s=math.ceil(hold[0])) if hold else late
                left -= self._clock() - started
            self._politeness.answered(host)
            if result is not None:
                if result.retry_after_s and result.status in (429, 503):
                    self._politeness.hold(host, result.retry_after_s, f"it answered {result.status}")
                    return replace(result, hold_host=host, hold_s=result.retry_after_s)
                return result

    async def _hop(self, feed: Feed, trail: Trail, conditions: dict[str, str]) -> FetchResult | None:
        """Ask one address. None when it redirects, and `trail` has moved on."""
        request = httpx.Request("GET", trail.here, headers=self._headers(conditions))
        trail.dress(request)
        response = await self._transport.handle_async_request(request)
        try:
            if response.status_code in REDIRECTS:
                trail.follow(response)
                return None
            return await self._answer(feed, trail, response, conditional=bool(conditions))
        finally:
            await response.aclose()

    def _headers(self, conditions: dict[str, str]) -> dict[str, str]:
        return {
            "user-agent": self._config.user_agent,
            "accept": self._config.accept,
            "accept-encoding": ACCEPTED,
            **conditions,
        }

    async def _answer(self, feed: Feed, trail: Trail, response: httpx.Response, *, conditional: bool) -> FetchResult:
        headers, status = response.headers, response.status_code
        result = FetchResult(
            url=feed.url,
            outcome=FetchOutcome.FAILED,
            status=status,
            final_url=str(trail.here),
            retry_after_s=retry_after_s(headers.get("retry-after"), self._now()),
            max_age_s=max_age_s(headers),
            links=tuple(headers.get_list("link"))[:MOST_LINK_HEADERS],
        )
        if status == 304:
            if not conditional:
                words = "the server says that nothing changed (304) although it was asked for the whole document"
                return replace(result, error=_sentence(words))
            return replace(result, outcome=FetchOutcome.NOT_MODIFIED, permanent_url=trail.permanent_url)
        if status == 410 and trail.for_good:
            words = "the publisher says that the feed is gone for good (410); it is not asked again"
            return replace(result, outcome=FetchOutcome.GONE, error=_sentence(words))
        if not 200 <= status < 300:
            return replace(result, error=_sentence(_with_credentials_hint(status, trail)))
        if status in (204, 205, 206):
            return replace(result, error=_sentence(f"the server sent no document, or only a part of one ({status})"))
        return replace(
            result,
            outcome=FetchOutcome.OK,
            permanent_url=trail.permanent_url,
            body=await self._body(response),
            content_type=headers.get("content-type", "").strip()[:200] or None,
            etag=validator(headers.get("etag")),
            last_modified=validator(headers.get("last-modified")),
        )

    async def _body(self, response: httpx.Response) -> bytes:
        """The body, decoded piece by piece; what arrives and what comes out of it are both bounded."""
        most = self._config.largest_body
        decoder = BodyDecoder(response.headers.get("content-encoding", ""))
        if not response.headers.get("content-encoding") and _length(response) > most:
            raise _TooLarge
        body = bytearray()
        arrived = 0
        async for raw in response.aiter_raw():
            arrived += len(raw)
            for piece in decoder.feed(raw):
                body += piece
                if len(body) > most:
                    raise _TooLarge
            if arrived > most:
                raise _TooLarge
        decoder.finish()
        return bytes(body)


_LONGEST_NAMED = 300
MOST_LINK_HEADERS = 32

CROWDED_S = 20.0
"""When a feed is tried again that redirects to a host for which others wait already."""


def _validators(feed: Feed) -> dict[str, str]:
    pairs = (("if-none-match", validator(feed.etag)), ("if-modified-since", validator(feed.last_modified)))
    return {name: value for name, value in pairs if value}


def _length(response: httpx.Response) -> int:
    text = response.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _held(feed: Feed, host: str, seconds: float, why: str) -> FetchResult:
    words = f"{host} is left alone for another {_span(seconds)}, because {why}"
    return FetchResult(
        url=feed.url,
        outcome=FetchOutcome.FAILED,
        retry_after_s=max(1, int(seconds)),
        error=_sentence(words),
        postponed=True,
    )


def _late(feed: Feed, host: str, deadline_s: float, error: Exception) -> FetchResult:
    words = f"{host} did not deliver the whole document within {deadline_s:g} seconds"
    if isinstance(error, httpx.ConnectTimeout):
        words = failure_in_words(error, host)
    return FetchResult(url=feed.url, outcome=FetchOutcome.FAILED, error=_sentence(words))


def _span(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 3600:.1f} hours" if seconds >= 5400 else f"{round(seconds / 60)} minutes"


def _with_credentials_hint(status: int, trail: Trail) -> str:
    if status == 401 and trail.secret:
        if trail.hops:
            return (
                "the feed asks for a login (401) where it redirects to, and credentials are not sent to another site;"
                " use the address that it redirects to, with the credentials in it"
            )
        return "the user name or password in the feed's address is wrong (401)"
    return status_in_words(status)


def _with_its_way(error: str | None, trail: Trail) -> str | None:
    """What went wrong behind a redirect names the address that was asked for, and where it led."""
    if error is None or not trail.hops:
        return error
    start, here = (mask(str(url))[:_LONGEST_NAMED] for url in (bare(trail.start), trail.here))
    return f"{start} redirects to {here}: {error[:1].lower()}{error[1:]}"


def _sentence(words: str) -> str:
    words = words.rstrip(".")
    return f"{words[:1].upper()}{words[1:]}."

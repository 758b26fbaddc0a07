"""The client: one question, one answer, within one span of time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from monitor.completions.answer import Completion, plain_line, read_completion, read_models, said_by
from monitor.completions.dialect import Dialect, next_dialect, request_body
from monitor.completions.trouble import EndpointFailed, Trouble
from monitor.net.guard import AddressRefused
from monitor.net.retry_after import retry_after_s

ATTEMPTS = 3
"""Requests for one answer where the endpoint is busy, breaks or hangs up; changes of dialect do not count."""

FIRST_PAUSE_S = 0.5
MOST_BYTES = 2 * 1024 * 1024
"""Bytes of an answer; one of 1,500 tokens has about six thousand."""

_PATH = "/chat/completions"
_AGAIN = (Trouble.UNREACHABLE, Trouble.BUSY, Trouble.BROKEN)
_PASSING = (408, 500, 502, 503, 504, 520, 522, 524, 529)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointConfig:
    """Where and how to ask. `url` is the base address, such as https://host/v1. `deadline_s` bounds a question with all
    its attempts. `setting` is what messages tell an operator to look at.
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    deadline_s: float = 60.0
    user_agent: str = "Volteface"
    setting: str = "VOLTEFACE_LLM"

    @property
    def base(self) -> str:
        """The address without slash and path of completions."""
        return self.url.rstrip("/").removesuffix(_PATH)


@dataclass(slots=True)
class _Sent:
    """What went out and brought nothing back; it outlives the deadline that cuts a request short."""

    unanswered: int = 0
    under_way: bool = False

    async def trace(self, event: str, _info: Mapping[str, Any]) -> None:
        """httpcore's trace: the request is out in full."""
        if event.endswith("send_request_body.complete"):
            self.under_way = True

    def lost(self) -> int:
        """Counts what is under way as lost; all that was lost."""
        self.unanswered += self.under_way
        self.under_way = False
        return self.unanswered


class ChatClient:
    """Asks one model of one endpoint.

    `client` makes the connections: in the service `monitor.net.client.guarded_client`. Whoever made it closes it.
    `pause` waits between attempts. The dialect that was understood is remembered.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        config: EndpointConfig,
        clock: Callable[[], datetime],
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._config = config
        self._clock = clock
        self._pause = pause
        self._dialect = Dialect()

    async def ask(
        self, messages: Sequence[tuple[str, str]], schema_name: str, schema: Mapping[str, Any], most_tokens: int
    ) -> Completion:
        """The answer to (role, text) messages. Raises EndpointFailed."""
        sent = _Sent()
        try:
            async with asyncio.timeout(self._config.deadline_s):
                return await self._until_answered(sent, messages, schema_name, schema, most_tokens)
        except TimeoutError:
            reason = f"no answer within {self._config.deadline_s:g} s"
            raise EndpointFailed(Trouble.SLOW, reason, unanswered=sent.lost()) from None
        except EndpointFailed as failed:
            failed.unanswered = sent.lost()
            raise

    async def models(self) -> list[str] | None:
        """The models that the endpoint names; None where it has no such list. Costs nothing. Raises EndpointFailed."""
        sent = _Sent()
        try:
            async with asyncio.timeout(self._config.deadline_s):
                status, _, body = await self._send(sent, "GET", "/models", None)
        except TimeoutError:
            raise EndpointFailed(Trouble.SLOW, f"no answer within {self._config.deadline_s:g} s") from None
        if status in (404, 405, 501):
            return None
        if status != 200:
            raise self._refused(status, body, None)
        try:
            return read_models(body)
        except (ValueError, RecursionError):
            return None

    async def _until_answered(
        self,
        sent: _Sent,
        messages: Sequence[tuple[str, str]],
        schema_name: str,
        schema: Mapping[str, Any],
        most_tokens: int,
    ) -> Completion:
        end = asyncio.get_running_loop().time() + self._config.deadline_s
        dialect, attempt = self._dialect, 1
        while True:
            body = request_body(dialect, self._config.model, messages, schema_name, schema, most_tokens)
            try:
                status, waits, answered = await self._send(sent, "POST", _PATH, body)
                if status == 200:
                    completion = self._read(sent, answered)
                    self._dialect = dialect
                    return completion
                other = next_dialect(dialect, said_by(answered, self._config.key)) if status in (400, 422) else None
                if other is not None:
                    dialect = other
                    continue
                raise self._refused(status, answered, waits)
            except EndpointFailed as failed:
                # What was answered with 200 and makes no sense is paid for, and would come again.
                rest = max(FIRST_PAUSE_S * 2 ** (attempt - 1), failed.retry_after_s or 0)
                left = end - asyncio.get_running_loop().time()
                if failed.trouble not in _AGAIN or attempt >= ATTEMPTS or rest >= left:
                    raise
            attempt += 1
            await self._pause(rest)

    def _read(self, sent: _Sent, body: bytes) -> Completion:
        try:
            return Completion(read_completion(body), sent.unanswered)
        except EndpointFailed as failed:
            sent.unanswered += 1
            raise EndpointFailed(Trouble.UNANSWERABLE, failed.reason) from None

    async def _send(self, sent: _Sent, method: str, path: str, body: bytes | None) -> tuple[int, int | None, bytes]:
        """Status, Retry-After in seconds, and body. Raises EndpointFailed."""
        headers = {"user-agent": self._config.user_agent, "accept": "application/json", "accept-encoding": "identity"}
        if body is not None:
            headers["content-type"] = "application/json"
        if self._config.key:
            headers["authorization"] = f"Bearer {self._config.key}"
        try:
            request = self._client.build_request(
                method, self._config.base + path, content=body, headers=headers, extensions={"trace": sent.trace}
            )
            response = await self._client.send(request, stream=True, follow_redirects=False)
            try:
                found = await self._whole(response)
            finally:
                await response.aclose()
        except AddressRefused as refused:
            raise EndpointFailed(Trouble.ADDRESS, self._line(refused.reason)) from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            where = self._line(self._config.base)
            raise EndpointFailed(Trouble.UNREACHABLE, f"cannot connect to {where}: {self._line(str(error))}") from None
        except httpx.TimeoutException:
            sent.lost()
            raise EndpointFailed(Trouble.SLOW, "the endpoint fell silent") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError, ValueError) as error:
            sent.lost()
            reason = f"the connection broke ({type(error).__name__}): {self._line(str(error))}"
            raise EndpointFailed(Trouble.UNREACHABLE, reason.rstrip(": ")) from None
        sent.under_way = False
        return response.status_code, retry_after_s(response.headers.get("retry-after"), self._clock()), found

    async def _whole(self, response: httpx.Response) -> bytes:
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("", "identity"):
            shown = self._line(coding)[:30]
            raise EndpointFailed(
                Trouble.UNANSWERABLE, f"the answer is coded as {shown}, though no coding was asked for"
            )
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > MOST_BYTES:
                raise EndpointFailed(Trouble.UNANSWERABLE, f"the answer has more than {MOST_BYTES // 2**20} MiB")
        return bytes(body)

    def _refused(self, status: int, body: bytes, wait_s: int | None) -> EndpointFailed:
        said = said_by(body, self._config.key)
        setting = self._config.setting
        words = f"answered {status}" + (f": {said}" if said else "")
        if status in (401, 402, 403) or "insufficient_quota" in said:
            return EndpointFailed(Trouble.KEY, f"{words}; look at {setting}_KEY and what it may be used for")
        if status == 404:
            return EndpointFailed(Trouble.UNKNOWN, f"{words}; look at {setting}_URL and {setting}_MODEL")
        if 300 <= status < 400:
            return EndpointFailed(Trouble.UNKNOWN, f"{words}; redirects are not followed, set {setting}_URL to its end")
        if status == 429 or (status == 503 and wait_s):
            return EndpointFailed(Trouble.BUSY, words, retry_after_s=wait_s)
        if status in _PASSING:
            return EndpointFailed(Trouble.BROKEN, words, retry_after_s=wait_s)
        if status == 413 or "context" in said:
            return EndpointFailed(Trouble.UNANSWERABLE, words)
        return EndpointFailed(Trouble.REFUSED, words, retry_after_s=wait_s)

    def _line(self, text: str) -> str:
        return plain_line(text, self._config.key)

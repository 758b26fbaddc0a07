"""A receiver of webhooks to look at: verifies, writes down, then answers."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from monitor.demo import pages
from monitor.demo.items import LABEL

BODY_LIMIT = 256 * 1024
"""Bytes. Bodies of ours stay under 20 kB; more than this is refused with 413."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One call. `problem` says why it was refused; None when it was accepted. `body` is what came, byte for byte.

    `repeats` counts the calls before it that were accepted under the same id; their body has to be the same.
    """

    at: str
    id: str
    timestamp: str
    body: str
    problem: str | None
    repeats: int = 0

    @property
    def pretty(self) -> str:
        """The body, indented when it is JSON."""
        try:
            return json.dumps(json.loads(self.body), indent=2, ensure_ascii=False)
        except ValueError:
            return self.body


class WebhookSink:
    """Keeps what came in memory, and as JSON lines in `journal`, which is read again at the next start.

    A call is in the journal before it is answered, so that whatever was acknowledged is there after a kill -9.
    `secrets` (whsec_…) are those of the senders; without any, all calls are refused. `check_age` refuses timestamps
    more than five real minutes off; switch it off only where the sender's clock is quickened.
    """

    def __init__(
        self,
        journal: Path,
        secrets: Iterable[str] = (),
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        check_age: bool = True,
    ) -> None:
        self._journal = journal
        self._webhooks = [Webhook(secret) for secret in secrets]
        self._now = now
        self._check_age = check_age
        self._lock = threading.Lock()
        self._received = _read_journal(journal)

    def trust(self, secret: str) -> None:
        """Accepts calls that are signed with this secret as well."""
        with self._lock:
            self._webhooks.append(Webhook(secret))

    @property
    def received(self) -> tuple[Received, ...]:
        """All calls in the order in which they came, the refused ones too."""
        with self._lock:
            return tuple(self._received)

    def record(self, body: bytes, headers: Mapping[str, str]) -> Received:
        """Verifies a call and writes it down."""
        with self._lock:
            id_ = headers.get("webhook-id", "")
            text = body.decode("utf-8", "replace")
            problem = self._problem(body, headers)
            earlier = [call for call in self._received if call.id == id_ and call.problem is None]
            if problem is None and any(call.body != text for call in earlier):
                problem = "The id was used before with another body."
            call = Received(
                at=self._now().isoformat(timespec="milliseconds"),
                id=id_,
                timestamp=headers.get("webhook-timestamp", ""),
                body=text,
                problem=problem,
                repeats=len(earlier),
            )
            self._journal.parent.mkdir(parents=True, exist_ok=True)
            with self._journal.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(call), ensure_ascii=False) + "\n")
            self._received.append(call)
            return call

    def routes(self) -> list[BaseRoute]:
        """POST /webhook receives; GET /webhook shows what came, /webhook.json the same for programs."""
        return [
            Route("/webhook", self._receive, methods=["POST"]),
            Route("/webhook", self._show, methods=["GET"]),
            Route("/webhook.json", self._json, methods=["GET"]),
        ]

    async def _receive(self, request: Request) -> Response:
        try:
            body = await _capped_body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(f"More than {BODY_LIMIT} bytes.", status_code=413, media_type="text/plain")
        call = await run_in_threadpool(self.record, body, request.headers)
        if call.problem is None:
            return Response(status_code=204)
        return Response(call.problem, status_code=401, media_type="text/plain")

    def _show(self, _request: Request) -> Response:
        return pages.page("webhook.html", calls=self.received[::-1])

    def _json(self, _request: Request) -> Response:
        return JSONResponse({"label": LABEL, "calls": [asdict(call) for call in self.received]})

    def _problem(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        if not self._webhooks:
            return "No secret is known here, so nothing can be verified."
        problem = None
        for webhook in self._webhooks:
            problem = _refusal(webhook, body, headers, check_age=self._check_age)
            if problem is None:
                return None
        return problem


async def _capped_body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)


def _refusal(webhook: Any, body: bytes, headers: Mapping[str, str], *, check_age: bool) -> str | None:
    """Why a call is not what the holder of the secret sent; None when it is."""
    try:
        if check_age:
            webhook.verify(body, dict(headers), json_parse=False)
            return None
        moment = datetime.fromtimestamp(float(headers["webhook-timestamp"]), tz=UTC)
        signed = webhook.sign(msg_id=headers["webhook-id"], timestamp=moment, data=body.decode())
        given = headers["webhook-signature"].split(" ")
        if any(hmac.compare_digest(signed.encode(), one.encode()) for one in given):
            return None
    except WebhookVerificationError as error:
        return f"Not accepted: {error}."
    except KeyError as error:
        return f"Not accepted: the header {error} is missing."
    except (ValueError, OverflowError, OSError):
        return "Not accepted: the signature headers or the body cannot be read."
    return "Not accepted: No matching signature found."


def _read_journal(journal: Path) -> list[Received]:
    """What earlier runs received. A last line that a kill cut short was never acknowledged and is dropped."""
    if not journal.exists():
        return []
    whole, _, torn = journal.read_text(encoding="utf-8").rpartition("\n")
    if torn:
        journal.write_text(whole + "\n" if whole else "", encoding="utf-8")
    try:
        return [Received(**json.loads(line)) for line in whole.splitlines() if line]
    except (ValueError, TypeError) as error:
        raise ValueError(f"{journal}: not a journal of the webhook sink ({error}). Move it away.") from error

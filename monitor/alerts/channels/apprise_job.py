"""One message through Apprise, in a process of its own that ends with it: see `apprise_nursery`.

Apprise answers True or False. What an operator needs to know stands beside it, so what requests got is watched: the
status, what was said with it, and what the guard refused.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import apprise
import requests
from apprise.common import PersistentStoreMode

from monitor.alerts.channels.apprise_outcome import Job, Outcome
from monitor.alerts.channels.protocol import MOST_ANSWER_BYTES
from monitor.net.confined import Confinement

_BODY_S = 3.0
"""How long the rest of an answer is waited for: its status has arrived and decides."""

_SPARE_S = 0.5
"""What is left of the time to say what became of the message."""

_CONNECT_S = 5.0

_READ = 16 * 1024
_MOST_LINES = 20


def outcome_of(job: Job, confinement: Confinement, app: str) -> dict[str, Any]:
    """Do the job; what came of it as JSON can carry it. Raises nothing for what an address or a service does."""
    outcome = Outcome()
    lines = _Lines(outcome.log)
    try:
        _do(job, outcome, app)
    except Exception as error:  # Apprise's plugins are many, and raise what they like
        lines.note(f"{type(error).__name__}: {error}")
    if confinement.refused:
        outcome.refused = confinement.refused[-1]
    elif confinement.lost and outcome.status is None:
        outcome.failed = f"{confinement.lost[-1]} has no address (DNS)"
    return asdict(outcome)


def _do(job: Job, outcome: Outcome, app: str) -> None:
    try:
        service = apprise.Apprise.instantiate(job.url, asset=asset(app), suppress_exceptions=False)
    except Exception as error:
        outcome.unusable = f"Apprise cannot use it: {error}"
        return
    if service is None:
        outcome.unusable = "; ".join(outcome.log) or "Apprise does not know what to do with it"
        return
    if len(service) > 1:
        # Of two that are told in one attempt one can fail, and the retry would tell the other again.
        outcome.unusable = f"it names {len(service)} recipients; make one subscription for each"
        return
    if not job.body:
        # Apprise drops what it cannot use of an address, with a warning that nobody would see later.
        outcome.unusable = "; ".join(outcome.log) or None
        outcome.ok = outcome.unusable is None
        return
    # Longer than Apprise's own: a service that is slow and is asked again tells everything twice. The deadline ends it.
    service.socket_connect_timeout = _CONNECT_S
    service.socket_read_timeout = max(job.until - time.monotonic(), 0) + _CONNECT_S
    _watch(outcome, job.until - _SPARE_S)
    # The service itself and not Apprise.notify, which counts a failure as success where the address says `optional`.
    outcome.ok = service.notify(
        title=job.title,
        body=job.body,
        notify_type=apprise.NotifyType.INFO,
        body_format=apprise.NotifyFormat.TEXT,
        overflow=apprise.OverflowMode.SPLIT,
    )


def asset(app: str) -> apprise.AppriseAsset:
    """How Apprise behaves: nothing kept on disk, no keys made, no redirects, no picture of its own."""
    return apprise.AppriseAsset(
        app_id=app,
        app_desc=app,
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        pem_autogen=False,
        pgp_autogen=False,
        storage_mode=PersistentStoreMode.MEMORY,
    )


class _Lines(logging.Handler):
    """Apprise's warnings and errors, for the end of a message that says what failed."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._lines = lines
        logger = logging.getLogger("apprise")
        logger.handlers[:] = [self]
        logger.setLevel(logging.WARNING)
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        self.note(record.getMessage())

    def note(self, line: str) -> None:
        """Keep a line, cut."""
        if len(self._lines) < _MOST_LINES:
            self._lines.append(line[:500])


def _watch(outcome: Outcome, until: float) -> None:
    """Have requests note its answers, read no more of them than is allowed, and follow no redirect."""
    send = requests.adapters.HTTPAdapter.send

    def watched(
        self: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        # What is read is bounded after decoding, too, so nothing packed is asked for.
        request.headers["Accept-Encoding"] = "identity"
        options["verify"] = options.get("verify") or True
        host = (request.url or "").partition("://")[2].partition("/")[0].rpartition("@")[2]
        try:
            response = send(self, request, **options)
        except requests.RequestException as error:
            if outcome.failed is None:
                outcome.failed = _plain(error, host)
            raise
        body = _read(response, min(time.monotonic() + _BODY_S, until))
        response._content = body
        response._content_consumed = True
        _note(outcome, request, response, body)
        return response

    requests.adapters.HTTPAdapter.send = watched  # type: ignore[method-assign, assignment]
    requests.sessions.SessionRedirectMixin.get_redirect_target = lambda self, resp: None  # type: ignore[method-assign]


def _read(response: requests.Response, end: float) -> bytes:
    """The beginning of an answer: neither more than 64 kB nor for longer than a few seconds."""
    body = b""
    with suppress(Exception):  # a body that breaks off leaves the status standing
        while len(body) < MOST_ANSWER_BYTES and time.monotonic() < end:
            piece = response.raw.read1(_READ, decode_content=True)
            if not piece:
                return body
            body += piece[: MOST_ANSWER_BYTES - len(body)]
    response.raw.close()
    return body


def _note(outcome: Outcome, request: requests.PreparedRequest, response: requests.Response, body: bytes) -> None:
    bad = not 200 <= response.status_code < 300
    if outcome.status is not None and not 200 <= outcome.status < 300 and not bad:
        return
    outcome.status = response.status_code
    outcome.posted = request.method in ("POST", "PUT")
    outcome.retry_after = response.headers.get("retry-after")
    outcome.answer = body[:4_000].decode("utf-8", "replace")


def _plain(error: requests.RequestException, host: str) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return f"no trusted connection to {host}: its certificate is refused, or it speaks no TLS"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"could not connect to {host} in time"
    if isinstance(error, requests.exceptions.Timeout):
        return f"no answer from {host} in time"
    if "NewConnectionError" in str(error):
        return f"could not connect to {host}"
    return f"the connection to {host} failed ({type(error).__name__})"

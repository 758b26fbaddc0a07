"""The other end of each channel: where it sends to, what arrived there, and how it can be made to misbehave."""

from __future__ import annotations

import io
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from monitor.alerts.channels.apprise import AppriseChannel, why_unusable
from monitor.alerts.channels.apprise_nursery import AppriseNursery, NurseryConfig
from monitor.alerts.channels.email import EmailChannel, Security, SmtpConfig
from monitor.alerts.channels.log import LogChannel
from monitor.alerts.channels.protocol import Channel
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.model.alert import ClaimedDelivery
from monitor.net.client import webhook_client
from monitor.net.guard import Guard
from tests.contract.channels.deliveries import DELIVERY, to_chat, to_mailbox, to_webhook
from tests.sinks import SAY_NOTHING, Answer, HttpSink, Manner, SmtpSink, SmtpStage

PATIENT_S = 60.0
"""No test waits as long as that, unless it fails."""
IMPATIENT_S = 0.3
"""The deadline where the other end never answers: a test waits as long as that."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the other end has of an alert: the id by which it tells a repeat, and the content in bytes."""

    alert_id: str
    content: bytes


class End(ABC):
    """One channel with its other end."""

    @abstractmethod
    def channel(self, deadline_s: float = PATIENT_S) -> Channel: ...

    @abstractmethod
    def delivery(self) -> ClaimedDelivery: ...

    @abstractmethod
    def arrived(self) -> list[Arrived]: ...

    @abstractmethod
    def refuse_for_now(self) -> None:
        """Fail once in a way that passes, then take everything."""

    def hang(self) -> None:
        """Never answer again."""
        raise NotImplementedError(f"{type(self).__name__} does not hang")

    def hanging(self) -> int:
        """How many attempts the other end has left without an answer, or taken."""
        raise NotImplementedError(f"{type(self).__name__} does not hang")

    @abstractmethod
    def bad_targets(self) -> list[str]:
        """Targets that nothing can be sent to."""


class WebhookEnd(End):
    """A webhook through the guarded client, as in the service, with loopback allowed."""

    def __init__(self, sink: HttpSink) -> None:
        self.sink = sink
        self.client = webhook_client(Guard(["127.0.0.0/8"], setting="VOLTEFACE_WEBHOOK_ALLOW"))

    def channel(self, deadline_s: float = PATIENT_S) -> WebhookChannel:
        return WebhookChannel(self.client, deadline_s=deadline_s)

    def delivery(self) -> ClaimedDelivery:
        return to_webhook(f"{self.sink.url}/hook")

    def arrived(self) -> list[Arrived]:
        return [Arrived(request.headers["webhook-id"], request.body) for request in self.sink.requests]

    def refuse_for_now(self) -> None:
        self.sink.answers(Answer(status=503), Answer())

    def hang(self) -> None:
        self.sink.answers(Answer(manner=Manner.HANG))

    def hanging(self) -> int:
        return len(self.sink.requests)

    def bad_targets(self) -> list[str]:
        return [
            "",
            "not an address",
            "ftp://example.org/x",
            "http://[::1",
            "http://a b/",
            "https:///x",
            "http://x\r\ny/",
        ]


class EmailEnd(End):
    """Mail to a server in this process, in the clear on loopback."""

    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    def channel(self, deadline_s: float = PATIENT_S) -> EmailChannel:
        config = SmtpConfig(
            host=self.sink.host,
            port=self.sink.port,
            security=Security.PLAIN,
            sender="Volteface <alerts@volteface.example>",
        )
        return EmailChannel(config, deadline_s=deadline_s)

    def delivery(self) -> ClaimedDelivery:
        return to_mailbox()

    def arrived(self) -> list[Arrived]:
        return [Arrived(mail.message["Message-ID"].strip("<>").split("@")[0], mail.content) for mail in self.sink.mails]

    def refuse_for_now(self) -> None:
        self.sink.says(SmtpStage.RECIPIENT, "451 4.3.0 try later", None)

    def hang(self) -> None:
        self.sink.says(SmtpStage.RECIPIENT, SAY_NOTHING)

    def hanging(self) -> int:
        return self.sink.attempts

    def bad_targets(self) -> list[str]:
        return [
            "",
            "nobody",
            "a@b",
            "a b@example.org",
            "x@example.org\r\nBcc: y@example.org",
            "=?utf-8?q?a?=@example.org",
        ]


_NURSERIES: list[AppriseNursery] = []


def nursery() -> AppriseNursery:
    """One for all tests of this process: it takes a second to start, and belongs to no event loop."""
    if not _NURSERIES:
        _NURSERIES.append(AppriseNursery(NurseryConfig(allow=["127.0.0.0/8"])))
    return _NURSERIES[0]


def close_nursery() -> None:
    while _NURSERIES:
        _NURSERIES.pop().close()


class AppriseEnd(End):
    """Apprise's json:// in a process of its own, as in the service, with loopback allowed."""

    def __init__(self, sink: HttpSink) -> None:
        self.sink = sink

    def channel(self, deadline_s: float = PATIENT_S) -> AppriseChannel:
        return AppriseChannel(nursery(), schemes=frozenset({"json"}), deadline_s=deadline_s)

    def delivery(self) -> ClaimedDelivery:
        return to_chat(self.sink.port)

    def arrived(self) -> list[Arrived]:
        bodies = [request.body for request in self.sink.requests]
        return [Arrived(json.loads(body)["message"].splitlines()[-1], body) for body in bodies]

    def refuse_for_now(self) -> None:
        self.sink.answers(Answer(status=503), Answer())

    def hang(self) -> None:
        self.sink.answers(Answer(manner=Manner.HANG))

    def hanging(self) -> int:
        return len(self.sink.requests)

    def bad_targets(self) -> list[str]:
        return [
            "",
            "nothing",
            "json://",
            "json://a b",
            "json://127.0.0.1/x?verify=no",
            "json://127.0.0.1/x?optional=yes",
            "syslog://",
            "dbus://",
            "xml://127.0.0.1/x",
            "http://127.0.0.1/x",
            "json://127.0.0.1/x,json://127.0.0.1/y",
        ]


class LogEnd(End):
    """The structured log as JSON lines."""

    def __init__(self) -> None:
        self.lines = io.StringIO()
        self.failing = False

    def channel(self, deadline_s: float = PATIENT_S) -> LogChannel:
        logger: Any = structlog.wrap_logger(
            structlog.PrintLogger(self.lines), processors=[self._fail_if_told, structlog.processors.JSONRenderer()]
        )
        return LogChannel(logger)

    def _fail_if_told(self, logger: Any, method: str, event: Any) -> Any:
        if self.failing:
            self.failing = False
            raise OSError(28, "No space left on device")
        return event

    def delivery(self) -> ClaimedDelivery:
        return DELIVERY

    def arrived(self) -> list[Arrived]:
        events = [json.loads(line) for line in self.lines.getvalue().splitlines()]
        return [Arrived(event["alert_id"], event["payload"].encode()) for event in events]

    def refuse_for_now(self) -> None:
        self.failing = True

    def bad_targets(self) -> list[str]:
        return []


@asynccontextmanager
async def opened(kind: str) -> AsyncIterator[End]:
    """A channel by name with its other end, for as long as the context lasts."""
    if kind == "log":
        yield LogEnd()
    elif kind == "email":
        with SmtpSink() as smtp:
            yield EmailEnd(smtp)
    elif kind == "apprise":
        with HttpSink() as http:
            apprise = AppriseEnd(http)
            # Starting takes a second or more, which is nobody's to wait for in a test of a short deadline.
            await why_unusable(nursery(), apprise.delivery().target)
            yield apprise
    else:
        with HttpSink() as http:
            webhook = WebhookEnd(http)
            async with webhook.client:
                yield webhook

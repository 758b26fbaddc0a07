"""Both channels that speak HTTP, the webhook and Apprise, against an end that misbehaves in every listed way."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import trustme

from monitor.alerts.channels.apprise import AppriseChannel
from monitor.alerts.channels.apprise_nursery import AppriseNursery, NurseryConfig
from monitor.alerts.channels.protocol import KEPT_ANSWER_CHARS
from monitor.alerts.channels.webhook import WebhookChannel
from monitor.model.alert import AttemptResult
from monitor.net.client import webhook_client
from monitor.net.guard import Guard
from tests.contract.channels.deliveries import SECRET, to_chat, to_webhook
from tests.contract.channels.ends import PATIENT_S, AppriseEnd, WebhookEnd, opened
from tests.sinks import Answer, HttpSink, Manner, closed_port

NOW = datetime(2025, 2, 17, 12, tzinfo=UTC)
SHORT_S = 1.5
HttpEnd = WebhookEnd | AppriseEnd


@pytest.fixture(params=["webhook", "apprise"])
async def http(request: pytest.FixtureRequest) -> AsyncIterator[HttpEnd]:
    async with opened(request.param) as end:
        assert isinstance(end, WebhookEnd | AppriseEnd)
        yield end


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the end does, and what must come of it within the deadline. `status` None: none arrived."""

    answer: Answer
    ok: bool = False
    gone: bool = False
    status: int | None = None
    says: str = ""
    deadline_s: float = PATIENT_S


CASES = {
    **{f"{s}": Case(answer=Answer(status=s, body=b""), ok=True, status=s) for s in (200, 201, 202, 204, 299)},
    **{
        f"{s}": Case(answer=Answer(status=s, headers={"location": "/elsewhere"}), status=s, says="redirects are not")
        for s in (301, 302, 303, 307, 308)
    },
    **{f"{s}": Case(answer=Answer(status=s), status=s, says=str(s)) for s in (400, 401, 403, 404, 429, 500, 502, 503)},
    "410": Case(answer=Answer(status=410), gone=True, status=410, says="410 Gone"),
    "599": Case(answer=Answer(status=599), status=599, says="599"),
    "hangs": Case(answer=Answer(manner=Manner.HANG), says=f"{SHORT_S:g} s", deadline_s=SHORT_S),
    "head drips": Case(answer=Answer(manner=Manner.DRIP_HEAD), says=f"{SHORT_S:g} s", deadline_s=SHORT_S),
    "200 drips": Case(answer=Answer(manner=Manner.DRIP), ok=True, status=200, deadline_s=2 * SHORT_S),
    "500 drips": Case(answer=Answer(manner=Manner.DRIP, status=500), status=500, says="500", deadline_s=2 * SHORT_S),
    "200 floods": Case(answer=Answer(manner=Manner.FLOOD), ok=True, status=200),
    "503 floods": Case(answer=Answer(manner=Manner.FLOOD, status=503), status=503, says="503"),
    "huge head": Case(answer=Answer(manner=Manner.HUGE_HEAD), says="connection"),
    "reset": Case(answer=Answer(manner=Manner.RESET), says="connection"),
    "closed": Case(answer=Answer(manner=Manner.CLOSE), says="connection"),
    "reset in body": Case(answer=Answer(manner=Manner.RESET_IN_BODY), ok=True, status=200),
    "garbage": Case(answer=Answer(manner=Manner.GARBAGE), says="connection"),
    "nothing but a line": Case(answer=Answer(manner=Manner.RAW, body=b"HTTP/1.1 \r\n\r\n"), says="connection"),
    "status of no kind": Case(answer=Answer(manner=Manner.RAW, body=b"HTTP/1.1 20x OK\r\n\r\n"), says="connection"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_what_an_end_does_comes_to_what_it_should(http: HttpEnd, case: Case) -> None:
    http.sink.answers(case.answer)
    result = await http.channel(case.deadline_s).send(http.delivery(), NOW)
    assert (result.ok, result.permanent, result.disable_target) == (case.ok, case.gone, case.gone), result
    assert result.status == case.status
    assert case.says in (result.error or ""), result
    assert (result.error is None) is case.ok
    assert len(http.sink.requests) == 1, "neither a redirect nor a retry of its own"


@pytest.mark.parametrize("status", [200, 500])
async def test_of_an_endless_answer_next_to_nothing_is_read(http: HttpEnd, status: int) -> None:
    http.sink.answers(Answer(manner=Manner.FLOOD, status=status))
    result = await http.channel().send(http.delivery(), NOW)
    assert result.status == status and result.answer == "x" * KEPT_ANSWER_CHARS
    # What the system buffers on loopback is counted too, some megabytes; the flood is 64.
    assert http.sink.sent < 24 * 2**20


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("Mon, 17 Feb 2025 13:00:00 GMT", 3600),
        ("Mon, 17 Feb 2025 11:00:00 GMT", None),
        ("Thu, 31 Dec 9999 23:59:59 GMT", 86400),
        ("9" * 30, 86400),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
async def test_retry_after_is_read(http: HttpEnd, asked: str, seconds: int | None) -> None:
    http.sink.answers(Answer(status=429, headers={"retry-after": asked}))
    result = await http.channel().send(http.delivery(), NOW)
    assert result.status == 429 and not result.permanent
    assert result.retry_after_s == seconds


async def test_an_answer_is_kept_without_control_characters(http: HttpEnd) -> None:
    http.sink.answers(Answer(status=500, body=b"a\x1b[31m\x00b\xff\r\nc"))
    result = await http.channel().send(http.delivery(), NOW)
    assert result.answer is not None and result.answer.endswith("\nc")
    assert "\x1b" not in result.answer and "\x00" not in result.answer


@pytest.fixture(scope="module")
def certified() -> Iterator[HttpSink]:
    """Behind a certificate that nobody vouches for."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with HttpSink(tls=context) as sink:
        yield sink


async def _sent(kind: str, address: str, deadline_s: float = PATIENT_S) -> AttemptResult:
    """A delivery to an address without its scheme: `127.0.0.1:1234/x`."""
    async with opened(kind) as end:
        secure = address.startswith("tls:")
        rest = address.removeprefix("tls:")
        scheme = {"webhook": "http", "apprise": "json"}[kind] + ("s" if secure else "")
        channel = end.channel(deadline_s)
        if isinstance(channel, AppriseChannel):
            channel._schemes = frozenset({"json", "jsons"})
        return await channel.send(replace(end.delivery(), target=f"{scheme}://{rest}"), NOW)


@pytest.mark.parametrize("kind", ["webhook", "apprise"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(kind: str, certified: HttpSink) -> None:
    result = await _sent(kind, f"tls:127.0.0.1:{certified.port}/x")
    assert not result.ok and not result.permanent
    assert "certificate" in (result.error or "").lower()
    assert certified.requests == []


@pytest.mark.parametrize("kind", ["webhook", "apprise"])
async def test_a_name_without_an_address_is_told(kind: str) -> None:
    result = await _sent(kind, "no-such-host.invalid/x")
    assert not result.ok and not result.permanent
    assert "no-such-host.invalid" in (result.error or "") or "Name or service not known" in (result.error or "")


@pytest.mark.parametrize("kind", ["webhook", "apprise"])
async def test_nobody_listening_is_told(kind: str) -> None:
    result = await _sent(kind, f"127.0.0.1:{closed_port()}/x")
    assert not result.ok and not result.permanent
    assert (result.error or "").startswith("could not connect")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
async def test_a_refused_address_is_not_connected_to_however_it_is_spelt(host: str) -> None:
    with HttpSink() as sink:
        async with webhook_client(Guard(setting="VOLTEFACE_WEBHOOK_ALLOW")) as client:
            hook = await WebhookChannel(client).send(to_webhook(f"http://{host}:{sink.port}/x"), NOW)
        assert not hook.ok and not hook.permanent
        assert "VOLTEFACE_WEBHOOK_ALLOW" in (hook.error or ""), hook
        assert sink.connections == 0


async def test_apprise_connects_to_no_refused_address_however_it_is_spelt() -> None:
    nursery = AppriseNursery(NurseryConfig())
    try:
        with HttpSink() as sink:
            channel = AppriseChannel(nursery, schemes=frozenset({"json", "ntfy"}))
            for target in (
                f"json://127.0.0.1:{sink.port}/x",
                f"json://localhost:{sink.port}/x",
                f"ntfy://127.0.0.1:{sink.port}/topic",
            ):
                result = await channel.send(replace(to_chat(sink.port), target=target), NOW)
                assert not result.ok and not result.permanent, target
                assert "VOLTEFACE_APPRISE_ALLOW" in (result.error or ""), result
            assert sink.connections == 0
    finally:
        nursery.close()


async def test_apprise_goes_through_no_proxy(apprise_end: AppriseEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    with HttpSink() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        nursery = AppriseNursery(NurseryConfig(allow=["127.0.0.1"]))
        try:
            channel = AppriseChannel(nursery, schemes=frozenset({"json"}))
            assert (await channel.send(apprise_end.delivery(), NOW)).ok
        finally:
            nursery.close()
        assert proxy.connections == 0
    assert len(apprise_end.sink.requests) == 1


@pytest.mark.parametrize("manner", [Manner.HANG, Manner.RESET, Manner.GARBAGE, Manner.ANSWER])
async def test_no_error_log_or_repr_holds_a_secret(
    http: HttpEnd, manner: Manner, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    path = "/room-5f2a9c/token-8d31e0?key=K3y-1122"
    delivery = to_webhook(http.sink.url + path) if isinstance(http, WebhookEnd) else to_chat(http.sink.port, path)
    echoed = b"no" if isinstance(http, WebhookEnd) else b"room-5f2a9c token-8d31e0 K3y-1122"
    http.sink.answers(Answer(status=500, manner=manner, body=echoed))
    result = await http.channel(SHORT_S if manner is Manner.HANG else PATIENT_S).send(delivery, NOW)
    assert not result.ok
    out, err = capfd.readouterr()
    # The service keeps these quiet below WARNING (monitor/cli/logs.py).
    noisy = ("asyncio", "httpx", "httpcore")
    shown = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING or not r.name.startswith(noisy)]
    said = "\n".join([repr(result), out, err, *shown])
    own = (SECRET.removeprefix("whsec_"),) if isinstance(http, WebhookEnd) else ()
    for secret in (*own, "5f2a9c", "8d31e0", "1122"):
        assert secret not in said, said

"""What the sink accepts, what it writes down, and what it shows."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette

from monitor.demo.items import LABEL
from monitor.demo.sinks import WebhookSink
from monitor.demo.webhook_sink import BODY_LIMIT
from tests.unit.demo.moments import asking

SECRET = "whsec_" + base64.b64encode(b"s" * 24).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 24).decode()
BODY = json.dumps({"type": "change", "data": {"quote": "<script>alert(1)</script> „ja“"}})


def signed(body: str, *, id_: str = "msg_1", secret: str = SECRET, moment: datetime | None = None) -> dict[str, str]:
    moment = moment or datetime.now(UTC)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(id_, moment, body),
    }


@pytest.fixture
def sink(tmp_path: Path) -> WebhookSink:
    return WebhookSink(tmp_path / "new" / "calls.jsonl", [SECRET])


def client(sink: WebhookSink) -> httpx.AsyncClient:
    return asking(Starlette(routes=sink.routes()))


async def test_a_signed_call_is_accepted_and_in_the_journal(sink: WebhookSink, tmp_path: Path) -> None:
    async with client(sink) as http:
        answer = await http.post("/webhook", content=BODY, headers=signed(BODY))
    assert answer.status_code == 204
    (line,) = (tmp_path / "new" / "calls.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["body"] == BODY
    assert json.loads(line)["problem"] is None
    assert SECRET not in line


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        # Made in the test, not when it is collected: the standard library refuses timestamps that are minutes old.
        (dict, "Missing required headers"),
        (lambda: signed(BODY, secret=OTHER), "No matching signature"),
        (lambda: signed(BODY + " "), "No matching signature"),
        (lambda: signed(BODY) | {"webhook-signature": "garbage"}, "cannot be read"),
        (lambda: signed(BODY) | {"webhook-timestamp": "noon"}, "Invalid Signature Headers"),
        (lambda: signed(BODY, moment=datetime.now(UTC) - timedelta(hours=1)), "too old"),
    ],
)
async def test_anything_else_is_refused_and_shown_as_refused(
    sink: WebhookSink, headers: Callable[[], dict[str, str]], words: str
) -> None:
    async with client(sink) as http:
        answer = await http.post("/webhook", content=BODY, headers=headers())
        page = await http.get("/webhook")
    assert answer.status_code == 401
    assert words in answer.text
    assert words in page.text
    assert sink.received[0].problem


def test_a_body_that_is_no_text_is_refused(sink: WebhookSink) -> None:
    assert sink.record(b"\xff\xfe", signed("x")).problem


def test_without_a_secret_nothing_is_verified(tmp_path: Path) -> None:
    sink = WebhookSink(tmp_path / "calls.jsonl")
    assert sink.record(BODY.encode(), signed(BODY)).problem
    sink.trust(OTHER)
    sink.trust(SECRET)
    assert sink.record(BODY.encode(), signed(BODY)).problem is None


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_with_a_quickened_clock_only_the_age_is_not_looked_at(tmp_path: Path, secret: str) -> None:
    sink = WebhookSink(tmp_path / "calls.jsonl", [SECRET], check_age=False)
    headers = signed(BODY, secret=secret, moment=datetime(2025, 3, 4, tzinfo=UTC))
    assert (sink.record(BODY.encode(), headers).problem is None) is (secret == SECRET)
    assert sink.record(BODY.encode(), {}).problem == "Not accepted: the header 'webhook-timestamp' is missing."


def test_a_repeat_is_counted_and_must_have_the_same_body(sink: WebhookSink) -> None:
    calls = [sink.record(BODY.encode(), signed(BODY)) for _ in range(3)]
    assert [call.repeats for call in calls] == [0, 1, 2]
    assert not [call for call in calls if call.problem]
    other = sink.record(b"{}", signed("{}"))
    assert other.problem == "The id was used before with another body."


def test_the_journal_outlives_the_process_and_a_torn_line(tmp_path: Path) -> None:
    journal = tmp_path / "calls.jsonl"
    WebhookSink(journal, [SECRET]).record(BODY.encode(), signed(BODY))
    with journal.open("a", encoding="utf-8") as lines:
        lines.write('{"at": "2025')
    again = WebhookSink(journal, [SECRET])
    assert [call.id for call in again.received] == ["msg_1"]
    assert again.record(BODY.encode(), signed(BODY)).repeats == 1
    assert len(WebhookSink(journal).received) == 2


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    journal = tmp_path / "calls.jsonl"
    journal.write_text('{"a": 1}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"calls\.jsonl: not a journal"):
        WebhookSink(journal)


async def test_too_much_is_refused_and_not_kept(sink: WebhookSink) -> None:
    async with client(sink) as http:
        answer = await http.post("/webhook", content=b"x" * (BODY_LIMIT + 1), headers=signed(BODY))
    assert answer.status_code == 413
    assert sink.received == ()


async def test_what_came_is_shown_escaped_and_labelled(sink: WebhookSink) -> None:
    sink.record(BODY.encode(), signed(BODY, id_="<b>1</b>"))
    async with client(sink) as http:
        page, listed = await http.get("/webhook"), await http.get("/webhook.json")
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<b>1</b>" not in page.text
    assert "signature verified" in page.text
    assert LABEL in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert listed.json()["label"] == LABEL
    assert listed.json()["calls"][0]["body"] == BODY

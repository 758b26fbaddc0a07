"""Mails that arrive over SMTP, are on disk, and are shown without running anything of theirs."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest
from starlette.applications import Starlette

from monitor.demo.items import LABEL
from monitor.demo.mail_sink import SIZE_LIMIT
from monitor.demo.sinks import Mailbox, WebhookSink, serve_smtp, sink_routes
from tests.unit.demo.moments import asking


@pytest.fixture
def box(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "deep" / "mails")


def client(box: Mailbox) -> httpx.AsyncClient:
    return asking(Starlette(routes=box.routes()))


def alert(subject: str = "Trump turns <i>round</i> – Kehrtwende") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "volteface@one.example", "reader@two.example"
    message["Message-ID"] = "<alert-1@one.example>"
    message.set_content("Before: <no>\nAfter: „ja“\n")
    message.add_alternative('<p style="color:red">After</p><script>alert(1)</script>', subtype="html")
    return message


async def send(box: Mailbox, *messages: EmailMessage) -> None:
    async with serve_smtp(box) as port:
        for message in messages:
            await aiosmtplib.send(message, hostname="127.0.0.1", port=port, start_tls=False)


async def test_a_mail_is_on_disk_when_it_is_acknowledged(box: Mailbox, tmp_path: Path) -> None:
    await send(box, alert())
    (file,) = (tmp_path / "deep" / "mails" / "new").iterdir()
    assert b"alert-1@one.example" in file.read_bytes()
    (mail,) = box.mails()
    assert mail.subject == "Trump turns <i>round</i> – Kehrtwende"
    assert (mail.sender, mail.recipients) == ("volteface@one.example", "reader@two.example")
    assert mail.message_id == "<alert-1@one.example>"
    assert mail.text == "Before: <no>\nAfter: „ja“\n"
    assert mail.html
    assert "<script>" in mail.html


async def test_mails_keep_their_order_and_outlive_the_process(box: Mailbox, tmp_path: Path) -> None:
    await send(box, *(alert(f"No. {n}") for n in range(12)))
    assert [mail.subject for mail in Mailbox(tmp_path / "deep" / "mails").mails()] == [f"No. {n}" for n in range(12)]


async def test_the_server_is_gone_when_its_context_ends(box: Mailbox) -> None:
    async with serve_smtp(box) as port:
        held = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await held.connect()
    held.close()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await aiosmtplib.send(alert(), hostname="127.0.0.1", port=port, start_tls=False)


async def test_a_mail_that_is_too_long_is_refused(box: Mailbox) -> None:
    message = alert()
    message.add_attachment(b"x" * SIZE_LIMIT, maintype="application", subtype="octet-stream")
    with pytest.raises(aiosmtplib.SMTPException):
        await send(box, message)
    assert box.mails() == ()


async def test_pages_are_escaped_labelled_and_frame_the_html_in_a_sandbox(box: Mailbox) -> None:
    id_ = box.add(alert().as_bytes())
    async with client(box) as http:
        listed, shown = await http.get("/mailbox"), await http.get(f"/mailbox/{id_}")
        framed = await http.get(f"/mailbox/{id_}/html")
    for page in (listed, shown):
        assert page.status_code == 200
        assert LABEL in page.text
        assert "<script" not in page.text
        assert "<i>round" not in page.text
        assert "&lt;i&gt;round&lt;/i&gt;" in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-src 'self'" in policy
        assert "unsafe" not in policy
    assert "Before: &lt;no&gt;" in shown.text
    assert 'sandbox=""' in shown.text
    policy = framed.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert "allow" not in policy
    assert framed.headers["content-type"] == "text/html; charset=utf-8"


async def test_the_source_is_a_file_to_keep(box: Mailbox) -> None:
    id_ = box.add(b"Subject: hello\r\n\r\n<script>alert(1)</script>\r\n")
    async with client(box) as http:
        answer = await http.get(f"/mailbox/{id_}/source")
        no_html = await http.get(f"/mailbox/{id_}/html")
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert b"Subject: hello" in answer.content
    assert no_html.status_code == 404


@pytest.mark.parametrize("id_", ["nobody", "..%2f..%2fetc%2fpasswd", "%2e%2e"])
async def test_no_such_mail(box: Mailbox, id_: str) -> None:
    async with client(box) as http:
        for path in (f"/mailbox/{id_}/html", f"/mailbox/{id_}/source"):
            assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\xff\xfe\x00 no mail at all",
        b"Subject: =?utf-8?q?=ff?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\nwords \xff\r\n",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary\r\n",
        b"Subject: a\r\n b\r\nTo: @@@\r\nDate: yesterday\r\nContent-Type: text/html\r\n\r\n<p>x\r\n",
    ],
)
async def test_a_broken_mail_is_shown_all_the_same(box: Mailbox, source: bytes) -> None:
    id_ = box.add(source)
    async with client(box) as http:
        assert (await http.get("/mailbox")).status_code == 200
        assert (await http.get(f"/mailbox/{id_}")).status_code == 200


async def test_both_sinks_stand_side_by_side(box: Mailbox, tmp_path: Path) -> None:
    app = Starlette(routes=sink_routes(WebhookSink(tmp_path / "calls.jsonl"), box))
    async with asking(app) as http:
        for path in ("/webhook", "/mailbox"):
            page = await http.get(path)
            assert "Nothing has come yet." in page.text
            assert LABEL in page.text

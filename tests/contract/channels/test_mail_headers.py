"""The headers by which mailboxes thread alerts and let readers unsubscribe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.model.alert import PersonalLinks
from tests.contract.channels.deliveries import DELIVERY
from tests.contract.channels.ends import EmailEnd
from tests.sinks import Mail

NOW = datetime(2025, 2, 17, 12, tzinfo=UTC)
UNSUBSCRIBE = "https://volteface.example/unsubscribe/" + "t" * 22
SETTINGS = "https://volteface.example/settings/" + "t" * 22


def _headers(mail: Mail) -> dict[str, str]:
    """As they are on the wire, not as Python would mend them."""
    head = mail.content.split(b"\r\n\r\n", 1)[0].decode("ascii")
    lines = head.replace("\r\n ", " ").split("\r\n")
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


async def _sent(end: EmailEnd, **changes: object) -> Mail:
    result = await end.channel().send(replace(end.delivery(), **changes), NOW)  # type: ignore[arg-type]
    assert result.ok, result
    return end.sink.mails[-1]


async def test_unsubscribing_takes_one_click(email_end: EmailEnd) -> None:
    mail = await _sent(email_end, personal=PersonalLinks(settings=SETTINGS, unsubscribe=UNSUBSCRIBE))
    headers = _headers(mail)
    assert headers["list-unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        part = mail.message.get_body(preferencelist=(kind,))
        assert part is not None
        assert UNSUBSCRIBE in part.get_content() and SETTINGS in part.get_content()


async def test_a_long_address_to_unsubscribe_stays_what_it_is(email_end: EmailEnd) -> None:
    address = "https://alerts.a-rather-long-name-of-an-organisation.example/a/path/below/" + "t" * 300
    headers = _headers(await _sent(email_end, personal=PersonalLinks(unsubscribe=address)))
    assert headers["list-unsubscribe"] == f"<{address}>"


@pytest.mark.parametrize(
    "address",
    [None, "http://127.0.0.1:8400/unsubscribe/t", "https://x.example/\r\nBcc: eve@example.org", "mailto:a@b"],
)
async def test_without_an_https_address_one_click_is_not_offered(email_end: EmailEnd, address: str | None) -> None:
    headers = _headers(await _sent(email_end, personal=PersonalLinks(unsubscribe=address)))
    assert "list-unsubscribe" not in headers and "list-unsubscribe-post" not in headers and "bcc" not in headers


async def test_what_is_told_of_one_actor_on_one_issue_is_one_thread(email_end: EmailEnd) -> None:
    first = _headers(await _sent(email_end, alert_id="alert_1", thread="starmer/european-troops"))
    again = _headers(await _sent(email_end, alert_id="alert_1", thread="starmer/european-troops", attempt=2))
    second = _headers(await _sent(email_end, alert_id="alert_2", thread="starmer/european-troops"))
    other = _headers(await _sent(email_end, alert_id="alert_3", thread="macron/european-troops"))
    assert first["references"] == second["references"] == first["in-reply-to"]
    assert first["references"] != other["references"]
    assert first["message-id"] == again["message-id"]
    assert len({one["message-id"] for one in (first, second, other)}) == 3
    assert "starmer" not in first["references"], "a subscriber's interest is nothing for a header that relays log"


async def test_a_digest_begins_no_thread(email_end: EmailEnd) -> None:
    headers = _headers(await _sent(email_end, thread=None))
    assert "references" not in headers and "in-reply-to" not in headers


async def test_what_a_machine_sent_says_so(email_end: EmailEnd) -> None:
    headers = _headers(await _sent(email_end))
    assert headers["auto-submitted"] == "auto-generated"
    assert headers["x-auto-response-suppress"] == "All"
    assert headers["list-id"] == "Volteface <volteface.volteface.example>"
    assert headers["date"] == "Mon, 17 Feb 2025 09:30:00 +0000"
    assert "precedence" not in headers


async def test_the_mark_for_personal_links_is_gone_where_there_are_none(email_end: EmailEnd) -> None:
    html = DELIVERY.html.replace("</body>", "<!--personal--></body>")
    part = (await _sent(email_end, html=html)).message.get_body(preferencelist=("html",))
    assert part is not None and "<!--" not in part.get_content()

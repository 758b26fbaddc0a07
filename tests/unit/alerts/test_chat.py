"""What a chat is told of an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.alerts.channels.chat import LONGEST_BODY, chat_message
from monitor.alerts.compose import compose
from monitor.alerts.letter import Links
from monitor.model.alert import AlertContent, AlertKind, ChannelName, ClaimedDelivery, MatchContent
from tests.unit.alerts.contents import CHANGE, MATCH

MADE = datetime(2025, 2, 17, 9, 30, tzinfo=UTC)
PAGE = "https://volteface.example/changes/7"


def delivery_of(content: AlertContent | MatchContent) -> ClaimedDelivery:
    composed = compose(content, made_at=MADE, links=Links(change=PAGE))
    return ClaimedDelivery(
        id=1,
        alert_id="alert_2sFh7Kq0x",
        channel=ChannelName.APPRISE,
        target="discord://a/b",
        secret=None,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        payload=composed.payload,
        attempt=1,
        created_at=MADE,
        lease_token="t",
    )


def test_a_change_is_its_two_quotes_with_sources_and_the_link() -> None:
    title, body = chat_message(delivery_of(CHANGE))
    assert title == compose(CHANGE, made_at=MADE).subject
    assert CHANGE.before is not None
    assert CHANGE.before.publisher in body and CHANGE.after.publisher in body
    lines = body.splitlines()
    assert lines[0].startswith("Before: ") and any(line.startswith("After: ") for line in lines)
    assert PAGE in lines and CHANGE.after.url in lines
    assert lines[-1] == "alert_2sFh7Kq0x"
    assert len(body) < 1_500


def test_a_correction_and_a_change_that_is_not_confirmed_say_so_first() -> None:
    _, corrected = chat_message(delivery_of(replace(CHANGE, kind=AlertKind.CORRECTION)))
    assert "no longer holds" in corrected.splitlines()[0]
    _, pending = chat_message(delivery_of(replace(CHANGE, status="pending")))
    assert "Not confirmed yet" in pending.splitlines()[0]


def test_without_a_position_before_it_says_that() -> None:
    _, body = chat_message(delivery_of(replace(CHANGE, before=None, stance_before=None, change_kind="first")))
    assert "No earlier position" in body


def test_what_a_query_found_is_its_words_and_its_link() -> None:
    _, body = chat_message(delivery_of(MATCH))
    assert MATCH.url is not None and MATCH.url in body and MATCH.publisher in body


def test_long_quotes_are_cut() -> None:
    long = replace(CHANGE, after=replace(CHANGE.after, text="word " * 2_000))
    _, body = chat_message(delivery_of(long))
    assert len(body) < 1_500 and "…" in body


@pytest.mark.parametrize("payload", ["", "null", "[]", '{"data":7}', '{"type":"change.confirmed","data":{}}', "{"])
def test_anything_else_is_the_text_of_the_mail(payload: str) -> None:
    other = replace(delivery_of(CHANGE), payload=payload, text="Seven alerts.\n\n\n\nOne\x00 two\n-- \nSent by us")
    _, body = chat_message(other)
    assert body == "Seven alerts.\n\nOne two\nSent by us\n\nalert_2sFh7Kq0x"


def test_a_long_digest_is_bounded() -> None:
    _, body = chat_message(replace(delivery_of(CHANGE), payload="{}", text="line\n" * 10_000))
    assert len(body) <= LONGEST_BODY + 100


@pytest.mark.parametrize("bell", ["@everyone", "@here", "<!channel>", "<@U123>", "<#C1>", "<@&99>"])
def test_a_quote_rings_nobody_s_bell(bell: str) -> None:
    loud = replace(CHANGE, after=replace(CHANGE.after, text=f"{bell} look", publisher=bell))
    title, body = chat_message(replace(delivery_of(loud), subject=f"{bell} moved"))
    assert bell not in title and bell not in body
    assert bell in (title + body).replace("\u2060", "")
    _, digest = chat_message(replace(delivery_of(CHANGE), payload="{}", text=f"{bell} moved"))
    assert bell not in digest


def test_a_link_stays_what_it_is() -> None:
    at = "https://social.example/@starmer/1"
    _, body = chat_message(delivery_of(replace(CHANGE, after=replace(CHANGE.after, url=at))))
    assert at in body.splitlines()


def test_nothing_is_empty() -> None:
    title, body = chat_message(replace(delivery_of(CHANGE), subject="\x00", payload="", text=""))
    assert title.strip() and body.strip()

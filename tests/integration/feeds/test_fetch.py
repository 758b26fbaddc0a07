"""Fetching: what is asked, what is brought, and what an answer that is no document means."""

from __future__ import annotations

import pytest

from monitor.model.feed import FetchOutcome
from tests.integration.feeds.fetching import fetch
from tests.integration.feeds.wire import Wire


async def test_brings_a_document_with_what_is_to_be_remembered(wire: Wire) -> None:
    url = wire.give(
        "/feed",
        body=b"<rss/>",
        content_type="text/xml; charset=utf-8",
        etag='W/"1"',
        last_modified="Tue, 18 Feb 2025 10:00:00 GMT",
        cache_control="max-age=600",
    )
    result = await fetch(url, version="1.2", public_url="https://volteface.example")
    assert (result.outcome, result.status, result.body, result.error) == (FetchOutcome.OK, 200, b"<rss/>", None)
    assert (result.etag, result.last_modified) == ('W/"1"', "Tue, 18 Feb 2025 10:00:00 GMT")
    assert (result.content_type, result.max_age_s) == ("text/xml; charset=utf-8", 600)
    assert (result.final_url, result.permanent_url) == (url, None)
    sent = wire.seen[0].headers
    assert sent["user-agent"] == "Volteface/1.2 (+https://volteface.example)"
    assert sent["accept-encoding"] == "gzip, deflate"
    assert "cookie" not in sent
    assert "if-none-match" not in sent


async def test_asks_with_the_validators_and_understands_304(wire: Wire) -> None:
    url = wire.give("/feed", 304)
    result = await fetch(url, etag='"1"', last_modified="Tue, 18 Feb 2025 10:00:00 GMT")
    assert (result.outcome, result.error) == (FetchOutcome.NOT_MODIFIED, None)
    assert wire.seen[0].headers["if-none-match"] == '"1"'
    assert wire.seen[0].headers["if-modified-since"] == "Tue, 18 Feb 2025 10:00:00 GMT"


async def test_a_304_that_nobody_asked_for_is_an_error(wire: Wire) -> None:
    result = await fetch(wire.give("/feed", 304))
    assert result.outcome is FetchOutcome.FAILED
    assert "although it was asked for the whole document" in (result.error or "")
    result = await fetch(wire.give("/feed", 304), etag='"1"', full=True)
    assert result.outcome is FetchOutcome.FAILED
    assert "if-none-match" not in wire.seen[-1].headers


@pytest.mark.parametrize(
    ("status", "outcome", "says"),
    [
        (410, FetchOutcome.GONE, "gone for good"),
        (404, FetchOutcome.FAILED, "nothing at this address"),
        (401, FetchOutcome.FAILED, "asks for a user name"),
        (403, FetchOutcome.FAILED, "refuses to show"),
        (500, FetchOutcome.FAILED, "internal error"),
        (520, FetchOutcome.FAILED, "has trouble (520)"),
        (418, FetchOutcome.FAILED, "refuses the request (418)"),
        (204, FetchOutcome.FAILED, "no document"),
        (206, FetchOutcome.FAILED, "only a part"),
        (300, FetchOutcome.FAILED, "unexpected answer (300)"),
    ],
)
async def test_other_answers_in_plain_words(wire: Wire, status: int, outcome: FetchOutcome, says: str) -> None:
    result = await fetch(wire.give("/feed", status))
    assert (result.outcome, result.status) == (outcome, status)
    assert says in (result.error or "")


async def test_gone_behind_a_temporary_redirect_is_not_for_good(wire: Wire) -> None:
    wire.give("/gone", 410)
    assert (await fetch(wire.give("/feed", 302, location="/gone"))).outcome is FetchOutcome.FAILED
    assert (await fetch(wire.give("/feed", 301, location="/gone"))).outcome is FetchOutcome.GONE


async def test_wrong_credentials(wire: Wire) -> None:
    wire.give("/feed", 401)
    result = await fetch(f"http://anna:s3cret@127.0.0.1:{wire.port}/feed")
    assert "user name or password in the feed's address is wrong" in (result.error or "")
    assert "s3cret" not in (result.error or "")

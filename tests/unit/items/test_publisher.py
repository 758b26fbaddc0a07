"""Who stands behind an item."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.items.agencies import credited_agency
from monitor.items.publisher import publisher, registered_domain
from monitor.model.feed import Feed, ParsedEntry

NOW = datetime(2025, 2, 18, tzinfo=UTC)
FEED = Feed(
    id=1, url="https://feeds.example.co.uk/x", site_url="https://www.example.co.uk/", next_poll_at=NOW, added_at=NOW
)


@pytest.mark.parametrize(
    ("author", "text", "agency"),
    [
        ("Reuters", "", "reuters.com"),
        ("Reuters Staff", "", "reuters.com"),
        ("By Reuters", "", "reuters.com"),
        ("Agence France-Presse", "", "afp.com"),
        ("The Associated Press", "", "apnews.com"),
        ("Jane Doe, Reuters", "", "reuters.com"),
        ("Jane Doe (AP)", "", "apnews.com"),
        (None, "BERLIN, Feb 18 (Reuters) - Germany said on Tuesday", "reuters.com"),
        (None, "PARIS (AFP) — France said", "afp.com"),
        (None, "Berlin (dpa) - Der Kanzler sagte", "dpa.com"),
        (None, "(ANSA) - ROMA, 18 FEB - La premier", "ansa.it"),
        (None, "Canberra, Mar 4 (IANS) Australian Prime Minister", "ians.in"),
        (None, "Die Regierung lehnt das ab. Quelle: dpa", "dpa.com"),
        (None, "The minister declined.\n(Reuters)", "reuters.com"),
        (None, "Le ministre a refusé. © AFP", "afp.com"),
        # no credits
        (None, "Tusk told Reuters that Poland would not send troops.", None),
        (None, "The source confirmed the report to AFP. It added (according to AFP) that", None),
        (None, "Agencies reported it. (Reuters, AFP)", None),
        (None, "According to a report (Reuters) that was published later in the day", None),
        ("Jane Doe", "She used to work for Reuters.", None),
        ("Guardian staff and agencies", "", None),
        ("Paap Reuterswärd", "", None),
        (None, "", None),
    ],
)
def test_credited_agency(author: str | None, text: str, agency: str | None) -> None:
    assert credited_agency(author, text) == agency


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://feeds.bbc.co.uk/x", "bbc.co.uk"),
        ("https://www.nytimes.com/2025/x", "nytimes.com"),
        ("https://one.blogspot.com/x", "one.blogspot.com"),
        ("http://127.0.0.1:8000/x", "127.0.0.1"),
        ("http://localhost/x", "localhost"),
        ("http://[::1]/x", "::1"),
        ("", None),
        ("http://[broken", None),
        (None, None),
    ],
)
def test_registered_domain(url: str | None, domain: str | None) -> None:
    assert registered_domain(url) == domain


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"link": "https://news.other.com/1"}, "other.com"),
        ({"link": None}, "example.co.uk"),
        ({"link": "https://news.google.com/articles/1", "source_url": "https://www.lemonde.fr"}, "lemonde.fr"),
        ({"link": "https://news.google.com/articles/1"}, "example.co.uk"),
        ({"link": "https://news.other.com/1", "author": "AFP"}, "afp.com"),
    ],
)
def test_publisher(fields: dict[str, Any], expected: str) -> None:
    entry = ParsedEntry(**{"id": "1", "title": "t", "text": "x", **fields})
    assert publisher(entry, FEED) == expected


def test_whom_operators_name_stands_behind_what_no_agency_does() -> None:
    named = replace(FEED, publisher="the-ministry.example")
    entry = ParsedEntry(id="1", title="t", text="x", link="https://news.other.com/1")
    assert publisher(entry, named) == "the-ministry.example"
    assert publisher(replace(entry, author="AFP"), named) == "afp.com"

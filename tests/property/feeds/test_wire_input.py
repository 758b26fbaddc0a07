"""Whatever comes in over the wire: nothing unforeseen is raised, and what gets through can be stored and shown."""

from __future__ import annotations

import gzip
import json
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.feeds.address import BadAddress, feed_address
from monitor.feeds.cadence import LONGEST_WAIT_S, CadenceConfig, after_poll
from monitor.feeds.charset import decode
from monitor.feeds.dates import parse_date
from monitor.feeds.decoding import BodyDecoder, UndecodableBody
from monitor.feeds.http_facts import max_age_s
from monitor.feeds.opml import BadOpml, OutlineFeed, read_opml, write_opml
from monitor.feeds.parse import NotAFeed, parse_document
from monitor.feeds.text import html_to_line, html_to_text, mended
from monitor.items.admit import admit
from monitor.items.identity import identities_to_ask
from monitor.model.feed import Feed, FetchOutcome, FetchResult, ParsedEntry, ParsedFeed
from monitor.net.guard import AddressRefused, Guard
from monitor.net.mask import mask
from monitor.net.retry_after import LONGEST_S as LONGEST_RETRY_S
from monitor.net.retry_after import retry_after_s

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
FEED = Feed(id=1, url="https://example.org/feed", next_poll_at=NOW, added_at=NOW)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
MARKUP = st.lists(
    st.sampled_from(
        ["<rss version='2.0'>", "<channel>", "<item>", "</item>", "</channel>", "</rss>", "<title>", "</title>",
         "<guid>", "</guid>", "<link>", "</link>", "<feed xmlns='http://www.w3.org/2005/Atom'>",
         "<entry>", "</entry>", "</feed>",
         "<id>", "</id>", "<![CDATA[", "]]>", "&amp;", "&#0;", "&nbsp;", "<content type='xhtml'><div>",
         "</div></content>", "<!DOCTYPE rss [<!ENTITY a 'b'>]>", "&a;", "<?xml version='1.0' encoding='utf-16'?>",
         "<description>", "text",
         "</description>", "<pubDate>", "Tue, 18 Feb 2025", "</pubDate>", "<source url='x'>", "<!--", "-->", "<html>",
         "http://x/", "\x00", "<svg>", "<script>", "</script>", "<rdf:RDF>", "<media:x", ">", "<", "\"",
         "<link href='a'/>"]
    ) | ANY_TEXT,
    max_size=60,
).map("".join)  # fmt: skip
timeless = settings(deadline=None)  # the first example pays for what is loaded late, on a machine that others use too
slow = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def fit(feed: ParsedFeed) -> None:
    """Fit to be stored in any database and shown on any page."""
    for entry in feed.entries:
        for text in (entry.id, entry.title, entry.text, entry.author or "", entry.link or ""):
            text.encode("utf-8")
            assert "\x00" not in text
        assert entry.id
        assert "\n" not in entry.title
        assert entry.link is None or urlsplit(entry.link).scheme in ("http", "https")
        for moment in (entry.published, entry.updated):
            assert moment is None or moment.tzinfo is UTC
    for problem in feed.problems:
        problem.encode("utf-8", "backslashreplace")


@slow
@given(MARKUP.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=300), st.none() | ANY_TEXT)
def test_any_document_is_a_fit_feed_or_no_feed(body: bytes, content_type: str | None) -> None:
    with suppress(NotAFeed):
        fit(parse_document(body, content_type, "https://example.org/feed"))


@slow
@given(MARKUP)
def test_any_markup_inside_an_entry_is_made_fit(markup: str) -> None:
    item = f"<item><title>{markup}</title><description>{markup}</description></item>"
    body = f"<rss version='2.0'><channel>{item}</channel></rss>"
    with suppress(NotAFeed):
        fit(parse_document(body.encode("utf-8", "surrogatepass")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=10,
)
KEYS = (
    "id",
    "url",
    "title",
    "content_html",
    "content_text",
    "summary",
    "date_published",
    "authors",
    "author",
    "language",
)


@slow
@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON)) | JSON, max_size=5))
def test_any_json_feed_is_made_fit(items: list[Any]) -> None:
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items}
    fit(parse_document(json.dumps(document).encode()))


@slow
@given(st.integers(0, 400), st.integers(1, 5))
def test_cutting_a_document_anywhere_gives_whole_entries_only(cut: int, count: int) -> None:
    items = "".join(
        f"<item><guid>g{n}</guid><title>Title {n}</title><description>Text {n}</description></item>"
        for n in range(count)
    )
    whole = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    with suppress(NotAFeed):
        feed = parse_document(whole[: max(0, len(whole) - cut)].encode())
        for number, entry in enumerate(feed.entries):
            assert (entry.id, entry.title, entry.text) == (f"g{number}", f"Title {number}", f"Text {number}")


@timeless
@given(ANY_TEXT)
def test_dates_never_raise_and_are_utc(text: str) -> None:
    found = parse_date(text)
    assert found is None or (found.tzinfo is UTC and found.year >= 1970)


@timeless
@given(st.datetimes(datetime(1990, 1, 1), datetime(2089, 12, 31)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_dates_that_are_written_by_the_book_are_read_back(moment: datetime, minutes: int) -> None:
    from datetime import timezone
    from email.utils import format_datetime

    zoned = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(format_datetime(zoned)) == zoned
    assert parse_date(zoned.isoformat()) == zoned


@timeless
@given(st.binary(max_size=300), st.none() | ANY_TEXT)
def test_any_bytes_are_text_without_surrogates(body: bytes, content_type: str | None) -> None:
    decode(body, content_type)[0].encode("utf-8")


@timeless
@given(ANY_TEXT)
def test_text_is_clean_whatever_it_was(text: str) -> None:
    for cleaned in (html_to_text(text), html_to_line(text), mended(html_to_line(text))):
        cleaned.encode("utf-8")
        assert "\x00" not in cleaned
    assert "\n" not in html_to_line(text)


@timeless
@given(st.sampled_from(["gzip", "deflate", "deflate, gzip"]), st.binary(max_size=2000), st.integers(1, 500))
def test_what_was_packed_is_unpacked_in_any_pieces(coding: str, data: bytes, step: int) -> None:
    packed = {"gzip": gzip.compress, "deflate": zlib.compress}.get(coding, lambda d: gzip.compress(zlib.compress(d)))(
        data
    )
    decoder = BodyDecoder(coding)
    out = b"".join(p for at in range(0, len(packed), step) for p in decoder.feed(packed[at : at + step]))
    decoder.finish()
    assert out == data


@timeless
@given(st.sampled_from(["gzip", "deflate"]), st.binary(min_size=1, max_size=500))
def test_rubbish_for_gzip_is_an_error_in_words(coding: str, data: bytes) -> None:
    decoder = BodyDecoder(coding)
    with suppress(UndecodableBody):
        list(decoder.feed(data))
        decoder.finish()


@timeless
@given(ANY_TEXT)
def test_addresses_are_normal_or_refused(typed: str) -> None:
    with suppress(BadAddress):
        address = feed_address(typed)
        assert feed_address(address) == address
        with suppress(AddressRefused):
            Guard().check_url(address)
    with suppress(AddressRefused):
        Guard().check_url(typed)


@timeless
@given(st.text(st.characters(categories=("L", "N")), min_size=4, max_size=20))
def test_a_password_never_shows(secret: str) -> None:
    assert secret not in mask(f"https://u:{secret}@example.org/?token={secret}").replace("example.org", "").replace(
        "token", ""
    ).replace("https", "")


TITLES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)


@timeless
@given(st.lists(st.tuples(TITLES, st.lists(TITLES.map(lambda t: t.replace("/", "∕")), max_size=3)), max_size=8))
def test_opml_comes_back_as_it_went(rows: list[tuple[str, list[str]]]) -> None:
    feeds = [
        OutlineFeed(url=f"https://example.org/{n}", title=title, folder="/".join(folders))
        for n, (title, folders) in enumerate(rows)
    ]
    back = read_opml(write_opml(feeds))
    assert sorted(back, key=lambda f: f.url) == sorted(feeds, key=lambda f: f.url)


@timeless
@given(
    st.binary(max_size=200) | MARKUP.map(lambda t: f"<opml><body>{t}</body></opml>".encode("utf-8", "surrogatepass"))
)
def test_any_opml_is_read_or_refused(data: bytes) -> None:
    with suppress(BadOpml):
        read_opml(data, [])


@timeless
@given(ANY_TEXT)
def test_headers_are_facts_or_nothing(text: str) -> None:
    wait = retry_after_s(text, NOW)
    assert wait is None or 0 < wait <= LONGEST_RETRY_S
    age = max_age_s({"cache-control": text, "age": text})
    assert age is None or age >= 0


OUTCOMES = st.sampled_from(list(FetchOutcome))


@timeless
@given(
    st.lists(st.tuples(OUTCOMES, st.integers(0, 3), st.integers(0, 10**6), st.floats(0, 1), st.booleans()), max_size=40)
)
def test_a_feed_is_always_due_again_within_a_day_and_its_bounds(polls: list[tuple[Any, ...]]) -> None:
    config, feed, now = CadenceConfig(), FEED, NOW
    for outcome, new, asked, jitter, whole in polls:
        result = FetchResult(
            url=feed.url, outcome=outcome, body=b"x", max_age_s=asked, retry_after_s=asked % 86_400 or None
        )
        parsed = ParsedFeed(title="T", ttl_s=asked or None, complete=whole) if outcome is FetchOutcome.OK else None
        feed = after_poll(feed, result, parsed, new, None, now, config, jitter)
        wait = (feed.next_poll_at - now).total_seconds()
        assert config.shortest_s <= wait <= LONGEST_WAIT_S * (1 + config.spread)
        assert feed.baseline_done or feed.last_success_at is None
        assert (feed.failures == 0) == (feed.last_error is None) == (feed.errors_since is None)
        assert feed.last_poll_at == now
        now = feed.next_poll_at


ENTRIES = st.lists(
    st.builds(
        ParsedEntry,
        id=st.sampled_from("abcd"),
        title=st.sampled_from(["", "T", "U"]),
        link=st.sampled_from([None, "https://example.org/1", "https://example.org/2"]),
        text=st.sampled_from(["x", "y"]),
        published=st.none() | st.sampled_from([NOW, NOW - timedelta(days=1), NOW + timedelta(days=400)]),
    ),
    max_size=8,
)


@timeless
@given(ENTRIES)
def test_admitting_the_same_document_twice_brings_nothing(entries: list[ParsedEntry]) -> None:
    from monitor.model.item import KnownItem

    first = admit(entries, {}, FEED, NOW)
    assert len(first.new) + first.seen == len(entries)
    assert all(item.published_at <= NOW for item in first.new)
    known = {
        key: KnownItem(number, 1, item.content_hash)
        for number, item in enumerate(first.new)
        for key in (item.identity, item.link_identity)
        if key
    }
    asked = identities_to_ask(entries)
    again = admit(entries, {key: known[key] for key in asked if key in known}, FEED, NOW)
    assert (again.new, again.revised, again.seen) == ((), (), len(entries))

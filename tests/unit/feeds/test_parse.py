"""Documents as they come over the wire, and what is read in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.feeds.parse import NotAFeed, parse_document
from monitor.feeds.xml_document import prepare
from monitor.model.feed import ParsedEntry, ParsedFeed
from tests.unit.feeds.documents import ITEM, atom, rss


def only(body: bytes, content_type: str | None = None, base: str | None = None) -> ParsedEntry:
    entries = parse_document(body, content_type, base).entries
    assert len(entries) == 1
    return entries[0]


def ids(feed: ParsedFeed) -> list[str]:
    return [entry.id for entry in feed.entries]


NO_FEEDS = [
    (b"", "it is empty"),
    (b" \n\t\x00", "it is empty"),
    (b"\xef\xbb\xbf", "it is empty"),
    (b"<!DOCTYPE html><html><head><title>News</title></head></html>", "a web page"),
    (b"<HTML><body>x", "a web page"),
    (b"<html><head><link rel=alternate type='application/rss+xml' href=/f></head>", "names a feed of its own"),
    (b"<!doctype html><title>Just a moment...</title><div id=cf_chl_opt>", "asks whether one is human"),
    (b"<?xml version='1.0'?><opml version='2.0'><body/></opml>", "OPML list"),
    (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "sitemap"),
    (b"<Error><Code>AccessDenied</Code></Error>", "error message"),
    (b"<note><to>x</to></note>", "outermost element is <note>"),
    (b"404 page not found", "begins with '404 page not found'"),
    (b'{"error": "not found"}', "no JSON Feed"),
    (b"[1, 2]", "a list and not a JSON Feed"),
    (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "broken in line 1"),
    (b"[" * 100_000, "nested too deeply|broken in line"),
    (b"<rss version='2.0'><channel><title>T</title><item><title>half", "before its first entry is whole"),
    (b"<!DOCTYPE rss [<!ENTITY a 'b'", "does not end"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "says"), NO_FEEDS)
def test_says_what_a_document_is_instead_of_a_feed(body: bytes, says: str) -> None:
    with pytest.raises(NotAFeed, match=says):
        parse_document(body)


def test_a_feed_without_entries_is_a_feed() -> None:
    feed = parse_document(rss())
    assert feed.title == "T"
    assert feed.entries == ()
    assert feed.complete


@pytest.mark.parametrize("content_type", [None, "text/html", "text/plain; charset=utf-8", "application/octet-stream"])
def test_what_the_server_calls_it_does_not_matter(content_type: str | None) -> None:
    assert only(rss(ITEM.format("a")), content_type).id == "a"


@pytest.mark.parametrize(
    "before", [b"\n\n  ", b"\xef\xbb\xbf\n", b"Warning: mysql on line 3<br />\n", b"<!-- cached -->\n", b"<?php ?>"]
)
def test_what_stands_before_the_document_does_no_harm(before: bytes) -> None:
    assert only(before + rss(ITEM.format("a"))).title == "a"


# Identity


def test_an_atom_id_that_is_no_address_stays_as_it_is() -> None:
    entry = "<entry><id>abc-1</id><title>x</title><link href='/1'/></entry>"
    for base in (None, "https://old.example/feed", "https://new.example/other/feed"):
        assert only(atom(entry), base=base).id == "abc-1"
    assert only(atom(entry), base="https://new.example/feed").link == "https://new.example/1"


@pytest.mark.parametrize("permalink", ["", ' isPermaLink="true"', ' isPermaLink="false"'])
def test_a_relative_guid_stays_as_it_is(permalink: str) -> None:
    body = rss(f"<item><title>x</title><guid{permalink}>a/B-1</guid></item>")
    assert only(body, base="https://a.example/feed").id == "a/B-1"


def test_no_guid_gives_the_link_and_no_link_a_hash() -> None:
    entry = only(rss("<item><title>x</title><link>https://example.org/1</link></item>"))
    assert (entry.id, entry.guid_given) == ("https://example.org/1", False)
    entry = only(rss("<item><title>x</title><description>y</description></item>"))
    assert entry.id.startswith("sha256:")
    assert entry.id == only(rss("<item><description>y</description><title>x</title></item>")).id


def test_guids_that_differ_in_case_are_two() -> None:
    feed = parse_document(
        rss(ITEM.format("a").replace("<guid>a", "<guid>ID"), ITEM.format("b").replace("<guid>b", "<guid>id"))
    )
    assert ids(feed) == ["ID", "id"]


def test_a_guid_on_several_entries_is_told_apart_whatever_their_order() -> None:
    one, two = (ITEM.format(x).replace(f"<guid>{x}", "<guid>same") for x in "ab")
    there, back = parse_document(rss(one, two)), parse_document(rss(two, one))
    assert len(set(ids(there))) == 2
    assert {e.title: e.id for e in there.entries} == {e.title: e.id for e in back.entries}
    assert any("share the id 'same'" in problem for problem in there.problems)


def test_an_entry_that_is_listed_twice_keeps_one_id() -> None:
    assert len(set(ids(parse_document(rss(ITEM.format("a"), ITEM.format("a")))))) == 1


# Text


def test_titles_are_unescaped_once_and_bear_no_tags() -> None:
    def title(markup: str) -> str:
        return only(rss(f"<item><title>{markup}</title><guid>1</guid></item>")).title

    assert title("AT&amp;amp;T") == "AT&T"
    assert title("AT&amp;T") == "AT&T"
    assert title("<![CDATA[A &amp; B <b>c</b>]]>") == "A & B c"
    assert title("{{ 7 * 7 }} and {% x %}") == "{{ 7 * 7 }} and {% x %}"
    assert title("&lt;script&gt;alert(1)&lt;/script&gt;x") == "x"
    assert title("a &lt; b &amp; c") == "a < b & c"
    assert title("two\n  lines") == "two lines"


def test_an_atom_title_of_type_text_is_taken_at_its_word() -> None:
    entry = "<entry><id>1</id><title type='text'>&lt;b&gt; is for bold &amp;amp;</title></entry>"
    assert only(atom(entry)).title == "<b> is for bold &amp;"
    entry = "<entry><id>1</id><title type='html'>&lt;b&gt;bold&lt;/b&gt; &amp;amp; x</title></entry>"
    assert only(atom(entry)).title == "bold & x"


def test_the_longest_of_content_and_summary_is_the_text() -> None:
    body = rss(
        "<item><guid>1</guid><description>Short.</description><content:encoded xmlns:content="
        "'http://purl.org/rss/1.0/modules/content/'><![CDATA[<p>Long one.</p><p>With two paragraphs.</p>]]>"
        "</content:encoded></item>"
    )
    assert only(body).text == "Long one.\nWith two paragraphs."


def test_nothing_active_in_text() -> None:
    body = rss(
        "<item><guid>1</guid><description><![CDATA["
        "<p onclick=x>a<script>y</script><a href='/b'>c</a></p>]]></description></item>"
    )
    assert only(body, base="https://example.org/feed").text == "ac"


def test_nul_surrogates_and_forbidden_references_are_dropped() -> None:
    body = rss("<item><guid>1</guid><title>a\x00b&#0;&#x1F;&#xD800;c\x0b</title></item>")
    assert only(body).title == "abc"


def test_the_two_halves_of_a_character_by_number_are_that_character() -> None:
    """As programs write it that think in UTF-16; feedparser raises at them."""
    body = rss("<item><guid>1</guid><title>&#55357;&#56832; &#xD83D;&#xde00; &#55357;x &#56832;&#55357;</title></item>")
    assert only(body).title == "😀 😀 x"


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("/relative", "https://example.org/relative"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("\n https://example.org/x \n", "https://example.org/x"),
    ],
)
def test_links_are_web_addresses_or_none(link: str, kept: str | None) -> None:
    body = rss(f"<item><title>t</title><guid isPermaLink='false'>1</guid><link>{link}</link></item>")
    feed = parse_document(body, None, "https://example.org/feed")
    assert feed.entries[0].link == kept
    assert any("its link" in problem for problem in feed.problems) == (kept is None)


def test_dates_languages_author_source_and_ttl() -> None:
    feed = parse_document(
        rss(
            "<item><guid>1</guid><title>t</title><pubDate>Do, 22 Dez 2016 08:00:58 +0100</pubDate><author>A B</author>"
            "<source url='https://www.reuters.com/world'>Reuters</source></item>",
            head="<title>T</title><language>de-AT</language><ttl>45</ttl><link>https://example.org/</link>",
        )
    )
    entry = feed.entries[0]
    assert entry.published == datetime(2016, 12, 22, 7, 0, 58, tzinfo=UTC)
    assert entry.updated is None
    assert (entry.lang, feed.lang, feed.ttl_s) == ("de", "de", 2700)
    assert (entry.author, entry.source_url) == ("A B", "https://www.reuters.com/world")


def test_an_update_period_is_how_often_a_feed_wants_to_be_asked() -> None:
    head = (
        "<title>T</title><sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>hourly</sy:updatePeriod>"
        "<sy:updateFrequency xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>2</sy:updateFrequency>"
    )
    assert parse_document(rss(head=head)).ttl_s == 1800


# Half and broken documents


def test_the_partial_entry_of_a_truncated_document_is_no_item() -> None:
    whole = rss(*(ITEM.format(x) for x in "abc"))
    for length in range(whole.index(b"<title>b"), len(whole)):
        feed = parse_document(whole[:length])
        complete_entries = whole[:length].count(b"</item>")
        assert ids(feed) == list("abc")[:complete_entries], whole[:length][-40:]
        assert feed.complete == whole[:length].endswith(b"</rss>")
        assert feed.complete or any("breaks off" in problem for problem in feed.problems)


@pytest.mark.parametrize(
    "within",
    [
        "<![CDATA[<p></item></channel></rss> and <item> in words</p>]]>",
        "<!-- </item> and <item> <![CDATA[ -->",
        "<x:item xmlns:x='urn:x'>of another kind</x:item>",
    ],
)
def test_what_looks_like_the_end_of_an_entry_within_one_is_none(within: str) -> None:
    items = [f"<item><guid>{x}</guid><title>{x}</title><description>{within} text</description></item>" for x in "abc"]
    whole = rss(*items)
    first = whole.index(items[0].encode()) + len(items[0])
    for length in range(first, len(whole)):
        feed = parse_document(whole[:length])
        assert ids(feed) == list("abc")[: 1 + (length - first) // len(items[0])], whole[:length][-60:]
        assert not feed.complete
    assert parse_document(whole).complete


def test_a_truncated_atom_document() -> None:
    entries = (f"<entry><id>{x}</id><title>{x}</title><content>text {x}</content></entry>" for x in "ab")
    feed = parse_document(atom(*entries)[:-30])
    assert ids(feed) == ["a"]
    assert not feed.complete


@pytest.mark.parametrize(
    "broken",
    [
        "<title>a & b</title>",
        "<title>a &nbsp; b</title>",
        "<title>a <br> b</title>",
        "<media:x>y</media:x><title>a</title>",
    ],
)
def test_broken_xml_is_read_leniently(broken: str) -> None:
    feed = parse_document(rss(f"<item><guid>1</guid>{broken}</item>", ITEM.format("b")))
    assert ids(feed) == ["1", "b"]
    assert feed.entries[0].title.startswith("a")
    assert any("not well-formed" in problem for problem in feed.problems)


# Attacks


def test_entities_do_not_expand_and_nothing_is_fetched() -> None:
    bomb = (
        b"<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>"
        b"<!ENTITY % d SYSTEM 'http://127.0.0.1:9/x'>]>"
    )
    body = rss("<item><guid>1</guid><title>[&a;][&b;][&c;]</title></item>").replace(b"<rss", bomb + b"<rss")
    title = only(body).title
    assert "[ha]" in title
    assert "haha" not in title
    assert "root:" not in title


def test_a_path_is_not_opened() -> None:
    """feedparser opens bytes that are the name of a file."""
    with pytest.raises(NotAFeed):
        parse_document(b"/etc/passwd")


def test_deep_nesting_raises_nothing_unforeseen() -> None:
    body = rss("<item><guid>1</guid><title>t</title><description>" + "<div>" * 3000 + "x</description></item>")
    assert ids(parse_document(body)) == ["1"]


def test_the_number_of_entries_is_bounded() -> None:
    feed = parse_document(rss(*(f"<item><guid>{n}</guid></item>" for n in range(5_100))))
    assert len(feed.entries) == 5_000
    assert any("5100 entries" in problem for problem in feed.problems)


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x1f", "\ud83d", "\ufffe", "\uffff"])
def test_what_xml_forbids_is_taken_out_and_nothing_else(char: str) -> None:
    kept = "<rss><channel><title>Tab\t, line\n, é, 平, 😀, \x7f, \ufffd</title></channel></rss>"
    assert prepare(kept).data.endswith(kept.encode())
    assert prepare(kept.replace("平", char)).data.endswith(kept.replace("平", "").encode())

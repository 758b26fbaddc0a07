"""Atom 0.3 and 1.0, and JSON Feed, as they are written: what their first entry is to say, by the specifications."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.feeds.row import Row, atom, entry

XHTML = "xmlns='http://www.w3.org/1999/xhtml'"
OLD = 'version="0.3" xmlns="http://purl.org/atom/ns#"'
ONE, TWO = "http://x.example/1", "http://x.example/2"
DAY = "2004-01-01T00:00:00Z"


def json_feed(*items: Any, **head: Any) -> str:
    """A JSON Feed of these items."""
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items, **head})


TITLES = [
    Row("html", atom(entry("<title type='html'>a &lt;b&gt;b&lt;/b&gt; &amp;amp; c</title>")), {"title": "a b & c"}),
    Row("html, CDATA", atom(entry("<title type='html'><![CDATA[a <b>b</b> &amp; c]]></title>")), {"title": "a b & c"}),
    Row(
        "xhtml",
        atom(entry(f"<title type='xhtml'><div {XHTML}>a <b>b</b> &lt;c&gt; &amp; d</div></title>")),
        {"title": "a b <c> & d"},
    ),
    Row(
        "xhtml with a prefix",
        atom(entry("<title type='xhtml'><h:div xmlns:h='http://www.w3.org/1999/xhtml'>a <h:b>b</h:b></h:div></title>")),
        {"title": "a b"},
    ),
    Row("text", atom(entry("<title>a &lt;b&gt; &amp;amp;</title>")), {"title": "a <b> &amp;"}),
    Row("a media type", atom(entry("<title type='text/html'>a &lt;b&gt;b&lt;/b&gt;</title>")), {"title": "a b"}),
    Row("the feed's, xhtml", atom("", head=f"<title type='xhtml'><div {XHTML}>F <em>x</em></div></title>"),
        {"feed_title": "F x", "count": 0}),
    Row(
        "0.3, escaped",
        atom(entry("<title type='text/html' mode='escaped'>a &lt;b&gt;b&lt;/b&gt;</title>"), names=OLD),
        {"title": "a b"},
    ),
    Row("0.3, base64", atom(entry("<title mode='base64'>RXhhbXBsZSBBdG9t</title>"), names=OLD),
        {"title": "Example Atom"}),
    Row(
        "0.3, base64 of HTML",
        atom(entry("<title type='text/html' mode='base64'>RXhhbXBsZSA8Yj5BdG9tPC9iPg==</title>"), names=OLD),
        {"title": "Example Atom"},
    ),
    Row(
        "0.3, xml",
        atom(entry(f"<title type='application/xhtml+xml' mode='xml'><div {XHTML}>a <b>b</b></div></title>"), names=OLD),
        {"title": "a b"},
    ),
    Row(
        "in the content",
        atom(entry(f"<content type='xhtml'><div {XHTML}><title>no</title><p>c</p></div></content><title>x</title>")),
        {"title": "x", "text": "c"},
    ),
    Row(
        "after a content with a title",
        atom(entry(f"<title>x</title><content type='xhtml'><div {XHTML}><head><title>no</title></head><p>c</p></div>"
                   f"</content><link href='{ONE}'/>") + "<entry><id>2</id><title>y</title></entry>"),
        {"count": 2, "title": "x", "text": "c", "link": ONE},
    ),
    Row(
        "a feed quoted in an entry",
        atom(entry("<title>x</title><content type='application/atom+xml'><feed xmlns='http://www.w3.org/2005/Atom'>"
                   "<title>N</title><entry><id>n</id><title>nn</title></entry></feed></content>")),
        {"feed_title": "T", "count": 1, "title": "x", "id": "1"},
    ),
    Row(
        "the source's",
        atom(entry("<source><id>s</id><title>S</title><link href='http://s.example'/><updated>2001-01-01T00:00:00Z"
                   f"</updated></source><title>x</title><link href='{ONE}'/><updated>{DAY}</updated>")),
        {"feed_title": "T", "title": "x", "link": ONE, "id": "1", "published": DAY},
    ),
    Row("media's", atom(entry("<m:group><m:title>M</m:title></m:group><title>x</title>"),
                        names="xmlns='http://www.w3.org/2005/Atom' xmlns:m='http://search.yahoo.com/mrss/'"),
        {"title": "x"}),
]  # fmt: skip

LINKS = [
    Row(
        "of every relation",
        atom(entry("".join(f"<link rel='{rel}' href='http://x.example/{rel}'/>"
                           for rel in ("self", "related", "enclosure", "replies", "alternate", "edit")))),
        {"link": "http://x.example/alternate"},
    ),
    Row(
        "HTML before JSON",
        atom(entry(f"<link type='application/json' href='{TWO}'/><link type='text/html' href='{ONE}'/>")),
        {"link": ONE},
    ),
    Row("the first of two", atom(entry(f"<link hreflang='en' href='{ONE}'/><link hreflang='de' href='{TWO}'/>")),
        {"link": ONE}),
    Row("a type with a charset", atom(entry(f"<link type='text/html; charset=utf-8' href='{ONE}'/>")), {"link": ONE}),
    Row("another type only", atom(entry(f"<link type='application/pdf' href='{ONE}'/>")), {"link": ONE}),
    Row("the long name of a relation",
        atom(entry(f"<link rel='http://www.iana.org/assignments/relation/alternate' href='{ONE}'/>")), {"link": ONE}),
    Row("self only", atom(entry(f"<link rel='self' href='{ONE}'/>")), {"link": None, "id": "1"}),
    Row("as text", atom(entry(f"<link>{ONE}</link>")), {"link": ONE}),
    Row("none, but an id that is one", atom(f"<entry><id>{ONE}</id></entry>"), {"link": ONE, "id": ONE}),
    Row("an id behind blanks", atom("<entry><id>\n urn:uuid:1\n</id></entry>"), {"link": None, "id": "urn:uuid:1"}),
    Row("no id", atom(f"<entry><link href='{ONE}'/></entry>"), {"link": ONE, "id": ONE}),
    Row("nested bases", atom("<entry xml:base='d/'><id>1</id><link href='1'/></entry>",
                             names="xmlns='http://www.w3.org/2005/Atom' xml:base='http://x.example/'"),
        {"link": "http://x.example/d/1", "id": "1"}),
    Row("a base of its own", atom(entry("<link xml:base='http://x.example/' href='1'/>")), {"link": ONE, "id": "1"},
        base="http://y.example/"),
]  # fmt: skip

FORMS = [
    Row("published and updated", atom(entry(f"<updated>2005-01-01T00:00:00Z</updated><published>{DAY}</published>")),
        {"published": DAY}),
    Row("updated only", atom(entry(f"<updated>{DAY}</updated>")), {"published": DAY}),
    Row("0.3", atom(entry(f"<modified>2006-01-01</modified><created>2003-01-01</created><issued>{DAY}</issued>"),
                    names=OLD), {"published": DAY}),
    Row("0.3 without issued", atom(entry(f"<modified>2006-01-01</modified><created>{DAY}</created>"), names=OLD),
        {"published": DAY}),
    Row("with a prefix", "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>T</a:title><a:entry><a:id>1</a:id>"
        f"<a:title>x</a:title><a:link href='{ONE}'/></a:entry></a:feed>", {"title": "x", "link": ONE, "id": "1"}),
    *(
        Row(f"the namespace as {uri}", f"<a:feed xmlns:a='{uri}'><a:title>T</a:title><a:entry><a:id>1</a:id>"
            "<a:title type='html'>&lt;i>x&lt;/i></a:title></a:entry></a:feed>", {"feed_title": "T", "title": "x"})
        for uri in ("https://www.w3.org/2005/Atom", "http://www.w3.org/2005/Atom/", "http://www.w3.org/2005/atom")
    ),
    Row("no namespace", "<feed><title>T</title><entry><id>1</id><title>x</title></entry></feed>", {"title": "x"}),
    Row("an entry as a document", "<entry xmlns='http://www.w3.org/2005/Atom'><id>1</id><title>x</title></entry>",
        {"count": 1, "title": "x", "id": "1"}),
    Row("a content elsewhere", atom(entry("<title>x</title><content src='http://x.example/c'/>")), {"text": ""}),
    Row("an author", atom(entry("<author><name>A</name></author>")), {"author": "A"}),
]  # fmt: skip

JSON = [
    Row("JSON: numbers as ids", json_feed({"id": 1}, {"id": 2.5}), {"count": 2, "id": "1"}),
    Row("JSON: no id", json_feed({"url": ONE}), {"id": ONE, "link": ONE}),
    Row("JSON: no url", json_feed({"id": ONE, "title": "x"}), {"id": ONE, "link": ONE}),
    Row("JSON: external", json_feed({"id": "1", "external_url": ONE}), {"link": ONE}),
    Row("JSON: both", json_feed({"id": "1", "external_url": TWO, "url": ONE}), {"link": ONE}),
    Row("JSON: relative", json_feed({"id": "1", "url": "/1"}, home_page_url="http://x.example"), {"link": ONE}),
    Row("JSON: a title is text", json_feed({"id": "1", "title": "a &amp; <b>"}), {"title": "a &amp; <b>"}),
    Row("JSON: modified", json_feed({"id": "1", "date_modified": DAY}), {"published": DAY}),
    Row("JSON: with a zone", json_feed({"id": "1", "date_published": "2003-12-31T17:00:00-07:00"}), {"published": DAY}),
    Row("JSON: nothing but nulls", json_feed({"id": "1", "title": None, "url": None, "authors": None}), {"id": "1"}),
    Row("JSON: authors as text", json_feed({"id": "1", "authors": ["A", {"name": "B"}]}), {"author": "A, B"}),
    Row("JSON: UTF-16", json_feed({"id": "1", "title": "é"}).encode("utf-16"), {"title": "é"}),
    Row("JSON: with a mark", "\ufeff" + json_feed({"id": "1", "title": "x"}), {"title": "x"}),
]
ROWS = [*TITLES, *LINKS, *FORMS, *JSON]

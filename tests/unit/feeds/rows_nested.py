"""Entries that say a thing twice, or hold elements with a life of their own: which of it is the entry's."""

from __future__ import annotations

from tests.unit.feeds.row import Row, atom, entry, item, rss
from tests.unit.feeds.rows_rss import ATOM, DC, ITUNES, MEDIA, MOMENT, ONE, RDF, TERMS, TWO, ZULU

ACTIVITY = "xmlns='http://www.w3.org/2005/Atom' xmlns:activity='http://activitystrea.ms/spec/1.0/'"
OBJECT = (
    "<activity:object><id>2</id><title>Of the object</title><published>2004-01-01T00:00:00Z</published>"
    f"<link rel='alternate' type='text/html' href='{TWO}'/></activity:object>"
)
RELATED = (
    f"<related><title>Of another</title><link>{TWO}</link><guid>other</guid>"
    "<pubDate>Thu, 01 Jan 2004 19:48:21 GMT</pubDate></related>"
)
NO_LINK: dict[str, object] = {"link": None}
NOT_OURS = {"title": "x", "link": None, "id": "1", "published": None}

FIRST, SECOND = MOMENT, "<pubDate>Fri, 02 Jan 2004 19:48:21 GMT</pubDate>"

TWICE = [
    Row("a guid before an atom:id", rss(item("<guid>g</guid><atom:id>a</atom:id>"), names=ATOM), {"id": "g"} | NO_LINK),
    Row("a guid after an atom:id", rss(item("<atom:id>a</atom:id><guid>g</guid>"), names=ATOM), {"id": "g"} | NO_LINK),
    Row("an empty guid after an atom:id", rss(item("<atom:id>a</atom:id><guid/>"), names=ATOM), {"id": "a"} | NO_LINK),
    Row("the first of two links", rss(item(f"<link>{ONE}</link><link>{TWO}</link>")), {"link": ONE, "id": ONE}),
    Row("an empty link after one", rss(item(f"<link>{ONE}</link><link/>")), {"link": ONE, "id": ONE}),
    Row("an empty link before one", rss(item(f"<link/><link>{ONE}</link>")), {"link": ONE, "id": ONE}),
    Row("the first of two guids", rss(item("<guid>g</guid><guid>h</guid>")), {"id": "g"} | NO_LINK),
    Row("the first of two dates", rss(item(f"{FIRST}{SECOND}")), {"published": ZULU}),
    Row("an empty date before one", rss(item(f"<pubDate/>{FIRST}")), {"published": ZULU}),
    Row("an empty date after one", rss(item(f"{FIRST}<pubDate/>")), {"published": ZULU}),
    Row("pubDate before Atom's", rss(item(f"{FIRST}<atom:published>2024-01-01T00:00:00Z</atom:published>"),
                                     names=ATOM), {"published": ZULU}),
    Row("pubDate after Atom's", rss(item(f"<atom:published>2024-01-01T00:00:00Z</atom:published>{FIRST}"),
                                    names=ATOM), {"published": ZULU}),
    Row("pubDate beside Dublin Core terms", rss(item(f"{FIRST}<dcterms:issued>2024-01-01</dcterms:issued>"),
                                                names=TERMS), {"published": ZULU}),
    Row("iTunes alone", rss(item("<itunes:title>I</itunes:title>"), names=ITUNES), {"title": "I"}),
    Row("iTunes beside Dublin Core", rss(item("<itunes:title>I</itunes:title><dc:title>D</dc:title>"),
                                         names=ITUNES + " " + DC), {"title": "D"}),
]  # fmt: skip

NESTED = [
    Row("an object after", atom(entry(f"<title>x</title>{OBJECT}"), names=ACTIVITY), NOT_OURS),
    Row("an object before", atom(entry(f"{OBJECT}<title>x</title>"), names=ACTIVITY), NOT_OURS),
    Row("another item's", rss(item(f"<title>x</title><guid>1</guid>{RELATED}")), NOT_OURS),
    Row(
        "in an element of another's within it",
        atom(entry(f"<title>x</title><activity:target><thing>{OBJECT}</thing></activity:target>"), names=ACTIVITY),
        NOT_OURS,
    ),
    Row(
        "and the entry goes on behind",
        rss(item(f"{RELATED}<guid>1</guid><title>x</title>") + item("<title>y</title>")),
        {"count": 2} | NOT_OURS,
    ),
    Row(
        "with a base of its own",
        atom(entry("<activity:object xml:base='http://other.example/'><x/></activity:object><link href='1'/>"),
             names=ACTIVITY + " xml:base='http://x.example/'"),
        {"link": ONE, "id": "1"},
    ),
    Row(
        "but media stand in groups",
        rss(item("<media:group><media:content><media:title>M</media:title></media:content></media:group>"),
            names=MEDIA),
        {"title": "M"},
    ),
]  # fmt: skip

ADDRESSES = [
    Row("rdf:about and no link", f"<rdf:RDF {RDF} xmlns='http://purl.org/rss/1.0/'><channel/><item rdf:about='{ONE}'>"
        "<title>x</title></item></rdf:RDF>", {"link": ONE, "id": ONE}),
    Row("an empty relation", atom(entry(f"<link rel='' href='{ONE}'/>")), {"link": ONE}),
    Row("relative to the feed itself", atom(entry("<link href='/1'/>"), head="<link rel='self' href='http://x.example/f'/>"),
        {"link": ONE}),
    Row("relative to the site, not to the feed", atom(entry("<link href='/1'/>"),
        head="<link rel='self' href='http://feeds.example/f'/><link href='http://x.example/'/>"), {"link": ONE}),
    Row("relative to where it came from", atom(entry("<link href='/1'/>"), head="<link rel='self' href='http://y.example/f'/>"),
        {"link": ONE, "id": "1"}, base="http://x.example/feed"),
]  # fmt: skip

MARKUP = [
    Row("a line break", rss(item("<title>A&lt;br/&gt;B</title>")), {"title": "A B"}),
    Row("paragraphs", rss(item("<title>&lt;p&gt;A&lt;/p&gt;&lt;p&gt;B&lt;/p&gt;</title>")), {"title": "A B"}),
    Row("no blank where there is none", rss(item("<title>x&lt;sup&gt;2&lt;/sup&gt;</title>")), {"title": "x2"}),
    Row("a name in brackets", rss(item("<title>Optional&lt;Bread&gt;</title>")), {"title": "Optional<Bread>"}),
]

ROWS = [*TWICE, *NESTED, *ADDRESSES, *MARKUP]

"""RSS of every version, as it is written: what its first entry is to say, by the specifications."""

from __future__ import annotations

from tests.unit.feeds.row import Row, item, rss

ATOM = "xmlns:atom='http://www.w3.org/2005/Atom'"
MEDIA = "xmlns:media='http://search.yahoo.com/mrss/'"
DC = "xmlns:dc='http://purl.org/dc/elements/1.1/'"
TERMS = "xmlns:dcterms='http://purl.org/dc/terms/'"
RDF = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
ITUNES = "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
ONE, TWO = "http://x.example/1", "http://x.example/2"
MOMENT, ZULU = "<pubDate>Thu, 01 Jan 2004 19:48:21 GMT</pubDate>", "2004-01-01T19:48:21Z"

VERSIONS = [
    Row(
        "0.90, Netscape's RDF, items and image beside the channel",
        f"<rdf:RDF {RDF} xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>Moz</title><link>http://m.example"
        "</link></channel><image><title>I</title><url>http://m.example/i</url><link>http://m.example/2</link></image>"
        f"<item><title>One</title><link>{ONE}</link></item><item><title>Two</title><link>{TWO}</link></item>"
        "<textinput><title>Search</title><link>http://m.example/s</link></textinput></rdf:RDF>",
        {"feed_title": "Moz", "count": 2, "title": "One", "link": ONE, "id": ONE},
    ),
    Row(
        "0.91 with Netscape's DTD, which declares the entities of HTML",
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>Caf&eacute;</title>'
        f"<item><title>&Eacute;t&eacute; &amp; co</title><link>{ONE}?a=1&amp;b=2</link></item></channel></rss>",
        {"feed_title": "Café", "count": 1, "title": "Été & co", "link": ONE + "?a=1&b=2"},
    ),
    Row(
        "0.91 with entities of its own, one of them by reference",
        '<!DOCTYPE rss [<!ENTITY % lat SYSTEM "http://x.example/lat.ent">%lat;<!ENTITY corp "ACME &#169; &#38; &#60;">'
        "]><rss version='0.91'><channel><title>&corp;</title><item><title>of &corp;</title></item></channel></rss>",
        {"feed_title": "ACME © & <", "title": "of ACME © & <"},
    ),
    Row(
        "0.92, an item without a title",
        rss(item("<description>Text with <![CDATA[<b>bold</b>]]> in it</description>"), version="0.92"),
        {"count": 1, "title": "", "text": "Text with bold in it"},
    ),
    Row("0.93", rss(item(f"<title>x</title>{MOMENT}"), version="0.93"), {"title": "x", "published": ZULU}),
    Row("0.94", rss(item(f"<title>x</title><guid>{ONE}</guid>"), version="0.94"), {"id": ONE, "link": ONE}),
    Row(
        "1.0, rdf:about is the id and not the link",
        f"<rdf:RDF {RDF} {DC} xmlns='http://purl.org/rss/1.0/'><channel rdf:about='http://x.example/'><title>X</title>"
        f"<items><rdf:Seq><rdf:li rdf:resource='{ONE}'/></rdf:Seq></items></channel><item rdf:about='{ONE}'><title>One"
        f"</title><link>{ONE}?rss</link><dc:date>2004-01-02T03:04:05+01:00</dc:date><dc:creator>Me</dc:creator></item>"
        "</rdf:RDF>",
        {"feed_title": "X", "id": ONE, "link": ONE + "?rss", "published": "2004-01-02T02:04:05Z", "author": "Me"},
    ),
    Row(
        "1.0 with RDF as the default namespace",
        "<RDF xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:r='http://purl.org/rss/1.0/'><r:channel>"
        f"<r:title>X</r:title></r:channel><r:item about='{ONE}'><r:title>One</r:title></r:item></RDF>",
        {"feed_title": "X", "title": "One"},
    ),
    Row(
        "1.1",
        f"<Channel xmlns='http://purl.org/net/rss1.1#' {RDF} rdf:about='http://x.example/rss'><title>X</title>"
        f"<items rdf:parseType='Collection'><item rdf:about='{ONE}'><title>One</title><link>{ONE}</link></item></items>"
        "</Channel>",
        {"feed_title": "X", "count": 1, "title": "One", "id": ONE},
    ),
    Row(
        "2.0 in capitals",
        "<RSS VERSION='2.0'><CHANNEL><TITLE>T</TITLE><ITEM><TITLE>One</TITLE><LINK>http://x.example/1</LINK>"
        "<GUID ISPERMALINK='false'>g</GUID><PUBDATE>Thu, 01 Jan 2004 19:48:21 GMT</PUBDATE></ITEM></CHANNEL></RSS>",
        {"feed_title": "T", "title": "One", "link": ONE, "id": "g", "published": ZULU},
    ),
    Row(
        "CDF",
        f"<CHANNEL HREF='http://x.example/'><TITLE>C</TITLE><ITEM HREF='{ONE}' LASTMOD='1998-11-05T10:00'>"
        "<TITLE>One</TITLE><ABSTRACT>a</ABSTRACT></ITEM></CHANNEL>",
        {"feed_title": "C", "title": "One", "link": ONE, "published": "1998-11-05T10:00:00Z", "text": "a"},
    ),
    Row("no version", "<rss><channel><title>T</title><item><title>x</title></item></channel></rss>", {"count": 1}),
    Row("no channel", "<rss version='2.0'><item><title>x</title></item></rss>", {"count": 1, "title": "x"}),
    Row("nothing in it", "<rss version='2.0'/>", {"count": 0}),
    Row("items outside", "<rss version='2.0'><channel/><item><title>x</title></item></rss>", {"title": "x"}),
    Row(
        "a default namespace",
        rss(item("<title>x</title>"), names="xmlns='http://backend.userland.com/rss2'"),
        {"title": "x"},
    ),
    Row("an unknown one", rss(item("<title>x</title>"), names="xmlns='http://nowhere.example'"), {"title": "x"}),
    Row(
        "Atom's as the default",
        rss(item("<title>x</title>"), names="xmlns='http://www.w3.org/2005/Atom'"),
        {"title": "x"},
    ),
]

IDENTITY = [
    Row("guid, no link", rss(item(f"<guid>{ONE}</guid>")), {"link": ONE, "id": ONE}),
    Row("guid, an empty link", rss(item(f"<link/><guid>{ONE}</guid>")), {"link": ONE, "id": ONE}),
    Row("guid before link", rss(item(f"<guid>{ONE}</guid><link>{TWO}</link>")), {"link": TWO, "id": ONE}),
    Row("permalink true", rss(item(f"<guid isPermaLink=' True '>{ONE}</guid>")), {"link": ONE, "id": ONE}),
    Row("permalink false", rss(item(f"<guid isPermaLink='false'>{ONE}</guid>")), {"link": None, "id": ONE}),
    Row("a guid that is no address", rss(item("<guid>abc</guid>")), {"link": None, "id": "abc"}),
    Row("blanks around it", rss(item(f"<guid>\n {ONE}\n</guid>")), {"link": ONE, "id": ONE}),
    Row("a link that nobody follows", rss(item("<link>magnet:?xt=1</link>")), {"link": None, "id": "magnet:?xt=1"}),
    Row("enclosure only", rss(item("<title>x</title><enclosure url='http://x.example/a.mp3'/>")), {"link": None}),
    Row(
        "atom:link before",
        rss(item(f"<atom:link href='{TWO}'/><link>{ONE}</link>"), names=ATOM),
        {"link": ONE, "id": ONE},
    ),
    Row("atom:link after", rss(item(f"<link>{ONE}</link><atom:link href='{TWO}'/>"), names=ATOM), {"link": ONE}),
    Row("atom:link self", rss(item(f"<atom:link rel='self' href='{TWO}'/>"), names=ATOM), {"link": None}),
    Row("with ampersands", rss(item(f"<link>{ONE}?a=1&amp;lang=2</link>")), {"link": ONE + "?a=1&lang=2"}),
    Row("in CDATA", rss(item(f"<link><![CDATA[{ONE}?a=1&lang=2]]></link>")), {"link": ONE + "?a=1&lang=2"}),
    Row("relative", rss(item("<link>1</link>")), {"link": ONE}, base="http://x.example/feed"),
    Row("xml:base", rss(item("<link>1</link>"), names="xml:base='http://x.example/'"), {"link": ONE}),
    Row("no scheme", rss(item("<link>//x.example/1</link>")), {"link": ONE}, base="http://y.example/feed"),
    Row(
        "feedburner",
        rss(
            item(f"<link>{ONE}</link><feedburner:origLink>{TWO}</feedburner:origLink>"),
            names="xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'",
        ),
        {"link": ONE},
    ),
]

TITLES = [
    Row("escaped markup", rss(item("<title>a &lt;b&gt;bold&lt;/b&gt; move</title>")), {"title": "a bold move"}),
    Row("CDATA", rss(item("<title><![CDATA[a <i>b</i> &amp; c]]></title>")), {"title": "a b & c"}),
    Row("CDATA in pieces", rss(item("<title>a<![CDATA[ b ]]>c<![CDATA[ & d]]></title>")), {"title": "a b c & d"}),
    Row("twice", rss(item("<title>AT&amp;amp;T&amp;#8217;s</title>")), {"title": "AT&T’s"}),
    Row("three times", rss(item("<title>AT&amp;amp;amp;T</title>")), {"title": "AT&amp;T"}),
    Row("no markup", rss(item("<title>1 &lt; 2, List&lt;String&gt;</title>")), {"title": "1 < 2, List<String>"}),
    Row("windows-1252 by number", rss(item("<title>It&#146;s &#x93;x&#148;</title>")), {"title": "It’s “x”"}),
    Row("the same, escaped", rss(item("<title>It&amp;#146;s</title>")), {"title": "It’s"}),
    Row("elements", rss(item("<title>a <b>bold</b> move</title>")), {"title": "a bold move"}),
    Row("blanks", rss(item("<title>\n a\n\n b\t c&#160;d </title>")), {"title": "a b c d"}),
    Row("encoded three times", rss(item("<title>DonÃ¢â‚¬â„¢t</title>")), {"title": "Don’t"}),
    Row("a comment in it", rss(item("<title>a<!-- x -->b<?x y?></title>")), {"title": "ab"}),
    Row("media before", rss(item("<media:title>M</media:title><title>x</title>"), names=MEDIA), {"title": "x"}),
    Row("media after", rss(item("<title>x</title><media:title>M</media:title>"), names=MEDIA), {"title": "x"}),
    Row(
        "media in a group",
        rss(item("<media:group><media:title>M</media:title></media:group><title>x</title>"), names=MEDIA),
        {"title": "x"},
    ),
    Row("media alone", rss(item("<media:title>M</media:title>"), names=MEDIA), {"title": "M"}),
    Row("Dublin Core before", rss(item("<dc:title>D</dc:title><title>x</title>"), names=DC), {"title": "x"}),
    Row("Dublin Core alone", rss(item("<dc:title>D</dc:title>"), names=DC), {"title": "D"}),
    Row("iTunes", rss(item("<itunes:title>I</itunes:title><title>x</title>"), names=ITUNES), {"title": "x"}),
    Row("a source's", rss(item("<source url='http://s.example'>S</source><title>x</title>")), {"title": "x"}),
    Row(
        "an image's",
        rss(item("<title>x</title><image><title>I</title><link>http://i.example</link></image>")),
        {"title": "x", "link": None},
    ),
    Row(
        "the channel's image and search field",
        rss(
            item("<title>x</title>"),
            head="<image><title>I</title></image><title>T</title><textInput><title>S</title></textInput>",
        ),
        {"feed_title": "T"},
    ),
]

DATES = [
    Row("both", rss(item(f"{MOMENT}<dc:date>2005-01-01</dc:date>"), names=DC), {"published": ZULU, "count": 1}),
    Row("Dublin Core", rss(item("<dc:date>2005-01-01</dc:date>"), names=DC), {"published": "2005-01-01T00:00:00Z"}),
    Row(
        "Dublin Core 1.0, and unbound",
        rss(item("<dc:date>2005-01-01</dc:date>")),
        {"published": "2005-01-01T00:00:00Z"},
    ),
    Row(
        "Dublin Core terms",
        rss(item("<dcterms:modified>2006</dcterms:modified><dcterms:issued>2005</dcterms:issued>"), names=TERMS),
        {"published": "2005-01-01T00:00:00Z"},
    ),
    Row("date", rss(item("<date>2004-01-01</date>")), {"published": "2004-01-01T00:00:00Z"}),
    Row("nothing but a date", rss(item(MOMENT)), {"count": 1, "title": "", "published": ZULU}),
    Row(
        "Atom's",
        rss(item("<atom:updated>2004-01-01T19:48:21Z</atom:updated>"), names=ATOM),
        {"published": ZULU},
    ),
]
ROWS = [*VERSIONS, *IDENTITY, *TITLES, *DATES]

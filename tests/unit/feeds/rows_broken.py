"""Documents that are broken, or in other characters than they say: what can be read in them all the same."""

from __future__ import annotations

from tests.unit.feeds.row import Row, atom, entry, item, rss

ONE = "http://x.example/1"
CHARSETS = {
    "koi8-r": "Россия", "koi8-u": "Україна", "windows-1251": "Россия", "iso-8859-5": "Россия", "ibm866": "Россия",
    "gb2312": "北京", "gbk": "北京", "gb18030": "北京", "hz": "北京", "big5": "台灣", "big5-hkscs": "台灣",
    "euc-kr": "서울", "cp949": "서울", "iso-2022-kr": "서울", "iso-2022-jp": "東京", "shift_jis": "東京",
    "windows-31j": "東京", "x-sjis": "東京", "euc-jp": "東京", "x-euc-jp": "東京", "iso-8859-2": "Łódź",
    "iso-8859-15": "€uro", "windows-1252": "€ “x”", "iso-8859-1": "“été”", "us-ascii": "“été”", "latin1": "été",
    "iso-8859-7": "Ελλάδα", "windows-1253": "Ελλάδα", "tis-620": "ไทย", "windows-874": "ไทย", "iso-8859-8-i": "שלום",
    "windows-1255": "שלום", "windows-1256": "سلام", "macintosh": "é", "utf-16": "é北", "utf-32": "é北",
    "cp037": "plain", "437": "Ça", "8859": "été", "u8": "é北", "csIBM855": "Россия", "maccyrillic": "Россия",
    "cp500": "plain!", "unicode-1-1-utf-8": "é北",
}  # fmt: skip
_PYTHONS = {
    "x-sjis": "cp932", "windows-31j": "cp932", "x-euc-jp": "euc_jp", "windows-874": "cp874",
    "iso-8859-8-i": "iso8859_8", "latin1": "cp1252",
    "macintosh": "mac_roman", "iso-8859-1": "cp1252", "us-ascii": "cp1252", "unicode-1-1-utf-8": "utf-8",
}  # fmt: skip


def written(title: str, charset: str, declared: str | None) -> bytes:
    """A document with this title in a charset, which its declaration may name differently or not at all."""
    declaration = f" encoding='{declared}'" if declared else ""
    body = rss(item(f"<title>{title}</title>")).removeprefix('<?xml version="1.0"?>')
    return f"<?xml version='1.0'{declaration}?>{body}".encode(_PYTHONS.get(charset, charset))


IN_CHARSETS = [
    *(Row(name, written(text, name, name), {"title": text}) for name, text in CHARSETS.items()),
    *(Row(f"{name}, no mark", written("é北", name, name), {"title": "é北"})
      for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")),
    Row("UTF-8 called latin-1", written("é", "utf-8", "iso-8859-1"), {"title": "é"}),
    Row("UTF-8 called ASCII", written("é", "utf-8", "us-ascii"), {"title": "é"}),
    Row("UTF-8 called UTF-16", written("é", "utf-8", "utf-16"), {"title": "é"}),
    Row("UTF-8 called nonsense", written("é", "utf-8", "nonsense"), {"title": "é"}),
    Row("UTF-16 called UTF-8", written("é", "utf-16", "utf-8"), {"title": "é"}),
    Row("latin-1 called UTF-8", written("l’été", "windows-1252", "utf-8"), {"title": "l’été"}),
    Row("latin-1 called nothing", written("été", "windows-1252", None), {"title": "été"}),
    Row("a mark and another name", b"\xef\xbb\xbf" + written("é", "utf-8", "iso-8859-1"), {"title": "é"}),
    Row("the server knows (RFC 7303)", written("Россия", "koi8-r", "windows-1251"), {"title": "Россия"},
        "application/xml; charset=koi8-r"),
    Row("the server knows, the document says nothing", written("北京", "gb2312", None), {"title": "北京"},
        'text/xml; charset="gb2312"'),
    Row("the server's default", written("Россия", "koi8-r", "koi8-r"), {"title": "Россия"},
        "text/xml;charset=ISO-8859-1"),
    Row("text/xml is not ASCII", written("é", "iso-8859-1", "iso-8859-1"), {"title": "é"}, "text/xml"),
    Row("the server is wrong", written("é", "utf-16", "utf-16"), {"title": "é"}, "text/xml; charset=utf-8"),
]  # fmt: skip

ENTITIES = [
    Row("&", rss(item("<title>AT&T & co &lt;x &</title>")), {"title": "AT&T & co <x &"}),
    Row("& in a link", rss(item(f"<link>{ONE}?a=1&b=2&copy=3&lang=4</link>")),
        {"link": ONE + "?a=1&b=2&copy=3&lang=4"}),
    Row("& in an attribute", atom(entry(f"<link href='{ONE}?a=1&lang=2'/>")), {"link": ONE + "?a=1&lang=2"}),
    Row("names of HTML", rss(item("<title>caf&eacute;&nbsp;&rsquo;s&hellip; &bogus;</title>")),
        {"title": "café ’s… &bogus;"}),
    Row("names of HTML, declared", '<!DOCTYPE rss [<!ENTITY nbsp "&#160;"><!ENTITY eacute \'&#xE9;\'>]>'
        "<rss version='2.0'><channel><item><title>a&nbsp;&eacute;</title></item></channel></rss>", {"title": "a é"}),
    Row("declared out of one another", "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&#38;a;&#x26;a;'>]>"
        "<rss version='2.0'><channel><item><title>[&a;][&b;]</title></item></channel></rss>",
        {"title": "[ha][&a;&a;]"}),
    Row("twice, beside a bare one", rss(item("<title>a &amp;amp; b & c</title>")), {"title": "a & b & c"}),
    Row("in CDATA, beside a bare one", rss(item(f"<title><![CDATA[a & <b>b</b>]]></title><link>{ONE}?a&b</link>")),
        {"title": "a & b", "link": ONE + "?a&b"}),
    Row("Atom's text, beside a bare one", atom(entry("<title>&lt;b&gt; & c</title>")), {"title": "<b> & c"}),
    Row("<", rss(item("<title>a < b, 1 <2</title>")), {"title": "a < b, 1 <2"}),
]  # fmt: skip

BROKEN = [
    Row("prefixes bound to nothing", rss(item("<title>x</title><dc:creator>me</dc:creator><media:title>M</media:title>"
                                              "<foo:bar a:b='c'>z</foo:bar>")), {"title": "x", "author": "me"}),
    Row("control characters", rss(item("<title>a\x01b&#11;c&#x1F;</title>")), {"title": "abc"}),
    Row("an unclosed element", rss(item("<title>x</title><description><p>a<br>b</description>")),
        {"title": "x", "text": "a\nb"}),
    Row("an end tag misspelt", rss(item(f"<title>x</titel><link>{ONE}</url>") + item("<title>y</title>")),
        {"count": 2, "title": "x", "link": ONE, "feed_title": "T"}),
    Row("an end tag misspelt behind CDATA", rss(item("<title><![CDATA[x & y]]></titel>") + item("<title>y</title>")),
        {"count": 2, "title": "x & y", "feed_title": "T"}),
    Row("no end tag", rss(item("<guid>g</guid><title>x") + item("<title>y</title>")),
        {"count": 2, "title": "x", "id": "g", "feed_title": "T"}),
    Row("the misspelt name of another element", rss(item(f"<link>{ONE}</title><title>x</title>")),
        {"count": 1, "title": "x", "link": ONE}),
    Row("a tag that differs in case", rss(item(f"<title>x</Title><link>{ONE}</link>")), {"title": "x", "link": ONE}),
    Row("an attribute without quotes", rss(item("<title>x</title><enclosure url=a length=1 />")), {"title": "x"}),
    Row("an attribute twice", rss(item("<title>x</title><enclosure url='a' url='b'/>")), {"title": "x"}),
    Row("CDATA in CDATA", rss(item("<title><![CDATA[x]]]]><![CDATA[>y]]></title>")), {"title": "x]]>y"}),
    Row("an empty item", rss("<item/>" + item("<title>x</title>")), {"count": 2, "title": ""}),
    Row("blanks before", "\n  " + rss(item("<title>x</title>")), {"title": "x"}),
    Row("words before", "Notice: x " + rss(item("<title>x</title>")), {"title": "x"}),
    Row("a warning before", "<br />\n<b>Warning</b>: y in <b>/z.php</b><br />\n" + rss(item("<title>x</title>")),
        {"count": 1, "title": "x"}),
    Row("a comment before", "<!-- cached -->" + rss(item("<title>x</title>")), {"title": "x"}),
    Row("an envelope around", "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'><soap:Body>"
        + rss(item("<title>x</title>")).partition("?>")[2] + "</soap:Body></soap:Envelope>", {"title": "x"}),
    Row("a script behind", rss(item("<title>x</title>")) + "<script>a && b</script>", {"count": 1, "title": "x"}),
    Row("a comment behind", rss(item("<title>x</title>")) + "<!-- 0.1 s -->", {"count": 1}),
    Row("another document behind", rss(item("<title>x</title>")) * 2, {"count": 2, "title": "x"}),
    Row("no end", rss(item("<title>x</title>"))[: -len("</rss>")], {"count": 1, "title": "x"}),
    Row("XML 1.1", "<?xml version='1.1'?>" + rss(item("<title>x</title>")).partition("?>")[2], {"title": "x"}),
    Row("a DTD elsewhere", "<!DOCTYPE rss SYSTEM 'http://x.example/rss.dtd'>"
        + rss(item("<title>x</title>")).partition("?>")[2], {"title": "x"}),
]  # fmt: skip
ROWS = [*IN_CHARSETS, *ENTITIES, *BROKEN]

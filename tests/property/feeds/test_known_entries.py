"""Reading only what is not known comes to the same as reading all: the same head, entries, dates, items and counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.feeds.known_entries import pack, unpack
from monitor.feeds.parse import NotAFeed, parse_document
from monitor.feeds.rhythm import past_dates, rhythm_s
from monitor.items.admit import admit
from monitor.items.identity import identities_to_ask
from monitor.model.feed import Feed, ParsedFeed
from monitor.model.item import KnownItem

URL = "https://example.org/feed"
NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
FEED = Feed(id=1, url=URL, next_poll_at=NOW, added_at=NOW, baseline_done=True)
CAPTURED = Path(__file__).parents[3].parent / "shared" / "feeds" / "news"
thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ATTRIBUTES = ["", "", "", " xml:lang='sv'", " xml:base='https://entry.example/'"]
TITLES = [
    "",
    "<title>T{n}</title>",
    "<title>Twice</title>",
    "<title type='html'>&lt;b&gt;Bold&lt;/b&gt; {n}</title>",
    "<media:title>M{n}</media:title>",
]
IDS = [
    "",
    "<guid>g{n}</guid>",
    "<guid isPermaLink='false'>twice</guid>",
    "<id>i{n}</id>",
    "<guid>https://g.example/</guid>",
]
LINKS = [
    "",
    "<link>https://example.org/{n}</link>",
    "<link>/twice</link>",
    "<link href='/twice'/>",
    "<link>javascript:1</link>",
    "<link rel='alternate' xml:base='https://other.example/' href='{n}'/>",
]
PARTS = [
    "<description>Text {n} &amp; more</description>",
    "<description><![CDATA[<p>Markup {n}</p></item><item>]]></description>",
    "<description>&lt;div xml:lang='fr'&gt;Escaped&lt;/div&gt;</description>",
    "<summary type='html' xml:lang='de'><div xml:base='/away/'>Odd {n}</div></summary>",
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><title>in</title><p>x{n}</p></div></content>",
    "<content type='xhtml'><div><svg xmlns='http://www.w3.org/2000/svg'><title>s</title></svg></div></content>",
    "<content:encoded><![CDATA[<p>Long text of {n}, longer than all others.</p>]]></content:encoded>",
    "<pubDate>Tue, 18 Feb 2025 0{n}:30:00 GMT</pubDate>",
    "<updated>2025-02-1{n}T10:00:00Z</updated>",
    "<dc:language>it</dc:language>",
    "<dc:creator>Author {n}</dc:creator>",
    "<author><name>A{n}</name><email>a@example.org</email></author>",
    "<image><title>Pic</title><url>/i.png</url><link>/pic</link></image>",
    "<textinput><title>In</title><name>q</name></textinput>",
    "<source url='https://source.example/'>Source</source>",
    "<source><title>S</title><id>s</id><updated>2025-01-01T00:00:00Z</updated></source>",
    "<x:title xmlns:x='http://search.yahoo.com/mrss/'>own prefix</x:title>",
    "<x:title xmlns:x='urn:other'>no title</x:title>",
    "<dc:title xmlns:dc='urn:y'>a title by its prefix</dc:title>",
    "<y:title xmlns:y='urn:y'>no title</y:title>",
    "<q:odd xmlns:q='urn:{n}' a='1'>q</q:odd>",
    "<q:odd xmlns:q='urn:other'><q:in>y</q:in></q:odd>",
    "<category>c</category><enclosure url='/e.mp3' type='audio/mpeg'/>",
    "<!-- {n} --><?pi {n}?>",
    " text between ",
]
NOT_OFTEN = [
    "<item><title>inner</title></item>",
    "<item><title>inner</title></item><x:item xmlns:x='urn:x'><title>in another's</title></x:item>",
    "<entry><id>x</id></entry>",
    "<feed/>",
    "<channel><title>x</title></channel>",
]
HEADS = [
    "<title>Feed</title><link>https://example.org/</link>",
    "<title>Feed</title><link href='https://example.org/home'/><updated>2025-02-18T1{n}:00:00Z</updated>",
    "<title>Feed</title><pubDate>Tue, 18 Feb 2025 1{n}:00:00 GMT</pubDate><language>de-AT</language><ttl>{n}</ttl>",
    "<title>Feed {n}</title><image><title>I</title><url>/i</url><link>/</link></image>",
    "<subtitle type='html'><div xml:lang='fr'>Sub</div></subtitle><title>Feed</title>",
    "<subtitle type='xhtml'><div><title>deep</title></div></subtitle><title>Feed</title><dc:language>es</dc:language>",
]
NAMESPACES = (
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    " xmlns:content='http://purl.org/rss/1.0/modules/content/'"
)
RDF = "xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
BASE = "xml:lang='nl' xml:base='https://base.example/x/'"
ENTITY = "<!DOCTYPE rss [<!ENTITY e 'entity'>]>"
FRAMES = [
    ("item", "<rss version='2.0' {ns}><channel>{head}{entries}</channel></rss>"),
    ("item", f"<rss version='2.0' {BASE} {{ns}}><channel>{{head}}{{entries}}</channel></rss>"),
    ("item", "<rss version='0.91' {ns}><channel>{entries}{head}</channel></rss>"),
    ("entry", "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en' {ns}>{head}{entries}</feed>"),
    ("atom:entry", "<atom:feed xmlns:atom='http://www.w3.org/2005/Atom' {ns}>{head}{entries}</atom:feed>"),
    ("item", f"<r:RDF {RDF} xmlns='http://purl.org/rss/1.0/' {{ns}}><channel>{{head}}</channel>{{entries}}</r:RDF>"),
    ("item", f"<r:RDF {RDF} {{ns}}><channel>{{head}}</channel>{{entries}}</r:RDF>"),
    ("entry", "<rss version='2.0' {ns}><channel>{head}{entries}</channel></rss>"),
    ("item", "<channel {ns}>{head}{entries}</channel>"),
    ("item", f"{ENTITY}<rss version='2.0' {{ns}}><channel>{{head}}{{entries}}&e;</channel></rss>"),
]  # fmt: skip
BETWEEN = ["", "\n", "<!-- between -->", "<category>between</category>", "<image><link>/late</link></image>"]


@st.composite
def entries(draw: st.DrawFn, number: int | None = None) -> str:
    n = draw(st.integers(0, 9)) if number is None else number
    parts = [draw(st.sampled_from(some)) for some in (TITLES, IDS, LINKS)]
    parts = draw(st.permutations(parts + draw(st.lists(st.sampled_from(PARTS), max_size=4))))
    if draw(st.integers(0, 40)) == 0:
        parts = [*parts, draw(st.sampled_from(NOT_OFTEN))]
    return draw(st.sampled_from(ATTRIBUTES)) + ">" + "".join(parts).replace("{n}", str(n))


@dataclass
class Shape:
    """How a feed is made, apart from its entries; the same from poll to poll but for what changes there."""

    name: str
    frame: str
    head: str
    between: str

    def document(self, contents: list[str], n: int) -> bytes:
        wrapped = self.between.join(f"<{self.name}{inner}</{self.name}>" for inner in contents)
        text = self.frame.replace("{ns}", NAMESPACES).replace("{head}", self.head.replace("{n}", str(n)))
        return text.replace("{entries}", wrapped).encode()


SHAPES = st.builds(
    lambda frame, head, between: Shape(*frame, head, between),
    st.sampled_from([*FRAMES[:6] * 4, *FRAMES]),
    st.sampled_from(HEADS),
    st.sampled_from([*BETWEEN[:3] * 4, *BETWEEN]),
)


def agree(whole: ParsedFeed, part: ParsedFeed) -> None:
    """What was read of a part is the whole without what was skipped, and nothing that is said of the feed differs."""
    bare = {"entries": (), "skipped": 0, "skipped_dates": (), "known": None}
    assert replace(part, **bare) == replace(whole, **bare)
    assert part.skipped + len(part.entries) == len(whole.entries)
    rest = iter(whole.entries)
    assert all(entry in rest for entry in part.entries), "not the same entries, or in another order"
    assert past_dates(part, NOW) == past_dates(whole, NOW)
    assert unpack(part.known or b"") == unpack(whole.known or b"")


def some_known(whole: ParsedFeed, chance: Random) -> bytes:
    known = unpack(whole.known or b"")
    return pack({raw: entry for raw, entry in known.items() if chance.random() < 0.7})


@thorough
@given(SHAPES, st.lists(entries(), max_size=8), st.randoms(use_true_random=False))
def test_some_entries_known(shape: Shape, contents: list[str], chance: Random) -> None:
    body = shape.document(contents, 1)
    try:
        whole = parse_document(body, None, URL)
    except NotAFeed:
        return
    agree(whole, parse_document(body, None, URL, some_known(whole, chance)))


@pytest.mark.parametrize("file", sorted(CAPTURED.glob("*.xml")) or [None], ids=lambda f: f.name if f else "none")
def test_captured_feeds(file: Path | None) -> None:
    if file is None:
        pytest.skip("the captured feeds are no part of a checkout")
    body = file.read_bytes()
    whole = parse_document(body, None, URL)
    for seed in range(3):
        agree(whole, parse_document(body, None, URL, some_known(whole, Random(seed))))
    again = parse_document(body, None, URL, whole.known)
    agree(whole, again)
    assert again.skipped == len(unpack(whole.known or b""))


@dataclass
class Store:
    """What admission leaves behind, for polls one after another."""

    items: dict[str, KnownItem] = field(default_factory=dict)
    known: bytes | None = None

    def poll(self, body: bytes, *, most_new: int) -> tuple[object, ...]:
        try:
            parsed = parse_document(body, None, URL, self.known)
        except NotAFeed as refused:
            return (refused.reason,)
        stored = {key: self.items[key] for key in identities_to_ask(parsed.entries) if key in self.items}
        admission = admit(parsed.entries, stored, FEED, NOW, most_new=most_new)
        for item in admission.new:
            number = len(self.items)
            for key in filter(None, (item.link_identity, item.identity)):
                self.items[key] = KnownItem(number, 1, item.content_hash)
        for number, item in admission.revised:
            for key, known in self.items.items():
                if known.id == number:
                    self.items[key] = KnownItem(number, known.revision + 1, item.content_hash)
        self.known = None if admission.left else parsed.known
        dates = past_dates(parsed, NOW)
        return (
            admission.new,
            admission.revised,
            admission.seen + parsed.skipped,
            admission.left,
            dates[-1:],
            rhythm_s(dates),
            parsed.problems,
        )


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["add", "twin", "drop", "edit", "move", "head", "nothing"]), st.integers(0, 9), entries()
    ),
    max_size=4,
)


@thorough
@given(SHAPES, st.lists(entries(), max_size=5), st.lists(CHANGES, min_size=1, max_size=4), st.sampled_from([2, 500]))
def test_polls_one_after_another(
    shape: Shape, contents: list[str], polls: list[list[tuple[str, int, str]]], most_new: int
) -> None:
    incremental, whole = Store(), Store()
    head = 0
    for changes in [[], *polls]:
        for kind, at, inner in changes:
            place = at % (len(contents) + 1)
            if kind == "add":
                contents = [*contents[:place], inner, *contents[place:]]
            elif kind == "twin" and contents:
                twin = re.sub(r"<(guid|id)[^>]*>[^<]*<", r"<\1>twin<", contents[at % len(contents)])
                contents = [*contents[:place], twin, *contents[place:]]
            elif kind == "drop":
                contents = [*contents[:place], *contents[place + 1 :]]
            elif kind == "edit":
                contents = [*contents[:place], inner, *contents[place + 1 :]]
            elif kind == "move":
                contents = [*contents[place:], *contents[:place]]
            elif kind == "head":
                head += 1
        body = shape.document(contents, head % 10)
        whole.known = None
        assert incremental.poll(body, most_new=most_new) == whole.poll(body, most_new=most_new)
        assert incremental.items == whole.items


@pytest.mark.parametrize(
    "twin",
    [
        "><title>Other</title><guid>g1</guid><link>/2</link>",  # the same id: told apart
        "><title>T</title><guid>g1</guid><link>/1</link><category>c</category>",  # the same entry, listed twice
        "><title>T</title><guid>g2</guid><link>/1</link>",  # the same second identity: it tells nothing apart any more
    ],
)
def test_an_entry_that_could_be_taken_for_a_known_one_is_read_beside_it(twin: str) -> None:
    shape = Shape(*FRAMES[0], HEADS[0], "")
    known = "><title>T</title><guid>g1</guid><link>/1</link>"
    incremental, whole = Store(), Store()
    for contents in ([known], [known, twin], [twin, known], [known], [twin]):
        whole.known = None
        body = shape.document(contents, 0)
        assert incremental.poll(body, most_new=9) == whole.poll(body, most_new=9)
        assert incremental.items == whole.items


def test_dates_of_skipped_entries_count_for_the_rhythm() -> None:
    shape = Shape(*FRAMES[0], HEADS[0], "")
    first = [f"><guid>{n}</guid><pubDate>Tue, 18 Feb 2025 0{n}:00:00 GMT</pubDate>" for n in range(8)]
    before = parse_document(shape.document(first, 0), None, URL)
    after = parse_document(shape.document(["><guid>new</guid>", *first], 0), None, URL, before.known)
    assert (after.skipped, [entry.id for entry in after.entries]) == (8, ["new"])
    assert past_dates(after, NOW) == past_dates(before, NOW) == [NOW - timedelta(hours=12 - n) for n in range(8)]

"""Whatever a title or a quote holds, a feed comes out that feed readers take: well-formed, whole and harmless."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

import feedparser
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.alerts.atom import atom_of
from monitor.alerts.entries import FeedPage, Told, entry_id, entry_of, feed_title
from monitor.alerts.json_feed import json_feed_of
from monitor.alerts.letter import Links
from monitor.model.alert import AlertContent, AlertKind, Filter
from tests.property.alerts.test_compose import CONTENTS, TEXT
from tests.unit.alerts.contents import AFTER, CHANGE

OURS = uuid.UUID("6f1f3c1e-8a5b-4d57-9a53-0d3d2b6f0b11")
SPACE = "{http://www.w3.org/2005/Atom}"
MOMENT = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
CHANGES = CONTENTS.filter(lambda content: isinstance(content, AlertContent))
HARD = replace(
    CHANGE, actor="\x00\x01\ufffe\uffff\ud800", issue="]]>&<![CDATA[", after=replace(AFTER, text="👩‍🚒\u202e\u0600")
)


def _page(contents: list[AlertContent], label: str, at: datetime, host: str = "volteface.example") -> FeedPage:
    entries = []
    for number, content in enumerate(contents):
        told = Told(
            content=replace(content, change_key=f"key {number}"),
            links=Links(change=f"https://{host}/changes/{number}"),
            published=at,
            updated=at + timedelta(seconds=number),
        )
        entries.append(entry_of(told, OURS, label=label))
    title = feed_title(Filter(), [content.actor for content in contents], [label])
    base = f"https://{host}/changes"
    return FeedPage(
        id="urn:uuid:x",
        title=title,
        home=base,
        address=f"{base}.atom?before=1-1",
        current=f"{base}.atom",
        older=f"{base}.atom?before=2-2&actor=a",
        also_as=f"{base}.json",
        entries=tuple(entries),
    )


def _text(element: Element | None) -> str:
    assert element is not None
    return element.text or ""


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(contents=st.lists(CHANGES, max_size=3), label=TEXT, at=MOMENT)
@example(
    contents=[HARD, replace(HARD, kind=AlertKind.CORRECTION)], label="<&>\x0b", at=datetime(2025, 2, 1, tzinfo=UTC)
)
def test_any_contents_make_a_feed_that_readers_take(contents: list[AlertContent], label: str, at: datetime) -> None:
    page = _page(contents, label, at)
    document = atom_of(page)
    root = fromstring(document)
    entries = root.findall(f"{SPACE}entry")
    assert [_text(entry.find(f"{SPACE}id")) for entry in entries] == [
        entry_id(OURS, f"key {n}") for n in range(len(contents))
    ]
    for element, entry in zip(entries, page.entries, strict=True):
        assert _text(element.find(f"{SPACE}title")) == _shown(entry.title)
        assert _text(element.find(f"{SPACE}content")) == _shown(entry.html)
        assert {child.tag.removeprefix(SPACE) for child in element} <= {
            *("id", "title", "published", "updated", "link", "category", "summary", "content")
        }
    parsed = feedparser.parse(document, response_headers={"content-type": "application/atom+xml; charset=utf-8"})
    assert parsed.bozo == 0, parsed.get("bozo_exception")
    assert parsed.version == "atom10" and parsed.encoding == "utf-8"
    assert [e.id for e in parsed.entries] == [e.id for e in page.entries]
    assert all(e.updated_parsed and e.published_parsed and e.title and e.content for e in parsed.entries)
    assert "<script" not in "".join(e.html for e in page.entries)
    body = json.loads(json_feed_of(page))
    assert [item["id"] for item in body["items"]] == [e.id for e in page.entries]


def _shown(text: str) -> str:
    """The text as XML can hold it."""
    return "".join(
        c if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "\ufffd"
        for c in text
    )


def test_an_archive_says_that_it_is_one_and_where_the_others_are() -> None:
    page = _page([CHANGE], "", datetime(2025, 2, 1, tzinfo=UTC))
    root = fromstring(atom_of(page))
    assert root.find("{http://purl.org/syndication/history/1.0}archive") is not None
    links = {(link.get("rel"), link.get("type")): link.get("href") for link in root.findall(f"{SPACE}link")}
    assert links[("prev-archive", "application/atom+xml")] == page.older
    assert links[("next", "application/atom+xml")] == page.older
    assert links[("current", "application/atom+xml")] == page.current
    assert links[("self", "application/atom+xml")] == page.address
    head = replace(page, address=page.current, older=None)
    root = fromstring(atom_of(head))
    assert root.find("{http://purl.org/syndication/history/1.0}archive") is None
    assert {link.get("rel") for link in root.findall(f"{SPACE}link")} == {"self", "alternate"}


def test_every_document_has_what_atom_asks_for() -> None:
    """RFC 4287, 4.1.1 and 4.1.2: id, title, updated, an author, and a link to each entry or its content."""
    root = fromstring(atom_of(_page([CHANGE, CHANGE], "", datetime(2025, 2, 1, tzinfo=UTC))))
    for name in ("id", "title", "updated", "author"):
        assert len(root.findall(f"{SPACE}{name}")) == 1
    for entry in root.findall(f"{SPACE}entry"):
        for name in ("id", "title", "updated", "published", "content", "summary"):
            assert len(entry.findall(f"{SPACE}{name}")) == 1
        assert [link.get("rel") for link in entry.findall(f"{SPACE}link")] == ["alternate", "via"]


def test_an_entry_has_one_id_for_good() -> None:
    """Written out, for a change to it would make every reader's old entries new."""
    assert entry_id(OURS, "ab" * 16) == "urn:uuid:838f6750-35e9-5d54-9252-a584846f58ba"

"""OPML in and out."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from monitor.feeds.opml import BadOpml, OutlineFeed, default_feeds, read_opml, write_opml

SHARED = Path(__file__).parents[3].parent / "shared" / "feeds" / "default-feeds.opml"

FEEDS = [
    OutlineFeed(url="https://a.example/feed?x=1&y=2", title="A & <b> “quoted” Ж", folder="World/Europe"),
    OutlineFeed(url="https://b.example/feed", title="B", folder="World"),
    OutlineFeed(url="https://c.example/feed", title="", folder=""),
    OutlineFeed(url="https://d.example/feed", title="D", folder="World/Europe"),
]


def document(body: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>\n<opml version="2.0">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</opml>'.encode()
    )


def test_what_is_written_is_read() -> None:
    written = write_opml(FEEDS, "Mine")
    read = read_opml(written)
    assert sorted(read, key=lambda f: f.url) == [
        FEEDS[0],
        FEEDS[1],
        OutlineFeed(url="https://c.example/feed", title="https://c.example/feed"),  # OPML asks for a text
        FEEDS[3],
    ]
    assert write_opml(read, "Mine") == write_opml(read_opml(write_opml(read, "Mine")), "Mine")
    folders = [o for o in ElementTree.fromstring(written).iter("outline") if "xmlUrl" not in o.attrib]
    assert sorted(o.attrib["text"] for o in folders) == ["Europe", "World"]


def test_nested_folders_titles_and_upper_case() -> None:
    body = """<outline text="World"><outline TEXT="Europe">
      <outline type="rss" text="A" xmlUrl="https://a.example/"/>
      <OUTLINE title="B" text="b" XMLURL="https://b.example/"/></outline></outline>
      <outline text="no address, no matter"/>"""
    assert read_opml(document(body)) == [
        OutlineFeed(url="https://a.example/", title="A", folder="World/Europe"),
        OutlineFeed(url="https://b.example/", title="B", folder="World/Europe"),
    ]


def test_a_feed_that_is_listed_twice_comes_once() -> None:
    outline = '<outline text="A" xmlUrl="{}"/>'
    body = outline.format("https://a.example/") + outline.format("HTTPS://A.example:443/")
    assert len(read_opml(document(body))) == 1


def test_bad_outlines_are_reported_with_their_lines_and_the_good_ones_kept() -> None:
    body = """<outline text="A" xmlUrl="https://a.example/"/>
<outline text="B" xmlUrl="ftp://b.example/"/>
<outline type="rss" text="C"/>"""
    problems: list[str] = []
    assert [f.title for f in read_opml(document(body), problems)] == ["A"]
    assert problems[0].startswith("Line 6 (B): The address 'ftp://b.example/'")
    assert problems[1].startswith("Line 7 (C): The outline has no xmlUrl")
    with pytest.raises(BadOpml, match=r"Line 6 \(B\): .* Line 7 \(C\): "):
        read_opml(document(body))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty or no XML"),
        (b"just text", "empty or no XML"),
        (b"<html><body/></html>", "Line 1: the document is no OPML; its outermost element is <html>"),
        (document('<outline text="A & B" xmlUrl="https://a.example/"/>'), "Line 5: the XML is broken"),
        (document('<outline text="A">'), "Line 6: the XML is broken"),
        (document("<outline text='x'>" * 60 + "</outline>" * 60), "nested more than 50 deep"),
        (b"<!DOCTYPE opml [<!ENTITY a 'b'>]><opml><body/></opml>", "declares entities"),
        (b"<!DOCTYPE opml [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><opml>&a;</opml>", "declares entities"),
    ],
)
def test_says_what_is_wrong(data: bytes, says: str) -> None:
    with pytest.raises(BadOpml, match=says):
        read_opml(data)


def test_other_charsets() -> None:
    text = '<?xml version="1.0" encoding="{}"?><opml version="1.0"><body><outline text="Ж" xmlUrl="https://a.example/"/></body></opml>'
    for charset in ("utf-8", "utf-16", "windows-1251"):
        assert read_opml(text.format(charset).encode(charset))[0].title == "Ж"


def test_secrets_are_masked_unless_they_are_asked_for() -> None:
    feed = OutlineFeed(url="https://anna:s3cret@a.example/?token=t0ken", title="A")
    assert b"s3cret" not in write_opml([feed])
    assert b"t0ken" not in write_opml([feed])
    assert read_opml(write_opml([feed], with_secrets=True)) == [feed]


def test_the_default_feeds() -> None:
    feeds = default_feeds()
    assert len(feeds) == len({feed.url for feed in feeds}) == 33
    assert all(feed.title and feed.folder for feed in feeds)


@pytest.mark.skipif(not SHARED.is_file(), reason="shared/feeds is not beside this checkout")
def test_the_default_feeds_are_those_that_were_collected() -> None:
    assert {feed.url for feed in default_feeds()} == {feed.url for feed in read_opml(SHARED.read_bytes())}

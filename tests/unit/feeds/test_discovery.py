"""Which addresses a page names as feeds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.discovery import MOST_TRIED, common_places, named_feeds

PAGE = "https://site.example/news/today.html"


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss.xml">', ["https://site.example/rss.xml"]),
        ("<LINK REL=alternate TYPE=application/atom+xml HREF=feed.atom>", ["https://site.example/news/feed.atom"]),
        ("<link href='//cdn.example/f?a=1&amp;b=2' type='application/feed+json' rel='home alternate'/>",
         ["https://cdn.example/f?a=1&b=2"]),
        ('<link rel="feed" href="feed://other.example/x">', ["https://other.example/x"]),
        ('<base href="https://base.example/d/"><link rel=alternate type=application/rss+xml href=f>',
         ["https://base.example/d/f"]),
        ('<link rel="alternate" type="text/html" hreflang="de" href="/de">', []),
        ('<link rel="stylesheet" type="application/rss+xml" href="/rss.xml">', []),
        ('<a href="/feeds/world.rss">World</a> <a href="/about">About</a>', ["https://site.example/feeds/world.rss"]),
        ('<a href="/weather/rss-news.xml">x</a>', ["https://site.example/weather/rss-news.xml"]),
        ('<a href="/feedback">Tell us</a><a href="/rssa">x</a><a href="/breed">x</a>', []),
        ('<link rel=alternate type=application/rss+xml href="javascript:alert(1)">', []),
        ('<link rel=alternate type=application/rss+xml href="file:///etc/passwd">', []),
        ('<link rel=alternate type=application/rss+xml href="http://[broken/">', []),
        (f'<link rel=alternate type=application/rss+xml href="{PAGE}#top">', []),
        ("", []),
    ],
)  # fmt: skip
def test_what_a_page_names(text: str, addresses: list[str]) -> None:
    assert named_feeds(f"<html><head>{text}</head></html>", PAGE) == addresses


def test_links_come_first_and_feeds_of_comments_last() -> None:
    def link(href: str, kind: str = "application/rss+xml") -> str:
        return f'<link rel=alternate type="{kind}" href="{href}">'

    text = '<a href="/all.rss">all</a>' + link("/comments/feed") + link("/maybe", "text/xml") + link("/feed") * 2
    assert named_feeds(text, PAGE) == [
        f"https://site.example{path}" for path in ("/feed", "/maybe", "/all.rss", "/comments/feed")
    ]


def test_a_page_cannot_make_us_ask_for_ever() -> None:
    text = "".join(f'<link rel=alternate type=application/rss+xml href="/{n}">' for n in range(10_000))
    assert len(named_feeds(text, PAGE)) == MOST_TRIED
    assert len(common_places("https://site.example/a/b/c/d.html")) == MOST_TRIED


def test_common_places_are_beneath_the_folder_and_the_root() -> None:
    places = common_places("https://site.example:8443/blog/")
    assert places[0] == "https://site.example:8443/blog/feed"
    assert "https://site.example:8443/rss.xml" in places
    assert common_places("https://site.example")[0] == "https://site.example/feed"


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            [
                "<link ",
                "<a ",
                "href=",
                "'",
                '"',
                ">",
                "rel=alternate ",
                "/feed",
                "&#0;",
                "http:",
                "type=text/xml ",
                "\x00",
                "//",
                "[",
                " ",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_any_page_is_read(text: str) -> None:
    for address in named_feeds(text, PAGE) + common_places(PAGE):
        assert address.startswith(("http://", "https://"))

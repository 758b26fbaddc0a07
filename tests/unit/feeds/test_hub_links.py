"""Hubs and topics, in every spelling in which feeds name them."""

from __future__ import annotations

import pytest

from monitor.feeds.hub_links import LONGEST_ADDRESS, MOST_HUBS, Announced, address, announced, topics_pushed
from monitor.feeds.parse import parse_document

PLACE = "https://paper.example/dir/feed.xml"
HUB, SELF = "https://hub.example/", "https://paper.example/self.xml"
BOTH = Announced((HUB,), SELF)
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'


@pytest.mark.parametrize(
    "headers",
    [
        [f'<{HUB}>; rel="hub", <{SELF}>; rel="self"'],
        [f"<{HUB}>;rel=hub", f"<{SELF}>;rel=self"],
        [f"<{SELF}>; rel=SELF , <{HUB}>; REL = 'x'; rel=hub", f'<{HUB}>; rel="HUB"'],
        [f'<{HUB}>; title="a, b; rel=self"; rel="hub",<{SELF}>; type="x\\"y"; rel="alternate self"'],
        [f"<{HUB}>; rel=http://www.iana.org/assignments/relation/hub", f'< {SELF} >; rel="self"'],
        [f'<{HUB}>; rel="hub"; rel="self", </self.xml>; rel=self'],  # the first rel counts (RFC 8288, 3.3)
        [f'<{HUB}>; rel=hub, <https://x.example/>; rel=self; anchor="/elsewhere", <{SELF}>; rel="self"; anchor=""'],
        [f'<not an address>; rel=hub, <mailto:a@b>; rel=hub, <{HUB}>; rel=hub, , <{SELF}>; rel=self; x="unclosed'],
    ],
)
def test_links_in_headers(headers: list[str]) -> None:
    assert announced(headers, (), None, PLACE) == BOTH


def test_links_in_headers_go_before_links_in_the_document_each_relation_by_itself() -> None:
    inside = ("https://inside.example/hub",)
    assert announced([f"<{HUB}>; rel=hub"], inside, SELF, PLACE) == BOTH
    assert announced([f"<{SELF}>; rel=self"], (HUB,), "https://inside.example/self", PLACE) == BOTH
    assert announced([f"<{HUB}>; rel=hub, <{SELF}>; rel=self"], inside, "https://inside.example/", PLACE) == BOTH
    assert announced(["<https://x.example/>; rel=next"], (HUB,), SELF, PLACE) == BOTH


def test_several_hubs_keep_their_order_each_once_and_not_too_many() -> None:
    links = [f"<https://hub{n % 6}.example/>; rel=hub" for n in range(12)]
    found = announced(links, (), SELF, PLACE)
    assert found is not None
    assert found.hubs == tuple(f"https://hub{n}.example/" for n in range(MOST_HUBS))


def test_without_a_hub_there_is_nothing_to_subscribe_to() -> None:
    assert announced([f"<{SELF}>; rel=self"], (), SELF, PLACE) is None
    assert announced([], (), None, None) is None
    assert announced(["<ftp://hub.example/>; rel=hub"], (), SELF, PLACE) is None


def test_a_feed_that_does_not_name_itself_is_known_by_its_address_unless_that_is_secret() -> None:
    assert announced([], (HUB,), None, PLACE) == Announced((HUB,), PLACE)
    for secret in ("https://paper.example/feed?token=abc", "https://me:pass@paper.example/feed"):
        assert announced([], (HUB,), None, secret) is None  # a hub is not told
        assert announced([], (HUB,), SELF, secret) == BOTH


@pytest.mark.parametrize(
    ("body", "hubs", "own"),
    [
        (
            f'<rss version="2.0" {ATOM}><channel><title>x</title><atom:link rel="hub" href="{HUB}"/>'
            f'<atom:link rel="self" type="application/rss+xml" href="{SELF}"/></channel></rss>',
            (HUB,),
            SELF,
        ),
        (
            '<rss version="2.0"><channel><title>x</title>'
            f'<atom10:link xmlns:atom10="http://www.w3.org/2005/Atom" rel="hub" href="{HUB}" />'
            f'<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="{SELF}"/></channel></rss>',
            (HUB,),
            SELF,
        ),
        (
            f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><link rel="hub" href="{HUB}"/>'
            '<link rel="HUB" href="https://two.example/"/><link rel="self" href="/self.xml"/>'
            '<entry><id>1</id><title>y</title><link rel="hub" href="https://no.example/"/></entry></feed>',
            (HUB, "https://two.example/"),
            SELF,
        ),
        (
            f'<rss version="2.0"><channel><title>x</title><atom:link rel="hub" href="{HUB}"/>'
            "<item><title>the prefix is not declared</title></item></channel></rss>",
            (HUB,),
            None,
        ),
        (
            f'<rss version="2.0" {ATOM}><channel><title>x</title><link>{HUB}</link><atom:link href="{HUB}"/>'
            '<atom:link rel="hub"/><atom:link rel="hub" href="javascript:x"/></channel></rss>',
            (),
            None,
        ),
        (
            f'{{"version":"https://jsonfeed.org/version/1.1","title":"x","feed_url":"{SELF}","items":[],'
            f'"hubs":[{{"type":"rssCloud","url":"https://no.example"}},{{"type":"WebSub","url":"{HUB}"}},7]}}',
            (HUB,),
            SELF,
        ),
        (
            '{"version":"https://jsonfeed.org/version/1","title":"x","items":[],"hubs":"none","feed_url":3}',
            (),
            None,
        ),
    ],
)
def test_links_in_documents(body: str, hubs: tuple[str, ...], own: str | None) -> None:
    parsed = parse_document(body.encode(), None, PLACE)
    assert parsed.hubs == hubs
    assert parsed.self_url == own


def test_a_document_of_which_only_the_new_entries_are_read_still_names_its_hub() -> None:
    def body(*entries: int) -> bytes:
        items = "".join(f"<item><guid>{n}</guid><title>t{n}</title></item>" for n in entries)
        head = f'<title>x</title><atom:link rel="hub" href="{HUB}"/>'
        return f'<rss version="2.0" {ATOM}><channel>{head}{items}</channel></rss>'.encode()

    first = parse_document(body(1, 2), None, PLACE)
    second = parse_document(body(3, 1, 2), None, PLACE, first.known)
    assert second.skipped == 2
    assert second.hubs == (HUB,)


@pytest.mark.parametrize(
    ("href", "whole"),
    [
        ("https://Hub.Example/A?b=%20c#d", "https://Hub.Example/A?b=%20c#d"),  # to the letter
        ("  /hub ", "https://paper.example/hub"),
        ("//hub.example/x", "https://hub.example/x"),
        ("", None),
        ("https://", None),
        ("https://hub.example/a b", None),
        ("https://hub.example/\n", "https://hub.example/"),
        ("https://[::1", None),
        ("https://hub.example:99999/", None),
        ("file:///etc/passwd", None),
        ("https://hub.example/" + "x" * LONGEST_ADDRESS, None),
    ],
)
def test_addresses(href: str, whole: str | None) -> None:
    assert address(href, PLACE) == whole


def test_the_topics_of_a_push() -> None:
    assert topics_pushed([f'<{HUB}>; rel="hub"', f'<{SELF}>; rel="self"']) == (SELF,)
    assert topics_pushed(["</relative>; rel=self"]) == ()

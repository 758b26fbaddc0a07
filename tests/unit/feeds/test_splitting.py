"""Documents in pieces: which are taken apart, and what makes an entry another although its bytes are the same."""

from __future__ import annotations

import pytest

from monitor.feeds.splitting import Pieces, split
from monitor.feeds.xml_document import prepare

HEAD = "<title>T</title><link>https://example.org/</link>"
A, B = "<item><guid>a</guid></item>", "<item><guid>b</guid></item>"
ROOT = "<rss version='2.0'>"


def pieces(
    head: str = HEAD, entries: str = A + B, root: str = ROOT, base: str = "https://example.org/f"
) -> Pieces | None:
    return split(prepare(f"{root}<channel>{head}{entries}</channel></rss>"), base)


def hashes(found: Pieces | None) -> tuple[bytes, ...]:
    assert found is not None
    return found.hashes


def test_entries_are_cut_out_whole_and_the_rest_stays() -> None:
    found = pieces()
    assert found is not None
    assert [found.data[start:end].decode() for start, end in found.spans] == [A, B]
    assert found.with_only({1}) == found.data.replace(A.encode(), b"")
    assert found.with_only({0, 1}) == found.data


@pytest.mark.parametrize(
    "entries",
    [
        A + "<image><url>/i</url></image>" + B,  # for b only
        A + "<item/>",
        A + "<entry/>" + B,
        "<item><item><guid>a</guid></item></item>",
        "<item><item><guid>a</guid></item><x:item xmlns:x='urn:x'><guid>b</guid></x:item><title>late</title></item>",
        "<item><guid>a</guid><item><guid>b</guid></item><foo><item><guid>c</guid></item></foo></item>",
        A + "<item><description><channel/></description></item>",
        A + "<group>" + B + "</group>",
        A + "<item><guid>b</item>",
    ],
)
def test_what_is_odd_is_read_as_a_whole(entries: str) -> None:
    assert pieces(entries=entries) is None


@pytest.mark.parametrize(
    "document",
    [
        f"{ROOT}<channel>{A}</channel><channel>{B}</channel></rss>",
        f"<channel>{A}</channel>",
        f"<!DOCTYPE rss [<!ENTITY e 'x'>]>{ROOT}<channel>{A}</channel></rss>",
        f"{ROOT}<channel>{A}<item><guid>half",
    ],
)
def test_an_odd_frame_is_read_as_a_whole(document: str) -> None:
    assert split(prepare(document), "") is None


@pytest.mark.parametrize(
    "change",
    [
        {"root": "<rss version='2.0' xml:base='https://other.example/'>"},
        {"root": "<rss version='2.0' xmlns:q='urn:q'>"},
        {"root": "<rss version='0.91'>"},
        {"base": "https://other.example/f"},
        {"head": HEAD + "<language>de</language>"},
        {"head": HEAD + "<image><url>/i</url></image>"},
        {"head": "<title>T</title><link href='https://example.org/'/>"},
        {"head": "<title>T</title><link href='https://other.example/'/>"},
        {"head": "<title>T</title><link>https://other.example/</link>"},
        {"head": "<title>T</title>", "entries": A + B + "<link>https://example.org/</link>"},
    ],
)
def test_another_context_makes_other_entries(change: dict[str, str]) -> None:
    links = {hashes(pieces(head=f"<title>T</title><link href='https://{host}.example/'/>")) for host in ("a", "b")}
    assert len(links) == 2
    assert not set(hashes(pieces())) & set(hashes(pieces(**change)))


@pytest.mark.parametrize(
    "said", ["<ttl>5</ttl>", "<lastBuildDate>today</lastBuildDate>", "<x:updated xmlns:x='urn:x'/>", "<!-- 1 -->"]
)
def test_what_says_nothing_of_entries_changes_none(said: str) -> None:
    assert hashes(pieces(HEAD + said)) == hashes(pieces(HEAD.replace("T", "Other")))
    assert hashes(pieces(entries="\n" + B + said + A)) == hashes(pieces())[::-1]

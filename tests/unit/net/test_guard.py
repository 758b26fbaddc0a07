"""The guard's decisions: rows of addresses and hosts."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

from monitor.net import ranges
from monitor.net.guard import AddressRefused, Guard
from monitor.net.ranges import read_address, why_not_public

REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "fc00::1", "fd12::1",
    "fe80::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "3fff::1", "100::1", "5f00::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.169.0.1",
    "223.255.255.255",    "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip
SPELLINGS = [  # what a resolver makes 127.0.0.1 of, and what a URL can hide
    "http://127.1/", "http://0x7f.1/", "http://0x7f000001/", "http://2130706433/", "http://017700000001/",
    "http://0177.0.0.1/", "http://127.0.0.1./", "http://[::1]/", "http://[::ffff:7f00:1]/", "http://0/",
    "http://example.org@127.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_what_is_not_on_the_public_internet(text: str) -> None:
    assert why_not_public(ip_address(text)) is not None
    with pytest.raises(AddressRefused, match="is refused"):
        Guard().check_address(text, ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_lets_the_public_internet_through(text: str) -> None:
    assert why_not_public(ip_address(text)) is None
    Guard().check_address(text, ip_address(text))


@pytest.mark.parametrize("url", SPELLINGS)
async def test_no_spelling_of_this_machine_gets_past(url: str) -> None:
    """What the check by sight lets through must be caught by the check of what the system's resolver makes of it."""
    from urllib.parse import urlsplit

    guard = Guard()
    with pytest.raises((AddressRefused, OSError)):  # some resolvers do not know a spelling: no connection either
        guard.check_url(url)
        await guard.addresses(urlsplit(url).hostname or "", 80)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://example.org/x", "neither http nor https"),
        ("file:///etc/passwd", "neither http nor https"),
        ("gopher://127.0.0.1:70/", "neither http nor https"),
        ("javascript:alert(1)", "neither http nor https"),
        ("http:///x", "names no host"),
        ("http://", "names no host"),
        ("http://exa mple.org/", "a space, a backslash"),
        ("http://example.org\\@127.0.0.1/", "a space, a backslash"),
        ("http://example.org/\r\nHost: x", "a space, a backslash"),
        ("http://example.org:99999/", "is no address"),
        ("http://[::1/", "is no address"),
    ],
)
def test_says_what_is_wrong_with_an_address(url: str, says: str) -> None:
    with pytest.raises(AddressRefused, match=says):
        Guard().check_url(url)


def test_a_refusal_shows_no_secret_and_names_the_setting() -> None:
    with pytest.raises(AddressRefused) as caught:
        Guard(setting="VOLTEFACE_FEEDS_ALLOW").check_url("ftp://anna:s3cret@example.org/?token=t0ken")
    assert "s3cret" not in caught.value.reason
    assert "t0ken" not in caught.value.reason
    with pytest.raises(AddressRefused, match=r"add 10\.0\.0\.1 or its network to VOLTEFACE_FEEDS_ALLOW"):
        Guard(setting="VOLTEFACE_FEEDS_ALLOW").check_url("http://10.0.0.1/feed")


@pytest.mark.parametrize(
    ("allow", "host", "address", "allowed"),
    [
        (["127.0.0.0/8"], "127.0.0.1", "127.0.0.1", True),
        (["127.0.0.0/8"], "10.0.0.1", "10.0.0.1", False),
        (["127.0.0.0/8"], "evil.example", "127.0.0.1", True),  # a network is allowed whoever leads there
        (["127.0.0.0/8"], "x", "::ffff:127.0.0.1", True),
        (["::1"], "x", "::1", True),
        (["[::1]"], "x", "::1", True),
        (["localhost"], "localhost", "127.0.0.1", True),
        (["localhost"], "LOCALHOST.", "127.0.0.1", True),
        (["localhost"], "evil.example", "127.0.0.1", False),
        (["intranet.example"], "a.intranet.example", "10.0.0.1", False),
        ([".intranet.example"], "a.intranet.example", "10.0.0.1", True),
        ([".intranet.example"], "intranet.example", "10.0.0.1", True),
        ([".intranet.example"], "evilintranet.example", "10.0.0.1", False),
        (["bücher.example"], "xn--bcher-kva.example", "10.0.0.1", True),
        (["straße.example"], "xn--strae-oqa.example", "10.0.0.1", True),
        (["straße.example"], "strasse.example", "10.0.0.1", False),
    ],
)
def test_the_allow_list(allow: list[str], host: str, address: str, allowed: bool) -> None:
    guard = Guard(allow)
    if allowed:
        guard.check_address(host, ip_address(address))
    else:
        with pytest.raises(AddressRefused):
            guard.check_address(host, ip_address(address))


@pytest.mark.parametrize("entry", ["http://localhost", "localhost:8000", "", "10.0.0.0/99", "*.example.org", "a b"])
def test_an_entry_that_is_neither_host_nor_network_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match="neither a host"):
        Guard([entry])


async def test_one_private_answer_among_public_ones_refuses_the_host() -> None:
    async def answers(host: str, port: int) -> list[str]:
        return ["93.184.215.14", "10.0.0.1"]

    with pytest.raises(AddressRefused, match="two-faced"):
        await Guard(resolve=answers).addresses("two-faced.example", 80)


async def test_a_host_without_an_answer_is_a_failed_look_up() -> None:
    async def answers(host: str, port: int) -> list[str]:
        return []

    with pytest.raises(socket.gaierror):
        await Guard(resolve=answers).addresses("nothing.example", 80)


def test_hosts_that_are_longer_than_any_name_are_not_remembered() -> None:
    zone = "x" * 60_000
    assert read_address(f"[fe80::1%{zone}]") == ip_address("fe80::1")
    before = ranges._remembered.cache_info().currsize
    assert [read_address(f"{number}.{zone}") for number in range(50)] == [None] * 50
    assert ranges._remembered.cache_info().currsize == before

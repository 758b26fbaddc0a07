"""Which addresses are on the public internet.

The tables are those of the IANA special-purpose registries (IPv4: RFC 6890 and its updates; IPv6: likewise), written
out because `ipaddress.is_global` answers differently from one Python release to the next.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LONGEST_NAME = 253  # characters of a host's name, RFC 1035

_V4 = (
    ("0.0.0.0/8", "it means this machine"),
    ("10.0.0.0/8", "it is a private network"),
    ("100.64.0.0/10", "it is shared between the customers of one provider"),
    ("127.0.0.0/8", "it is this machine itself"),
    ("169.254.0.0/16", "it is link-local, where clouds keep their metadata"),
    ("172.16.0.0/12", "it is a private network"),
    ("192.0.0.0/24", "it is reserved for protocols"),
    ("192.0.2.0/24", "it is reserved for documentation"),
    ("192.88.99.0/24", "it is a retired tunnel relay"),
    ("192.168.0.0/16", "it is a private network"),
    ("198.18.0.0/15", "it is reserved for benchmarks"),
    ("198.51.100.0/24", "it is reserved for documentation"),
    ("203.0.113.0/24", "it is reserved for documentation"),
    ("224.0.0.0/4", "it is multicast"),
    ("240.0.0.0/4", "it is reserved or broadcast"),
)
_V6 = (
    ("::/128", "it means this machine"),
    ("::1/128", "it is this machine itself"),
    ("fc00::/7", "it is a private network"),
    ("fe80::/10", "it is link-local"),
    ("ff00::/8", "it is multicast"),
    ("2001::/23", "it is reserved for protocols and tunnels"),
    ("2001:db8::/32", "it is reserved for documentation"),
    ("3fff::/20", "it is reserved for documentation"),
)
_NOT_PUBLIC_V4 = tuple((IPv4Network(net), why) for net, why in _V4)
_NOT_PUBLIC_V6 = tuple((IPv6Network(net), why) for net, why in _V6)
_PUBLIC_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")


def embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052)."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def why_not_public(address: Address) -> str | None:
    """Why an address is not on the public internet, as the end of a sentence, or None when it is."""
    if isinstance(address, IPv4Address):
        return next((why for net, why in _NOT_PUBLIC_V4 if address in net), None)
    inner = embedded(address)
    if inner is not None:
        return why_not_public(inner)
    for net, why in _NOT_PUBLIC_V6:
        if address in net:
            return why
    return None if address in _PUBLIC_V6 else "it is not on the public internet"


def read_address(text: str) -> Address | None:
    """An address from its plain spelling, with brackets or a zone (`[fe80::1%eth0]`) dropped; None if it is a name."""
    # One fetch asks four times for its host; but strangers may name hosts of 60 KB, of which thousands would be kept.
    return _remembered(text) if len(text) <= _LONGEST_NAME else _read(text)


def _read(text: str) -> Address | None:
    try:
        return ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


_remembered = lru_cache(maxsize=4096)(_read)


def read_network(text: str) -> Network | None:
    """A network such as `127.0.0.0/8`, or a single address as a network of one; None if it is a name."""
    try:
        return ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None

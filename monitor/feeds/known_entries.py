"""What is remembered of the entries that were read, so that they need not be read again. Pure.

It travels as bytes that only this room understands: 24 for each entry of the last document. Whoever loses them loses
time; whoever keeps them must keep what was admitted with them, in one transaction, or forget them.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path

from monitor.feeds.splitting import HASH_BYTES
from monitor.model.feed import ParsedEntry

_MARK_BYTES = 4
_DATE = struct.Struct(">q")
_RECORD_BYTES = HASH_BYTES + 2 * _MARK_BYTES + _DATE.size
_NO_DATE = -(2**63)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_MARK = bytes(_MARK_BYTES)


KnownEntry = bytes
"""An entry that was read, as 16 bytes: hashes of its id, and of its link and title, and the date it gives.

An entry that shares one of the hashes with another of the same document is told apart from it, or stands for it, so
that both must be read. They stay bytes, for nearly all of them are only passed on.
"""


def known_entry(entry: ParsedEntry) -> KnownEntry:
    """What is remembered of an entry; its id must be the one that the document gives."""
    title = " ".join(entry.title.casefold().split())
    link = _mark(entry.link, title) if entry.link and title else _NO_MARK
    return _mark(entry.id) + link + _DATE.pack(_microseconds(entry.published or entry.updated))


def clash(entries: Iterable[KnownEntry], known: Collection[KnownEntry]) -> bool:
    """Whether one of the entries could be taken for a known one that stands beside it."""
    identities = {entry[:_MARK_BYTES] for entry in known}
    links = {entry[_MARK_BYTES : 2 * _MARK_BYTES] for entry in known} - {_NO_MARK}
    return any(e[:_MARK_BYTES] in identities or e[_MARK_BYTES : 2 * _MARK_BYTES] in links for e in entries)


def given_dates(known: Iterable[KnownEntry]) -> tuple[datetime, ...]:
    """The dates of those that give one."""
    moments = (_DATE.unpack_from(entry, 2 * _MARK_BYTES)[0] for entry in known)
    return tuple(_EPOCH + timedelta(microseconds=moment) for moment in moments if moment != _NO_DATE)


def pack(entries: Mapping[bytes, KnownEntry]) -> bytes:
    """Entries by their hashes, as bytes."""
    return b"".join(chain.from_iterable(entries.items()))


def unpack(data: bytes) -> dict[bytes, KnownEntry]:
    """The entries by their hashes; nothing where the bytes are not ours."""
    if len(data) % _RECORD_BYTES:
        return {}
    starts = range(0, len(data), _RECORD_BYTES)
    return {data[at : at + HASH_BYTES]: data[at + HASH_BYTES : at + _RECORD_BYTES] for at in starts}


@cache
def reader_version() -> str:
    """What tells one state of the reader from another: what another one read may have to be read again.

    It is reckoned from the room's own source, so that nobody has to remember to count it up.
    """
    reader = blake2b(digest_size=16)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        reader.update(path.read_bytes())
    for name in ("volteface", "feedparser", "nh3"):
        with suppress(PackageNotFoundError):  # ours, where it runs from its folder
            reader.update(f"{name} {version(name)}\n".encode())
    reader.update(sys.version.encode())
    return reader.hexdigest()


def _mark(*parts: str | None) -> bytes:
    return blake2b("\0".join(part or "" for part in parts).encode("utf-8", "replace"), digest_size=_MARK_BYTES).digest()


def _microseconds(date: datetime | None) -> int:
    return _NO_DATE if date is None else (date - _EPOCH) // timedelta(microseconds=1)

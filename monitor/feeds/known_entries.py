"""What is remembered of the entries that were read, so that they need not be read again. Pure.

It travels as bytes that only this room understands: 24 for each entry of the last document. Whoever loses them loses
time; whoever keeps them must keep what was admitted with them, in one transaction, or forget them.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from monitor.feeds.splitting import HASH_BYTES
from monitor.model.feed import ParsedEntry

_MARK_BYTES = 4
_RECORD = struct.Struct(f">{HASH_BYTES}s{_MARK_BYTES}s{_MARK_BYTES}sq")
_NO_DATE = -(2**63)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_MARK = bytes(_MARK_BYTES)


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry that was read. `date` is the one it gives.

    `identity` and `link` are hashes of its id, and of its link and title: an entry that shares one of them with another
    of the same document is told apart from it, or stands for it, so that both must be read.
    """

    identity: bytes
    link: bytes
    date: datetime | None


def known_entry(entry: ParsedEntry) -> KnownEntry:
    """What is remembered of an entry; its id must be the one that the document gives."""
    title = " ".join(entry.title.casefold().split())
    link = _mark(entry.link, title) if entry.link and title else _NO_MARK
    return KnownEntry(_mark(entry.id), link, entry.published or entry.updated)


def clash(entries: Iterable[KnownEntry], known: Iterable[KnownEntry]) -> bool:
    """Whether one of the entries could be taken for a known one that stands beside it."""
    marks = {mark for entry in known for mark in ((0, entry.identity), (1, entry.link))} - {(1, _NO_MARK)}
    return any((0, entry.identity) in marks or (1, entry.link) in marks for entry in entries)


def pack(entries: Mapping[bytes, KnownEntry]) -> bytes:
    """Entries by their hashes, as bytes."""
    return b"".join(
        _RECORD.pack(raw, entry.identity, entry.link, _microseconds(entry.date)) for raw, entry in entries.items()
    )


def unpack(data: bytes) -> dict[bytes, KnownEntry]:
    """The entries by their hashes; nothing where the bytes are not ours."""
    if len(data) % _RECORD.size:
        return {}
    return {
        raw: KnownEntry(identity, link, None if at == _NO_DATE else _EPOCH + timedelta(microseconds=at))
        for raw, identity, link, at in _RECORD.iter_unpack(data)
    }


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

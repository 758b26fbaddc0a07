"""Undoing gzip and deflate piece by piece, so that a small body cannot become a large one in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

PIECE = 64 * 1024
ACCEPTED = "gzip, deflate"

_MOST_CODINGS = 2


class UndecodableBody(Exception):  # noqa: N818 - it is what the body is
    """The body is not what its Content-Encoding says. The message is the reason in plain words."""


class _Gzip:
    """gzip (RFC 1952), of several members if need be; what follows the last one and is no member is ignored."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inner.eof:
                if not data.startswith(b"\x1f"):
                    return
                self._inner = zlib.decompressobj(zlib.MAX_WBITS | 16)
            yield from _inflate(self._inner, data, "gzip")
            data = self._inner.unused_data if self._inner.eof else b""

    @property
    def complete(self) -> bool:
        return self._inner.eof


class _Deflate:
    """deflate: zlib (RFC 1950) as the standard has it, or raw (RFC 1951) as many servers have it."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj()
        self._head = b""
        self._decided = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if not self._decided:
            self._head += data
            if len(self._head) < 2:
                return
            data, self._decided = self._head, True
            if not _is_zlib(data):
                self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
        if not self._inner.eof:
            yield from _inflate(self._inner, data, "deflate")

    @property
    def complete(self) -> bool:
        return self._inner.eof


def _is_zlib(data: bytes) -> bool:
    return data[0] & 0x0F == zlib.DEFLATED and (data[0] << 8 | data[1]) % 31 == 0


def _inflate(inner: zlib._Decompress, data: bytes, name: str) -> Iterator[bytes]:
    try:
        while True:
            piece = inner.decompress(data, PIECE)
            if piece:
                yield piece
            data = inner.unconsumed_tail
            if inner.eof or (not data and len(piece) < PIECE):
                return
    except zlib.error as error:
        raise UndecodableBody(f"the body is said to be {name}, but it is not ({error})") from None


class BodyDecoder:
    """Undoes the codings of a Content-Encoding header, innermost last.

    Raises UndecodableBody for a coding that was not asked for: the decoders of brotli and zstd in reach cannot be
    bounded (a body of 1.7 KB became one piece of 1 GB).
    """

    def __init__(self, content_encoding: str) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")]
        names = [name for name in names if name not in ("", "identity", "none")]
        if len(names) > _MOST_CODINGS:
            raise UndecodableBody(f"the body is coded {len(names)} times over ({content_encoding[:60]!r})")
        self._steps: list[_Gzip | _Deflate] = []
        for name in reversed(names):
            if name in ("gzip", "x-gzip"):
                self._steps.append(_Gzip())
            elif name == "deflate":
                self._steps.append(_Deflate())
            else:
                raise UndecodableBody(
                    f"the body is coded as {name[:30]!r} although only gzip and deflate were asked for;"
                    " tell the publisher, or use another address of the feed"
                )
        self._seen = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decode what arrived; pieces of at most 64 KiB. Raises UndecodableBody."""
        self._seen = self._seen or bool(data)
        return self._through(0, data)

    def _through(self, step: int, data: bytes) -> Iterator[bytes]:
        if step == len(self._steps):
            if data:
                yield data
            return
        for piece in self._steps[step].feed(data):
            yield from self._through(step + 1, piece)

    def finish(self) -> None:
        """Say that nothing more arrives. Raises UndecodableBody when a coding is not at its end."""
        if self._seen and not all(step.complete for step in self._steps):
            raise UndecodableBody("the compressed body breaks off before its end")

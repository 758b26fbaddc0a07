"""gzip and deflate, undone within bounds."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from monitor.feeds.decoding import PIECE, BodyDecoder, UndecodableBody

TEXT = b"the quick brown fox " * 20_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def decoded(coding: str, body: bytes, step: int = 1000) -> bytes:
    decoder = BodyDecoder(coding)
    pieces = [piece for at in range(0, len(body), step) for piece in decoder.feed(body[at : at + step])]
    decoder.finish()
    assert all(len(piece) <= max(PIECE, step) for piece in pieces)
    return b"".join(pieces)


@pytest.mark.parametrize("step", [1, 7, 1000, 10**7])
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("GZip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:])),
        ("gzip", gzip.compress(TEXT) + b"\0\0 rubbish"),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
    ],
    ids=["none", "identity", "gzip", "x-gzip", "case", "members", "rubbish", "zlib", "raw", "twice"],
)
def test_decodes(coding: str, body: bytes, step: int) -> None:
    if step == 1 and len(body) > 10_000:
        body, expected = body[:10_000], TEXT[:10_000]
    else:
        expected = TEXT
    assert decoded(coding, body, step) == expected


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br", "gzip, gzip, gzip"])
def test_refuses_what_was_not_asked_for(coding: str) -> None:
    with pytest.raises(UndecodableBody):
        BodyDecoder(coding)


@pytest.mark.parametrize(
    ("coding", "body", "says"),
    [
        ("gzip", TEXT, "it is not"),
        ("deflate", b"\xff" * 100, "it is not"),
        ("gzip", gzip.compress(TEXT)[:-9], "breaks off"),
        ("deflate", zlib.compress(TEXT)[:-9], "breaks off"),
        ("deflate", b"\x78", "breaks off"),
    ],
    ids=["no gzip", "no deflate", "half gzip", "half deflate", "one byte"],
)
def test_says_what_is_wrong_with_a_body(coding: str, body: bytes, says: str) -> None:
    with pytest.raises(UndecodableBody, match=says):
        decoded(coding, body)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "deflate, gzip"])
def test_a_bomb_grows_piece_by_piece(coding: str) -> None:
    """128 MiB would come out; after each piece the reader may stop, and only a piece was in memory."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | (16 if coding == "gzip" else 0))
    bomb = b"".join(packer.compress(b"\0" * 1024 * 1024) for _ in range(128)) + packer.flush()
    if coding == "deflate, gzip":
        bomb = gzip.compress(bomb)
    tracemalloc.start()
    came = 0
    for piece in BodyDecoder(coding).feed(bomb):
        came += len(piece)
        if came > 15 * 1024 * 1024:
            break
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert came <= 15 * 1024 * 1024 + PIECE
    assert peak < 8 * 1024 * 1024

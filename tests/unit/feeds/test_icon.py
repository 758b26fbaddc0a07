"""Icons: raster images by their own bytes, and the links of a page that lead to them."""

from __future__ import annotations

import struct
import zlib

import pytest

from monitor.feeds.icon import icon_links, raster_type


def png(side: int = 16) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    pixels = zlib.compress(b"\x00" + b"\xff" * min(side, 64))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


ICO = struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, 40, 22) + b"\x28" + b"\x00" * 39
GIF = b"GIF89a" + struct.pack("<HH", 16, 16) + b"\x00\x00\x00;"
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 16, 16) + b"\x00" * 12
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L" + b"\x00" * 16


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(), "image/png"), (ICO, "image/x-icon"), (GIF, "image/gif"), (JPEG, "image/jpeg"), (WEBP, "image/webp"),
        (png(20_000), None), (b"GIF89a\xff\xff\xff\xff\x00\x00\x00", None), (JPEG[:9], None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", None),
        (b"<!doctype html><html>", None), (b"", None), (b"\x00\x00\x01\x00", None),
        (struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, 9999, 22) + b"x", None),
        (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>" + b" " * 40, None),
    ],
)  # fmt: skip
def test_only_raster_images_of_a_sensible_size_are_icons(data: bytes, kind: str | None) -> None:
    assert raster_type(data) == kind


def test_the_links_of_a_page_come_best_first() -> None:
    text = """<head><base href="/assets/"><link rel="apple-touch-icon" sizes="180x180" href="touch.png">
    <link rel="icon" type="image/svg+xml" href="mark.svg"><link rel="icon" sizes="192x192" href="large.png">
    <link href='small.png?a=1&amp;b=2' sizes=32x32 rel='shortcut icon'><link rel="stylesheet" href="x.css">
    <link rel=icon href=data:image/png;base64,AAAA><link rel="icon" href="javascript:alert(1)"></head>"""
    assert icon_links(text, "https://news.example/front/") == [
        "https://news.example/assets/small.png?a=1&b=2",
        "https://news.example/assets/large.png",
        "https://news.example/assets/touch.png",
    ]

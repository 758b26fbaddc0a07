"""Which characters a document is written in, whatever it says about itself."""

from __future__ import annotations

import codecs

import pytest

from monitor.feeds.charset import decode

TEXT = "<a>Präsident Выборы “quoted”</a>"
LATIN = "<a>Präsident “quoted”</a>"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (TEXT.encode(), None, TEXT),
        (codecs.BOM_UTF8 + TEXT.encode(), "text/xml; charset=iso-8859-1", TEXT),
        (TEXT.encode(), "text/xml; charset=ISO-8859-1", TEXT),  # the server's default, against the document's bytes
        (b'<?xml version="1.0" encoding="us-ascii"?>' + TEXT.encode(), None,
         f'<?xml version="1.0" encoding="us-ascii"?>{TEXT}'),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), None, TEXT),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "text/xml; charset=utf-8", TEXT),
        (TEXT.encode("utf-16-be"), None, TEXT),  # no byte order mark
        (TEXT.encode("utf-16-le"), None, TEXT),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), None, TEXT),
        (LATIN.encode("cp1252"), "text/xml; charset=iso-8859-1", LATIN),  # latin-1 means windows-1252
        (LATIN.encode("cp1252"), None, LATIN),
        (b'<?xml version="1.0" encoding="windows-1251"?>' + "Выборы".encode("cp1251"), "text/xml; charset=utf-8",
         '<?xml version="1.0" encoding="windows-1251"?>Выборы'),
        (b'<?xml version="1.0" encoding="koi8-r"?>' + "Выборы".encode("koi8-r"), "text/xml; charset=iso-8859-1",
         '<?xml version="1.0" encoding="koi8-r"?>Выборы'),
        ("Выборы".encode("cp1251"), "text/xml; charset=windows-1251", "Выборы"),
        ("選挙".encode("iso-2022-jp"), "text/xml; charset=iso-2022-jp", "選挙"),
        ("選挙".encode("shift_jis"), "text/xml; charset=Shift_JIS", "選挙"),
        ("<a>ä</a>".encode("cp1252"), "text/xml; charset=no-such-charset", "<a>ä</a>"),
        ("<a>ä</a>".encode("cp1252"), "text/xml; charset=zip", "<a>ä</a>"),
        ("“ä” ".encode() + "ä".encode("cp1252") + b" x", "text/xml; charset=utf-8", "“ä” ä x"),  # two mixed
    ],
)  # fmt: skip
def test_reads_the_text(body: bytes, content_type: str | None, text: str) -> None:
    assert decode(body, content_type)[0] == text


def test_says_when_it_repaired_something() -> None:
    assert decode(b"plain", None)[1] is None
    assert "windows-1252" in (decode(b"<a>\xff</a>", "text/xml; charset=utf-8")[1] or "")
    assert "breaks off" in (decode("aä".encode()[:-1], None)[1] or "")

"""From bytes to text: which characters a document is written in, whatever it says about itself. Pure; never raises."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_OPENINGS = (  # XML 1.0, appendix F: how `<?` or `<r` begins where there is no byte order mark
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9][\w.:-]{0,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9][\w.:-]{0,40})""", re.IGNORECASE)
_WIDER = {  # what people call the small one is usually the large one (WHATWG Encoding Standard)
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "big5": "big5hkscs",
}
_LABELS = {  # names in use that Python does not know (WHATWG Encoding Standard, 4.2)
    "windows-874": "cp874",
    "dos-874": "cp874",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gb18030",
    "x-x-big5": "big5hkscs",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
}
_EBCDIC = b"\x4c\x6f\xa7\x94"  # `<?xm` on a mainframe; its code pages agree in what a declaration is written in
_SEVEN_BIT = ("iso2022", "hz")
_HANDLER = "volteface-cp1252"


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "replace"), error.end


codecs.register_error(_HANDLER, _as_cp1252)


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str | None]:
    """The text of a document, and what had to be repaired, if anything.

    In this order: a byte order mark; UTF-16 and UTF-32 by their first bytes; UTF-8 if the bytes are valid UTF-8, for
    no other text is by chance; what the server says; what the XML declaration says; UTF-8 in which single wrong bytes
    are taken for windows-1252. That a server's default (ISO-8859-1) overrules the document is what RFC 7303 asks for
    and what breaks feeds in practice, so a default of the server gives way to the declaration.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _wide(body[len(mark) :], name)
    for opening, name in _OPENINGS:
        if body.startswith(opening):
            return _wide(body, name)
    if body.startswith(_EBCDIC):
        return _mainframe(body), None
    declared = _declared(body, content_type)
    if not any(name.startswith(_SEVEN_BIT) for name in declared):
        try:
            return body.decode("utf-8"), None
        except UnicodeDecodeError as error:
            if error.reason == "unexpected end of data":
                return body[: error.start].decode("utf-8"), "the document breaks off in the middle of a character"
    for name in declared:
        if name != "utf-8":
            try:
                return body.decode(name, "replace" if name == "cp1252" else "strict"), None
            except (UnicodeDecodeError, LookupError):
                continue
    return body.decode(
        "utf-8", _HANDLER
    ), "the document is not the UTF-8 that it should be; odd bytes were taken for windows-1252"


def _wide(body: bytes, name: str) -> tuple[str, str | None]:
    if name == "utf-8":
        return body.decode("utf-8", _HANDLER), None
    try:
        return body.decode(name), None
    except UnicodeDecodeError:
        return body.decode(name, "replace"), f"the document holds bytes that are no {name.upper()}"


def _mainframe(body: bytes) -> str:
    declared = _DECLARED.match(body[:1024].decode("cp037").encode("ascii", "replace"))
    name = _known(declared.group(1).decode("ascii")) if declared else None
    return body.decode(name if name and "<?xm".encode(name) == _EBCDIC else "cp037", "replace")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    by_server = _CHARSET.search(content_type or "")
    by_document = _DECLARED.match(body[:1024])
    names = [_known(by_server.group(1)) if by_server else None]
    names.append(_known(by_document.group(1).decode("ascii")) if by_document else None)
    if names[0] in ("cp1252", "utf-8"):
        names.reverse()
    return [name for name in names if name]


def _known(name: str) -> str | None:
    try:
        canonical = codecs.lookup(_LABELS.get(name.lower(), name)).name
        b"".decode(canonical)  # refuses codecs that are no charsets, such as zip and rot13
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if canonical.startswith(("utf-7", "utf-16", "utf-32")) else _WIDER.get(canonical, canonical)

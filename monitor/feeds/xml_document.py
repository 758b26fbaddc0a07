"""Making a document fit for an XML parser: no entity tricks, no forbidden characters, no half entry. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from monitor.feeds.not_a_feed import NotAFeed

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_CHARACTER_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|(\d{1,9}));")
_PAIR_OF_REFERENCES = re.compile(  # a character beyond 65,535 as the two halves that UTF-16 has for it
    r"&#(?:x([dD][89abAB][0-9a-fA-F]{2})|(5[5-6]\d{3}));&#(?:x([dD][c-fC-F][0-9a-fA-F]{2})|(5[6-7]\d{3}));"
)
_MISC = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)")
_START = re.compile(r"<\?xml\b|<!DOCTYPE\b|<!--|<(?:\w+:)?(?:rss|feed|rdf|channel|html)\b", re.IGNORECASE)
_ENTITY = re.compile(
    r"""<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"((?:[^"&%<]|&#\w{1,8};)*)"|'((?:[^'&%<]|&#\w{1,8};)*)')\s*>"""
)
_ENTRY_START = re.compile(r"<((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])(?![^<>]*/>)", re.IGNORECASE)
_ENTRY_END = re.compile(r"</((?:[\w.-]+:)?(?:item|entry))\s*>", re.IGNORECASE)
_NO_MARKUP_BEGINS = re.compile(r"<!\[CDATA\[|<!--")
_LITERALLY = str.maketrans({'"': "&#34;", "&": "&#38;#38;", "<": "&#38;#60;", "%": "&#37;"})  # XML 1.0, 4.6
_MOST_ENTITIES = 300
_LONGEST_ENTITY = 200
_FEED_START = re.compile(r"<(?:\w+:)?(?:rss\s|feed\s[^<>]{0,500}xmlns|rdf:RDF\b)", re.IGNORECASE)
_PAGE_START = re.compile(r"<(?:html|body|!doctype\s+html)\b", re.IGNORECASE)
_PAGE_ROOTS = {"html", "head", "body", "script"}
_FEED_ROOTS = {"rss", "feed", "rdf", "channel", "entry"}
_OTHER_ROOTS = {
    "opml": "it is an OPML list of feeds; import it with `volteface feeds import`",
    "urlset": "it is a sitemap, which lists pages and not news",
    "sitemapindex": "it is a list of sitemaps",
    "error": "it is an error message in XML",
    "svg": "it is a picture",
}
_CHALLENGES = (
    "cf-browser-verification", "cf_chl_", "challenge-platform", "just a moment...", "attention required! | cloudflare",
    "ddos-guard", "_incapsula_resource", "px-captcha", "g-recaptcha", "h-captcha", "hcaptcha.com", "captcha-delivery",
    "please enable cookies", "are you a robot", "verify you are human", "checking your browser", "anubis_challenge",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A document for the parser. `complete` is False when it breaks off; its last, partial entry is then cut away."""

    data: bytes
    entities: dict[str, str]
    complete: bool
    cut_entry: bool


def prepare(text: str) -> XmlDocument:
    """Make a document fit to be parsed. Raises NotAFeed when its root says that it is something else."""
    text = _without_forbidden(text)
    if "&#" in text:
        text = _CHARACTER_REFERENCE.sub(_allowed_reference, _PAIR_OF_REFERENCES.sub(_one_reference, text))
    start = _START.search(text[:20_000])
    text = text[start.start() :] if start and not text.startswith("<") else text.lstrip()
    text = _from_its_feed(text)
    position = _skip(text, 0)
    entities: dict[str, str] = {}
    if text[position : position + 9].lower() == "<!doctype":
        if re.match(r"<!doctype\s+html\b", text[position:], re.IGNORECASE):
            raise NotAFeed(_page(text))
        end = _doctype_end(text, position)
        entities = _entities(text[position:end])
        position = _skip(text, end)
    root = _ROOT.match(text, position)
    name = root.group(2) if root else ""
    _check_root(name, text)
    body, complete, cut = _without_partial_entry(text[position:], name)
    head = "<?xml version='1.0' encoding='utf-8'?>\n" + _doctype(entities)
    return XmlDocument((head + body).encode("utf-8", "replace"), entities, complete, cut)


def _without_forbidden(text: str) -> str:
    """The text without what XML forbids. Hardly any document holds such, and to look takes a seventh of removing it."""
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half a pair of surrogates
        return _FORBIDDEN.sub("", text)
    clean = len(data.translate(None, _CONTROLS)) == len(data) and "\ufffe" not in text and "\uffff" not in text
    return text if clean else _FORBIDDEN.sub("", text)


def _from_its_feed(text: str) -> str:
    """The text from where its feed begins, if it stands behind a server's warnings or in an envelope such as SOAP's.

    A page is left as it is, whatever it holds.
    """
    first = _ROOT.match(text, _skip(text, 0))
    if first is None or first.group(2).lower() in _FEED_ROOTS | _PAGE_ROOTS | {"opml"}:
        return text
    inner = _FEED_START.search(text[:20_000])
    return text[inner.start() :] if inner and not _PAGE_START.search(text[: inner.start()]) else text


def _allowed_reference(found: re.Match[str]) -> str:
    number = int(found.group(1), 16) if found.group(1) else int(found.group(2))
    legal = (
        number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF
    )
    return found.group(0) if legal else ""


def _one_reference(found: re.Match[str]) -> str:
    high, low = (int(x, 16) if x else int(d) for x, d in (found.group(1, 2), found.group(3, 4)))
    if not (0xD800 <= high <= 0xDBFF and 0xDC00 <= low <= 0xDFFF):
        return found.group()
    return f"&#{0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00)};"


def _skip(text: str, position: int) -> int:
    while found := _MISC.match(text, position):
        position = found.end()
    return position


def _doctype_end(text: str, position: int) -> int:
    """The position behind the document type declaration with its internal subset."""
    depth, quote = 0, ""
    for index in range(position, min(len(text), position + 200_000)):
        char = text[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and depth:
            quote = char
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
        elif char == ">" and depth <= 0:
            return index + 1
    raise NotAFeed("its document type declaration does not end")


def _entities(doctype: str) -> dict[str, str]:
    """The entities that stand for plain text. Nested and external ones are attacks and are dropped."""
    found: dict[str, str] = {}
    for name, double, single in _ENTITY.findall(doctype)[:_MOST_ENTITIES]:
        value = double or single
        if len(value) <= _LONGEST_ENTITY:
            found.setdefault(name, html.unescape(value))
    return found


def _doctype(entities: dict[str, str]) -> str:
    if not entities:
        return ""
    lines = (f'<!ENTITY {name} "{value.translate(_LITERALLY)}">' for name, value in entities.items())
    return "<!DOCTYPE feed [\n" + "\n".join(lines) + "\n]>\n"


def _check_root(name: str, text: str) -> None:
    lowered = name.lower()
    if lowered in _FEED_ROOTS:
        return
    if lowered in ("html", "head", "body", "script", "div", "p", "h1", "center") or "<html" in text[:2000].lower():
        raise NotAFeed(_page(text))
    if not name:
        sample = " ".join(text.split())[:60]
        raise NotAFeed(f"it is neither XML nor JSON; it begins with {sample!r}")
    reason = _OTHER_ROOTS.get(lowered)
    raise NotAFeed(reason or f"it is XML, but of another kind: its outermost element is <{name[:40]}>")


def _page(text: str) -> str:
    lowered = text[:200_000].lower()
    if any(mark in lowered for mark in _CHALLENGES):
        return (
            "the site shows a page that asks whether one is human instead of the feed; ask the publisher to let feed"
            " readers through, or use another address of the feed"
        )
    link = re.search(r"<link\b[^<>]{0,1000}type=[\"']application/(?:rss|atom|feed)\+(?:xml|json)[\"']", lowered)
    if link:
        return "it is a web page, which names a feed of its own; add the address of that feed instead"
    return "it is a web page, not a feed; look for a feed link on the site"


def _without_partial_entry(body: str, root: str) -> tuple[str, bool, bool]:
    """The document without a last entry in which it breaks off; whether it is complete; whether it was cut."""
    ended = body.rstrip()
    if ended.endswith(f"</{root}>") and not _within_cdata(ended):  # as nearly all do
        return ended, True, False
    markup, unended = _markup(body)
    last = unended if markup.startswith("<![", unended) else len(markup)  # comments without an end are all too common
    tail = max(0, len(body) - 100_000)
    closings = [found.end() for found in re.finditer(rf"</(?:[\w.-]+:)?{re.escape(root)}\s*>", markup[tail:last])]
    if closings:
        return body[: tail + closings[-1]], True, False
    if re.match(r"<[^<>]*/>\s*$", body):
        return body, True, False
    started = _unended_entry(markup[:unended])
    cut = started is not None
    kept = body[: unended if started is None else started]
    kept = kept[: kept.rfind("<")] if kept.rfind("<") > kept.rfind(">") else kept  # half a tag, as of an entry
    inner = "</channel>" if root.lower() == "rss" and "</channel" not in kept else ""
    qualified = kept[1 : re.search(r"[\s/>]|$", kept[1:]).start() + 1]  # type: ignore[union-attr] # $ always matches
    return f"{kept}{inner}</{qualified}>", False, cut


def _within_cdata(text: str) -> bool:
    """Whether the text breaks off within CDATA. To look for one character first costs next to nothing."""
    return "[" in text and text.rfind("<![CDATA[") > text.rfind("]]>")


def _markup(text: str) -> tuple[str, int]:
    """The text with blanks for CDATA and comments, which may hold any tag; where one begins that does not end."""
    parts: list[str] = []
    position = 0
    while begins := _NO_MARKUP_BEGINS.search(text, position):
        end = text.find("-->" if begins.group() == "<!--" else "]]>", begins.end())
        if end < 0:
            return "".join((*parts, text[position:])), begins.start()
        parts += [text[position : begins.start()], " " * (end + 3 - begins.start())]
        position = end + 3
    return "".join((*parts, text[position:])), len(text)


def _unended_entry(markup: str) -> int | None:
    """Where the entry begins in which the markup breaks off; None where it does so between entries."""
    first = _ENTRY_START.search(markup)
    if first is None:
        return None
    name = first.group(1).lower()  # what is called like it in another namespace may stand within one
    starts, ends = (
        [found.start() for found in tag.finditer(markup) if found.group(1).lower() == name]
        for tag in (_ENTRY_START, _ENTRY_END)
    )
    return starts[-1] if not ends or starts[-1] > ends[-1] else None

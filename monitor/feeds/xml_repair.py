"""Repairs of the commonest faults that keep a feed from being well-formed XML. Pure.

Mended are, outside CDATA sections, comments and processing instructions: an ampersand that begins no reference, a
reference to an entity of HTML that the document does not declare, a `<` before a blank or a digit, the end tag of a
text that is misspelt or missing, and prefixes that are bound to no namespace.
"""

from __future__ import annotations

import re
from html.entities import name2codepoint

_HEAD = re.compile(r"<\?xml[^>]*\?>\s*(?:<!DOCTYPE feed \[\n.*?\n\]>\s*)?", re.DOTALL)
_ASIDE = re.compile(r"<!\[CDATA\[|<!--|<\?")
_ASIDE_END = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_AMPERSAND = re.compile(r"&(?:#\d{1,7};|#x[0-9a-fA-F]{1,6};|([A-Za-z]\w{0,30});|)")
_STRAY_LESS = re.compile(r"<(?=[\s\d=<])")
_NAME = r"[A-Za-z_][\w.:-]*"
_ATTRIBUTES = r"(?:\s[^<>]*)?(?<!/)"
_TEXT = re.compile(rf"<({_NAME})({_ATTRIBUTES})>([^<]*)</({_NAME})\s*>")
_HOLDS_ELEMENTS = re.compile(rf"<({_NAME}){_ATTRIBUTES}>\s*(?=<[A-Za-z_])")
_ELSEWHERE = "\ue000"
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][\w.-]*)\s*=")
_DECLARED_ENTITY = re.compile(r"<!ENTITY (\S+) ")
_ROOT = re.compile(r"<[A-Za-z_][\w.:-]*")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_MOST_PREFIXES = 50
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


def repaired(data: bytes) -> bytes:
    """The document, UTF-8 with our own head, with what can be mended mended; the same bytes where nothing can."""
    text = data.decode("utf-8", "replace")
    found = _HEAD.match(text)
    at = found.end() if found else 0
    root = _ROOT.match(text, at)
    if root is None:
        return data
    head, start = text[:at], root.end() - at
    known = _OF_XML | set(_DECLARED_ENTITY.findall(head))
    markup, aside = _apart(text[at:])
    markup = _ended([_mended(part, known) for part in markup])
    body = "".join(part + other for part, other in zip(markup, aside, strict=True))
    missing = _unbound("".join(markup))
    bound = "".join(f' xmlns:{prefix}="{_NAMESPACES.get(prefix, "urn:unbound:" + prefix)}"' for prefix in missing)
    return (head + body[:start] + bound + body[start:]).encode("utf-8")


def _apart(text: str) -> tuple[list[str], list[str]]:
    """Markup, and what stands between: CDATA sections, comments and instructions. One that does not end is markup."""
    markup: list[str] = []
    aside: list[str] = []
    endless: set[str] = set()
    position = 0
    for opening in _ASIDE.finditer(text):
        kind = opening.group()
        if opening.start() < position or kind in endless:
            continue
        end = text.find(_ASIDE_END[kind], opening.end())
        if end < 0:
            endless.add(kind)  # looked for once: a document of nothing but openings is read in linear time
            continue
        end += len(_ASIDE_END[kind])
        markup.append(text[position : opening.start()])
        aside.append(text[opening.start() : end])
        position = end
    return [*markup, text[position:]], [*aside, ""]


def _mended(text: str, known: set[str] | frozenset[str]) -> str:
    def reference(found: re.Match[str]) -> str:
        name = found.group(1)
        if name is None:
            return found.group() if len(found.group()) > 1 else "&amp;"
        if name in known:
            return found.group()
        return f"&#{name2codepoint[name]};" if name in name2codepoint else "&amp;" + found.group()[1:]

    return _STRAY_LESS.sub("&lt;", _AMPERSAND.sub(reference, text))


def _ended(markup: list[str]) -> list[str]:
    """With the end tag that belongs to each text: `<title>a</titel>` would swallow the entries behind it."""
    text = _ELSEWHERE.join(markup)
    if text.count(_ELSEWHERE) != len(markup) - 1:
        return markup
    holders = set(_HOLDS_ELEMENTS.findall(text))

    def end(found: re.Match[str]) -> str:
        name, attributes, words, other = found.groups()
        if name == other:
            return found.group()
        return f"<{name}{attributes}>{words}</{name}>" + (f"</{other}>" if other in holders else "")

    return _TEXT.sub(end, text).split(_ELSEWHERE)


def _unbound(text: str) -> list[str]:
    used = {element or attribute for element, attribute in _PREFIX.findall(text)}
    return sorted(used - set(_DECLARED.findall(text)) - {"xml", "xmlns"})[:_MOST_PREFIXES]

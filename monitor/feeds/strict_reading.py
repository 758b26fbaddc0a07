"""feedparser's strict parser, driven by expat itself, so that an entry is read the same whatever stands around it.

feedparser keeps its state over a whole document, and some of it leaks: an XHTML content that holds a `<title>` throws
its count of open contents off for all entries that follow, a `<div>` in escaped markup shifts the bases and languages,
a namespace prefix of one entry is known in the next. Here every element ends with the state that it began with, and
every entry begins afresh. Only for that may entries that are known be left out of a document (`splitting`).

What feedparser makes of dates and categories is not used, and not computed. xml.sax is left out: it costs as much as
what it drives.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from xml.parsers import expat

import feedparser.mixin
from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict

from monitor.feeds.elements import Elements
from monitor.feeds.links import is_plain

RESOLVED = frozenset({"comments", "docs", "href", "icon", "link", "logo", "url", "wfw_comment", "wfw_commentrss"})
"""The elements and attributes that hold relative addresses; ids are none."""

_AT_REST = {
    "infeed": 0,
    "inentry": 0,
    "incontent": 0,
    "intextinput": 0,
    "inimage": 0,
    "inauthor": 0,
    "incontributor": 0,
    "inpublisher": 0,
    "insource": 0,
    "svgOK": 0,
    "hasContent": 0,
    "title_depth": -1,
    "_summaryKey": None,
}
_KNOWN = {uri.lower(): prefix for uri, prefix in Elements.namespaces.items()}
_NAMESPACES_WITH_A_NAME = {"math": "http://www.w3.org/1998/Math/MathML", "svg": "http://www.w3.org/2000/svg"}

# It is asked for every element, and nearly always the same.
feedparser.mixin.make_safe_absolute_uri = lru_cache(maxsize=64)(feedparser.mixin.make_safe_absolute_uri)


class _ContentParams(dict[str, Any]):
    """What feedparser notes of a content. It holds text only, so a deep copy of it is a copy."""

    def __deepcopy__(self, memo: object) -> dict[str, Any]:
        return dict(self)


class StrictReader(Elements, StrictFeedParser):  # type: ignore[misc] # feedparser has no types
    """Reads one well-formed document. `at_root` is the version as its outermost element tells it, "" if it does not."""

    matched = True
    can_be_relative_uri = RESOLVED
    resolve_relative_uris = False
    sanitize_html = False

    def __init__(self, base_url: str | None) -> None:
        super().__init__(base_url or "", None, "utf-8")
        self.at_root = ""
        self._open: list[tuple[str, str, str | None, int, tuple[dict[Any, Any], dict[Any, Any]] | None]] = []
        self._scope: tuple[dict[Any, Any], dict[Any, Any]] | None = None
        self._around: list[tuple[dict[str, Any], int]] = []
        self._tags: dict[str, str] = {}
        self._others = 0

    def read(self, data: bytes) -> None:
        """Reads the document. Raises ExpatError, and whatever feedparser's handlers do on odd documents."""
        parser = expat.ParserCreate("utf-8", " ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.handle_data
        try:
            parser.Parse(data, True)
        finally:  # the parser and we hold each other
            parser.StartNamespaceDeclHandler = parser.StartElementHandler = None
            parser.EndElementHandler = parser.CharacterDataHandler = None

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        if self._scope is None:
            self._scope = dict(self.namespacemap), dict(self.namespaces_in_use)
        self.startPrefixMapping(prefix, uri)
        self._tags = {}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        scope, self._scope = self._scope, None
        tag = self._tags.get(name) or self._tag(name)
        self._open.append((tag, self.baseuri, self.lang, self.depth, scope))
        attrs: dict[str, str] = self.decls
        self.decls: dict[str, str] = {}
        if self._others:
            return
        namespace = _NAMESPACES_WITH_A_NAME.get(tag.rpartition(":")[2])
        if namespace and name.startswith(namespace + " "):
            attrs["xmlns"] = namespace
        if attributes:
            _add_attributes(attrs, attributes)
        self.unknown_starttag(tag, list(attrs.items()))
        if len(self._open) == 1:
            self.at_root = self.version
        elif self.inentry and not self.incontent and not self._is_read(tag):
            self._others = len(self._open)

    def _end(self, name: str) -> None:
        tag, base, lang, depth, scope = self._open[-1]
        if not self._others or len(self._open) == self._others:
            self.unknown_endtag(tag)
            self._others = 0
        del self._open[-1]
        self.baseuri, self.lang, self.depth = base, lang, depth
        within = len(self._open)
        del self.basestack[within:], self.langstack[within:]
        if scope is not None:
            self.namespacemap, self.namespaces_in_use = scope
            self._tags = {}

    def _is_read(self, tag: str) -> bool:
        """Whether feedparser knows the element. What stands inside another one of an entry is that one's business:
        the link and the id of an `activity:object` are none of the entry's."""
        prefix, _, local = tag.rpartition(":")
        prefix = self.namespacemap.get(prefix, prefix)
        return hasattr(self, f"_start_{prefix}_{local}" if prefix else f"_start_{local}")

    def _tag(self, name: str) -> str:
        """An element as feedparser names it: the prefix it knows a namespace by, or the one that the document gives."""
        namespace, _, local = name.partition(" ")
        if not local:
            namespace, local = "", name
        local = local.partition(" ")[0].lower()
        lowered = namespace.lower()
        if "backend.userland.com/rss" in lowered:
            namespace = lowered = "http://backend.userland.com/rss"
        prefix = _KNOWN.get(lowered, "")
        if not prefix and namespace:
            prefix = next((p for p, uri in self.namespaces_in_use.items() if p and uri == namespace), "")
        tag = f"{prefix}:{local}".lower() if prefix else local
        self._tags[name] = tag
        return tag

    def _start_item(self, attrs_d: dict[str, str]) -> None:
        state = {name: getattr(self, name) for name in _AT_REST}
        state["contentparams"], state["sourcedata"] = self.contentparams, self.sourcedata
        self._around.append((state, len(self.elementstack)))
        self.__dict__.update(_AT_REST, contentparams=FeedParserDict(), sourcedata=FeedParserDict())
        super()._start_item(attrs_d)

    _start_entry = _start_item

    def _end_item(self) -> None:
        super()._end_item()
        if self._around:
            state, height = self._around.pop()
            self.__dict__.update(state)
            del self.elementstack[height:]

    _end_entry = _end_item

    def push_content(self, tag: str, attrs_d: dict[str, str], default_content_type: str, expecting_text: int) -> None:
        """As feedparser does, on a lighter mapping."""
        super().push_content(tag, attrs_d, default_content_type, expecting_text)
        self.contentparams: dict[str, Any] = _ContentParams(self.contentparams)

    def resolve_uri(self, uri: str) -> str:
        """As feedparser does; most links need it not."""
        return uri if is_plain(uri) else str(super().resolve_uri(uri))

    def _start_category(self, attrs_d: dict[str, str]) -> None:
        self.push("category", 1)

    def _end_category(self) -> None:
        self.pop("category")

    _start_keywords, _end_keywords = _start_category, _end_category

    def _add_tag(self, term: object, scheme: object, label: object) -> None:
        pass

    def _end_updated(self) -> None:
        self.pop("updated")

    _end_modified = _end_lastbuilddate = _end_updated

    def _end_created(self) -> None:
        self.pop("created")

    def _end_expirationdate(self) -> None:
        self.pop("expired")


def _add_attributes(into: dict[str, str], attributes: dict[str, str]) -> None:
    """The attributes as feedparser names them, by the prefix it knows, and by the one in the document."""
    given: dict[str, str] = {}
    for name, value in attributes.items():
        if " " not in name:
            into[name.lower()] = given[name.lower()] = value
            continue
        namespace, local, *prefix = name.split(" ")
        known = _KNOWN.get(namespace.lower(), "")
        into[(f"{known}:{local}" if known else local).lower()] = value
        given[(f"{prefix[0]}:{local}" if prefix else local).lower()] = value
    into.update(given)

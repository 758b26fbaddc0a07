"""How we have feedparser's two parsers read single elements, where their own way loses or confuses something.

- `dc:title` and `media:title` are kept apart, for whichever stands first would else be the entry's title;
- an id is an id: feedparser takes one for the entry's link before it has seen the links;
- of several links, ids or dates the first counts, and RSS's own (`<link>`, `<guid>`, `<pubDate>`) before those of
  Atom and Dublin Core;
- what stands inside a content is content: a feed quoted in an entry adds no entries, a `<title>` there is no title;
- a namespace is known in the spellings that are about: https, another slash at its end, another case.
"""

from __future__ import annotations

from typing import ClassVar

from feedparser.mixin import _FeedParserMixin

_IANA = "http://www.iana.org/assignments/relation/"  # RFC 4287, 4.2.7.2: the long form of a relation's name
_MORE_NAMESPACES = {
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/net/rss1.1#": "",
    "http://purl.org/rss/2.0/": "",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://www.purl.org/dc/elements/1.1/": "dc",
}
_XHTML = "application/xhtml+xml"


def _spellings(uri: str) -> set[str]:
    bare = uri.removeprefix("http://").rstrip("/")
    if not uri.startswith("http://"):
        return {uri}
    return {f"{scheme}://{bare}{slash}" for scheme in ("http", "https") for slash in ("", "/")}


class Elements(_FeedParserMixin):  # type: ignore[misc] # feedparser has no types
    """To be put before one of feedparser's parsers among the bases of a class."""

    namespaces: ClassVar[dict[str, str]] = {
        spelling: prefix
        for uri, prefix in {**_FeedParserMixin.namespaces, **_MORE_NAMESPACES}.items()
        for spelling in _spellings(uri)
    }
    matched: ClassVar[bool] = False
    """Whether every element that begins also ends, as in well-formed XML."""

    _content_depth = 0
    _matchnamespaces: ClassVar[dict[str, str]] = {}

    def _start_dc_title(self, attrs_d: dict[str, str]) -> None:
        self.push_content("dc_title", attrs_d, "text/plain", 1)

    def _end_dc_title(self) -> None:
        self.pop_content("dc_title")

    def _start_media_title(self, attrs_d: dict[str, str]) -> None:
        self.push_content("media_title", attrs_d, "text/plain", 1)

    def _end_media_title(self) -> None:
        self.pop_content("media_title")

    def _start_guid(self, attrs_d: dict[str, str]) -> None:
        self.guidislink = attrs_d.get("ispermalink", "true").strip().lower() == "true"
        self.push("id", 1)

    def _end_guid(self) -> None:
        context = self._get_context()
        before = context.get("id"), context.get("guidislink")
        if self.pop("id") and "rss_guid" not in context:
            self._save("guidislink", self.guidislink, overwrite=True)
            context["rss_guid"] = context.get("id")
        elif before[0]:
            context["id"], context["guidislink"] = before

    _start_id = _start_guid

    def _end_id(self) -> None:
        context = self._get_context()
        guid, is_link = context.get("rss_guid"), context.get("guidislink")
        self.pop("id")
        if guid:
            context["id"], context["guidislink"] = guid, is_link
        else:
            self._save("guidislink", self.guidislink, overwrite=True)

    def _start_link(self, attrs_d: dict[str, str]) -> None:
        if attrs_d.get("rel", "").startswith(_IANA):
            attrs_d["rel"] = attrs_d["rel"].removeprefix(_IANA)
        context = self._get_context()
        first = context.get("link")
        super()._start_link(attrs_d)
        if first:
            context["link"] = first

    def _end_link(self) -> None:
        context = self._get_context()
        before, given = context.get("link"), context.get("rss_link")
        address = self.pop("link")
        if address and not given:
            context["rss_link"] = address
        elif before:
            context["link"] = before

    def _end_pubdate(self) -> None:
        context = self._get_context()
        before = context.get("published")
        if self.pop("published") and "rss_pubdate" not in context:
            context["rss_pubdate"] = True
        elif before:
            context["published"] = before

    def _end_published(self) -> None:
        context = self._get_context()
        before = context.get("published")
        self.pop("published")
        if "rss_pubdate" in context:
            context["published"] = before

    _end_issued = _end_dcterms_issued = _end_published

    def push_content(self, tag: str, attrs_d: dict[str, str], default_content_type: str, expecting_text: int) -> None:
        """Note where a content begins, to know what stands inside it."""
        super().push_content(tag, attrs_d, default_content_type, expecting_text)
        if self.incontent == 1:
            self._content_depth = self.depth

    def unknown_endtag(self, tag: str) -> None:
        """End an element. One inside a content is its text: feedparser takes a `</title>` there for the entry's."""
        inside = self.incontent and self.contentparams.get("type") == _XHTML and self.depth > self._content_depth
        if not (self.matched and inside):
            super().unknown_endtag(tag)
            return
        if tag.rpartition(":")[2] == "svg" and self.svgOK:
            self.svgOK -= 1
        self.handle_data(f"</{tag.rpartition(':')[2]}>", escape=0)
        for stack in (self.basestack, self.langstack):
            stack.pop()
        if self.basestack and self.basestack[-1]:
            self.baseuri = self.basestack[-1]
        if self.langstack:
            self.lang = self.langstack[-1]
        self.depth -= 1

    def _start_content(self, attrs_d: dict[str, str]) -> None:
        kind = attrs_d.get("type", "")
        if kind.endswith(("/xml", "+xml")):
            attrs_d["type"] = _XHTML
        super()._start_content(attrs_d)

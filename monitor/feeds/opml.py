"""OPML 1.0 and 2.0: lists of feeds as readers exchange them (http://opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from monitor.feeds.address import BadAddress, feed_address
from monitor.feeds.charset import decode
from monitor.feeds.text import one_line
from monitor.net.mask import MASK, mask

_MOST_FEEDS = 20_000
_DEEPEST = 50
_NAMESPACE = "urn:volteface:opml"
_ARTICLES_NAME = "volteface:articles"
_ARTICLES = {"true": True, "false": False}


class BadOpml(ValueError):  # noqa: N818 - it is what the document is
    """The document is no OPML, or an outline in it cannot be used. The message names the line and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineFeed:
    """A feed as an OPML document names it. `folder` is the path of the outlines around it, joined with `/`.

    `articles` is our own attribute, `volteface:articles`: whether whole articles are fetched; None where it is silent.
    """

    url: str
    title: str = ""
    folder: str = ""
    articles: bool | None = None


def read_opml(data: bytes, problems: list[str] | None = None) -> list[OutlineFeed]:
    """The feeds of an OPML document in their order; one that is listed twice comes once.

    Outlines that cannot be used are described in `problems`, with their lines; without such a list the first of them is
    an error, so that none is dropped in silence. Raises BadOpml. External entities and entity expansion are refused.
    """
    text, _ = decode(data)
    start = text.find("<")
    if start < 0:
        raise BadOpml("The document is empty or no XML; export the list from your reader as OPML.")
    found: list[str] = [] if problems is None else problems
    handler = _Outlines(found)
    body = _without_declaration(text[start:])
    try:
        defusedxml.sax.parse(BytesIO(body.encode("utf-8", "replace")), handler)
    except SAXParseException as error:
        raise BadOpml(
            f"Line {error.getLineNumber()}: the XML is broken there ({error.getMessage()}); a lone & must be written"
            " &amp;, and every element that is opened must be closed."
        ) from None
    except DefusedXmlException:
        raise BadOpml("The document declares entities, which are refused; remove its <!DOCTYPE …> part.") from None
    except (SAXException, RecursionError, UnicodeError) as error:
        raise BadOpml(f"The document cannot be read: {error}.") from None
    if problems is None and found:
        raise BadOpml(" ".join(found))
    return handler.feeds


def _without_declaration(text: str) -> str:
    """The text without an XML declaration, which names a charset that no longer holds; its line stays for the count."""
    if not text.startswith("<?xml"):
        return text
    declaration, _, rest = text.partition("?>")
    return "\n" * declaration.count("\n") + rest if rest.startswith(("\n", "\r")) else rest


class _Outlines(ContentHandler):
    """Collects the outlines with an address; the others around them are folders."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__()
        self.feeds: list[OutlineFeed] = []
        self._problems = problems
        self._folders: list[str] = []
        self._known: set[str] = set()
        self._root = ""
        self._where: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - the name is xml.sax's
        self._where = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the name is xml.sax's
        name = name.lower()
        if not self._root:
            self._root = name
            if name != "opml":
                raise BadOpml(f"Line {self._line}: the document is no OPML; its outermost element is <{name[:40]}>.")
        if name == "outline":
            self._outline({str(key).lower(): one_line(value) for key, value in attrs.items()})

    def endElement(self, name: str) -> None:  # noqa: N802 - the name is xml.sax's
        if name.lower() == "outline":
            self._folders.pop()

    @property
    def _line(self) -> int:
        return self._where.getLineNumber() or 0 if self._where else 0

    def _outline(self, attributes: dict[str, str]) -> None:
        title = attributes.get("title") or attributes.get("text") or ""
        url = attributes.get("xmlurl", "")
        folder = "/".join(f for f in self._folders if f)
        self._folders.append("" if url else title.replace("/", "∕"))
        if len(self._folders) > _DEEPEST:
            raise BadOpml(f"Line {self._line}: outlines are nested more than {_DEEPEST} deep.")
        if url:
            self._feed(url, title, folder, _ARTICLES.get(attributes.get(_ARTICLES_NAME, "").lower()))
        elif attributes.get("type", "").lower() in ("rss", "atom"):
            self._refuse(title, "The outline has no xmlUrl; add the feed's address.")

    def _feed(self, url: str, title: str, folder: str, articles: bool | None) -> None:
        try:
            address = feed_address(url)
        except BadAddress as error:
            self._refuse(title, str(error))
            return
        if f"{MASK}@" in address or f"={MASK}" in address:
            # It would be polled, and only ever fail.
            self._refuse(title, f"The address {address} holds {MASK} where a password or token was; put the secret in.")
            return
        if address in self._known:
            return
        if len(self.feeds) >= _MOST_FEEDS:
            raise BadOpml(f"Line {self._line}: more than {_MOST_FEEDS} feeds; divide the list.")
        self._known.add(address)
        self.feeds.append(OutlineFeed(url=address, title=title[:300], folder=folder[:300], articles=articles))

    def _refuse(self, title: str, why: str) -> None:
        name = f" ({title[:80]})" if title else ""
        self._problems.append(f"Line {self._line}{name}: {why}")


def write_opml(feeds: Iterable[OutlineFeed], title: str = "Volteface feeds", *, with_secrets: bool = False) -> bytes:
    """An OPML 2.0 document, in folders. What `read_opml` reads from it is what was written.

    User names, passwords and tokens in addresses are masked unless `with_secrets` asks for them.
    """
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = one_line(title)
    body = SubElement(root, "body")
    folders: dict[str, Element] = {"": body}
    for feed in feeds:
        url = feed.url if with_secrets else mask(feed.url)
        name = one_line(feed.title) or url
        outline = SubElement(
            _folder(folders, feed.folder), "outline", type="rss", text=name, title=one_line(feed.title), xmlUrl=url
        )
        if feed.articles is not None:
            root.set("xmlns:volteface", _NAMESPACE)
            outline.set(_ARTICLES_NAME, "true" if feed.articles else "false")
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'.encode()


def _folder(folders: dict[str, Element], path: str) -> Element:
    path = "/".join(part for part in (one_line(p) for p in path.split("/")) if part)
    if path not in folders:
        above, _, name = path.rpartition("/")
        folders[path] = SubElement(_folder(folders, above), "outline", text=name, title=name)
    return folders[path]


@cache
def default_feeds() -> tuple[OutlineFeed, ...]:
    """The feeds that a new installation begins with."""
    return tuple(read_opml(resources.files(__package__).joinpath("defaults.opml").read_bytes()))

"""A document in pieces: where its entries stand, and all that an entry could inherit from around it. Pure.

Only for documents that are built as they should be: entries side by side in the channel, the feed or the RDF, nothing
between them that could matter. Anything else is None, and read as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.parsers import expat

from monitor.feeds.xml_document import XmlDocument

HASH_BYTES = 8

_ENTRIES = {"rss": ("item", 3), "feed": ("entry", 2), "rdf": ("item", 2)}
"""By the outermost element: what an entry is called, and how deep it stands."""

_FRAME = frozenset({"rss", "feed", "rdf", "channel", "item", "entry"})
_SAYS_NOTHING_OF_ENTRIES = frozenset(
    {"title", "subtitle", "description", "lastbuilddate", "pubdate", "updated", "modified", "date", "generator", "ttl",
     "updateperiod", "updatefrequency", "updatebase", "items", "totalresults"}
)  # fmt: skip
"""What changes from poll to poll in the head of a feed, and what no entry takes anything from."""


class _Odd(Exception):  # noqa: N818 - it is what the document is
    pass


@dataclass(frozen=True)
class Pieces:
    """A document's entries by where they begin and end in `data`, in their order.

    `context` stands for everything around an entry that could change what it says: the elements that it is in, with
    their namespaces, bases and languages, and the head of the feed but for what says nothing of entries.
    """

    data: bytes
    spans: Sequence[tuple[int, int]]
    context: bytes

    @cached_property
    def hashes(self) -> tuple[bytes, ...]:
        """What each entry is recognised by when the same bytes come again in the same context."""
        around = hashlib.blake2b(self.context, digest_size=HASH_BYTES)
        found = []
        for start, end in self.spans:
            entry = around.copy()
            entry.update(self.data[start:end])
            found.append(entry.digest())
        return tuple(found)

    def with_only(self, numbers: Collection[int]) -> bytes:
        """The document without its entries except these, numbered from 0."""
        kept, position = [], 0
        for number, (start, end) in enumerate(self.spans):
            if number not in numbers:
                kept.append(self.data[position:start])
                position = end
        return b"".join((*kept, self.data[position:]))


def split(document: XmlDocument, *inherited: str) -> Pieces | None:
    """The pieces of a document, None where it must be read as a whole.

    `inherited` is what matters to entries although it does not stand in the document, such as its address.
    """
    if document.entities or not document.complete:
        return None
    splitter = _Splitter(document.data, inherited)
    try:
        splitter.run()
    except (_Odd, expat.ExpatError):
        return None
    return Pieces(document.data, splitter.spans, splitter.context.digest())


class _Splitter:
    def __init__(self, data: bytes, inherited: Sequence[str]) -> None:
        self.spans: list[tuple[int, int]] = []
        self.context = hashlib.blake2b(digest_size=16)
        self._data = data
        self._parser: Any = expat.ParserCreate("utf-8")
        self._depth = 0
        self._entry, self._entry_depth = "", 0
        self._entry_name = ""
        self._entry_names: set[str] = set()
        self._harmless: set[str] = set()
        self._channels = 0
        self._began: int | None = None
        self._head: tuple[int, str] | None = None
        self._head_depth = 0
        self._head_is_over = False
        self._locals: dict[str, str] = {}
        self._add(*inherited)

    def run(self) -> None:
        parser = self._parser
        parser.ordered_attributes = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        try:
            parser.Parse(self._data, True)
        finally:  # the parser and we hold each other
            parser.StartElementHandler = parser.EndElementHandler = None

    def _add(self, *parts: str) -> None:
        # No document holds a NUL, so nothing else gives the same bytes.
        self.context.update("\0".join((*parts, "\0")).encode("utf-8", "surrogatepass"))

    def _start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        local = self._locals.get(name)
        if local is None:
            local = self._locals[name] = name.rpartition(":")[2].lower()
        if local in _FRAME:
            self._frame(name, local, attributes)
        elif self._depth == 1:
            raise _Odd
        elif self._began is None and self._head is None:
            if local not in _SAYS_NOTHING_OF_ENTRIES:
                self._add(name, *attributes)
                self._head_is_over = bool(self.spans)
            self._head, self._head_depth = (self._parser.CurrentByteIndex, local), self._depth

    def _frame(self, name: str, local: str, attributes: list[str]) -> None:
        if self._depth == 1 and local in _ENTRIES:
            self._entry, self._entry_depth = _ENTRIES[local]
            self._add(name, *attributes)
        elif local == "channel" and self._depth == 2 and self._entry == "item" and not self._channels:
            self._channels += 1
            self._add(name, *attributes)
        elif local == self._entry and self._depth == self._entry_depth and self._head is None:
            if self._head_is_over:
                raise _Odd  # what stands between two entries is there for one of them only
            if not self.spans:
                self._add("entries")
            self._began, self._entry_name = self._parser.CurrentByteIndex, name
            self._entry_names.add(name)
            # Of what stands in it only its end matters: half the calls, and no attributes.
            self._parser.StartElementHandler, self._parser.EndElementHandler = None, self._end_within
        else:
            raise _Odd

    def _end_within(self, name: str) -> None:
        """Something ends within an entry, or it does."""
        if name in self._harmless:
            return
        if name != self._entry_name:
            if name.rpartition(":")[2].lower() in _FRAME:
                raise _Odd
            self._harmless.add(name)
            return
        position = self._parser.CurrentByteIndex
        if self._began is None or not self._data.startswith(b"</" + name.encode(), position):
            raise _Odd  # an empty one has no end tag to find
        self.spans.append((self._began, self._data.index(b">", position) + 1))
        self._began = None
        self._depth -= 1
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end

    def _end(self, name: str) -> None:
        depth, self._depth = self._depth, self._depth - 1
        if self._head is not None and depth == self._head_depth:
            start, local = self._head
            if local not in _SAYS_NOTHING_OF_ENTRIES:
                self.context.update(self._data[start : self._parser.CurrentByteIndex])
            self._head = None
        elif name in self._entry_names:
            raise _Odd  # there was an entry within an entry, which was taken for its end

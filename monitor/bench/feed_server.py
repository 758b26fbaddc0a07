"""A server of generated feeds, in a process of its own, so that it takes no time from whoever is measured.

    python -m monitor.bench.feed_server FEEDS ENTRIES WORDS SEED NEWEST

prints its port and serves `/feed/N` at every address of 127.0.0.0/8, gzipped and with an ETag, until its stdin ends.
`/round/R` makes the documents of a round, all before it answers.
"""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import datetime

from monitor.bench.feed_documents import FeedDocuments
from monitor.bench.loopback import serve

_REQUEST = re.compile(rb"GET /(feed|round)/(\d+)[? ]")
_CONDITION = re.compile(rb"\r\nif-none-match: *([^\r]*)", re.IGNORECASE)


class FeedServer:
    """The documents of one round."""

    def __init__(self, documents: FeedDocuments, feeds: int) -> None:
        self._documents = documents
        self._feeds = feeds
        self._bodies: list[bytes] = []
        self._round = -1

    def turn_to(self, round_: int) -> None:
        """Make the documents of a round."""
        self._bodies = [self._documents.packed(feed, round_) for feed in range(self._feeds)]
        self._round = round_

    def answer(self, head: bytes, body: bytes) -> bytes:
        """The answer to one request, whole."""
        found = _REQUEST.match(head)
        if found is None or (found[1] == b"feed" and int(found[2]) >= len(self._bodies)):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if found[1] == b"round":
            self.turn_to(int(found[2]))
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        number = int(found[2])
        tag = b'"%d-%d"' % (number, self._round)
        asked = _CONDITION.search(head)
        if asked and asked[1].strip() == tag:
            return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag
        document = self._bodies[number]
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/xml; charset=utf-8\r\nContent-Encoding: gzip\r\n"
            b"ETag: %s\r\nContent-Length: %d\r\n\r\n%s" % (tag, len(document), document)
        )


if __name__ == "__main__":
    feeds, entries, words, seed = map(int, sys.argv[1:5])
    made = FeedDocuments(entries=entries, words=words, seed=seed, newest=datetime.fromisoformat(sys.argv[5]))
    server = FeedServer(made, feeds)
    server.turn_to(0)
    asyncio.run(serve(server, "0.0.0.0"))  # noqa: S104 - each feed has an address of its own in 127.0.0.0/8

"""Which entries of a feed are items already: asked for many feeds at once, for polls that are saved together."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import ARRAY, BigInteger, Text, bindparam, text

from monitor.model.item import KnownItem
from storage.repository import Repository
from storage.types import storable

_FOUND = """
    SELECT a.feed, {second} AS second, a.key, i.id, i.revision, r.content_hash
    FROM asked a CROSS JOIN item i CROSS JOIN item_revision r
    WHERE i.feed_id = a.feed AND i.{column} = a.key AND r.item_id = i.id AND r.revision = i.revision
"""  # a CROSS JOIN is one that SQLite leaves in its order
_QUERY = f"{_FOUND.format(second=0, column='identity')} UNION ALL {_FOUND.format(second=1, column='link_identity')}"
_PAIRS = "SELECT json_extract(value, '$[0]') AS feed, json_extract(value, '$[1]') AS key FROM json_each(:asked)"
_ON_SQLITE = text(f"WITH asked AS ({_PAIRS}) {_QUERY} ORDER BY 4")
_ON_POSTGRESQL = text(
    f"WITH asked AS (SELECT * FROM unnest(:feeds, :keys) AS u (feed, key)) {_QUERY} ORDER BY 4"  # noqa: S608
).bindparams(bindparam("feeds", type_=ARRAY(BigInteger())), bindparam("keys", type_=ARRAY(Text())))
_WITH_ITEMS_ON_SQLITE = text(
    "SELECT value FROM json_each(:feeds) WHERE EXISTS (SELECT 1 FROM item WHERE feed_id = value)"
)
_WITH_ITEMS_ON_POSTGRESQL = text(
    "SELECT feed FROM unnest(:feeds) AS u (feed) WHERE EXISTS (SELECT 1 FROM item WHERE feed_id = feed)"
).bindparams(bindparam("feeds", type_=ARRAY(BigInteger())))


class KnownItems(Repository):
    """The items, as far as admission wants to know of them."""

    def known(self, feed_id: int, identities: Collection[str]) -> dict[str, KnownItem]:
        """Those of the identities, first or second, that the feed has brought already; the latest item of each."""
        return self.known_of({feed_id: identities})[feed_id]

    def known_of(self, asked: Mapping[int, Collection[str]]) -> dict[int, dict[str, KnownItem]]:
        """The same for several feeds; each of them is in the answer."""
        there = self._with_items([feed for feed, identities in asked.items() if identities])
        as_asked = {(feed, storable(identity)): identity for feed in there for identity in asked[feed]}
        found: dict[int, dict[str, KnownItem]] = {feed: {} for feed in asked}
        second: dict[int, dict[str, KnownItem]] = {feed: {} for feed in asked}
        if as_asked:
            for feed, is_second, key, item_id, revision, content_hash in self._find(list(as_asked)):
                side = second if is_second else found
                side[feed][as_asked[feed, key]] = KnownItem(item_id, revision, content_hash)
        return {feed: second[feed] | found[feed] for feed in asked}

    def _with_items(self, feeds: list[int]) -> list[int]:
        """Those of the feeds that brought anything before; most of those that are asked for the first time did not."""
        if self._on_postgresql:
            return list(self._session.connection().execute(_WITH_ITEMS_ON_POSTGRESQL, {"feeds": feeds}).scalars())
        return list(self._session.connection().execute(_WITH_ITEMS_ON_SQLITE, {"feeds": json.dumps(feeds)}).scalars())

    def _find(self, keys: list[tuple[int, str]]) -> list[tuple[int, int, str, int, int, str]]:
        connection = self._session.connection()
        if self._on_postgresql:
            lists = {"feeds": [feed for feed, _ in keys], "keys": [key for _, key in keys]}
            return [tuple(row) for row in connection.execute(_ON_POSTGRESQL, lists)]
        return [tuple(row) for row in connection.execute(_ON_SQLITE, {"asked": json.dumps(keys)})]

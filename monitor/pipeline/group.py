"""Group: items that are about to be read → their language, and the stories that they are copies of.

A poll only stores: with the language that the feed declares, and each item in a story of its own. Before an item is
read, and only then, it is asked for its language and compared with what was published around its day. Both matter first
to who reads it, both take longer than storing, and polls need not wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from monitor.items.language import detect
from monitor.items.syndication import WITHIN, closest, own_words
from monitor.model.item import Item
from storage.engine import Database
from storage.values import Grouping
from storage.work import Work

_log = structlog.get_logger(__name__)

_AT_ONCE = 200
"""Items from before there was an index that are put into it in one transaction: others write in between."""


class Grouper:
    """Finds the stories of items. Safe beside other workers: they group one after another."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._indexed_old = False

    def group(self, items: Sequence[Item]) -> list[Item]:
        """The items, each with its language and its story, in a transaction of their own."""
        self.index_old()
        with self._database.work() as work:
            return self.group_within(work, items)

    def group_within(self, work: Work, items: Sequence[Item]) -> list[Item]:
        """The items, each with its language and its story. What was grouped before keeps both."""
        ids = [item.id for item in items]
        if not work.stories.grouping(ids):
            return list(items)
        work.stories.hold()
        waiting = work.stories.grouping(ids)  # as it is now that nobody else groups
        return [self._grouped(work, item, waiting[item.id]) if item.id in waiting else item for item in items]

    def _grouped(self, work: Work, item: Item, state: Grouping) -> Item:
        try:
            words, lang = own_words(item.title, item.text), detect(item.title, item.text, item.lang)
        except Exception:  # one item must not stop the queue; it is read as it is, and compared the next time
            _log.exception("item could not be compared with others", item=item.id)
            return item
        if state is Grouping.NEW:
            work.items.tell_language(item.id, lang)
            near = work.stories.candidates(words, item.published_at, WITHIN)
            story = closest(words, item.published_at, near) or item.story_id
            work.stories.join(item, story)
            item = replace(item, story_id=story, lang=lang)
        work.stories.put(item.id, item.revision, item.published_at, words)
        return item

    def index_old(self) -> None:
        """Puts the items of a version without an index into it, once: new items are compared with them, too."""
        after = 0
        while not self._indexed_old:
            with self._database.work() as work:
                work.stories.hold()
                old = work.stories.unread(after, _AT_ONCE)
                for item in old:
                    work.stories.put(item.id, item.revision, item.published_at, own_words(item.title, item.text))
            after = old[-1].id if old else after
            self._indexed_old = len(old) < _AT_ONCE

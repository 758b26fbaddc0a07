"""Group: items that are about to be read → their language, and the stories that they are copies of.

A poll only stores: with the language that the feed declares, and each item in a story of its own. Before an item is
read, and only then, it is asked for its language and compared with what was published around its day. Both matter first
to who reads it, both take longer than storing, and polls need not wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.items.language import detect
from monitor.items.syndication import WITHIN, closest, own_words
from monitor.model.item import Item
from storage.engine import Database
from storage.values import Grouping

_AT_ONCE = 200
"""Items from before there was an index that are put into it in one transaction: others write in between."""


class Grouper:
    """Finds the stories of items. Safe beside other workers: they group one after another."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._indexed_old = False

    def group(self, items: Sequence[Item]) -> list[Item]:
        """The items, each with its language and its story. What was grouped before keeps both."""
        self._index_old()
        with self._database.view() as work:
            waiting = work.stories.grouping([item.id for item in items])
        if not waiting:
            return list(items)
        words = {item.id: own_words(item.title, item.text) for item in items if item.id in waiting}
        spoken = {i.id: detect(i.title, i.text, i.lang) for i in items if waiting.get(i.id) is Grouping.NEW}
        joined: dict[int, int] = {}
        with self._database.work() as work:
            work.stories.hold()
            still = work.stories.grouping(list(waiting))
            for item in items:
                if still.get(item.id) is Grouping.NEW:
                    work.items.tell_language(item.id, spoken[item.id])
                    near = work.stories.candidates(words[item.id], item.published_at, WITHIN)
                    story = closest(words[item.id], item.published_at, near)
                    if story is not None:
                        work.stories.join(item, story)
                        joined[item.id] = story
                if item.id in still:
                    work.stories.put(item.id, item.revision, item.published_at, words[item.id])
        return [
            replace(item, story_id=joined.get(item.id, item.story_id), lang=spoken.get(item.id, item.lang))
            for item in items
        ]

    def _index_old(self) -> None:
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

"""Group: items that are about to be read → the stories that they are copies of. Polls store; this compares.

Every item that was stored has a story of its own. Before it is read, and only then, it is compared with what was
published around its day: what a story is matters first to the tracker, and polls need not wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
        """The items, each with its story. What was grouped before keeps its story, whatever it says now."""
        self._index_old()
        with self._database.view() as work:
            waiting = work.stories.grouping([item.id for item in items])
        if not waiting:
            return list(items)
        words = {item.id: own_words(item.title, item.text) for item in items if item.id in waiting}
        joined: dict[int, int] = {}
        with self._database.work() as work:
            work.stories.hold()
            still = work.stories.grouping(list(waiting))
            for item in items:
                if still.get(item.id) is Grouping.NEW:
                    near = work.stories.candidates(words[item.id], item.published_at, WITHIN)
                    story = closest(words[item.id], item.published_at, near)
                    if story is not None:
                        work.stories.join(item, story)
                        joined[item.id] = story
                if item.id in still:
                    work.stories.put(item.id, item.revision, item.published_at, words[item.id])
        return [replace(item, story_id=joined.get(item.id, item.story_id)) for item in items]

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

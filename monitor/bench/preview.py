"""How quickly a draft is previewed: generated items in a database, an edit of one issue, matches first.

Beside it the plain way: every item through the compiled rules, before and after the edit, which is what the preview
must equal. The items are not news: sentences of a few hundred frequent words and, in a share of the items, the draft's.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.bench.preview_words import WORDINGS, Wording
from monitor.items.identity import content_hash
from monitor.model.item import NewItem
from monitor.pipeline.preview import Draft, MatchPreview, preview_matches
from monitor.pipeline.rule_edits import RuleChange
from rules.compiler import compile_rules
from rules.model import IssueRule, RuleKind, RuleSet
from storage.engine import Database

_NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
_AT_ONCE = 1_000
ISSUE = "harbour-tram"


def edit_of(lang: str) -> tuple[IssueRule, IssueRule]:
    """An issue in a language, before and after an edit of its about lines."""
    wording = WORDINGS[lang]
    before = IssueRule(
        id=ISSUE, name="Harbour tram", proposition="A tram line to the harbour is built.", about=wording.before
    )
    return before, replace(before, about=wording.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds of processor time, which a busy machine stretches little, of the preview and, unless it was left out, of
    the plain way; `same` is whether both found the same.
    """

    items: int
    characters: int
    gained: int
    lost: int
    preview_s: float
    again_s: float
    plain_s: float | None
    same: bool | None


def fill(
    database: Database, items: int, words: int, share: float, seed: int, told: Callable[[int], None], lang: str = "en"
) -> int:
    """Stores the items as read; gives how many characters they have. A fifth has words with diacritics or “quotes”."""
    drawn = random.Random(seed)  # noqa: S311 - texts, no secrets
    characters = 0
    for first in range(0, items, _AT_ONCE):
        batch = [_item(number, words, share, drawn, lang) for number in range(first, min(first + _AT_ONCE, items))]
        characters += sum(len(item.title) + len(item.text) for item in batch)
        with database.work() as work:
            ids = work.items.add_all(batch)
            work.items.mark_done([work.items.get(i) for i in ids], _NOW)
        told(first + len(batch))
    return characters


def measure(
    database: Database, rules: RuleSet, items: int, characters: int, *, plain: bool, lang: str = "en"
) -> Measured:
    """The preview cold and once more, and the plain way over the same items."""
    before, after = edit_of(lang)
    issues = {**rules.issues, ISSUE: before}
    change = RuleChange(kind=RuleKind.ISSUE, id=ISSUE, before=before, after=after)
    draft = Draft(before=replace(rules, issues=issues), changes=(change,))
    since = _NOW - timedelta(days=31)
    seconds: list[float] = []
    for _ in range(2):
        begun = time.process_time()
        found = preview_matches(database, draft, since)
        seconds.append(time.process_time() - begun)
    same, plain_s = None, None
    if plain:
        begun = time.process_time()
        expected = _plainly(database, draft, since)
        plain_s = time.process_time() - begun
        same = expected == _ids(found)
    return Measured(
        items=items, characters=characters, gained=len(found.gained), lost=len(found.lost),
        preview_s=seconds[0], again_s=seconds[1], plain_s=plain_s, same=same,
    )  # fmt: skip


def _ids(found: MatchPreview) -> tuple[set[int], set[int]]:
    return {item.item_id for item in found.gained}, {item.item_id for item in found.lost}


def _plainly(database: Database, draft: Draft, since: datetime) -> tuple[set[int], set[int]]:
    sides = [compile_rules(replace(rules, actors={}, issues={ISSUE: rules.issues[ISSUE]}, queries={}))
             for rules in (draft.before, draft.after)]  # fmt: skip
    gained: set[int] = set()
    lost: set[int] = set()
    with database.view() as work:
        for item, lang, title, text in work.what_if.texts(since):
            was, now = (bool(s.match({"title": title, "text": text}, _NOW.date(), lang)) for s in sides)
            if was is not now:
                (gained if now else lost).add(item)
    return gained, lost


def _item(number: int, words: int, share: float, drawn: random.Random, lang: str) -> NewItem:
    wording: Wording = WORDINGS[lang]
    chosen = drawn.choices(wording.words, k=words)
    kind = drawn.random()
    if kind < share:
        at = drawn.randrange(words)
        chosen[at:at] = drawn.choice(wording.drawn)
    if kind > 0.8:
        chosen[::40] = [wording.odd[n % 2] for n in range(len(chosen[::40]))]
    title, text = " ".join(chosen[:9]).capitalize(), " ".join(chosen)
    moment = _NOW - timedelta(minutes=number % 43_000)
    return NewItem(
        feed_id=None, identity=f"generated {number}", url=f"https://paper.example/{number}", title=title, text=text,
        published_at=moment, seen_at=moment, lang=lang, publisher="paper.example",
        content_hash=content_hash(title, text),
    )  # fmt: skip

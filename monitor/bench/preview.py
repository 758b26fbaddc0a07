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

from monitor.items.identity import content_hash
from monitor.model.item import NewItem
from monitor.pipeline.preview import Draft, MatchPreview, preview_matches
from monitor.pipeline.rule_edits import RuleChange
from rules.compiler import compile_rules
from rules.model import IssueRule, RuleKind, RuleSet
from storage.engine import Database

_NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
_AT_ONCE = 1_000
_WORDS = """
the of and to in a is that for on was with as by at from it an be said has had have not were which
this who their its after more but about one two new would year years people first could over time
when last also into most other than been some only they government minister president country party
state city police court company market bank week month day report million percent group members
parliament election vote law plan deal talks war peace army troops forces border security energy
price oil gas water food health school children women men family house home street road bridge train
port ship sea coast island river mountain winter summer heat storm rain wind fire flood team match
game season player coach goal league cup club music film book artist museum festival show street
park
""".split()  # noqa: SIM905 - a list would be a hundred lines
BEFORE = IssueRule(
    id="harbour-tram", name="Harbour tram", proposition="A tram line to the harbour is built.",
    about=('"tram line"', "tramway AND harbour"),
)  # fmt: skip
AFTER = replace(BEFORE, about=('"tram line"', "tram* NEAR/8 (harbour OR quay)", '"light rail" AND stabilisation'))


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


def fill(database: Database, items: int, words: int, share: float, seed: int, told: Callable[[int], None]) -> int:
    """Stores the items as read; gives how many characters they have. A fifth has words with diacritics or “quotes”."""
    drawn = random.Random(seed)  # noqa: S311 - texts, no secrets
    characters = 0
    for first in range(0, items, _AT_ONCE):
        batch = [_item(number, words, share, drawn) for number in range(first, min(first + _AT_ONCE, items))]
        characters += sum(len(item.title) + len(item.text) for item in batch)
        with database.work() as work:
            ids = work.items.add_all(batch)
            work.items.mark_done([work.items.get(i) for i in ids], _NOW)
        told(first + len(batch))
    return characters


def measure(database: Database, rules: RuleSet, items: int, characters: int, *, plain: bool) -> Measured:
    """The preview cold and once more, and the plain way over the same items."""
    issues = {**rules.issues, BEFORE.id: BEFORE}
    change = RuleChange(kind=RuleKind.ISSUE, id=BEFORE.id, before=BEFORE, after=AFTER)
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
    sides = [compile_rules(replace(rules, actors={}, issues={BEFORE.id: rules.issues[BEFORE.id]}, queries={}))
             for rules in (draft.before, draft.after)]  # fmt: skip
    gained: set[int] = set()
    lost: set[int] = set()
    with database.view() as work:
        for item, lang, title, text in work.what_if.texts(since):
            was, now = (bool(s.match({"title": title, "text": text}, _NOW.date(), lang)) for s in sides)
            if was is not now:
                (gained if now else lost).add(item)
    return gained, lost


def _item(number: int, words: int, share: float, drawn: random.Random) -> NewItem:
    chosen = drawn.choices(_WORDS, k=words)
    kind = drawn.random()
    if kind < share:
        at = drawn.randrange(words)
        chosen[at:at] = drawn.choice((["tram", "line"], ["Tramway", "to", "the", "quay"], ["harbour", "tramways"]))
    if kind > 0.8:
        chosen[::40] = ["“Zürich”" if n % 2 else "café’s" for n in range(len(chosen[::40]))]
    title, text = " ".join(chosen[:9]).capitalize(), " ".join(chosen)
    moment = _NOW - timedelta(minutes=number % 43_000)
    return NewItem(
        feed_id=None, identity=f"generated {number}", url=f"https://paper.example/{number}", title=title, text=text,
        published_at=moment, seen_at=moment, lang="en", publisher="paper.example",
        content_hash=content_hash(title, text),
    )  # fmt: skip

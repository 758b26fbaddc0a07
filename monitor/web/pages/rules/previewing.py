"""What a draft of a rule would gain and lose over stored items, drawn as it becomes known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from monitor.api.as_it_goes import told_as_it_goes
from monitor.api.names import Names
from monitor.pipeline.preview import Draft, PreviewItem, Span, preview_matches
from monitor.pipeline.preview_effects import EffectPreview, Effects, ToldOf
from monitor.pipeline.rule_edits import RuleChange, by_key
from monitor.web.door import Fields
from monitor.web.highlight import Mark, Segment, segments
from monitor.web.pages.rules.bench import Bench, one
from rules.model import AnyRule, RuleSet
from storage.rule_bodies import kind_of
from storage.work import Work

DAYS = (7, 30, 90, 365, 3650)
"""Back to before any feed: an archive that was read in late, or the demo's story, is older than a year."""
DEFAULT_DAYS = 30
MOST_READ = 300
"""Items, the newest, whose statements are read while an operator types; a button reads all."""
MOST_SHOWN = 12
_AROUND = 90
"""Characters that are shown before and behind the words at which a rule stands."""

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item with the stretch of its text in which the rule was found."""

    item: PreviewItem
    field: str
    segments: tuple[Segment, ...]
    before: bool
    behind: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What one subscription would have been told, or not."""

    subscriber: str
    subscription: int
    gained: tuple[ToldOf, ...]
    lost: tuple[ToldOf, ...]


def draft_with(rule: AnyRule, in_force: RuleSet) -> Draft:
    """The rules in force with this one in its place; without any change where it is in force already."""
    kind = kind_of(rule)
    before = by_key(in_force).get((kind, rule.id))
    changes = () if before == rule else (RuleChange(kind=kind, id=rule.id, before=before, after=rule),)
    return Draft(before=in_force, changes=changes)


def days_of(sent: Fields) -> int:
    """The days over which to look, out of those that are offered."""
    days = one(sent, "days")
    return int(days) if days in map(str, DAYS) else DEFAULT_DAYS


def shown_preview(bench: Bench, rule: AnyRule, in_force: RuleSet, sent: Fields) -> Mapping[str, Any]:
    """The whole preview at once, for a browser without scripts; statements are read of the newest items only."""
    if bench.previews is None:
        return {}
    found: dict[str, Any] = {}

    def tell(told: dict[str, Any]) -> None:
        found.update(told)

    run_preview(bench, draft_with(rule, in_force), days_of(sent), MOST_READ, tell)
    return found


def preview_lines(
    bench: Bench, draft: Draft, days: int, most: int | None, at_end: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    """The preview as events with the HTML that shows them; it ends when nobody listens any more."""
    for told in told_as_it_goes(lambda tell: run_preview(bench, draft, days, most, tell), at_end):
        drawn = next((event for event in ("matches", "effects") if event in told), None)
        if drawn is None:
            yield told
        else:
            yield {"event": drawn, "html": bench.desk.pages.fragment(f"rule_{drawn}.html", {"preview": told})}


def run_preview(bench: Bench, draft: Draft, days: int, most: int | None, tell: Tell) -> None:
    """Tells `matches` and `effects`, with progress between. `most` bounds the items whose statements are read."""
    previews = bench.previews
    assert previews is not None

    def progress(what: str, done: int, total: int) -> None:
        tell({"event": "progress", "what": what, "done": done, "of": total})

    found = preview_matches(previews.database, draft, previews.clock() - timedelta(days=days), progress)
    names = Names(draft.after)
    with previews.database.view() as work:
        gained, lost = (_shown(work, items) for items in (found.gained, found.lost))
    tell({"matches": found, "gained": gained, "lost": lost, "days": days, "names": names})
    read = sorted(found.touched)[-most:] if most is not None else sorted(found.touched)
    with previews.extractor() as extractor:
        run = EffectPreview(
            previews.database, draft, extractor, previews.tracker, follow_precision=previews.follow_precision
        )
        effects = run.run(read, found.gained, found.lost, progress)
    changes = {shift.change.key: shift for shift in (*effects.changes_gained, *effects.changes_lost)}
    left_out = len(found.touched) - len(read)
    told = _told(effects)
    tell(
        {"effects": effects, "told": told, "changes": changes, "left_out": left_out, "names": names, "most": MOST_SHOWN}
    )


def _shown(work: Work, items: Sequence[PreviewItem]) -> list[ShownItem]:
    newest = list(reversed(items))[:MOST_SHOWN]
    texts = {item.id: item.fields for item in work.what_if.items({item.item_id for item in newest})}
    return [_stretch(item, texts[item.item_id]) for item in newest if item.item_id in texts]


def _stretch(item: PreviewItem, fields: Mapping[str, str]) -> ShownItem:
    """The words of the first place, with others that stand nearby."""
    if not item.spans:
        return ShownItem(item, "", (), before=False, behind=False)
    first = item.spans[0]
    text = fields.get(first.field, "")
    start, end = _bounds(text, first, [span for span in item.spans if span.field == first.field])
    marks = [
        Mark(span.start - start, span.end - start, "found", "")
        for span in item.spans
        if span.field == first.field and start <= span.start and span.end <= end
    ]
    cut = tuple(segments(text[start:end], marks))
    return ShownItem(item, first.field, cut, before=start > 0, behind=end < len(text))


def _bounds(text: str, first: Span, spans: Sequence[Span]) -> tuple[int, int]:
    last = max((span.end for span in spans if span.start - first.start < 2 * _AROUND), default=first.end)
    start, end = max(0, first.start - _AROUND), min(len(text), last + _AROUND)
    if start > 0:
        start = text.find(" ", start, first.start) + 1 or first.start
    if end < len(text):
        end = max(text.rfind(" ", last, end), last)
    return start, end


def _told(effects: Effects) -> list[Told]:
    both = [(told, True) for told in effects.alerts_gained] + [(told, False) for told in effects.alerts_lost]
    both.sort(key=lambda each: each[0].subscription)
    found = []
    for subscription, group in groupby(both, key=lambda each: each[0].subscription):
        mine = list(group)
        gained, lost = (tuple(told for told, gain in mine if gain is side) for side in (True, False))
        found.append(Told(mine[0][0].subscriber, subscription, gained, lost))
    return found

"""Preview: what draft rules would do to what is stored, against what they do once they are saved and backfilled."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.model.alert import Filter
from monitor.pipeline.backfill import STANDING
from monitor.pipeline.preview import Draft, MatchPreview, preview_matches
from monitor.pipeline.preview_effects import EffectPreview, Effects
from monitor.pipeline.rule_edits import RuleChange, by_key
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from rules.model import AnyRule, QueryRule, RuleKind
from storage.engine import Database
from storage.values import VerdictKind
from tests.integration.pipeline.test_backfill import HOLM, NARROW, WIDE, backfill, edit, save
from tests.integration.pipeline.walking import AGAINST, FOR, NOW, Walk

LONG_AGO = NOW - timedelta(days=1000)


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def changed(walk: Walk, kind: RuleKind, rule_id: str, after: AnyRule | None) -> RuleChange:
    rules = walk.book.current().rules
    return RuleChange(kind=kind, id=rule_id, before=by_key(rules).get((kind, rule_id)), after=after)


def about(walk: Walk, *lines: str) -> RuleChange:
    issue = walk.book.current().rules.issues["seabed-mining"]
    return changed(walk, RuleKind.ISSUE, "seabed-mining", replace(issue, about=lines))


def previewed(walk: Walk, *changes: RuleChange) -> tuple[MatchPreview, Effects]:
    draft = Draft(before=walk.book.current().rules, changes=changes)
    matches = preview_matches(walk.database, draft, LONG_AGO)
    run = EffectPreview(walk.database, draft, GrammarExtractor(), FilterTracker())
    return matches, run.run(matches.touched, matches.gained, matches.lost)


def rows(database: Database) -> dict[str, int]:
    """A number for the contents of each table."""
    with database.view() as work:
        session = work.what_if._session
        names = session.connection().dialect.get_table_names(session.connection())
        return {name: hash(tuple(sorted(map(str, session.execute(text(f'SELECT * FROM "{name}"')))))) for name in names}


def stands(walk: Walk) -> Counter[tuple[str, object]]:
    with walk.database.view() as work:
        return Counter(
            (c.key, c.found.status) for c in work.positions.changes(limit=1000) if c.found.status in STANDING
        )


def history(walk: Walk) -> None:
    walk.says(HOLM, FOR, 0)
    walk.says(HOLM, AGAINST, 20)
    walk.put("The herring came back to Stavik, fishermen said.", 30)
    walk.put("Pickled herring is eaten in Stavik.", 31)


def test_what_it_foretells_is_what_a_backfill_does_and_nothing_is_written(walk: Walk) -> None:
    edit(walk, NARROW)
    walk.subscribe()
    history(walk)
    walk.read()
    before, contents = stands(walk), rows(walk.database)
    change = about(walk, *WIDE)
    matches, effects = previewed(walk, change)
    assert rows(walk.database) == contents
    assert [item.item_id for item in matches.gained] == list(range(1, len(FOR) + len(AGAINST) + 1))
    assert (matches.looked_through, matches.lost, matches.kept) == (9, (), 0)
    first = matches.gained[0]
    item = walk.item(first.item_id)
    assert (
        {item.fields[s.field][s.start : s.end] for s in first.spans}
        == {s.text for s in first.spans}
        == {"seabed mining"}
    )
    save(walk, change)
    report = backfill(walk)
    assert (report.statements_gained, report.changes_gained) == (
        len(effects.statements_gained),
        len(effects.changes_gained),
    )
    assert Counter((s.change.key, s.now) for s in effects.changes_gained) == stands(walk) - before
    assert effects.changes_gained
    assert {told.subscriber for told in effects.alerts_gained} == {"reader 0"}
    assert (effects.alerts_lost, effects.changes_lost, effects.left, effects.outdated) == ((), (), {}, 0)


def test_what_would_be_lost_and_by_whom(walk: Walk) -> None:
    walk.subscribe(name="all")
    walk.subscribe(Filter(actors=frozenset({"sten-berg"})), name="other")
    history(walk)
    walk.read()
    before = stands(walk)
    change = about(walk, *NARROW)
    matches, effects = previewed(walk, change)
    assert (len(matches.lost), matches.gained) == (len(FOR) + len(AGAINST), ())
    assert len(effects.statements_lost) == len(FOR) + len(AGAINST)
    assert Counter((s.change.key, s.was) for s in effects.changes_lost) == before
    assert {told.subscriber for told in effects.alerts_lost} == {"all"}
    save(walk, change)
    report = backfill(walk)
    assert report.changes_lost == len(effects.changes_lost) > 0
    assert stands(walk) == Counter()


def test_half_of_the_words_still_found(walk: Walk) -> None:
    """Some items are read anew and others are not: positions rest on both."""
    history(walk)
    walk.read()
    change = about(walk, '"seabed mining" AND (reject* OR harbour OR told)')
    _, effects = previewed(walk, change)
    before = stands(walk)
    save(walk, change)
    report = backfill(walk)
    assert 0 < report.statements_lost == len(effects.statements_lost) < len(FOR) + len(AGAINST)
    assert (report.changes_gained, report.changes_lost) == (len(effects.changes_gained), len(effects.changes_lost))
    moved = Counter({(s.change.key, s.now): 1 for s in effects.changes_gained})
    assert all((s.change.key, s.was) in before for s in effects.changes_lost)
    assert set(moved) <= set(stands(walk))


def test_a_query_its_alerts_and_a_story_told_once(walk: Walk) -> None:
    walk.subscribe(name="matches")
    walk.subscribe(Filter(actors=frozenset({"norland"})), name="norland")
    history(walk)
    walk.put("The herring fleet sails.", 40, baseline=True)
    walk.read()
    herring = QueryRule(id="herring", name="Herring", query="herring", alert=True)
    matches, effects = previewed(walk, changed(walk, RuleKind.QUERY, "herring", herring))
    assert [(i.item_id, i.rule) for i in matches.gained] == [(9, "herring")]
    assert matches.kept == 2
    assert [(t.subscriber, t.what, t.item_id) for t in effects.alerts_gained] == [("matches", "herring", 9)]
    silent = replace(herring, alert=False)
    assert previewed(walk, changed(walk, RuleKind.QUERY, "herring", silent))[1].alerts_gained == ()


def test_an_actor_moves_the_bodies_and_the_queries_that_name_them(walk: Walk) -> None:
    by_actor = QueryRule(id="hers", name="Hers", query="actor:astrid-holm AND harbour")
    save(walk, changed(walk, RuleKind.QUERY, "hers", by_actor))
    history(walk)
    walk.read()
    holm = walk.book.current().rules.actors["astrid-holm"]
    change = changed(walk, RuleKind.ACTOR, "astrid-holm", replace(holm, member_of=None))
    matches, effects = previewed(walk, change)
    assert (matches.gained, matches.lost) == ((), ())
    assert {s.change.actor for s in effects.changes_lost} == {"norland"}
    save(walk, change)
    assert backfill(walk).changes_lost == len(effects.changes_lost)

    renamed = replace(holm, name="Quite Another", aliases=(), offices=())
    matches, _ = previewed(walk, changed(walk, RuleKind.ACTOR, "astrid-holm", renamed))
    assert {(i.kind, i.rule) for i in matches.lost} >= {(RuleKind.QUERY, "hers"), (RuleKind.ACTOR, "astrid-holm")}


def test_verdicts_and_older_rules_are_known(walk: Walk) -> None:
    (item,) = walk.says(HOLM, FOR[:1], 0)
    walk.read()
    with walk.database.work() as work:
        (said,) = work.statements.for_item(item)
        work.statements.judge(said.id, VerdictKind.REJECT, "ann", NOW)
    _, effects = previewed(walk, about(walk, "seabed"))
    assert (effects.statements_gained, effects.statements_lost) == ((), ())
    edit(walk, [*WIDE, "nodules"])
    assert previewed(walk, about(walk, "seabed"))[1].outdated == 1


def test_items_from_before_are_left_alone(walk: Walk) -> None:
    history(walk)
    walk.read()
    draft = Draft(before=walk.book.current().rules, changes=(about(walk, *NARROW),))
    recent = preview_matches(walk.database, draft, NOW - timedelta(days=100) + timedelta(days=10))
    assert recent.looked_through == len(AGAINST) + 2
    assert {i.item_id for i in recent.lost} == set(range(len(FOR) + 1, len(FOR) + len(AGAINST) + 1))

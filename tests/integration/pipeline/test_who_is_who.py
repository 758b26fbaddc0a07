"""Actors merged and split: statements, positions, corrections, subscriptions, rules, and the way back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model.alert import AlertKind, Filter
from monitor.model.position import ChangeStatus
from monitor.model.statement import Stance
from monitor.pipeline.identity_report import CannotJoin, IdentityReport, Word
from monitor.pipeline.identity_rules import new_actor
from monitor.pipeline.tell import Teller
from monitor.pipeline.who_is_who import WhoIsWho
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from rules.joining import Unfit
from rules.model import RuleKind
from storage.engine import Database
from tests.integration.pipeline.test_read_and_tell import deliver_all
from tests.integration.pipeline.walking import AGAINST, FOR, NOW, PACK, Walk

ISSUE = "seabed-mining"
LOOK = Word(who="ann", why="the same woman", now=NOW)
DO = Word(who="ann", why="the same woman", now=NOW, write=True)


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def who(walk: Walk) -> WhoIsWho:
    return WhoIsWho(walk.database, FilterTracker(), Teller(), GrammarExtractor())


def said(walk: Walk, *actors: str) -> list[int]:
    with walk.database.view() as work:
        return [s.id for s in work.statements.live_for(ISSUE, actors)]


def stance(walk: Walk, actor: str) -> Stance | None:
    with walk.database.view() as work:
        return next((p.stance for p in work.positions.all(actor, ISSUE)), None)


def everything(walk: Walk) -> list[object]:
    """All that a verdict on who is who can move."""
    with walk.database.view() as work:
        rules = work.rules.current()
        changes = work.positions.changes(limit=1000)
        return [
            rules.version, work.positions.all(), sorted((c.id, c.key, c.found.status) for c in changes),
            work.statements.pairs(), [work.alerts.alerts_for_change(c.id) for c in changes],
        ]  # fmt: skip


def turned(walk: Walk, name: str = "Astrid Holm") -> None:
    """Somebody was for it and is against it now, and everybody was told."""
    for day, text in enumerate((*FOR, *AGAINST)):
        walk.put(text.format(who=name), 10.0 * day)
    walk.read()
    for _ in range(4):
        deliver_all(walk)


def corrected(report: IdentityReport) -> list[str]:
    return [q.subscriber for q in report.queued if q.kind is AlertKind.CORRECTION]


def test_a_dry_run_shows_all_and_writes_nothing(walk: Walk) -> None:
    walk.subscribe()
    turned(walk)
    before = everything(walk)
    report = who(walk).merge("astrid-holm", "sten-berg", LOOK)
    assert report.verdict is None
    assert {s.read.holder for s in report.statements} == {"astrid-holm"}
    assert len(report.statements) == len(said(walk, "astrid-holm")) > 5
    moved = {(p.actor, p.before, p.after) for p in report.positions}
    assert ("sten-berg", None, Stance.OPPOSES) in moved
    assert ("astrid-holm", Stance.OPPOSES, None) in moved
    assert everything(walk) == before
    with walk.database.view() as work:
        assert work.actor_verdicts.all() == []
        assert not [e for e in work.audit.list() if e.what == "actors merged"]


def test_merged_statements_are_the_others_and_nobody_hears_twice(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})), "desk")
    turned(walk)
    told = walk.alerts("astrid-holm")
    assert told
    ids = said(walk, "astrid-holm")
    report = who(walk).merge("astrid-holm", "sten-berg", DO)
    assert report.queued == ()
    assert report.subscriptions == ((report.subscriptions[0][0], "desk"),)
    assert said(walk, "sten-berg") == ids
    assert said(walk, "astrid-holm") == []
    assert stance(walk, "sten-berg") is Stance.OPPOSES
    assert walk.changes("astrid-holm") == []
    assert [a.id for a in walk.alerts("sten-berg")] == [a.id for a in told]
    with walk.database.view() as work:
        assert work.positions.all("astrid-holm") == []
        rules = work.rules.current()
        assert "astrid-holm" not in rules.actors
        assert {"Astrid Holm", "Holm"} <= set(rules.actors["sten-berg"].aliases)
        assert "Norlandic Prime Minister" in {o.title for o in rules.actors["sten-berg"].offices}
        assert (rules_said := work.rules.history(RuleKind.ACTOR, "astrid-holm"))[-1].rule is None
        assert (rules_said[-1].who, rules_said[-1].why) == ("ann", "the same woman")
        (entry,) = [e for e in work.audit.list() if e.what == "actors merged"]
        assert (entry.who, entry.target, entry.detail["into"]) == ("ann", "actor astrid-holm", "sten-berg")


def test_what_is_read_later_counts_as_the_others_and_subscriptions_follow(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})), "desk")
    old = walk.book.current()
    who(walk).merge("astrid-holm", "sten-berg", DO)
    turned(walk)
    assert stance(walk, "sten-berg") is Stance.OPPOSES
    assert walk.alerts("sten-berg")
    # A worker that had claimed an item before the merge still reads it by the older rules.
    late = walk.put(AGAINST[0].format(who="Astrid Holm"), 95)
    with walk.database.work() as work:
        item = work.items.get(late)
        matches = old.match(item.fields, item.day, item.lang, item.sources)
        read = GrammarExtractor().read(item, matches, old.rules).statements
        assert {s.holder for s in read} == {"astrid-holm"}
        pairs = work.statements.replace_reading(item, "grammar", "1", old.rules.version, read, NOW)
    assert pairs == {("sten-berg", ISSUE)}


def test_who_was_told_what_no_longer_holds_is_corrected(walk: Walk) -> None:
    """Both were for it, each told first; as one they were for it once."""
    walk.subscribe(Filter(actors=frozenset({"sten-berg"})), "berg's")
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})), "holm's")
    walk.says("Astrid Holm", FOR, 0)
    walk.read()
    for day, text in enumerate(FOR):
        walk.put(text.format(who="Sten Berg").replace("she", "he"), 20.0 + day)
    walk.read()
    for _ in range(3):
        deliver_all(walk)
    assert len(walk.alerts("sten-berg")) == len(walk.alerts("astrid-holm")) == 1
    report = who(walk).merge("astrid-holm", "sten-berg", DO)
    assert corrected(report) == ["berg's"]
    confirmed = [c for c in walk.changes("sten-berg") if c.found.status is ChangeStatus.CONFIRMED]
    assert len(confirmed) == 1


def test_undoing_a_merge_gives_back_all_there_was(walk: Walk) -> None:
    walk.subscribe()
    turned(walk)
    before = everything(walk)
    report = who(walk).merge("astrid-holm", "sten-berg", DO)
    assert report.verdict is not None
    undone = who(walk).undo(report.verdict, DO)
    assert undone.conflicts == ()
    assert everything(walk) == before
    with pytest.raises(CannotJoin, match="was undone"):
        who(walk).undo(report.verdict, DO)


def test_packs_read_again_keep_the_merge_and_what_they_add_goes_to_the_other(walk: Walk, tmp_path: Path) -> None:
    who(walk).merge("astrid-holm", "sten-berg", DO)
    with walk.database.view() as work:
        merged = work.rules.current().version
    assert walk.book.install([tmp_path / "pack"], NOW, seed=False) == merged
    (tmp_path / "pack/actors/norland.yaml").write_text(
        PACK["actors"].replace("aliases: [Holm]", "aliases: [Holm, Iron Astrid]")
    )
    walk.book.install([tmp_path / "pack"], NOW, seed=False)
    with walk.database.view() as work:
        actors = work.rules.current().actors
        assert work.rules.conflicts() == {}
    assert "astrid-holm" not in actors
    assert "Iron Astrid" in actors["sten-berg"].aliases


def test_undoing_leaves_what_was_edited_since(walk: Walk, tmp_path: Path) -> None:
    report = who(walk).merge("astrid-holm", "sten-berg", DO)
    with walk.database.work() as work:
        rule = work.rules.current().actors["sten-berg"]
        work.rules.save(replace(rule, aliases=(*rule.aliases, "Old Sten")), "bob", "", NOW)
    assert report.verdict is not None
    who(walk).undo(report.verdict, DO)
    with walk.database.view() as work:
        actors = work.rules.current().actors
    assert actors["sten-berg"].aliases == ("Old Sten",)
    assert actors["astrid-holm"].aliases == ("Holm",)
    walk.book.install([tmp_path / "pack"], NOW, seed=False)
    with walk.database.view() as work:
        assert work.rules.current().actors == actors


@pytest.mark.parametrize(
    ("gone", "into", "why"),
    [
        ("astrid-holm", "astrid-holm", "is astrid-holm already"),
        ("astrid-holm", "nobody", "no actor has the id nobody"),
        ("nobody", "astrid-holm", "no actor has the id nobody"),
    ],
)
def test_what_cannot_be_merged_is_refused(walk: Walk, gone: str, into: str, why: str) -> None:
    with pytest.raises(CannotJoin, match=why):
        who(walk).merge(gone, into, DO)


def test_a_person_is_no_state_and_no_circle_is_merged(walk: Walk) -> None:
    with pytest.raises(Unfit, match="astrid-holm is a person, norland a state"):
        who(walk).merge("astrid-holm", "norland", DO)
    who(walk).merge("astrid-holm", "sten-berg", DO)
    with pytest.raises(CannotJoin, match="astrid-holm was merged into sten-berg"):
        who(walk).merge("sten-berg", "astrid-holm", DO)


def test_a_split_takes_along_what_the_name_found_and_corrects_those_told(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})), "desk")
    walk.subscribe(Filter(issues=frozenset({"another"})), "elsewhere")
    for day, text in enumerate(FOR):
        walk.put(text.format(who="Astrid Holm"), 10.0 * day)
    for day, text in enumerate(AGAINST):
        walk.put(text.format(who="Holm"), 30.0 + 10 * day)
    walk.read()
    for _ in range(4):
        deliver_all(walk)
    assert stance(walk, "astrid-holm") is Stance.OPPOSES
    with walk.database.view() as work:
        other = new_actor("erik-holm", work.rules.current().actors["astrid-holm"], "Holm", None, None)
    looked = who(walk).split("astrid-holm", other, LOOK, names=["holm"])
    report = who(walk).split("astrid-holm", other, DO, names=["holm"])
    assert {s.id for s in report.statements} == {s.id for s in looked.statements}
    assert len(report.statements) == len(AGAINST)
    assert report.unsure == ()
    assert corrected(report) == ["desk"] * len(corrected(report)) != []
    assert stance(walk, "astrid-holm") is Stance.SUPPORTS
    assert stance(walk, "erik-holm") is Stance.OPPOSES
    # His brother's words no longer count for the country.
    assert stance(walk, "norland") is Stance.SUPPORTS
    before = said(walk, "erik-holm")
    walk.put("Holm opposes seabed mining, he said on Sunday.", 96)
    walk.read()
    assert len(said(walk, "erik-holm")) == len(before) + 1
    assert report.verdict is not None
    who(walk).undo(report.verdict, DO)
    assert stance(walk, "astrid-holm") is Stance.OPPOSES
    assert said(walk, "erik-holm")  # read under his own rule, which undoing did not unread
    with walk.database.view() as work:
        assert "erik-holm" not in work.rules.current().actors


def test_single_statements_go_and_stay_gone_when_they_are_read_again(walk: Walk) -> None:
    item = walk.put(FOR[0].format(who="Astrid Holm"), 1)
    walk.put(FOR[1].format(who="Astrid Holm"), 2)
    walk.read()
    one, two = said(walk, "astrid-holm")
    with pytest.raises(CannotJoin, match="no live statement of astrid-holm has the number 99"):
        who(walk).split("astrid-holm", "sten-berg", DO, ids=[99])
    who(walk).split("astrid-holm", "sten-berg", DO, ids=[one])
    assert (said(walk, "astrid-holm"), said(walk, "sten-berg")) == ([two], [one])
    rules = walk.book.current()
    with walk.database.work() as work:
        found = work.items.get(item)
        matches = rules.match(found.fields, found.day, found.lang, found.sources)
        read = GrammarExtractor().read(found, matches, rules.rules).statements
        work.statements.replace_reading(found, "grammar", "2", rules.rules.version, read, NOW)
    assert said(walk, "astrid-holm") == [two]
    assert len(said(walk, "sten-berg")) == 1


def test_merging_after_a_split_brings_all_together(walk: Walk) -> None:
    walk.says("Astrid Holm", FOR, 1)
    walk.read()
    ids = said(walk, "astrid-holm")
    who(walk).split("astrid-holm", "sten-berg", DO, ids=ids[:1])
    who(walk).merge("sten-berg", "astrid-holm", DO)
    assert said(walk, "astrid-holm") == ids
    with walk.database.view() as work:
        assert work.statements.pairs() == [("astrid-holm", ISSUE)]

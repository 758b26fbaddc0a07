"""An operator's verdicts: positions move, corrections go out, precision is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.model.alert import AlertKind
from monitor.model.position import ChangeKind, ChangeStatus
from monitor.model.statement import Stance, Statement
from monitor.pipeline.tell import Teller
from monitor.pipeline.verdicts import Correction, Judge, UnknownRule
from monitor.positions.track import FilterTracker
from storage.engine import Database
from storage.errors import NotFound
from storage.verdicts import JudgedBy
from tests.integration.pipeline.test_read_and_tell import deliver_all
from tests.integration.pipeline.walking import AGAINST, FOR, NOW, Walk

FALLEN = (ChangeStatus.RETRACTED, ChangeStatus.DROPPED)


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def judge(walk: Walk) -> Judge:
    return Judge(walk.database, walk.book, FilterTracker(), Teller())


def told(walk: Walk) -> list[Statement]:
    """Astrid Holm was for it and is against it now, and somebody was told; the statements against it."""
    walk.subscribe()
    for day, text in enumerate((*FOR, *AGAINST)):
        walk.put(text.format(who="Astrid Holm"), 10.0 * day)
    walk.reader.step(NOW, limit=100)
    with walk.database.view() as work:
        found = work.statements.live_for("seabed-mining", ["astrid-holm"])
    last = walk.changes()[-1].found
    assert (last.kind, last.status) == (ChangeKind.REVERSED, ChangeStatus.CONFIRMED)
    for _ in walk.alerts():  # one after the other: alerts on one actor and issue go out in order
        deliver_all(walk)
    return [s for s in found if s.read.stance is Stance.OPPOSES]


def test_rejected_statements_no_longer_uphold_a_change_and_those_told_are_corrected(walk: Walk) -> None:
    against = told(walk)
    reports = [judge(walk).reject(s.id, "ann", "irony", NOW) for s in against]
    fallen = [t.change.found.kind for r in reports for t in r.transitions if t.change.found.status in FALLEN]
    assert ChangeKind.REVERSED in fallen
    assert any(r.alerts for r in reports)
    assert AlertKind.CORRECTION in {alert.kind for alert in walk.alerts()}
    with walk.database.view() as work:
        assert work.positions.get("astrid-holm", "seabed-mining").stance is Stance.SUPPORTS
        trail = work.audit.list(len(against))
        assert {(e.who, e.what, e.detail["note"]) for e in trail} == {("ann", "statement rejected", "irony")}


def test_a_confirmed_statement_weighs_more(walk: Walk) -> None:
    walk.put(FOR[0].format(who="Astrid Holm"), 1.0)
    walk.reader.step(NOW)
    with walk.database.view() as work:
        before = work.positions.get("astrid-holm", "seabed-mining").posterior[Stance.SUPPORTS]
        (one,) = work.statements.live_for("seabed-mining", ["astrid-holm"])
    judge(walk).confirm(one.id, "ann", "", NOW)
    with walk.database.view() as work:
        assert work.positions.get("astrid-holm", "seabed-mining").posterior[Stance.SUPPORTS] > before


def test_a_correction_moves_the_statement_to_whom_it_belongs(walk: Walk) -> None:
    walk.put(FOR[0].format(who="Astrid Holm"), 1.0)
    walk.reader.step(NOW)
    with walk.database.view() as work:
        (one,) = work.statements.live_for("seabed-mining", ["astrid-holm"])
    judge(walk).correct(one.id, Correction(holder="sten-berg", stance=Stance.OPPOSES), "ann", "", NOW)
    with walk.database.view() as work:
        assert work.statements.live_for("seabed-mining", ["astrid-holm"]) == []
        (moved,) = work.statements.live_for("seabed-mining", ["sten-berg"])
        assert (moved.id, moved.read.stance) == (one.id, Stance.OPPOSES)
        assert work.audit.list(1)[0].detail == {"holder": "sten-berg", "stance": "opposes", "note": ""}


def test_a_correction_must_name_what_there_is(walk: Walk) -> None:
    with pytest.raises(UnknownRule, match="no actor has the id nobody"):
        judge(walk).correct(1, Correction(holder="nobody"), "ann", "", NOW)
    with pytest.raises(UnknownRule, match="no issue has the id nothing"):
        judge(walk).correct(1, Correction(issue="nothing"), "ann", "", NOW)
    with pytest.raises(NotFound):
        judge(walk).reject(99, "ann", "", NOW)


def test_precision_counts_the_newest_word_on_each_live_statement(walk: Walk) -> None:
    for day in range(4):
        walk.put(AGAINST[day].format(who="Astrid Holm"), 10.0 * day, paper="gazette.example" if day < 3 else None)
    walk.reader.step(NOW, limit=100)
    with walk.database.view() as work:
        one, two, three, four = work.statements.live_for("seabed-mining", ["astrid-holm"])
    judge(walk).confirm(one.id, "ann", "", NOW)
    judge(walk).reject(two.id, "ann", "", NOW)
    judge(walk).confirm(two.id, "bob", "on second thoughts", NOW)
    judge(walk).reject(three.id, "ann", "", NOW)
    judge(walk).correct(four.id, Correction(stance=Stance.CONDITIONAL), "ann", "", NOW)
    with walk.database.view() as work:
        (issue,) = work.verdicts.precision(JudgedBy.ISSUE)
        sources = work.verdicts.precision(JudgedBy.SOURCE)
        (language,) = work.verdicts.precision(JudgedBy.LANGUAGE)
        (extractor,) = work.verdicts.precision(JudgedBy.EXTRACTOR)
        (actor,) = work.verdicts.precision(JudgedBy.ACTOR)
    assert (issue.of, issue.right, issue.judged, issue.share) == ("seabed-mining", 2, 4, 0.5)
    assert issue.interval == pytest.approx((0.150, 0.850), abs=0.001)
    assert [(p.of, p.right, p.judged) for p in sources] == [("gazette.example", 2, 3), ("paper4.example", 0, 1)]
    assert (language.of, extractor.of, actor.of) == ("en", "grammar", "astrid-holm")

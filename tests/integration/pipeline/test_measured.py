"""Readings weigh by what verdicts said of earlier ones; what was fixed stays until somebody asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.model.statement import Stance
from monitor.pipeline.identity_report import Word
from monitor.pipeline.measured import records_of
from monitor.pipeline.read import Reader
from monitor.pipeline.remeasure import remeasure
from monitor.pipeline.tell import Teller
from monitor.pipeline.verdicts import Judge
from monitor.positions.accuracy import LEAST_JUDGED
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from storage.engine import Database
from tests.integration.pipeline.walking import AGAINST, FOR, NOW, Walk

ISSUE = "seabed-mining"
WORD = Word(who="ann", why="enough verdicts", now=NOW, write=True)


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def judged(walk: Walk, right: int, wrong: int) -> None:
    """Statements of somebody else on the same issue, with verdicts."""
    for number in range(right + wrong):
        walk.put(AGAINST[0].format(who="Sten Berg").replace("she", "he"), number / 10, paper=f"p{number}.example")
    walk.read()
    judge = Judge(walk.database, walk.book, FilterTracker(), Teller())
    with walk.database.view() as work:
        ids = [s.id for s in work.statements.live_for(ISSUE, ["sten-berg"])]
    for number, one in enumerate(ids):
        (judge.confirm if number < right else judge.reject)(one, "ann", "", NOW)


def accuracies(walk: Walk, actor: str) -> list[float | None]:
    with walk.database.view() as work:
        return [s.read.accuracy for s in work.statements.live_for(ISSUE, [actor])]


def test_an_issue_that_is_read_badly_needs_more_reports(walk: Walk) -> None:
    judged(walk, 6, 14)
    walk.says("Astrid Holm", FOR, 50)
    walk.read()
    with walk.database.view() as work:
        statements = work.statements.live_for(ISSUE, ["astrid-holm"])
        position = work.positions.get("astrid-holm", ISSUE)
        reading = work.readings.live(statements[0].item_id)
    for statement in statements:
        assert statement.read.accuracy == pytest.approx((20 * statement.read.confidence + 6) / 40)
    assert reading is not None and reading.records is not None
    assert reading.records["issue"] == {ISSUE: [6, 20]}
    assert reading.records["extractor"] == {"grammar": [6, 20]}
    assert position.stance is None  # two quotes make one where nothing is known against the readings


def test_with_too_few_verdicts_or_switched_off_nothing_is_weighed(walk: Walk) -> None:
    judged(walk, 6, LEAST_JUDGED - 7)
    walk.says("Astrid Holm", FOR, 50)
    walk.read()
    assert accuracies(walk, "astrid-holm") == [None, None]
    judged(walk, 0, 5)
    walk.put(FOR[0].format(who="Astrid Holm"), 60)
    off = Reader(
        walk.database, walk.book, GrammarExtractor(), FilterTracker(), Teller(), follow_precision=False
    )  # fmt: skip
    off.step(NOW)
    assert accuracies(walk, "astrid-holm") == [None, None, None]
    with walk.database.view() as work:
        assert work.positions.get("astrid-holm", ISSUE).stance is Stance.SUPPORTS


def test_later_verdicts_move_nothing_by_themselves_and_all_when_asked(walk: Walk) -> None:
    walk.subscribe()
    walk.says("Astrid Holm", FOR, 50)
    walk.read()
    with walk.database.view() as work:
        before = work.positions.get("astrid-holm", ISSUE)
    assert before.stance is Stance.SUPPORTS
    judged(walk, 6, 14)
    judge = Judge(walk.database, walk.book, FilterTracker(), Teller())
    with walk.database.view() as work:
        first = work.statements.live_for(ISSUE, ["sten-berg"])[0].id
    judge.confirm(first, "ann", "", NOW)
    with walk.database.view() as work:
        assert work.positions.get("astrid-holm", ISSUE) == before
        records = records_of(work)
    look = Word(who="ann", why="look", now=NOW)
    looked = remeasure(walk.database, FilterTracker(), Teller(), look, follow=True)
    assert accuracies(walk, "astrid-holm") == [None, None]
    done = remeasure(walk.database, FilterTracker(), Teller(), WORD, follow=True)
    assert (looked.statements, looked.positions) == (done.statements, done.positions)
    assert ("astrid-holm", Stance.SUPPORTS, None) in {(p.actor, p.before, p.after) for p in done.positions}
    with walk.database.view() as work:
        for statement in work.statements.live_for(ISSUE, ["astrid-holm"]):
            assert statement.read.accuracy == records.measured(statement.read, statement.publisher, "grammar")
        (entry,) = [e for e in work.audit.list() if e.what == "accuracies reckoned anew"]
        assert entry.detail["why"] == "enough verdicts"
    back = remeasure(walk.database, FilterTracker(), Teller(), WORD, follow=False)
    assert back.statements == done.statements
    with walk.database.view() as work:
        assert work.positions.get("astrid-holm", ISSUE) == before


def test_a_verdict_on_the_statement_itself_outweighs_the_record(walk: Walk) -> None:
    judged(walk, 6, 14)
    walk.put(FOR[0].format(who="Astrid Holm"), 50)
    walk.read()
    with walk.database.view() as work:
        (one,) = work.statements.live_for(ISSUE, ["astrid-holm"])
    assert one.read.accuracy is not None
    Judge(walk.database, walk.book, FilterTracker(), Teller()).confirm(one.id, "ann", "", NOW)
    assert accuracies(walk, "astrid-holm") == [None]

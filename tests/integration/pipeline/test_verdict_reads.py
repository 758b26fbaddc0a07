"""What a verdict reads of the statements beside the one that it is on: each once, and no article with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from monitor.pipeline.consequences import consequences
from monitor.pipeline.tell import Teller
from monitor.pipeline.verdicts import Judge
from monitor.positions.track import FilterTracker
from storage.engine import Database
from storage.values import VerdictKind
from tests.integration.pipeline.walking import AGAINST, FOR, NOW, Walk

ISSUE = "seabed-mining"


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    walk = Walk(database, tmp_path / "pack")
    walk.says("Holm", FOR, 1)
    walk.says("Holm", AGAINST, 20)
    walk.read()
    return walk


def reads(walk: Walk) -> list[str]:
    """The queries from now on."""
    asked: list[str] = []
    event.listen(walk.database._engine, "before_cursor_execute", lambda *a: asked.append(" ".join(a[2].split())))
    return asked


def of_all_on_the_issue(asked: list[str]) -> list[str]:
    """Those that read the statements of holders on an issue."""
    loads = [one.partition(" FROM ")[2] for one in asked if one.startswith("SELECT statement.")]
    return [one for one in loads if "statement.holder IN" in one and "verdict" not in one]


def without_articles(asked: list[str]) -> bool:
    # A change of its kind may quote its one item; the fold of all statements has no use for what is in theirs.
    sources = [one for one in asked if "item_revision.item_id IN" in one or "item.id IN" in one]
    return bool(sources) and not any("item_revision.text" in one.partition(" FROM ")[0] for one in sources)


def test_a_verdict_reads_the_statements_on_its_issue_once_for_a_person_and_all_bodies_above(walk: Walk) -> None:
    with walk.database.view() as work:
        statement = work.statements.live_for(ISSUE, ["astrid-holm"])[2]
    judge = Judge(walk.database, walk.book, FilterTracker(), Teller())
    judge.confirm(statement.id, "ada", "", NOW)
    asked = reads(walk)
    judge.reject(statement.id, "ada", "", NOW)
    assert len(of_all_on_the_issue(asked)) == 1
    assert without_articles(asked)
    with walk.database.view() as work:
        folded = {position.actor: position.statements for position in work.positions.all(issue=ISSUE)}
        left = len(work.statements.live_for(ISSUE, ["astrid-holm"]))
    assert folded == {"astrid-holm": left, "norland": left}


def test_what_a_verdict_would_cause_is_read_once_too(walk: Walk) -> None:
    with walk.database.view() as work:
        rules = work.rules.current()
        said = work.statements.live_for(ISSUE, ["astrid-holm"])[len(FOR) :]
        asked = reads(walk)
        found = consequences(work, said[0], VerdictKind.REJECT, FilterTracker(), rules)
    assert len(of_all_on_the_issue(asked)) == 1
    assert without_articles(asked)
    assert {one.change.found.actor for one in found} <= {"astrid-holm", "norland"}

"""Versions of rules on the desk: compared, rolled back, retired with what hangs on them; backfill; suggestions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fastapi import FastAPI

from monitor.model.alert import Filter
from rules.model import RuleKind
from storage.engine import Database
from tests.integration.pipeline.walking import FOR, NOW, Walk, new_item
from tests.integration.web.rule_pages import Operator, app_over, fields_of, words_of

MINING = "/desk/rules/issue/seabed-mining"
NODULES = '"nodule harvesting"'
WORDS = [text.replace("seabed mining", "nodule harvesting") for text in FOR]


@pytest.fixture
def walk(sqlite_database: Database, tmp_path: Path) -> Walk:
    return Walk(sqlite_database, tmp_path / "pack")


@pytest.fixture
def app(walk: Walk, tmp_path: Path) -> FastAPI:
    return app_over(walk, tmp_path)


@pytest.fixture
def ops(app: FastAPI, walk: Walk) -> Operator:
    return Operator(app, walk.database)


def widen(ops: Operator) -> None:
    fields = fields_of(ops.get(MINING)) | {"about.2": NODULES, "why": "they call it so", "do": "save"}
    assert ops.send(MINING, fields).status_code == 303


def ended(ops: Operator, path: str, words: str) -> str:
    """What the page says once its run has ended. Waits for a condition, not for a time."""
    deadline = time.monotonic() + 60
    while words not in (page := words_of(ops.get(path))):
        assert time.monotonic() < deadline, page
        time.sleep(0.05)
    return page


def test_versions_are_compared_and_rolled_back_as_a_new_one(ops: Operator, walk: Walk) -> None:
    widen(ops)
    page = ops.get(f"{MINING}/history?old=1&new=2")
    assert f"<ins>{NODULES.replace(chr(34), '&#34;')}</ins>" in page.text
    assert "they call it so" in page.text
    fields = fields_of(page)
    assert ops.send(f"{MINING}/roll-back", fields, version="1", why="").status_code == 422
    assert ops.send(f"{MINING}/roll-back", fields, version="1", why="too wide").status_code == 303
    late = ops.send(f"{MINING}/roll-back", fields, version="2", why="again")
    assert late.status_code == 409  # the page was that of version 2, and version 3 holds
    with walk.database.view() as work:
        assert NODULES not in work.rules.current().issues["seabed-mining"].about
        assert [v.why for v in work.rules.history(RuleKind.ISSUE, "seabed-mining")][-1] == "too wide"
        (entry,) = work.audit.of("rule restored", "issue seabed-mining")
    assert entry.who == "ops"
    assert "too wide" in words_of(ops.get("/desk/rules/history"))


def test_words_that_changed_within_a_line_are_marked(ops: Operator) -> None:
    fields = fields_of(ops.get(MINING)) | {"about.1": "mining NEAR/8 seabed", "why": "x", "do": "save"}
    assert ops.send(MINING, fields).status_code == 303
    page = ops.get(f"{MINING}/history?old=1&new=2").text
    assert "<del>mining NEAR/<mark>5</mark> seabed</del>" in page
    assert "<ins>mining NEAR/<mark>8</mark> seabed</ins>" in page


def test_a_rule_is_retired_after_what_hangs_on_it_was_shown_and_had_again(ops: Operator, walk: Walk) -> None:
    walk.subscribe(Filter(issues=frozenset({"seabed-mining"})), "harbour desk")
    page = ops.get(f"{MINING}/retire")
    assert "1 subscriber asks for it: harbour desk" in words_of(page)
    fields = fields_of(page)
    assert ops.send(f"{MINING}/retire", fields, why="").status_code == 422
    assert ops.send(f"{MINING}/retire", fields, why="settled").status_code == 303
    assert ops.get(MINING).headers["location"] == f"{MINING}/history"
    assert "Seabed mining" not in words_of(ops.get("/desk/rules"))
    assert "retired" in words_of(ops.get("/desk/rules?which=retired"))
    back = fields_of(ops.get(f"{MINING}/history"))
    assert ops.send(f"{MINING}/roll-back", back, version="1", why="not so").status_code == 303
    assert ops.get(MINING).status_code == 200


def test_what_other_rules_name_is_not_retired(ops: Operator) -> None:
    new = fields_of(ops.get("/desk/rules/new/query"))
    new |= {"id": "holm", "name": "Holm", "query": "herring AND actor:astrid-holm", "why": "x", "do": "save"}
    assert ops.send("/desk/rules/new/query", new).status_code == 303
    page = ops.get("/desk/rules/actor/astrid-holm/retire")
    assert "Queries name it" in page.text
    assert "base" not in fields_of(page)
    refused = ops.send("/desk/rules/actor/astrid-holm/retire", fields_of(ops.get(MINING)), why="x", base="1")
    assert refused.status_code == 422


def test_a_backfill_reads_again_what_an_edit_would_find_and_says_what_came_of_it(ops: Operator, walk: Walk) -> None:
    walk.says("Astrid Holm", WORDS, 80)
    walk.read()
    widen(ops)
    fields = fields_of(ops.get("/desk/rules/backfill?issue=seabed-mining"))
    assert fields["issue"] == "seabed-mining"
    assert ops.send("/desk/rules/backfill", fields, days="5").status_code == 422
    assert ops.send("/desk/rules/backfill", fields, days="365", do="start").status_code == 303
    page = ended(ops, "/desk/rules/backfill", "Done:")
    assert "statements gained 2" in page
    assert "alerts queued 0" in page
    with walk.database.view() as work:
        assert work.statements.pairs()
        (entry,) = [e for e in work.audit.list() if e.what == "backfill"]
    assert (entry.who, entry.detail["issue"]) == ("ops", "seabed-mining")


def test_suggestions_are_looked_for_dismissed_recalled_and_accepted(ops: Operator, walk: Walk) -> None:
    for number, paper in enumerate(("one.example", "two.example", "three.example", "four.example")):
        text = f"Norlandic Harbour Minister Ola Kvist spoke of seabed mining at pier {number}."
        with walk.database.work() as work:
            work.items.add(new_item(paper, text, NOW.replace(day=1, hour=number)), None)
    walk.read()
    fields = fields_of(ops.get("/desk/suggestions"))
    assert ops.send("/desk/suggestions", fields, days="90").status_code == 303
    page = ended(ops, "/desk/suggestions", "looked for")
    assert "Ola Kvist" in page
    with walk.database.view() as work:
        assert "ola-kvist" not in work.rules.current().actors
    (identity,) = {part.split('"')[0] for part in ops.get("/desk/suggestions").text.split('id="name-')[1:]}
    path = f"/desk/suggestions/name-{identity}"
    opened = ops.send(path, fields, do="edit")
    assert fields_of(opened)["id"] == "ola-kvist"
    assert 'action="/desk/rules/new/actor"' in opened.text
    assert ops.send(path, fields, do="dismiss", why="a poet").status_code == 303
    assert "a poet" in words_of(ops.get("/desk/suggestions"))
    assert ops.send(path, fields, do="dismiss").status_code == 409
    assert ops.send(path, fields, do="recall").status_code == 303
    assert ops.send(path, fields, do="accept", why="in office").status_code == 303
    with walk.database.view() as work:
        assert "ola-kvist" in work.rules.current().actors
        told = [(e.who, e.what) for e in reversed(work.audit.list()) if "suggestion" in e.what]
    assert told == [("ops", "suggestion dismissed"), ("ops", "suggestion recalled"), ("ops", "suggestion accepted")]


def test_the_language_is_described_by_the_module_that_reads_it_and_a_query_is_drawn(ops: Operator) -> None:
    page = words_of(ops.get("/desk/rules/language?q=troops+NEAR/5+(Ukraine+OR+Kyiv)"))
    assert "Kyiv BEFORE/5 rejects the same, and in this order" in page
    assert "near each other in one paragraph" in page
    assert "Column 6:" in words_of(ops.get("/desk/rules/language?q=a+AND"))

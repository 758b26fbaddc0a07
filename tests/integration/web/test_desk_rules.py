"""Operators edit rules: form and YAML of one draft, problems in their places, saving, edits that meet, previews."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

import httpx
import pytest
from fastapi import FastAPI

from monitor.api.previews import AT_ONCE
from monitor.model.account import Role
from monitor.model.alert import Filter
from monitor.model.position import Fold
from monitor.model.statement import Statement
from monitor.positions.track import FilterTracker
from monitor.settings import Settings
from monitor.web.app import create_app
from rules.model import RuleKind
from storage.engine import Database
from tests.integration.pipeline.walking import FOR, NOW, Walk
from tests.integration.web.rule_pages import Operator, app_over, fields_of, previews_of, words_of
from tests.integration.web.served import served

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


def test_the_list_says_whose_a_rule_is_and_how_often_it_was_found(ops: Operator, walk: Walk) -> None:
    walk.says("Astrid Holm", FOR, 97)
    walk.read()
    page = words_of(ops.get("/desk/rules"))
    assert "3 actors, 1 issue and 1 query are watched" in page
    assert "Seabed mining seabed-mining issue pack pack packs, 1 Jun 2025, 12:00 UTC 2" in page
    assert "Found in 7 days" in page
    assert "Sten Berg" not in words_of(ops.get("/desk/rules?q=holm"))
    assert "Herring" in words_of(ops.get("/desk/rules?which=quiet"))
    assert "Seabed mining seabed" not in words_of(ops.get("/desk/rules?which=quiet"))
    assert "Astrid Holm" in words_of(ops.get("/desk/rules?family=in+norland"))
    assert "No rule is like that" in words_of(ops.get("/desk/rules?origin=own"))


def test_what_is_edited_in_the_form_is_saved_with_why_and_by_whom(ops: Operator, walk: Walk) -> None:
    fields = fields_of(ops.get(MINING))
    answer = ops.send(MINING, fields, **{"about.2": NODULES, "why": "they call it so", "do": "save"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{MINING}?saved=2")
    with walk.database.view() as work:
        assert work.rules.current().issues["seabed-mining"].about[-1] == NODULES
        (_, version) = work.rules.history(RuleKind.ISSUE, "seabed-mining")
        (entry,) = work.audit.of("rule saved", "issue seabed-mining")
    assert (version.who, version.why) == (entry.who, entry.detail["why"]) == ("ops", "they call it so")
    assert entry.detail["fields"] == ["about"]


def test_comments_in_the_yaml_stay_whichever_side_is_edited(ops: Operator, walk: Walk) -> None:
    fields = fields_of(ops.get(MINING))
    commented = "# asked for by the harbour desk\n" + fields["text"].replace("  name:", "  # as in the treaty\n  name:")
    ops.send(MINING, fields, text=commented, why="notes", do="save")
    fields = fields_of(ops.get(MINING))
    assert fields["text"] == commented
    answer = ops.send(MINING, fields, name="Deep-sea mining", why="its name", do="save")
    assert answer.status_code == 303
    after = fields_of(ops.get(MINING))
    assert after["name"] == "Deep-sea mining"
    assert after["text"] == commented.replace("Seabed mining", "Deep-sea mining")


def test_each_problem_stands_at_its_line_and_its_field_with_the_remedy(ops: Operator) -> None:
    fields = fields_of(ops.get(MINING))
    answer = ops.send(MINING, fields, **{"about.1": "mining AND", "about.0": "", "why": "x", "do": "save"})
    assert answer.status_code == 422
    assert 'href="#line-4" data-line="4"' in answer.text
    assert '<li id="line-4" class="is-wrong"' in answer.text
    # The first row is empty, so what was sent as the second is the first entry of the list; its field is marked.
    told = ops.draft(fields, **{"about.1": "mining AND", "about.0": ""})
    assert [(m["field"], m["line"]) for m in told[0]["marks"]] == [("about.1", 4)]
    assert "column 11: the query ends too early" in told[0]["marks"][0]["message"]
    assert [line["event"] for line in told] == ["draft"]
    unknown = ops.draft(fields, text=fields["text"] + "  agianst: [x]\n")[0]
    assert [(m["line"], m["remedy"]) for m in unknown["marks"]] == [(5, "did you mean `against`?")]


def test_a_key_that_the_form_does_not_know_is_not_lost_by_editing_the_form(ops: Operator) -> None:
    fields = fields_of(ops.get(MINING))
    (told, *_) = ops.draft(fields, text=fields["text"] + "  agianst: [x]\n", name="Mining", take="form")
    assert "agianst: [x]" in told["text"]
    assert "name: Mining" in told["text"]


def test_yaml_that_cannot_be_read_leaves_the_form_as_it_is(ops: Operator) -> None:
    fields = fields_of(ops.get(MINING))
    (told,) = ops.draft(fields, text="- id: [", take="text")
    assert told["unreadable"]
    assert "form" not in told
    page = ops.send(MINING, fields, text="- id: [", do="check")
    assert page.status_code == 422
    assert "form_there" not in fields_of(page)  # a disabled field is not sent
    assert "stands still" in page.text


def test_both_sides_edited_otherwise_is_asked_about_and_nothing_is_saved(ops: Operator, walk: Walk) -> None:
    fields = fields_of(ops.get(MINING))
    both = {**fields, "name": "Form", "text": fields["text"].replace("Seabed mining", "Yaml", 1), "why": "x"}
    page = ops.send(MINING, both, do="save")
    assert page.status_code == 422
    assert "Both the form and the YAML were edited" in page.text
    again = fields_of(page)
    assert (again["name"], "Yaml" in again["text"]) == ("Form", True)
    held = fields_of(ops.send(MINING, again, take="text"))
    assert held["name"] == "Yaml"
    with walk.database.view() as work:
        assert work.rules.current().issues["seabed-mining"].name == "Seabed mining"


def test_warnings_have_to_be_seen_before_it_is_saved(ops: Operator, walk: Walk) -> None:
    fields = fields_of(ops.get(MINING)) | {"about.2": "mining AND seabed AND nodules", "about.3": "mining", "why": "x"}
    warned = ops.send(MINING, fields, do="save")
    assert warned.status_code == 422
    assert "Save all the same" in warned.text
    other = ops.send(MINING, {**fields_of(warned), "about.4": "mining AND nodules"}, do="save")
    assert other.status_code == 422  # what was seen was another warning
    assert ops.send(MINING, fields_of(warned), do="save").status_code == 303


def test_examples_that_fail_have_to_be_seen_too_and_are_shown_by_themselves(ops: Operator, walk: Walk) -> None:
    fields = fields_of(ops.get(MINING)) | {"why": "x"}
    fields |= {"examples.0.text": "Astrid Holm supports seabed mining.", "examples.0.holder": "astrid-holm"}
    right = ops.draft(fields, **{"examples.0.stance": "supports"})[0]
    assert "as expected" in right["examples"]
    wrong = ops.send(MINING, fields, **{"examples.0.stance": "opposes", "do": "save"})
    assert wrong.status_code == 422
    assert "expected astrid-holm opposes, got astrid-holm supports" in words_of(wrong)
    assert ops.send(MINING, fields, **{"examples.0.stance": "supports", "do": "save"}).status_code == 303


def test_two_who_edit_different_fields_are_joined_and_the_second_looks_again(app: FastAPI, walk: Walk) -> None:
    ada, ben = Operator(app, walk.database, "ada"), Operator(app, walk.database, "ben")
    mine, theirs = fields_of(ada.get(MINING)), fields_of(ben.get(MINING))
    ben.send(MINING, theirs, **{"about.2": NODULES, "why": "wider", "do": "save"})
    met = ada.send(MINING, mine, name="Mining at sea", why="its name", do="save")
    assert met.status_code == 409
    assert "ben saved version 2" in words_of(met)
    joined = fields_of(met)
    assert (joined["name"], joined["about.2"], joined["base"]) == ("Mining at sea", NODULES, "2")
    with walk.database.view() as work:
        assert work.rules.current().issues["seabed-mining"].name == "Seabed mining"
    assert ada.send(MINING, joined, do="save").status_code == 303
    with walk.database.view() as work:
        rule = work.rules.current().issues["seabed-mining"]
    assert (rule.name, rule.about[-1]) == ("Mining at sea", NODULES)


def test_two_who_edit_the_same_field_see_both_and_nothing_is_overwritten(app: FastAPI, walk: Walk) -> None:
    ada, ben = Operator(app, walk.database, "ada"), Operator(app, walk.database, "ben")
    mine, theirs = fields_of(ada.get(MINING)), fields_of(ben.get(MINING))
    ben.send(MINING, theirs, name="Ben's name", why="his", do="save")
    met = ada.send(MINING, mine, name="Ada's name", why="hers", do="save")
    assert met.status_code == 409
    assert "Seabed mining Ada&#39;s name Ben&#39;s name" in words_of(met)
    with walk.database.view() as work:
        assert work.rules.current().issues["seabed-mining"].name == "Ben's name"


def test_a_new_rule_a_copy_and_an_id_that_is_taken(ops: Operator, walk: Walk) -> None:
    fields = fields_of(ops.get("/desk/rules/new/query"))
    new = ops.send("/desk/rules/new/query", fields, id="cod", name="Cod", query="cod", alert="true", why="x", do="save")
    assert new.headers["location"] == "/desk/rules/query/cod?saved=1"
    with walk.database.view() as work:
        assert work.rules.current().queries["cod"].alert
    copy = fields_of(ops.get("/desk/rules/new/query?like=cod"))
    assert (copy["id"], copy["query"]) == ("cod-2", "cod")
    taken = ops.send("/desk/rules/new/query", copy, id="cod", why="x", do="save")
    assert taken.status_code == 422
    assert "there is a rule `cod` of kind query already" in words_of(taken)
    renamed = ops.send("/desk/rules/query/cod", fields_of(ops.get("/desk/rules/query/cod")), id="hake", do="check")
    assert "the id of a rule stays what it is" in words_of(renamed)


def test_the_preview_follows_the_draft_with_whose_alerts(ops: Operator, walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})), "harbour desk")
    walk.says("Astrid Holm", WORDS, 80)
    walk.read()
    fields = fields_of(ops.get(MINING)) | {"days": "365"}
    told = ops.draft(fields, **{"about.2": NODULES})
    events = [line["event"] for line in told]
    assert (events[:1], events[-1]) == (["draft"], "effects")
    assert NODULES in told[0]["text"]
    matches = next(line for line in told if line["event"] == "matches")["html"]
    assert '<mark class="mark--found">nodule harvesting</mark>' in matches
    assert "+2" in matches
    assert "harbour desk" in told[-1]["html"]
    assert [line["event"] for line in ops.draft(fields)] == ["draft", "same"]
    page = ops.send(MINING, fields, **{"about.2": NODULES, "do": "preview"})  # without scripts
    assert "harbour desk" in page.text
    with walk.database.view() as work:
        assert len(work.rules.history(RuleKind.ISSUE, "seabed-mining")) == 1


def test_the_preview_reaches_back_to_what_was_published_long_ago(ops: Operator, walk: Walk) -> None:
    walk.says("Astrid Holm", WORDS, -700)
    walk.read()
    fields = {**fields_of(ops.get(MINING)), "about.2": NODULES}
    last_year, ever = (words_of(ops.send(MINING, fields, days=d, do="preview")) for d in ("365", "3650"))
    assert fields_of(ops.send(MINING, fields, days="3650", do="check"))["days"] == "3650"  # stays chosen
    assert "0 items of the last 365 days looked through" in last_year
    assert f"{len(WORDS)} items of the last 10 years looked through: +2 gained" in ever


def test_a_text_is_tried_on_the_draft_and_says_why(ops: Operator) -> None:
    fields = fields_of(ops.get(MINING)) | {"about.2": NODULES, "do": "try"}
    page = words_of(ops.send(MINING, fields, try_text="Astrid Holm said that she supports nodule harvesting."))
    assert "This rule is found" in page
    assert "supports Astrid Holm on Seabed mining" in page
    missed = words_of(ops.send(MINING, fields, try_text="Herring was landed."))
    assert "This rule is not found" in missed
    assert "Paste a text" in words_of(ops.send(MINING, fields, try_text=" "))


@pytest.mark.parametrize("path", [MINING, "/desk/rules/new/actor", "/desk/rules/draft", "/desk/rules/backfill",
                                  "/desk/suggestions", f"{MINING}/retire", f"{MINING}/roll-back"])  # fmt: skip
def test_no_form_is_taken_without_its_token_or_from_a_subscriber(
    app: FastAPI, ops: Operator, walk: Walk, path: str
) -> None:
    fields = fields_of(ops.get(MINING)) | {"why": "x", "do": "save", "version": "1"}
    assert ops.send(path, {**fields, "csrf": "wrong"}).status_code == 403
    subscriber = Operator(app, walk.database, "ada", Role.SUBSCRIBER)
    assert subscriber.send(path, fields).status_code == 403
    assert subscriber.get("/desk/rules").status_code == 403


def test_a_browser_that_goes_away_ends_its_preview(ops: Operator, walk: Walk, tmp_path: Path) -> None:
    walk.says("Astrid Holm", WORDS, 80)
    walk.read()
    began, hold = Event(), Event()

    class Slow(FilterTracker):
        def fold(self, actor: str, issue: str, statements: Sequence[Statement]) -> Fold:
            began.set()
            assert hold.wait(60)
            return super().fold(actor, issue, statements)

    previews = previews_of(walk, tmp_path, Slow())
    app = create_app(walk.database, Settings(data_dir=tmp_path, _env_file=None), previews=previews, clock=lambda: NOW)
    fields = {**fields_of(ops.get(MINING)), "about.2": NODULES, "days": "365"}
    with served(app) as running, httpx.Client(trust_env=False, timeout=60) as browser:
        with browser.stream("POST", f"{running.url}/desk/rules/draft", data=fields, headers=ops.headers) as stream:
            lines = stream.iter_lines()  # kept: it closes the stream when it goes
            assert next(lines).startswith('{"event": "draft"')
            assert began.wait(60)
        hold.set()  # the browser is gone; the work finds out at its next step
        assert all(previews.places.acquire(timeout=60) for _ in range(AT_ONCE))

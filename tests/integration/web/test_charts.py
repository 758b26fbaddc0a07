"""Actors, issues, positions and the network as pages, and their charts as data."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import networkx as nx
import pytest
from fastapi import FastAPI

from monitor.model.statement import Stance
from storage.actor_verdicts import ActorVerdictKind
from storage.engine import Database
from storage.values import VerdictKind
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, RULES, Newsroom, turn


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The queries are asked of both databases in tests/contract/storage/test_timelines.py."""
    return sqlite_database


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def certain(newsroom: Newsroom, actor: str, issue: str, stance: Stance, days: float) -> None:
    """Three papers say the same, which confirms it."""
    for number in range(3):
        newsroom.say(
            actor, issue, stance, at=NOW - timedelta(days=days, hours=number), publisher=f"{actor}{number}.example",
            words=f"{stance.value} it is, in words of number {number}",
        )  # fmt: skip


def test_the_list_of_actors_is_grouped_counted_and_searched(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    page = client.get("/actors").text
    assert page.index(">States<") < page.index(">Persons<")
    assert "3 actors." in page
    row = page.split('href="/actors/ada-quill">Ada Quill')[1].split("</tr>")[0]
    assert 'title="1 supports"' in row
    assert '<td class="number" data-label="Statements">6</td>' in row
    assert "10 Mar 2025" in row
    assert "nothing known yet" in page.split("Lemuria</a>")[1].split("</tr>")[0]
    for q, found in (("quill", 1), ("QUI prime", 1), ("lem", 1), ("uria", 0), ("", 3)):
        assert client.get("/actors", params={"q": q}).text.count('<th scope="row">') == found, q
    assert client.get("/actors?actor_kind=state").text.count('<th scope="row">') == 2
    assert "No actor is found by “&lt;b&gt;”" in client.get("/actors?q=<b>").text


def test_an_actor_is_shown_with_offices_positions_pictures_and_their_table(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    page = client.get("/actors/ada-quill").text
    for words in (
        "Prime Minister of Atlantis <span",
        "Quill",
        'href="/actors/atlantis"',
        "The strait bridge",
        "Reversed",
    ):
        assert words in page
    assert 'href="/changes.atom?actor=ada-quill"' in page
    broad = page.split('class="drawing--broad"')[1].split("</svg>")[0]
    assert 'role="img"' in broad
    # Six statements in two bars.
    assert broad.count('class="bar bar--opposes"') == broad.count('class="bar bar--supports"') == 1
    assert [path.count("M") for path in re.findall('class="stroke [^"]*" d="([^"]*)"', broad)] == [3, 3]
    assert "share a stroke" not in page
    body = client.get("/actors/atlantis").text
    assert "<strong>Ada Quill:</strong>" in body
    assert 'href="/actors/ada-quill"' in body.split("Belong to it")[1].split("</dd>")[0]


def test_the_timeline_of_an_actor_is_there_as_csv_and_json(client: Client, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    answer = client.get("/actors/ada-quill/timeline.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="volteface-ada-quill.csv"' in answer.headers["content-disposition"]
    found = rows(answer.text)
    assert [r["stance"] for r in found if r["row"] == "position"] == ["opposes", "supports"]
    assert sum(r["row"] == "statement" for r in found) == 6
    assert [r["at"] for r in found] == sorted(r["at"] for r in found)
    last = [r for r in found if r["row"] == "position"][-1]
    assert last["change"] == str(change.id)
    assert last["words"] == "We will build the bridge in 9 years"
    assert (last["publisher"], last["url"]) == ("paper9.example", "https://news.example/story")
    told = client.get("/actors/ada-quill/timeline.json").json()
    assert told["actor_name"] == "Ada Quill"
    assert told["next"] is None
    assert len(told["rows"]) == len(found)
    earlier = rows(client.get("/actors/ada-quill/timeline.csv?until=2025-02-20").text)
    assert {r["stance"] for r in earlier} == {"opposes"}
    cell = rows(client.get("/positions/ada-quill/bridge/timeline.csv").text)
    assert [r["at"] for r in cell] == [r["at"] for r in found]


def test_what_a_spreadsheet_would_run_is_defused_in_every_file(client: Client, newsroom: Newsroom) -> None:
    words = '=HYPERLINK("https://evil.example","bridge")'
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW, words=words, title="@SUM(1)", publisher="+1.example")
    for path in ("/actors/lemuria/timeline.csv", "/issues/bridge/timeline.csv"):
        (row, *_) = [r for r in rows(client.get(path).text) if r["row"] == "statement"]
        assert (row["words"], row["title"], row["publisher"]) == ("'" + words, "'@SUM(1)", "'+1.example")


def test_pictures_and_data_follow_what_operators_decided(client: Client, newsroom: Newsroom) -> None:
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(days=3))
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(days=2), words="Let it be built")
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(days=1), words="Build")
    with newsroom.database.work() as work:
        one, two, _ = work.statements.live_for("bridge", {"lemuria"})
        work.statements.judge(one.id, VerdictKind.REJECT, "ops", NOW)
        work.statements.judge(two.id, VerdictKind.CORRECT, "ops", NOW, holder="ada-quill", stance=Stance.OPPOSES)
    told = [r for r in rows(client.get("/actors/lemuria/timeline.csv").text) if r["row"] == "statement"]
    assert [r["words"] for r in told] == ["Build"]
    told = [r for r in rows(client.get("/issues/bridge/timeline.csv").text) if r["row"] == "statement"]
    assert [(r["words"], r["actor"], r["stance"]) for r in told] == [
        ("Let it be built", "ada-quill", "opposes"),
        ("Build", "lemuria", "supports"),
    ]
    with newsroom.database.view() as work:
        light = work.timelines.spoken(["bridge"], None, 10)
        assert [(s.holder, s.stance.value) for s in light] == [("lemuria", "supports"), ("ada-quill", "opposes")]
        full = work.statements.live_for("bridge", {"lemuria", "ada-quill"})
        assert work.timelines.statements(["bridge"], {"lemuria", "ada-quill"}, 10) == full[::-1]
        assert [s.id for s in work.timelines.spoken(["bridge"], {"ada-quill"}, 10)] == [two.id]


def test_a_merged_actor_leads_on_to_whom_they_became(client: Client, newsroom: Newsroom) -> None:
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW)
    with newsroom.database.work() as work:
        work.actor_verdicts.add(
            ActorVerdictKind.MERGE, "lemuria", "atlantis", names=(), rules=(), changes=(), who="ops", why="", now=NOW
        )
    for path in ("/actors/{}", "/actors/{}/timeline.csv", "/positions/{}/bridge", "/positions/{}/bridge/timeline.json"):
        answer = client.get(path.format("lemuria") + "?until=2025-01-01")
        assert answer.status_code == 307
        assert answer.headers["location"] == path.format("atlantis") + "?until=2025-01-01"
    told = rows(client.get("/issues/bridge/timeline.csv").text)
    assert [r["actor"] for r in told if r["row"] == "statement"] == ["atlantis"]


@pytest.mark.parametrize(
    "path",
    ["/actors/nobody", "/actors/nobody/timeline.csv", "/issues/nothing", "/issues/nothing/timeline.json",
     "/issues/nothing/spectrum.csv", "/positions/nobody/bridge/timeline.csv", "/network?group=nobody",
     "/network?issue=nothing", "/network.graphml?family=nothing"],
)  # fmt: skip
def test_what_is_not_there_is_said_in_words(client: Client, newsroom: Newsroom, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert re.search("noth|nobody", answer.text)


def test_issues_are_listed_and_searched(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    page = client.get("/issues").text
    assert 'title="2 supports"' in page.split("The strait bridge</a>")[1].split("</tr>")[0]
    assert client.get("/issues?q=ships").text.count('<th scope="row">') == 1


def test_the_spectrum_shows_who_stands_where_now_and_then(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    certain(newsroom, "lemuria", "bridge", Stance.CONDITIONAL, 20)
    page = client.get("/issues/bridge").text

    def sides(page: str) -> list[list[str]]:
        parts = [part.split("</section>")[0] for part in page.split("spectrum__side--")[1:]]
        return [re.findall(r'<a href="/positions/([a-z-]+)/bridge">', part) for part in parts]

    supports, conditional, opposes = sides(page)
    assert sorted(supports) == ["ada-quill", "atlantis"]
    assert conditional == ["lemuria"]
    assert opposes == []
    assert page.count('class="moved" title="before: opposes"') == 2
    then = client.get("/issues/bridge?at=2025-02-17").text
    assert sides(then)[2] == ["ada-quill", "atlantis"]
    assert "as of 17 Feb 2025" in then
    told = rows(client.get("/issues/bridge/spectrum.csv?since=2025-02-15&at=2025-03-10").text)
    assert len({r["at"] for r in told}) == 4
    assert (told[0]["at"][:10], told[0]["stance"]) == ("2025-02-15", "opposes")
    assert (told[-1]["at"][:10], told[-1]["actor"], told[-1]["stance"]) == ("2025-03-10", "lemuria", "conditional")
    assert client.get("/issues/bridge?since=2025-03-01&at=2025-02-01").status_code == 422
    movement = page.split('id="movement-1-title"')[1].split("</svg>")[0]
    assert movement.count('thread--moved"') == 2, "Lemuria came up only later"
    assert "How it moved" in page


def test_an_issue_without_any_position_is_a_page(client: Client, newsroom: Newsroom) -> None:
    page = client.get("/issues/tolls")
    assert page.status_code == 200
    assert "No change is known" in page.text
    assert client.get("/issues/tolls/spectrum.csv").text.count("\r\n") == 1


@pytest.fixture
def debate(newsroom: Newsroom) -> Newsroom:
    """Lemuria agrees with Ada Quill on the bridge and not on tolls; Atlantis speaks through her."""
    certain(newsroom, "ada-quill", "bridge", Stance.SUPPORTS, 40)
    certain(newsroom, "lemuria", "bridge", Stance.SUPPORTS, 30)
    certain(newsroom, "ada-quill", "tolls", Stance.OPPOSES, 40)
    certain(newsroom, "lemuria", "tolls", Stance.SUPPORTS, 20)
    return newsroom


def test_the_network_is_a_picture_and_a_table(client: Client, debate: Newsroom) -> None:
    page = client.get("/network").text
    # Nobody is compared with the body that they belong to.
    pairs = re.findall(r'<th scope="row"><a href="/actors/([a-z-]+)">.*?<a href="/actors/([a-z-]+)">', page)
    assert pairs == [("ada-quill", "lemuria"), ("atlantis", "lemuria")]
    assert "50 %" in page
    assert '<a href="/issues/tolls">Tolls</a>' in page
    assert page.split('class="drawing--broad"')[1].split("</svg>")[0].count('class="node"') == 3
    only = client.get("/network?issue=bridge&actor_kind=state").text
    assert "100 %" in only
    assert 'class="tie tie--agrees"' in only.split('class="drawing--broad"')[1]
    assert "at least 3 issues" in client.get("/network?least=3").text
    assert client.get("/network?least=0").status_code == 422
    assert client.get("/network?normal=x").status_code == 422
    assert "No two actors" in client.get("/network?until=2024-01-01").text


def test_the_network_is_told_anew_after_every_event(client: Client, debate: Newsroom) -> None:
    before = client.get("/network.json").json()["rows"]
    certain(debate, "lemuria", "tolls", Stance.OPPOSES, 2)
    after = client.get("/network.json").json()["rows"]
    assert after[0]["conflict"] < before[0]["conflict"]


def test_the_network_comes_as_csv_json_and_graphml_that_reads_back(client: Client, debate: Newsroom) -> None:
    told = rows(client.get("/network.csv").text)
    assert [(r["a"], r["b"], r["issues_in_common"], r["differ_on"]) for r in told] == [
        ("ada-quill", "lemuria", "2", "Tolls"),
        ("atlantis", "lemuria", "2", "Tolls"),
    ]
    as_json = client.get("/network.json").json()
    assert [r["agreement"] for r in as_json["rows"]] == [0.5, 0.5]
    answer = client.get("/network.graphml")
    assert answer.headers["content-type"].startswith("application/graphml+xml")
    graph = nx.parse_graphml(answer.text)
    assert set(graph.nodes) == {"ada-quill", "atlantis", "lemuria"}
    assert graph.nodes["lemuria"] == {"label": "Lemuria", "kind": "state", "issues": 2}
    assert graph.edges["ada-quill", "lemuria"] == {
        "weight": 0.0, "agreement": 0.5, "congruence": 1.0, "conflict": 1.0, "common": 2, "differ": "tolls",
    }  # fmt: skip


def test_charts_hold_no_inline_style_and_nothing_to_focus_inside(client: Client, debate: Newsroom) -> None:
    for path in ("/actors/lemuria", "/issues/bridge", "/positions/lemuria/bridge", "/network"):
        page = client.get(path).text
        pictures = re.findall(r'<svg [^>]*role="img".*?</svg>', page, re.DOTALL)
        assert len(pictures) % 2 == 0, path
        assert pictures, path
        for picture in pictures:
            assert " style=" not in picture
            assert "<a " not in picture
            assert "<desc" in picture
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path


def test_a_hostile_name_is_escaped_in_pictures(client: Client, database: Database, app: FastAPI) -> None:
    hostile = "<script>alert(1)</script>"
    newsroom = Newsroom(database, RULES)
    rule = RULES.actors["lemuria"]
    with database.work() as work:
        work.rules.save(type(rule)("lemuria", hostile, rule.kind), "test", "", NOW)
    certain(newsroom, "lemuria", "bridge", Stance.SUPPORTS, 3)
    certain(newsroom, "ada-quill", "bridge", Stance.SUPPORTS, 4)
    for path in ("/actors", "/actors/lemuria", "/issues/bridge", "/positions/lemuria/bridge", "/network"):
        assert "<script>alert" not in client.get(path).text, path
    assert "&lt;script&gt;" in client.get("/network").text

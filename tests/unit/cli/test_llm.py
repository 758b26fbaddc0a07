"""The llm extractor from the command line: doctor, extract and explain against a real endpoint on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.settings import SettingsError, load_settings
from tests.sinks import Chat, ModelSink, closed_port
from tests.unit.cli.conftest import Command

KEY = "sk-do-not-show-me-0123456789"
ARTICLE = "Keir Starmer warms to British troops in Ukraine, people said. A ceasefire is far.\n"


def reads(chat: Chat) -> str:
    """A model that finds one position, and invents another."""
    lists = json.loads(chat.user[: chat.user.index("\n\nITEM-")])
    holder, issue = lists["actors"][0]["id"], lists["issues"][0]["id"]
    one = {"holder": "keir-starmer", "issue": issue, "stance": "supports", "field": "text", "quoted": False}
    rest = {"claimed_by": None, "withdraws": False, "said_on": None}
    found = {**one, **rest, "evidence": "Keir Starmer warms to British troops in Ukraine"}
    invented = {**one, **rest, "holder": holder, "evidence": "Starmer adores British troops in Ukraine"}
    return json.dumps({"statements": [found, invented]})


@pytest.fixture
def sink() -> Iterator[ModelSink]:
    with ModelSink(key=KEY) as running:
        running.replies(reads)
        yield running


@pytest.fixture
def llm(command: Command, sink: ModelSink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command with the endpoint in its settings, and the key in a file."""
    (tmp_path / "key").write_text(KEY + "\n")
    (tmp_path / "article.txt").write_text(ARTICLE)
    monkeypatch.setenv("VOLTEFACE_LLM_URL", sink.base)
    monkeypatch.setenv("VOLTEFACE_LLM_MODEL", sink.model)
    monkeypatch.setenv("VOLTEFACE_LLM_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("VOLTEFACE_LLM_ALLOW", "127.0.0.1")
    return command


def finding(command: Command, part: str) -> dict[str, Any]:
    code, out, err = command("doctor", "--json", "--settings")
    assert KEY not in out + err
    (found,) = [f for f in json.loads(out)["findings"] if f["part"] == part]
    return {**found, "code": code}


def test_extract_and_explain_by_the_model(llm: Command, sink: ModelSink) -> None:
    code, out, said = llm("extract", "article.txt", "--date", "2025-02-17", "--extractor", "llm")
    assert code == 0, said
    (line,) = [json.loads(text) for text in out.splitlines()]
    assert (line["actor"], line["stance"]) == ("keir-starmer", "supports")
    assert ARTICLE[line["start"] : line["end"]] == line["evidence"]
    assert (line["extractor"], line["extractor_version"], line["fallback_reason"]) == ("llm", "1:toy-1", None)

    code, out, said = llm("explain", "article.txt", "--date", "2025-02-17", "--extractor", "llm")
    assert code == 0, said
    assert "the model said: {" in out
    assert "thrown away, its evidence does not stand in the item word for word" in out
    assert "Starmer adores British troops" in out
    assert "statement  keir-starmer supports" in out
    assert len(sink.chats) == 1, "explaining costs nothing: the answer was kept"
    assert KEY not in out + said


def test_without_the_endpoint_the_grammar_reads_with_a_mark(llm: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_LLM_URL", f"http://127.0.0.1:{closed_port()}/v1")
    Path("article.txt").write_text("Prime Minister Keir Starmer said he backs sending British troops to Ukraine.\n")
    monkeypatch.setenv("VOLTEFACE_EXTRACTOR", "llm")
    code, out, said = llm("extract", "article.txt", "--date", "2025-02-17")
    assert code == 0, said
    lines = [json.loads(text) for text in out.splitlines()]
    assert lines
    assert {line["extractor"] for line in lines} == {"grammar"}
    assert "cannot connect" in lines[0]["fallback_reason"]
    assert "read by grammar in place of llm: cannot connect" in said
    assert "read by grammar in place of llm" in llm("explain", "article.txt", "--date", "2025-02-17")[1]


def test_the_doctor_asks_the_endpoint(llm: Command, monkeypatch: pytest.MonkeyPatch, sink: ModelSink) -> None:
    assert finding(llm, "extractor")["found"].startswith("grammar")
    monkeypatch.setenv("VOLTEFACE_EXTRACTOR", "llm")
    clear = finding_all(llm, "extractor")
    assert [f["state"] for f in clear] == ["warning", "ok"]
    assert "in the clear" in clear[0]["found"]
    assert "has the model" in clear[1]["found"]
    monkeypatch.setenv("VOLTEFACE_LLM_MODEL", "toy-9")
    assert "there: toy-1" in finding_all(llm, "extractor")[1]["remedy"]
    assert sink.chats == [], "and pays nothing"


def test_the_doctor_says_what_is_broken(llm: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOLTEFACE_EXTRACTOR", "llm")
    (tmp_path / "key").write_text("sk-wrong-0123456789")
    broken = finding_all(llm, "extractor")[1]
    assert broken["state"] == "broken"
    assert "401" in broken["found"]
    assert "sk-wrong" not in json.dumps(broken)
    monkeypatch.delenv("VOLTEFACE_LLM_ALLOW")
    assert "VOLTEFACE_LLM_ALLOW" in finding_all(llm, "extractor")[1]["found"]


def finding_all(command: Command, part: str) -> list[dict[str, Any]]:
    out = command("doctor", "--json")[1]
    return [f for f in json.loads(out)["findings"] if f["part"] == part]


def test_the_doctor_says_what_it_costs_and_what_was_read_in_its_place(
    llm: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOLTEFACE_EXTRACTOR", "llm")
    monkeypatch.setenv("VOLTEFACE_LLM_TOKENS_PER_DAY", "4000")
    assert llm("extract", "article.txt", "--date", "2025-02-17")[0] == 0
    tokens = finding(llm, "tokens")
    assert tokens["found"].endswith("of 4000 tokens today, 1 question")
    assert not tokens["found"].startswith("0 ")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"extractor": "llm"}, "needs VOLTEFACE_LLM_URL and VOLTEFACE_LLM_MODEL"),
        ({"llm_url": "ftp://host/v1"}, "VOLTEFACE_LLM_URL: must be an address"),
        ({"llm_url": "https://user:sk-1@host/v1"}, "takes scheme, host, port and path only"),
        ({"llm_url": "https://host/v1?key=sk-1"}, "takes scheme, host, port and path only"),
        ({"llm_key": "sk 1"}, "VOLTEFACE_LLM_KEY: holds a blank"),
        ({"llm_key": "sk-1\r\nx: y"}, "VOLTEFACE_LLM_KEY: holds a blank"),
        ({"llm_allow": "http://host"}, "VOLTEFACE_LLM_ALLOW"),
        ({"llm_timeout_s": 0}, "VOLTEFACE_LLM_TIMEOUT_S"),
    ],
)
def test_wrong_settings_are_named_and_no_secret_is_shown(given: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(**given)
    assert words in str(refused.value)
    assert "sk-1" not in str(refused.value)


def test_an_unknown_judge_is_named_with_those_there_are(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_JUDGE", "solomon")
    Path("article.txt").write_text(ARTICLE)
    code, _, said = command("extract", "article.txt")
    assert code != 0
    assert "VOLTEFACE_JUDGE: there is no judge 'solomon'; there are: cues" in said
    assert finding_all(command, "extractor")[0]["state"] == "broken"

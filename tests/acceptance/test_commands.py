"""The command line: data on stdout, talk on stderr, exit codes that mean something."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli.outcome import run
from monitor.items.identity import content_hash
from monitor.model.item import NewItem
from monitor.pipeline.rulebook import RuleBook
from storage.engine import Database
from tests.acceptance.running import Service, environment, output, volteface, wait


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "data")


COMMANDS = [
    "up",
    "worker",
    "web",
    "poll",
    "feeds add",
    "feeds list",
    "feeds show",
    "feeds check",
    "feeds discover",
    "feeds remove",
    "feeds import",
    "feeds export",
    "feeds parse",
    "rules check",
    "rules explain",
    "rules list",
    "rules show",
    "rules suggest",
    "rules suggest accept",
    "rules suggest dismiss",
    "rules suggest recall",
    "rules suggest answered",
    "extract",
    "explain",
    "replay",
    "positions",
    "changes",
    "items",
    "subscribe",
    "subscriptions list",
    "subscriptions show",
    "subscriptions edit",
    "subscriptions dry-run",
    "subscriptions enable",
    "subscriptions disable",
    "why",
    "deliveries list",
    "deliveries retry",
    "demo",
    "doctor",
    "bench tracker",
    "bench poll",
    "bench memory",
    "bench frontier",
    "bench extract",
    "bench reliability",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0
    said = capsys.readouterr()
    assert "Example" in said.out
    assert said.err == ""


def test_a_second_worker_on_one_file_exits_with_3_and_says_why(env: dict[str, str]) -> None:
    with Service("up", "--port", "0", env=env) as first:
        first.address()
        second = volteface("worker", env=env)
        assert second.returncode == 3
        assert "worker already runs" in second.stderr
        assert str(first.process.pid) in second.stderr
        assert first.stop() == 0


def test_a_taken_port_is_said_plainly(env: dict[str, str]) -> None:
    with Service("web", "--port", "0", env=env) as first:
        port = first.address().rsplit(":", 1)[1]
        second = volteface("web", "--port", port, env=env)
        assert second.returncode == 1
        assert "choose another with --port" in second.stderr
        assert "Traceback" not in second.stderr


def test_a_taken_port_leaves_no_database_and_no_worker_behind(env: dict[str, str], tmp_path: Path) -> None:
    with Service("web", "--port", "0", env=env) as first:
        port = first.address().rsplit(":", 1)[1]
        second = volteface("up", "--port", port, env=environment(tmp_path / "second"))
    assert second.returncode == 1
    assert "choose another with --port" in second.stderr
    assert "Worker runs" not in second.stderr
    assert not (tmp_path / "second").exists()


def test_ctrl_c_ends_cleanly(env: dict[str, str]) -> None:
    with Service("up", "--port", "0", env=env) as service:
        service.address()
        assert service.stop() == 0
        assert "Traceback" not in service.said()


def test_wrong_settings_are_named_all_at_once(env: dict[str, str]) -> None:
    ended = volteface("feeds", "list", env={**env, "VOLTEFACE_PORT": "99999", "VOLTEFACE_THRESHOLD": "7"})
    assert ended.returncode == 2
    assert "VOLTEFACE_PORT" in ended.stderr
    assert "VOLTEFACE_THRESHOLD" in ended.stderr


def test_a_misspelt_setting_is_refused(env: dict[str, str]) -> None:
    ended = volteface("feeds", "list", env={**env, "VOLTEFACE_PROT": "1"})
    assert ended.returncode == 2
    assert "VOLTEFACE_PROT" in ended.stderr


def test_a_password_in_a_database_address_is_never_shown(env: dict[str, str]) -> None:
    ended = volteface("feeds", "list", env={**env, "VOLTEFACE_DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x"})
    assert ended.returncode == 1
    assert "hunter2" not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_feeds_by_command(env: dict[str, str], tmp_path: Path) -> None:
    added = output("feeds", "add", "https://news.example/rss", "--no-check", "--folder", "europe", env=env)
    assert volteface("feeds", "add", "https://news.example/rss", env=env).returncode == 1
    assert [f["url"] for f in output("feeds", "list", env=env)] == ["https://news.example/rss"]
    assert output("feeds", "show", str(added["id"]), env=env)["folder"] == "europe"
    opml = volteface("feeds", "export", env=env).stdout
    assert volteface("feeds", "remove", "https://news.example/rss", env=env).returncode == 0
    assert volteface("feeds", "show", "https://news.example/rss", env=env).returncode == 4
    (tmp_path / "feeds.opml").write_text(opml)
    assert [f["folder"] for f in output("feeds", "import", str(tmp_path / "feeds.opml"), env=env)] == ["europe"]


def test_a_wrong_actor_is_refused_with_a_hint(env: dict[str, str]) -> None:
    ended = volteface("subscribe", "me", "--log", "--actor", "keir-starmr", env=env)
    assert ended.returncode == 2
    assert "keir-starmer" in ended.stderr


def test_rules_check_names_every_problem(tmp_path: Path) -> None:
    (tmp_path / "actors").mkdir()
    (tmp_path / "actors" / "a.yaml").write_text("- {id: x, name: X, kind: wizard}\n- {id: y, kind: person}\n")
    ended = volteface("rules", "check", str(tmp_path))
    assert ended.returncode == 2
    assert "wizard" in ended.stdout
    assert "a.yaml:2" in ended.stdout


def test_extract_reads_text_and_json_lines(tmp_path: Path) -> None:
    text = "Prime Minister Keir Starmer said Britain was ready to send troops to Ukraine to secure a ceasefire."
    (tmp_path / "note.txt").write_text(text)
    ended = volteface("extract", str(tmp_path / "note.txt"), "--date", "2025-02-17", "--with-text")
    assert ended.returncode == 0
    rows = [json.loads(line) for line in ended.stdout.splitlines()]
    starmer = [
        r for r in rows if (r["actor"], r["issue"], r["stance"]) == ("keir-starmer", "european-troops", "supports")
    ]
    assert starmer
    row = starmer[0]
    assert row["doc"] == "note"
    assert row["text"][row["start"] : row["end"]] == row["evidence"]
    assert row["said_at"].startswith("2025-02-17")


def test_explain_says_which_words_led_to_what_and_why_the_rest_was_left_out(tmp_path: Path) -> None:
    held = "Keir Starmer said Britain was ready to send troops to Ukraine."
    idle = "The weather was fine."
    unheld = "Experts discussed sending troops to Ukraine."
    (tmp_path / "note.txt").write_text(f"{held} {idle} {unheld}")
    ended = volteface("explain", str(tmp_path / "note.txt"), "--date", "2025-02-17", "--json")
    assert ended.returncode == 0, ended.stderr
    sentences = json.loads(ended.stdout)["sentences"]
    assert [s["text"] for s in sentences] == [held, idle, unheld]
    statement = sentences[0]["steps"][0]["statement"]
    assert (statement["actor"], statement["issue"], statement["stance"]) == (
        "keir-starmer",
        "european-troops",
        "supports",
    )
    assert "ready to" in sentences[0]["steps"][0]["cues"]
    assert {m["rule"] for m in sentences[0]["matches"]} >= {"keir-starmer", "european-troops"}
    assert sentences[1]["nothing"]
    assert sentences[1]["steps"] == []
    assert [s["outcome"] for s in sentences[2]["steps"]] == ["left out"]
    page = volteface("explain", str(tmp_path / "note.txt"), "--date", "2025-02-17").stdout
    assert "statement  keir-starmer supports european-troops" in page
    assert "'send troops to Ukraine'" in page
    assert "left out  no issue" in page


def test_explain_takes_the_id_of_a_stored_item(tmp_path: Path) -> None:
    env = environment(tmp_path, VOLTEFACE_DATABASE_URL=f"sqlite:///{tmp_path}/news.db")
    moment = datetime(2025, 2, 17, tzinfo=UTC)
    text = "Keir Starmer said Britain was ready to send troops to Ukraine."
    new = NewItem(
        feed_id=None, identity="one", url=None, title="Starmer ready", text=text, published_at=moment, seen_at=moment,
        lang="en", publisher="example.org", content_hash=content_hash("Starmer ready", text),
    )  # fmt: skip
    assert volteface("items", env=env).returncode == 0
    database = Database(env["VOLTEFACE_DATABASE_URL"])
    RuleBook(database).install([], moment)
    with database.work() as work:
        item = work.items.add(new, None)
    database.close()
    ended = volteface("explain", str(item.id), env=env)
    assert ended.returncode == 0, ended.stderr
    assert "statement  keir-starmer supports european-troops" in ended.stdout
    assert volteface("explain", "999999", env=env).returncode == 4
    missing = volteface("explain", str(tmp_path / "no.txt"), env=env)
    assert missing.returncode == 4
    assert "volteface items" in missing.stderr


@pytest.mark.parametrize(
    ("line", "complaint"),
    [("{", "line 2"), ('{"id": "a"}', "line 2"), ('{"text": "x", "date": "yesterday"}', "yesterday")],
)
def test_bad_json_lines_are_named_by_line(tmp_path: Path, line: str, complaint: str) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text('{"text": "fine"}\n' + line)
    ended = volteface("extract", str(file))
    assert ended.returncode == 2
    assert complaint in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_broken_pipe_is_quiet(env: dict[str, str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", "rules", "list", "--json"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_doctor_finds_the_mail_server_that_is_not_there(env: dict[str, str]) -> None:
    broken = {**env, "VOLTEFACE_SMTP_HOST": "127.0.0.1", "VOLTEFACE_SMTP_PORT": "1", "VOLTEFACE_SMTP_SECURITY": "plain"}
    ended = volteface("doctor", "--json", env=broken)
    assert ended.returncode == 1
    findings = json.loads(ended.stdout)["findings"]
    assert [f["state"] for f in findings if f["part"] == "mail"] == ["broken"]


def test_a_new_installation_has_the_default_feeds(tmp_path: Path) -> None:
    env = {**environment(tmp_path / "data", VOLTEFACE_DEFAULT_FEEDS="true")}
    with Service("up", "--port", "0", env=env) as service:
        service.address()
        assert len(wait(lambda: output("feeds", "list", env=env), alive=service)) > 25
        assert service.stop() == 0

"""Editing rules from the command line: apply, diff, history, rollback, conflicts, export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli import boot
from monitor.settings import load_settings
from rules.model import RuleKind
from storage.engine import Database
from tests.unit.cli.conftest import Command

# The rules of one small pack, without the seed's: they are many, and slow to lay into a database again and again.
TRAM = """\
# Trams.
- id: tram-line   # the line
  name: Tram line
  proposition: The city builds a tram line to the harbour.
  about:
    # all sorts of trams
    - tram*
  examples:
    - {text: Mr Macron said he supports the tram line., holder: emmanuel-macron, stance: supports, date: 2025-02-01}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    write(folder, TRAM)
    return folder


def write(folder: Path, text: str) -> None:
    (folder / "issues").mkdir(parents=True, exist_ok=True)
    (folder / "issues" / "tram.yaml").write_text(text, encoding="utf-8")


def database() -> Database:
    return boot.open_database(load_settings())


def test_an_edit_in_a_file_is_shown_saved_and_written_back(command: Command, pack: Path, tmp_path: Path) -> None:
    code, out, err = command("rules", "diff", pack)
    assert (code, "issue tram-line: new" in out, "1 rule would change" in err) == (0, True, True)
    code, _, err = command("rules", "apply", pack, "--why", "trams matter", "--who", "ann")
    assert (code, "1 rule saved" in err) == (0, True), err
    assert "Nothing would change." in command("rules", "diff", pack)[2]
    assert "Nothing to change." in command("rules", "apply", pack, "--why", "again")[2]

    write(pack, TRAM.replace("    - tram*\n", "    - tram*\n    - light rail\n"))
    out = command("rules", "diff", pack)[1]
    assert out.splitlines() == ["issue tram-line: changed", "  + about: light rail"]
    assert command("rules", "apply", pack, "--why", "wider", "--who", "bob")[0] == 0

    rows = json.loads(command("rules", "history", "issue", "tram-line", "--json")[1])
    assert [(row["who"], row["why"], row["version"]) for row in rows] == [
        ("ann", "trams matter", 1),
        ("bob", "wider", 2),
    ]
    assert rows[1]["differences"] == [{"field": "about", "removed": [], "added": ["light rail"]}]
    with database().view() as work:
        assert [(e.who, e.what, e.target) for e in work.audit.list(2)] == [
            ("bob", "rule saved", "issue tram-line"), ("ann", "rule saved", "issue tram-line"),
        ]  # fmt: skip

    assert command("rules", "rollback", "issue", "tram-line", "1", "--why", "too wide")[0] == 0
    assert command("rules", "export", pack)[0] == 0
    assert (pack / "issues" / "tram.yaml").read_text(encoding="utf-8") == TRAM
    assert "says all this already" in command("rules", "export", pack)[2]
    assert command("rules", "export", tmp_path / "fresh")[0] == 0
    assert "tram-line" in (tmp_path / "fresh" / "issues" / "operator.yaml").read_text(encoding="utf-8")
    assert "(in force)" in command("rules", "history", "issue", "tram-line")[2].splitlines()[-1]


def test_failing_examples_save_nothing_unless_told_to(command: Command, pack: Path) -> None:
    write(pack, TRAM.replace("stance: supports", "stance: opposes"))
    code, out, err = command("rules", "apply", pack, "--why", "x")
    assert (code, "expected emmanuel-macron opposes" in out, "nothing was saved" in err) == (2, True, True)
    assert "1 rule would change" in command("rules", "diff", pack)[2]
    assert command("rules", "apply", pack, "--why", "x", "--despite-examples")[0] == 0


def test_what_a_pack_and_an_operator_changed_is_shown_and_resolved(
    first_command: Command, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOLTEFACE_PACKS", str(pack))
    assert "No conflicts." in first_command("rules", "conflicts")[2]
    edit = tmp_path / "edit"
    write(edit, TRAM.replace("name: Tram line", "name: The tram"))
    assert first_command("rules", "apply", edit, "--why", "shorter")[0] == 0
    write(pack, TRAM.replace("name: Tram line", "name: Harbour tram"))
    boot_packs(pack)
    found = json.loads(first_command("rules", "conflicts", "--json")[1])
    assert [(c["field"], c["was"], c["operator"], c["pack"]) for c in found] == [
        ("name", "Tram line", "The tram", "Harbour tram")
    ]
    assert first_command("rules", "resolve", "issue", "tram-line", "--keep", "mine", "--why", "x")[0] == 2
    assert first_command("rules", "resolve", "issue", "tram-line", "--keep", "pack", "--why", "theirs")[0] == 0
    assert "No conflicts." in first_command("rules", "conflicts")[2]
    with database().view() as work:
        assert work.rules.current().issues["tram-line"].name == "Harbour tram"


def boot_packs(pack: Path) -> None:
    """What a start of the service does with its packs."""
    from monitor.pipeline.rulebook import RuleBook

    RuleBook(database()).install([pack], boot.utc_now())


def test_unknown_rules_and_versions_are_said(command: Command, pack: Path) -> None:
    code, _, err = command("rules", "history", "issue", "nothing")
    assert (code, "there is no issue rule nothing" in err) == (4, True), err
    code, _, err = command("rules", "rollback", "actor", "russia", "77", "--why", "x")
    assert (code, "rule version" in err) == (4, True), err
    code, _, err = command("rules", "resolve", "actor", "russia", "--keep", "pack", "--why", "x")
    assert (code, "conflict" in err) == (4, True), err
    write(pack, "- [")
    code, _, err = command("rules", "apply", pack, "--why", "x")
    assert (code, "not valid YAML" in err) == (2, True), err
    code, _, err = command("rules", "export", pack)
    assert (code, "not valid YAML" in err) == (2, True), err


def test_what_is_listed_and_shown_is_what_the_database_says(command: Command, pack: Path, tmp_path: Path) -> None:
    assert command("rules", "apply", pack, "--why", "trams matter", "--who", "ann")[0] == 0
    listed = json.loads(command("rules", "list", "--json")[1])
    assert "tram-line" in {issue["id"] for issue in listed["issues"]}
    assert json.loads(command("rules", "show", "tram-line", "--json")[1])["about"] == ["tram*"]
    write(pack, TRAM.replace("    - tram*\n", "    - light rail\n"))
    assert json.loads(command("rules", "show", "tram-line", "--json")[1])["about"] == ["tram*"]
    assert json.loads(command("rules", "show", "tram-line", "--json", "--pack", pack)[1])["about"] == ["light rail"]

    with database().work() as work:
        work.rules.remove(RuleKind.ACTOR, "emmanuel-macron", "ann", "left", boot.utc_now())
    code, out, err = command("rules", "show", "emmanuel-macron")
    assert (code, out) == (4, "")
    assert "no rule has the id emmanuel-macron" in err
    listed = json.loads(command("rules", "list", "--json")[1])
    assert "emmanuel-macron" not in {actor["id"] for actor in listed["actors"]}

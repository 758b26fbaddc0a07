"""`volteface rules check` and `explain`, as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.conftest import Command

TRAM = """
- id: tram-line
  name: Tram line
  proposition: The city builds a tram line to the harbour.
  about: [tram*]
  examples:
    - {text: Mr Macron said he supports the tram line., holder: emmanuel-macron, stance: supports}
    - {text: The bus came., match: false}
    - {text: The tram came late., stance: none}
"""


def write(folder: Path, issues: str) -> Path:
    (folder / "issues").mkdir(parents=True, exist_ok=True)
    (folder / "issues" / "tram.yaml").write_text(issues, encoding="utf-8")
    return folder


def test_check_runs_the_examples(command: Command, tmp_path: Path) -> None:
    code, out, err = command("rules", "check", write(tmp_path / "pack", TRAM))
    assert (code, "tram" in out) == (0, False)
    assert "3 examples as expected" in err


def test_a_failed_example_is_an_error_that_says_what_came_instead(command: Command, tmp_path: Path) -> None:
    pack = write(tmp_path / "pack", TRAM.replace("stance: supports", "stance: opposes").replace("bus", "tram"))
    code, out, err = command("rules", "check", pack)
    assert code == 2
    assert "tram-line, example 1: expected emmanuel-macron opposes, got emmanuel-macron supports" in out
    assert "tram-line, example 2: expected no match, got a match" in out
    assert "2 of 3 examples failed" in err
    code, out, _ = command("rules", "check", pack, "--json")
    found = [row for row in json.loads(out) if row["fatal"]]
    assert (code, [row["number"] for row in found]) == (2, [1, 2])


def test_examples_are_not_run_on_a_pack_with_errors(command: Command, tmp_path: Path) -> None:
    code, out, err = command(
        "rules", "check", write(tmp_path / "pack", TRAM.replace("tram*", "t*").replace("bus", "tram"))
    )
    assert (code, "tram-line, example" in out) == (2, False)
    assert "1 error" in err


def test_explain_draws_a_query(command: Command) -> None:
    code, out, err = command("rules", "explain", "(tram OR bus) NOT title:late")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "in the item",
        "├── any of these",
        "│   ├── the word “tram”: stem tram",
        "│   └── the word “bus”: stem bus",
        "└── and nowhere in the item",
        "    └── in the title only",
        "        └── the word “late”: stem late",
    ]


def test_explain_points_at_what_is_not_understood(command: Command) -> None:
    code, out, err = command("rules", "explain", "tram AND (bus")
    assert (code, out) == (2, "")
    assert err.splitlines()[-2:] == ["  tram AND (bus", " " * 15 + "^"]
    assert "column 14" in err
    assert "expected “)”" in err


def test_explain_says_what_is_doubtful(command: Command) -> None:
    code, _, err = command("rules", "explain", "trams and bus")
    assert code == 0
    assert "`and` in lower case is an ordinary word" in err
    code, out, _ = command("rules", "explain", "trams and bus", "--json")
    assert json.loads(out)["doubts"][0]["column"] == 7


def test_explain_reads_wordings_and_languages(command: Command) -> None:
    assert "exactly send" in command("rules", "explain", "send troops", "--wording")[1]
    assert "stem trupp" in command("rules", "explain", "Truppen", "--lang", "de")[1]

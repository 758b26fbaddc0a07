"""Stances judged on any subject: files of passages, rules made from a pair, figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.bench.judging import answered, figures_of, macro_f1, measure
from monitor.bench.passages import Pair, Passage, PassagesInvalid, load, rules_of
from monitor.cli.app import build
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.grammar.language import load_language

BRIDGE = Passage(
    "Mayor Ada Brook backs the new bridge. Tom Reed rejects the bridge. Vera Lund would build the bridge only if the "
    "county pays. Iris Holt went home.",
    (
        Pair("Ada Brook", "A bridge is built over the harbour.", "supports"),
        Pair("Tom Reed", "A bridge is built over the harbour.", "opposes"),
        Pair("Vera Lund", "A bridge is built over the harbour.", "conditional"),
        Pair("Iris Holt", "A bridge is built over the harbour.", "none"),
    ),
)


def _file(tmp_path: Path, *rows: object) -> Path:
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return file


def _row(passage: Passage) -> dict[str, object]:
    pairs = [{"holder": p.holder, "proposition": p.proposition, "label": p.label} for p in passage.pairs]
    return {"text": passage.text, "pairs": pairs, "set": "more"}


def test_each_pair_is_judged_by_the_reader_as_it_is() -> None:
    answers = answered(BRIDGE, GrammarExtractor(), load_language("en"))
    assert answers == [(pair.label, pair.label) for pair in BRIDGE.pairs]


def test_whoever_ends_a_thing_supports_that_it_is_ended() -> None:
    ended = Passage(
        "Ada Brook will scrap the ferry. Tom Reed backs the ferry.",
        (
            Pair("Ada Brook", "The ferry is abolished.", "supports"),
            Pair("Tom Reed", "The ferry is abolished.", "opposes"),
        ),
    )
    assert answered(ended, GrammarExtractor(), load_language("en")) == [
        ("supports", "supports"),
        ("opposes", "opposes"),
    ]


def test_rules_name_the_holders_and_the_words_of_the_proposition() -> None:
    rules, actors, issues = rules_of(BRIDGE, load_language("en"))
    assert {rules.actors[key].name for key in actors.values()} == {p.holder for p in BRIDGE.pairs}
    ((key, turned),) = issues.values()
    assert not turned
    assert set(rules.issues[key].about) >= {"bridge*", "harbour*"}


def test_figures_of_each_label() -> None:
    answers = [("supports", "supports"), ("supports", "none"), ("opposes", "supports"), ("none", "none")]
    found = {f.label: (f.wanted, f.given, f.right) for f in figures_of(answers)}
    assert found == {"supports": (2, 2, 1), "opposes": (1, 0, 0), "conditional": (0, 0, 0), "none": (1, 2, 1)}
    assert macro_f1(answers) == pytest.approx((0.5 + 0 + 0 + 2 / 3) / 4)


def test_the_interval_holds_the_figure_and_the_commonest_label_is_beside_it() -> None:
    reader, always = measure([BRIDGE, BRIDGE], GrammarExtractor())
    assert reader.macro_f1 == 1.0
    assert reader.interval[0] <= reader.macro_f1 <= reader.interval[1]
    assert always.accuracy == 0.25


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no json", 'line 1: write {"text"'),
        ('{"text": "x"}', 'line 1: write {"text"'),
        ('{"text": "x", "pairs": [{"holder": "a", "proposition": "b", "label": "maybe"}]}', "label 'maybe'"),
        ("", "holds no passages"),
    ],
)
def test_a_wrong_file_is_said_with_its_line_and_the_remedy(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(PassagesInvalid, match=said.replace("{", r"\{")):
        load(file)


def test_the_command_measures_the_half_that_it_is_told(tmp_path: Path) -> None:
    other = Passage("Nothing was said.", (Pair("Iris Holt", "A tunnel is dug.", "none"),))
    file = _file(tmp_path, _row(BRIDGE), _row(other))
    told = CliRunner().invoke(build(["bench"]), ["bench", "judge", str(file), "--half", "odd", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)[0]["pairs"] == 4
    wrong = CliRunner().invoke(build(["bench"]), ["bench", "judge", str(file), "--half", "third"])
    assert wrong.exit_code == 2

"""`volteface bench extract` and `reliability` on the gold files, and the same figures by the scorer beside them."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from monitor.cli.outcome import run

SHARED = Path(__file__).parents[3].parent / "shared" / "eval"
PACK = Path(__file__).parent / "pack"
DOCUMENTS, GOLD = SHARED / "news-dev.jsonl", SHARED / "news-dev-gold.jsonl"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the gold files of shared/eval are not here")


def test_the_figures_are_those_of_the_scorer(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["extract", str(DOCUMENTS), "--pack", str(PACK)]) == 0
    given = tmp_path / "given.jsonl"
    given.write_text(capsys.readouterr().out, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    scorer.main(str(GOLD), str(given))
    theirs = re.findall(
        r"precision (\S+) recall (\S+) f1 (\S+) \((\d+) of (\d+) wanted, (\d+) given", capsys.readouterr().out
    )
    assert run(["bench", "extract", str(DOCUMENTS), "--gold", str(GOLD), "--pack", str(PACK), "--json"]) == 0
    measures = json.loads(capsys.readouterr().out)["extraction"]["measures"]
    ours = [
        (
            *(f"{m[part]['value']:.3f}" for part in ("precision", "recall", "f1")),
            *(str(m[n]) for n in ("hits", "wanted", "given")),
        )
        for m in measures[:2]
    ]
    assert ours == theirs
    assert [m["name"] for m in measures] == ["pair", "pair+stance", "supports", "opposes", "conditional"]


def test_the_profile_shares_out_the_whole_time(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["bench", "extract", str(DOCUMENTS), "--gold", str(GOLD), "--pack", str(PACK)]
    assert run([*arguments, "--profile", "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert sum(step["share"] for step in steps) == pytest.approx(1)
    assert {"match", "finder", "judge"} <= {step["step"] for step in steps}


def test_the_shipped_confidences_are_the_fit_and_promise_no_more_than_expected(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    drawn, written = tmp_path / "reliability.svg", tmp_path / "confidence.json"
    arguments = ["bench", "reliability", str(DOCUMENTS), "--gold", str(GOLD), "--pack", str(PACK)]
    assert run([*arguments, "--svg", str(drawn), "--write", str(written), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    given = result["tables"]["as given"]
    assert sum(row["count"] for row in given) == result["statements"]
    mean = sum(row["said"] * row["count"] for row in given) / result["statements"]
    assert 0.7 < mean < 0.85
    assert drawn.read_text().startswith("<svg")
    assert json.loads(written.read_text())["expected"] == 0.78


def test_a_gold_file_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "extract", str(DOCUMENTS), "--gold", "none.jsonl"]) == 2
    assert "none.jsonl cannot be read" in capsys.readouterr().err

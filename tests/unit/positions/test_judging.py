"""Finder and judge can be swapped apart: another judge sees the same candidates, another finder the same judge."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from monitor.model.statement import Stance
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.grammar.finder import GrammarFinder
from monitor.positions.grammar.language import load_language
from monitor.positions.grammar.stance import CueJudge
from monitor.positions.judging import AROUND, NoSuchJudge, judged, load_judge
from monitor.positions.protocol import Candidate, Judgement, Passage
from tests.unit.positions.llm.asked import RULES, item, matches

TEXT = (
    "It rained. Astrid Holm said that she supports seabed mining. "
    "Sten Berg told reporters that he opposes seabed mining."
)


class Contrary:
    """A toy model: reads the passage for itself and says the opposite of its verb."""

    name, version = "contrary", "3"

    def __init__(self) -> None:
        self.asked: list[Passage] = []

    def judge_passages(self, passages: Sequence[Passage]) -> Sequence[Judgement]:
        self.asked += passages
        return [
            Judgement(Stance.OPPOSES if "supports" in p.text else Stance.SUPPORTS, 0.9, "the contrary")
            for p in passages
        ]


def stances(extractor: GrammarExtractor) -> list[tuple[str, str, str]]:
    one = item(TEXT)
    found = extractor.read(one, matches(one), RULES).statements
    return [(s.holder, str(s.stance), s.evidence.text) for s in found]


def test_another_judge_judges_the_same_candidates() -> None:
    usual, toy = GrammarExtractor(), Contrary()
    swapped = GrammarExtractor(toy)
    before, after = stances(usual), stances(swapped)
    assert [(who, words) for who, _, words in before] == [(who, words) for who, _, words in after]
    assert [stance for _, stance, _ in before] == ["supports", "opposes"]
    assert [stance for _, stance, _ in after] == ["opposes", "supports"]
    assert (usual.version, swapped.version) == (usual.version, f"{usual.version}+contrary:3")


def test_a_judge_of_passages_gets_what_a_model_needs() -> None:
    toy = Contrary()
    stances(GrammarExtractor(toy))
    first, second = toy.asked
    assert (first.holder, first.proposition) == ("Astrid Holm", "Mining of the deep seabed is allowed.")
    assert (first.before + first.text + first.after) == TEXT
    assert second.candidate.holder == "sten-berg"
    assert len(TEXT) < AROUND


def test_another_finder_can_be_judged_by_the_cues() -> None:
    """What a finder gives is all that a judge needs: it asks nothing of the grammar."""
    one = item(TEXT)
    found = list(GrammarFinder(load_language("en")).find(one, matches(one), RULES))

    class EveryOther:
        def find(self, *_: object) -> Sequence[Candidate]:
            return found[::2]

    judgements = judged(CueJudge(), one, RULES, EveryOther().find(one, (), RULES))
    assert [j.stance for j in judgements] == [Stance.SUPPORTS]
    assert [j.stance for j in judged(Contrary(), one, RULES, found)] == [Stance.OPPOSES, Stance.SUPPORTS]


def test_a_judge_that_miscounts_is_an_error() -> None:
    class Miscounts(Contrary):
        def judge_passages(self, passages: Sequence[Passage]) -> Sequence[Judgement]:
            return []

    with pytest.raises(ValueError, match="contrary gave 0 judgements on 2 passages"):
        stances(GrammarExtractor(Miscounts()))


def test_judges_are_found_by_the_names_under_which_distributions_give_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toy_judges.py").write_text(
        "class Toy:\n    name, version = 'toy', '1'\n    def judge_passages(self, passages):\n        return []\n"
        "class Half:\n    pass\n"
        "def broken():\n    raise RuntimeError('no weights')\n"
    )
    info = tmp_path / "toy_judges-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-judges\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[volteface.judges]\ntoy = toy_judges:Toy\nhalf = toy_judges:Half\nbroken = toy_judges:broken\n"
        "gone = toy_judges:Gone\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "toy_judges", raising=False)
    loaded = load_judge("toy")
    assert loaded is not None
    assert loaded.name == "toy"
    assert load_judge("cues") is None
    for name, words in (
        ("nobody", "there are: cues, broken, gone, half, toy"),
        ("half", "has no name, version and judge_passages"),
        ("broken", "no weights"),
        ("gone", "cannot be made"),
    ):
        with pytest.raises(NoSuchJudge, match=words):
            load_judge(name)

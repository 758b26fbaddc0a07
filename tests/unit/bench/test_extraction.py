"""Gold files and the figures made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.bench.extraction import Extraction, measure
from monitor.bench.gold import Given, GoldError, Key, load_gold
from tests.unit.positions.statements import C, O, S

ROWS: list[dict[str, object]] = [
    {"doc": "a", "actor": "ann", "issue": "dam", "stance": "supports"},
    {"doc": "a", "actor": "bob", "issue": "dam", "stance": "opposes", "alt": ["conditional"]},
    {"doc": "b", "actor": "ann", "issue": "dam", "stance": "conditional"},
    {"doc": "b", "actor": "bob", "issue": "dam", "stance": "supports", "optional": True},
]


def gold(folder: Path, rows: list[dict[str, object]] = ROWS) -> Path:
    file = folder / "gold.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    return file


def given(*rows: tuple[Key, object, float]) -> list[Given]:
    return [Given(key, stance, confidence) for key, stance, confidence in rows]  # type: ignore[arg-type]


def figures(folder: Path, *rows: tuple[Key, object, float]) -> Extraction:
    return measure(load_gold(gold(folder)), given(*rows), resamples=200)


def test_what_is_found_right_wrong_missed_and_too_much(tmp_path: Path) -> None:
    result = figures(
        tmp_path,
        (("a", "ann", "dam"), O, 0.8),  # found, with the wrong stance
        (("a", "bob", "dam"), C, 0.8),  # right by "alt"
        (("b", "bob", "dam"), O, 0.8),  # optional: costs nothing
        (("b", "cem", "dam"), S, 0.8),  # too much
        (("z", "ann", "dam"), S, 0.8),  # a document without gold does not count
    )
    pair, both, *stances = result.measures
    assert (pair.wanted, pair.given, pair.hits) == (3, 3, 2)
    assert (both.hits, both.precision.value, both.recall.value) == (1, pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert result.stance_right.value == 0.5
    by_name = {m.name: m for m in stances}
    assert (by_name["opposes"].wanted, by_name["opposes"].hits, by_name["opposes"].recall.value) == (1, 1, 1.0)
    assert (by_name["conditional"].wanted, by_name["conditional"].given) == (1, 1)
    assert by_name["conditional"].precision.value == 1.0  # the one given counts as right
    assert by_name["conditional"].recall.value == 0.0  # the one wanted was missed


def test_of_several_for_one_pair_the_surest_counts_and_the_later_of_equals(tmp_path: Path) -> None:
    key = ("a", "ann", "dam")
    assert figures(tmp_path, (key, O, 0.7), (key, S, 0.8)).measures[1].hits == 1
    assert figures(tmp_path, (key, S, 0.8), (key, O, 0.8)).measures[1].hits == 0


def test_an_interval_holds_its_figure_and_one_over_documents_is_wider(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"doc": f"d{d}", "actor": f"a{a}", "issue": "dam", "stance": "supports"} for d in range(12) for a in range(8)
    ]
    found = load_gold(gold(tmp_path, rows))
    right = [Given(key, S, 0.9) for key in found if key[0] in {f"d{d}" for d in range(9)}]
    recall = measure(found, right, resamples=1000).measures[0].recall
    assert recall.value == 0.75
    for low, high in (recall.by_document, recall.by_item):
        assert low < 0.75 < high
    assert recall.by_document[0] < recall.by_item[0]
    assert recall.by_document[1] > recall.by_item[1]


def test_the_same_seed_draws_the_same_intervals(tmp_path: Path) -> None:
    rows = [(("a", "ann", "dam"), S, 0.8), (("b", "cem", "dam"), S, 0.8)]
    assert figures(tmp_path, *rows) == figures(tmp_path, *rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not JSON"),
        ('{"doc": "a"}', "line 2: needs an object with doc, actor, issue and stance"),
        ('["a"]', "line 2: needs an object"),
        ('{"doc": "a", "actor": "b", "issue": "c", "stance": "likes"}', "line 2: 'likes' is not a valid Stance; the"),
        (
            '{"doc": 1, "actor": "b", "issue": "c", "stance": "supports"}',
            "line 2: doc, actor and issue must be strings",
        ),
    ],
)
def test_a_bad_line_is_named_with_its_file(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(json.dumps(ROWS[0]) + "\n" + line, encoding="utf-8")
    with pytest.raises(GoldError, match=r"gold\.jsonl, ") as refused:
        load_gold(file)
    assert message in str(refused.value)


def test_an_absent_or_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="cannot be read"):
        load_gold(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(GoldError, match="no row"):
        load_gold(tmp_path / "empty.jsonl")

"""Rows by kind of wording, each on its own; what was written blind, by floors. The figures are printed by `-rP`."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest

from monitor.model.share import wilson
from monitor.model.statement import Reading
from monitor.positions.grammar.extractor import GRAMMAR, GrammarExtractor
from monitor.positions.grammar.language import data_version
from monitor.positions.read import read_item
from rules.compiler import CompiledRules, compile_rules
from rules.loader import load_packs
from tests.unit.positions.reader import PACK, extractor, item
from tests.unit.positions.rows import FOLDER, Row, as_written, rows

SUBJECTS = Path(__file__).parent / "pack"
LEAST = 15
KINDS = {
    "attribution": 5,
    "ties": 7,
    "stance": 10,
    "voices": 8,
}
"""Kinds of wording in each file."""
ROWS = [row for name in KINDS for row in rows(FOLDER / f"{name}.rows")]


@lru_cache(maxsize=1)
def _compiled() -> CompiledRules:
    return compile_rules(load_packs(PACK, SUBJECTS))


def _read(row: Row) -> Reading:
    return read_item(item(row.body, title=row.title, day=row.day), _compiled(), extractor())


def _given(row: Row) -> set[str]:
    dated = any(" @" in line for line in row.expected)
    return {as_written(statement, dated=dated) for statement in _read(row).statements}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row,
            id=f"{row.file}-{row.line}",
            marks=[pytest.mark.xfail(strict=True, reason="not read right yet")] if row.known else [],
        )
        for row in ROWS
    ],
)
def test_row(row: Row) -> None:
    why = "\n".join(f"{step.outcome}: {step.why} {step.cues}" for step in _read(row).trace)
    assert _given(row) == set(row.expected), f"{row.kind}: {row.text}\n{why}"


def test_each_kind_keeps_fifteen_rows_and_some_that_give_nothing() -> None:
    for name, count in KINDS.items():
        kinds: dict[str, list[Row]] = {}
        for row in (row for row in ROWS if row.file == name):
            kinds.setdefault(row.kind, []).append(row)
        assert len(kinds) >= count, name
        for kind, group in kinds.items():
            assert len(group) >= LEAST, f"{name}: {kind}: {len(group)} rows"
            assert any(not row.expected for row in group), f"{name}: {kind}: no row gives nothing"
            assert sum(row.known for row in group) <= 3, f"{name}: {kind}: too much that is not read"


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [("one", 0.86, 0.68), ("two", 0.86, 0.80), ("three", 0.86, 0.68), ("four", 0.82, 0.66)],
)
def test_what_was_written_blind(name: str, precision: float, recall: float) -> None:
    right = given = wanted = 0
    for row in rows(FOLDER / "blind" / f"{name}.rows"):
        found, expected = _given(row), set(row.expected)
        right, given, wanted = right + len(found & expected), given + len(found), wanted + len(expected)
    said = "{:.2f} to {:.2f}".format(*wilson(right, given)), "{:.2f} to {:.2f}".format(*wilson(right, wanted))
    print(f"{name}: precision {right}/{given} ({said[0]}), recall {right}/{wanted} ({said[1]})")
    assert right / given >= precision
    assert right / wanted >= recall


def test_a_row_without_expectation_is_said_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "x.rows"
    file.write_text("## kind\nNobody spoke.\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.rows:2: write below it"):
        rows(file)


def test_readings_are_replaced_when_the_data_of_a_language_change(tmp_path: Path) -> None:
    folder = tmp_path / "en"
    folder.mkdir()
    (folder / "stance.yaml").write_text("support: [back]\n", encoding="utf-8")
    first = data_version(tmp_path)
    data_version.cache_clear()
    (folder / "stance.yaml").write_text("support: [back, hail]\n", encoding="utf-8")
    assert data_version(tmp_path) != first
    assert re.fullmatch(rf"{GRAMMAR}\.[0-9a-f]{{8}}", GrammarExtractor().version)

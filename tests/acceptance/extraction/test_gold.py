"""What the grammar reads in the two seed documents and in the news of the gold files, against floors.

The floors stand a little under what was measured when they were set; the figures are printed by `-rP`.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.bench.reliability import Judged, leave_one_out, reliability, shown
from monitor.model.item import Item
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.read import read_item
from rules.compiler import compile_rules
from rules.loader import load_packs

SHARED = Path(__file__).parents[3].parent / "shared"
PACK = Path(__file__).parent / "pack"
SEED_DAYS = {"000_55c7acb47ede8cc9": "2025-02-13", "004_7901d29a98e9f61e": "2025-02-18"}

pytestmark = pytest.mark.skipif(not (SHARED / "eval").is_dir(), reason="the gold files of shared/eval are not here")


def _item(identity: str, text: str, day: str, lang: str | None) -> Item:
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return Item(
        id=1, revision=1, story_id=1, feed_id=None, identity=identity, url=None, title="", text=text,
        published_at=moment, seen_at=moment, lang=lang, publisher="example.org",
    )  # fmt: skip


def _seeds() -> Iterator[Item]:
    for stem, day in SEED_DAYS.items():
        yield _item(stem, (SHARED / "seeds" / f"{stem}.txt").read_text(encoding="utf-8"), day, None)


def _lines(path: Path) -> Iterator[Item]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield _item(row["id"], row["text"], row["date"], row["lang"])


def _score(items: Iterator[Item], packs: list[Path], gold: Path, out: Path) -> float:
    compiled, extractor = compile_rules(load_packs(*packs)), GrammarExtractor()
    with out.open("w", encoding="utf-8") as file:
        for item in items:
            for s in read_item(item, compiled, extractor).statements:
                row = {"doc": item.identity, "actor": s.holder, "issue": s.issue, "stance": s.stance}
                file.write(json.dumps({**row, "confidence": s.confidence, "evidence": s.evidence.text}) + "\n")
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return float(module.main(str(gold), str(out)))


def test_seed_documents(tmp_path: Path) -> None:
    score = _score(_seeds(), [], SHARED / "eval" / "seeds-gold.jsonl", tmp_path / "seeds.jsonl")
    assert score >= 0.90


def test_news(tmp_path: Path) -> None:
    items = _lines(SHARED / "eval" / "news-dev.jsonl")
    score = _score(items, [PACK], SHARED / "eval" / "news-dev-gold.jsonl", tmp_path / "news.jsonl")
    assert score >= 0.93


def _judged(items: Iterator[Item], packs: list[Path], gold: Path) -> list[Judged]:
    """Each statement with whether the gold holds it; what is optional there is right, too."""
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    stances = {(r["doc"], r["actor"], r["issue"]): {r["stance"], *r.get("alt", [])} for r in rows}
    documents = {row["doc"] for row in rows}
    compiled, extractor = compile_rules(load_packs(*packs)), GrammarExtractor()
    return [
        Judged(
            item.identity,
            s.why.split(":")[0],
            s.confidence,
            str(s.stance) in stances.get((item.identity, s.holder, s.issue), set()),
        )
        for item in items
        if item.identity in documents
        for s in read_item(item, compiled, extractor).statements
    ]


def test_confidence_is_not_above_what_is_right() -> None:
    judged = [
        *_judged(_seeds(), [], SHARED / "eval" / "seeds-gold.jsonl"),
        *_judged(_lines(SHARED / "eval" / "news-dev.jsonl"), [PACK], SHARED / "eval" / "news-dev-gold.jsonl"),
    ]
    right = [one.right for one in judged]
    print("as given\n" + shown(reliability([one.said for one in judged], right)))
    print("by all other documents\n" + shown(reliability(leave_one_out(judged), right)))
    assert len(judged) > 150
    for row in reliability([one.said for one in judged], right):
        assert row.said <= row.interval[1], row


def test_classified_advertisements_are_no_evidence() -> None:
    compiled, extractor = compile_rules(load_packs()), GrammarExtractor()
    for item in _seeds():
        glued = item.text.find("Motobécane")
        for s in read_item(item, compiled, extractor).statements:
            assert glued < 0 or s.evidence.end <= glued

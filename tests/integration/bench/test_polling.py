"""The benchmark of polling polls what it says that it polls; how fast is measured elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from monitor.bench import poll as bench
from monitor.bench.feed_documents import FeedDocuments
from monitor.bench.poll import PHASES, Compared, Measured, compare, has_peer, median
from monitor.cli.outcome import run
from monitor.feeds.parse import parse_document

FEEDS, ENTRIES = 4, 5


async def test_every_phase_brings_what_its_name_says() -> None:
    heard: list[tuple[str, str]] = []
    documents = FeedDocuments(entries=ENTRIES, words=30)
    compared = await compare(FEEDS, documents, lambda measured, who: heard.append((who, measured.phase)))
    for pollers in ("ours", "peer") if has_peer() else ("ours",):
        phases: list[Measured] = [getattr(c, pollers) for c in compared]
        assert [(m.feeds, m.new, m.failed) for m in phases] == [(4, 20, 0), (4, 0, 0), (4, 8, 0)]
        assert [m.phase for m in phases] == list(PHASES)
        assert all(m.per_second > 0 for m in phases)
    assert [phase for who, phase in heard if who == "volteface"] == list(PHASES)


def test_without_the_peer_ours_is_measured_alone_and_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "has_peer", lambda: False)
    assert run(["bench", "poll", "--feeds", "2", "--entries", "3", "--json"]) == 0
    said = capsys.readouterr()
    assert "volteface[bench]" in said.err
    rows = json.loads(said.out)
    assert [(row["new"], row["failed"], row["ratio"]) for row in rows] == [(6, 0, None), (0, 0, None), (4, 0, None)]


def test_documents_are_of_the_size_that_is_said_and_follow_from_the_seed() -> None:
    documents = FeedDocuments()
    for feed in (1, 2):
        document = documents.document(feed, 0)
        assert 60_000 < len(document) < 80_000
        assert len(parse_document(document).entries) == 40
        assert FeedDocuments().document(feed, 0) == document != FeedDocuments(seed=1).document(feed, 0)
        before = [entry.id for entry in parse_document(document).entries]
        after = [entry.id for entry in parse_document(documents.document(feed, 1)).entries]
        assert after[2:] == before[:-2]


def test_the_run_in_the_middle_counts() -> None:
    def ran(seconds: float, peer: float) -> Compared:
        ours = Measured(phase="p", feeds=10, seconds=seconds, new=0, failed=0)
        return Compared(ours=ours, peer=Measured(phase="p", feeds=10, seconds=peer, new=0, failed=0))

    assert median([ran(1, 9), ran(1, 2), ran(1, 5)]).ratio == 5


def test_what_polls_leave_behind_does_not_grow() -> None:
    """In a process of its own, as a user would: what other tests left in this one would be counted too."""
    command = [sys.executable, "-m", "monitor.cli", "bench", "memory", "--feeds", "4", "--rounds", "40", "--json"]
    footprints = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert [f["polls"] for f in footprints] == list(range(16, 161, 16))
    assert (footprints[-1]["new"], footprints[-1]["failed"]) == (4 * (40 + 39 * 2), 0)
    settled, end = footprints[4], footprints[-1]
    assert 0 < end["own"] < settled["own"] + 40  # one kept of each of the 80 polls between would be 80 more
    assert end["traced_mib"] - settled["traced_mib"] < 1  # of each its document: more than five

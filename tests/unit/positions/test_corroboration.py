"""How many reports a change needs by how well is read."""

from __future__ import annotations

import pytest

from monitor.positions.accuracy import LEAST_JUDGED, Record, Records
from monitor.positions.corroboration import reports_needed
from monitor.positions.track import TrackerConfig
from tests.unit.positions.test_track import S, said


def test_the_worse_is_read_the_more_reports_it_takes() -> None:
    needed = [reports_needed(TrackerConfig(), accuracy) for accuracy in (0.9, 0.78, 0.6, 0.5)]
    firsts = [n.first for n in needed]
    assert firsts == sorted(f for f in firsts if f is not None)
    assert firsts[0] is not None and firsts[-1] is not None and firsts[0] < firsts[-1]
    assert all(n.reversal is not None and n.first is not None and n.reversal >= n.first for n in needed)
    assert reports_needed(TrackerConfig(), 0.2).first is None


def test_a_higher_threshold_takes_more() -> None:
    strict, usual = (reports_needed(TrackerConfig(threshold=t), 0.8).reversal for t in (0.985, 0.9))
    assert strict is not None and usual is not None and strict > usual


def test_a_record_counts_from_enough_verdicts_on_and_the_worst_holds() -> None:
    few = Records(by_issue={"dam": Record(0, LEAST_JUDGED - 1)})
    assert few.accuracy(said(S, 0, confidence=0.8)) == 0.8
    both = Records(
        by_issue={"dam": Record(30, 40)}, by_publisher={"paper": Record(40, 40)}, by_extractor={"llm": Record(5, 20)}
    )
    read = said(S, 0, confidence=0.8).read
    assert both.measured(read, "another") == pytest.approx((16 + 30) / 60)
    assert both.measured(read, "paper") == pytest.approx((16 + 30) / 60)
    assert both.measured(read, "paper", "llm") == pytest.approx((16 + 5) / 40)
    assert set(both.of("dam", "paper", "grammar")) == {"issue", "source"}

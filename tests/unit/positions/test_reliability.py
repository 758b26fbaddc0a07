"""The reliability of confidences, and their leave-one-document-out estimate."""

from __future__ import annotations

import pytest

from monitor.bench.reliability import Judged, leave_one_out, reliability, shown
from monitor.model.share import wilson


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(8, 10)
    assert low == pytest.approx(0.4902, abs=1e-4)
    assert high == pytest.approx(0.9433, abs=1e-4)
    assert wilson(10, 10)[1] == pytest.approx(1.0)
    assert wilson(0, 10)[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("right", "count"), [(0, 0), (3, 2), (-1, 4)])
def test_what_is_no_share_is_refused(right: int, count: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(right, count)


def test_a_document_says_nothing_about_itself() -> None:
    judged = [Judged("a", "quote", 0.8, False)] * 50 + [Judged("b", "quote", 0.8, True)] * 10
    estimates = leave_one_out(judged, prior=(1, 1))
    assert estimates[0] == pytest.approx(11 / 12)
    assert estimates[-1] == pytest.approx(1 / 52)


def test_a_group_seen_in_one_document_only_falls_back_on_the_prior() -> None:
    assert leave_one_out([Judged("a", "list", 0.8, False)], prior=(8, 2)) == (0.8,)


def test_the_table_counts_every_statement_once() -> None:
    bins = reliability([0.1, 0.64, 0.65, 0.8, 0.95, 1.0], [False, True, True, True, True, False])
    assert [(b.low, b.count) for b in bins] == [(0.0, 2), (0.65, 1), (0.8, 1), (0.85, 2)]
    assert [b.right for b in bins] == [0.5, 1.0, 1.0, 0.5]
    assert len(shown(bins).splitlines()) == 5


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="shorter"):
        reliability([0.5], [])

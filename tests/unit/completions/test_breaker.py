"""When an endpoint is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.completions.breaker import FAILURES, FIRST, LONGEST, Breaker
from monitor.completions.trouble import EndpointFailed, Trouble

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def fails(breaker: Breaker, trouble: Trouble = Trouble.SLOW, times: int = 1, **more: int) -> None:
    for _ in range(times):
        breaker.failed(EndpointFailed(trouble, "it failed", **more), NOW)


def test_a_few_failures_in_a_row_open_it_and_an_answer_closes_it() -> None:
    breaker = Breaker()
    fails(breaker, times=FAILURES - 1)
    assert breaker.left_alone(NOW) is None
    fails(breaker)
    assert breaker.left_alone(NOW) == (NOW + FIRST, "it failed")
    assert breaker.left_alone(NOW + FIRST) is None
    breaker.answered()
    fails(breaker, times=FAILURES - 1)
    assert breaker.left_alone(NOW) is None


def test_it_waits_longer_each_time_and_never_for_ever() -> None:
    breaker = Breaker()
    fails(breaker, times=FAILURES + 1)
    assert breaker.left_alone(NOW) == (NOW + 2 * FIRST, "it failed")
    fails(breaker, times=50)
    assert breaker.left_alone(NOW) == (NOW + LONGEST, "it failed")


@pytest.mark.parametrize("trouble", [Trouble.KEY, Trouble.UNKNOWN, Trouble.ADDRESS])
def test_what_only_an_operator_can_mend_opens_it_at_once(trouble: Trouble) -> None:
    breaker = Breaker()
    fails(breaker, trouble)
    assert breaker.left_alone(NOW) is not None


def test_it_waits_as_long_as_it_was_asked_to() -> None:
    breaker = Breaker()
    fails(breaker, Trouble.BUSY, retry_after_s=3600)
    assert breaker.left_alone(NOW) == (NOW + timedelta(hours=1), "it failed")


def test_one_bad_question_is_not_the_endpoint() -> None:
    breaker = Breaker()
    fails(breaker, Trouble.UNANSWERABLE, times=20)
    assert breaker.left_alone(NOW) is None

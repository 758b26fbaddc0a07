from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.demo.clock import QuickClock

START, END = datetime(2025, 2, 14, tzinfo=UTC), datetime(2025, 2, 24, tzinfo=UTC)


class Seconds:
    def __init__(self) -> None:
        self.gone = 1000.0

    def __call__(self) -> float:
        return self.gone


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def clock(seconds: Seconds) -> QuickClock:
    return QuickClock(START, END, 100, monotonic=seconds)


def test_the_story_stands_until_it_is_started(clock: QuickClock, seconds: Seconds) -> None:
    seconds.gone += 50
    assert clock.now() == START
    clock.start()
    assert clock.now() == START


def test_story_time_runs_evenly_and_stays_at_the_end(clock: QuickClock, seconds: Seconds) -> None:
    clock.start()
    assert clock.pace == 8640
    seconds.gone += 10
    assert clock.now() == START + timedelta(days=1)
    clock.start()
    assert clock.now() == START + timedelta(days=1), "a second start changes nothing"
    assert not clock.finished
    seconds.gone += 90
    assert clock.now() == END
    assert clock.finished
    seconds.gone += 1e9
    assert clock.now() == END


def test_how_long_until_a_moment(clock: QuickClock, seconds: Seconds) -> None:
    clock.start()
    seconds.gone += 20
    assert clock.real_seconds_until(START + timedelta(days=5)) == pytest.approx(30)
    assert clock.real_seconds_until(START) == 0
    assert clock.real_seconds_until(END + timedelta(days=400)) == pytest.approx(80)


@pytest.mark.parametrize(("end", "real"), [(START, 10), (START - timedelta(days=1), 10), (END, 0), (END, float("nan"))])
def test_a_clock_that_cannot_run_is_refused(end: datetime, real: float) -> None:
    with pytest.raises(ValueError, match=r"story must end|real seconds"):
        QuickClock(START, end, real)

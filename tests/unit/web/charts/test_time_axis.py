from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.web.charts.time_axis import TimeAxis

NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)


def texts(span: timedelta, width: int = 960) -> list[str]:
    return [tick.text for tick in TimeAxis.around(NOW - span, NOW, 0, width).ticks()]


@pytest.mark.parametrize(
    ("span", "width", "expected"),
    [
        (timedelta(days=1), 360, ["9 Mar, 12:00", "10 Mar, 00:00", "12:00"]),
        (timedelta(days=20), 360, ["22 Feb 2025", "1 Mar", "8 Mar"]),
        (timedelta(days=100), 360, ["Dec 2024", "Jan 2025", "Feb", "Mar"]),
        (timedelta(days=900), 360, ["2023", "2024", "2025"]),
        (timedelta(days=900), 960, ["Oct 2022", "Jan 2023", "Apr", "Jul", "Oct", "Jan 2024",
                                        "Apr", "Jul", "Oct", "Jan 2025"]),
        (timedelta(days=40_000), 360, ["1950", "2000"]),
    ],
)  # fmt: skip
def test_ticks_are_round_and_say_the_year_once(span: timedelta, width: int, expected: list[str]) -> None:
    assert texts(span, width) == expected


@given(
    days=st.floats(1, 3_600_000), span=st.timedeltas(timedelta(0), timedelta(days=90_000)),
    width=st.sampled_from([300, 360, 736, 960]),
)  # fmt: skip
def test_any_span_has_ticks_in_order_with_room_for_each(days: float, span: timedelta, width: int) -> None:
    start = datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=days)
    try:
        end = start + span
    except OverflowError:
        return
    ticks = TimeAxis.around(start, end, 20, width).ticks()
    across = [tick.x for tick in ticks]
    assert across == sorted(across)
    assert all(20 <= x <= width for x in across)
    gaps = [b - a for a, b in pairwise(across)]
    assert all(gap >= 36 for gap in gaps)
    assert len(ticks) >= 1


def test_places_are_in_proportion_and_stay_within() -> None:
    axis = TimeAxis(NOW, NOW + timedelta(days=10), 100, 200)
    assert [axis.x(NOW + timedelta(days=d)) for d in (-1, 0, 5, 10, 11)] == [100, 100, 150, 200, 200]
    assert axis.unit == timedelta(days=0.1)

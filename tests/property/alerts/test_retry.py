"""The retry policy over all attempts, results, jitters and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.retry import after_attempt
from monitor.model.alert import AttemptResult, ChannelName, DeliveryStatus

CREATED = datetime(2025, 2, 17, 9, tzinfo=UTC)
JITTERS = st.floats(-1, 1)
RESULTS = st.builds(
    AttemptResult,
    ok=st.booleans(),
    permanent=st.booleans(),
    disable_target=st.booleans(),
    retry_after_s=st.none() | st.integers(-(10**12), 10**12),
    error=st.none() | st.text(max_size=20),
)


@settings(deadline=None)
@given(
    attempt=st.integers(1, 200),
    result=RESULTS,
    age=st.timedeltas(timedelta(0), timedelta(days=40)),
    jitter=JITTERS,
    channel=st.sampled_from(ChannelName),
)
def test_what_follows_is_always_sound(
    attempt: int, result: AttemptResult, age: timedelta, jitter: float, channel: ChannelName
) -> None:
    now = CREATED + age
    following = after_attempt(attempt, result, CREATED, now, jitter, channel)
    assert following.why
    assert (following.status is DeliveryStatus.PENDING) == (following.next_attempt_at is not None)
    assert (following.status is DeliveryStatus.DELIVERED) == result.ok
    if following.disable_target:
        assert result.disable_target and following.status is DeliveryStatus.DEAD
    if following.next_attempt_at is not None:
        wait = following.next_attempt_at - now
        assert timedelta(seconds=4) <= wait <= timedelta(hours=24 * 1.2)
        assert not result.permanent


@settings(deadline=None)
@given(
    jitters=st.lists(JITTERS, min_size=40, max_size=40),
    asked=st.lists(st.none() | st.integers(0, 10**6), min_size=40, max_size=40),
    channel=st.sampled_from(ChannelName),
)
def test_a_target_that_always_fails_is_given_up(
    jitters: list[float], asked: list[int | None], channel: ChannelName
) -> None:
    now, attempts = CREATED, 0
    for jitter, seconds in zip(jitters, asked, strict=True):
        attempts += 1
        failed = AttemptResult(ok=False, retry_after_s=seconds, error="no")
        following = after_attempt(attempts, failed, CREATED, now, jitter, channel)
        if following.next_attempt_at is None:
            break
        assert following.next_attempt_at > now
        now = following.next_attempt_at
    else:
        raise AssertionError("tried for ever")
    if channel is ChannelName.EMAIL:
        assert timedelta(days=5) - timedelta(hours=1) < now - CREATED <= timedelta(days=5)
    else:
        assert attempts == 10

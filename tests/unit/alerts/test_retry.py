"""The retry table: when, how often, and what ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.retry import Next, after_attempt
from monitor.model.alert import AttemptResult, ChannelName, DeliveryStatus

CREATED = datetime(2025, 2, 17, 9, tzinfo=UTC)
FAILED = AttemptResult(ok=False, status=500, error="answered 500")
WEBHOOK, EMAIL = ChannelName.WEBHOOK, ChannelName.EMAIL

# From the design: 0, 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
WAITS_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]


def _after(attempt: int, result: AttemptResult = FAILED, jitter: float = 0.0, channel: ChannelName = WEBHOOK) -> Next:
    return after_attempt(attempt, result, CREATED, CREATED, jitter, channel)


@pytest.mark.parametrize(("attempt", "wait_s"), list(enumerate(WAITS_S, start=1)))
@pytest.mark.parametrize("channel", list(ChannelName))
def test_the_table(attempt: int, wait_s: int, channel: ChannelName) -> None:
    for jitter, factor in ((0.0, 1.0), (1.0, 1.2), (-1.0, 0.8), (0.5, 1.1)):
        following = _after(attempt, jitter=jitter, channel=channel)
        assert following.status is DeliveryStatus.PENDING and not following.disable_target
        assert following.next_attempt_at is not None
        assert (following.next_attempt_at - CREATED).total_seconds() == pytest.approx(wait_s * factor)
        assert f"attempt {attempt} failed: answered 500" == following.why


def test_after_the_tenth_attempt_a_webhook_is_a_dead_letter() -> None:
    end = _after(10)
    assert end == Next(
        status=DeliveryStatus.DEAD,
        next_attempt_at=None,
        disable_target=False,
        why="given up after 10 attempts: answered 500",
    )


def test_success_ends_it() -> None:
    end = _after(3, AttemptResult(ok=True, status=200))
    assert end.status is DeliveryStatus.DELIVERED and end.next_attempt_at is None and not end.disable_target


@pytest.mark.parametrize("attempt", [1, 5, 10])
def test_a_permanent_failure_is_dead_at_once(attempt: int) -> None:
    end = _after(attempt, AttemptResult(ok=False, permanent=True, error="no such thing"))
    assert end.status is DeliveryStatus.DEAD and end.next_attempt_at is None and not end.disable_target
    assert end.why == "given up, trying again would not help: no such thing"


def test_410_and_a_refused_mailbox_disable_the_target() -> None:
    for result in (
        AttemptResult(ok=False, status=410, permanent=True, disable_target=True, error="gone"),
        AttemptResult(ok=False, status=550, disable_target=True, error="no such user"),
    ):
        end = _after(1, result)
        assert end.status is DeliveryStatus.DEAD and end.disable_target


@pytest.mark.parametrize(
    ("asked_s", "attempt", "waits_s"),
    [
        (60, 1, 60),
        (60, 2, 300),
        (86_400, 1, 86_400),
        (10**30, 1, 86_400),
        (0, 1, 5),
        (-50, 1, 5),
    ],
)
def test_retry_after_makes_it_later_never_sooner_and_at_most_a_day(asked_s: int, attempt: int, waits_s: int) -> None:
    following = _after(attempt, AttemptResult(ok=False, status=429, retry_after_s=asked_s))
    assert following.next_attempt_at == CREATED + timedelta(seconds=waits_s)


def _attempts_of_mail(jitter: float) -> list[datetime]:
    """When mail is tried that is refused every time."""
    now, tried = CREATED, []
    for attempt in range(1, 100):
        tried.append(now)
        following = after_attempt(attempt, FAILED, CREATED, now, jitter, EMAIL)
        if following.next_attempt_at is None:
            assert following.status is DeliveryStatus.DEAD
            return tried
        now = following.next_attempt_at
    raise AssertionError("mail is tried for ever")


@pytest.mark.parametrize("jitter", [-1.0, -0.3, 0.0, 0.7, 1.0])
def test_mail_is_tried_for_five_days_and_the_last_time_at_their_end(jitter: float) -> None:
    tried = _attempts_of_mail(jitter)
    assert CREATED + timedelta(days=5) - timedelta(hours=1) < tried[-1] <= CREATED + timedelta(days=5)
    assert len(tried) >= 10


def test_mail_sent_again_by_an_operator_after_its_time_is_tried_once() -> None:
    late = CREATED + timedelta(days=30)
    assert after_attempt(1, FAILED, CREATED, late, 0.0, EMAIL).status is DeliveryStatus.DEAD
    assert after_attempt(1, FAILED, CREATED, late, 0.0, WEBHOOK).status is DeliveryStatus.PENDING


@pytest.mark.parametrize(("attempt", "jitter"), [(0, 0.0), (-1, 0.0), (1, 1.01), (1, -1.01), (1, float("nan"))])
def test_nonsense_is_refused(attempt: int, jitter: float) -> None:
    with pytest.raises(ValueError, match=r"attempts are counted|jitter is"):
        _after(attempt, jitter=jitter)

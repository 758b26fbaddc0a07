"""Who shares the places of those that fail."""

from __future__ import annotations

from dataclasses import replace

from monitor.model.alert import AttemptResult
from monitor.pipeline.send_places import MOST_REMEMBERED, SendPlaces
from tests.contract.channels.deliveries import DELIVERY

WELL, BADLY = AttemptResult(ok=True), AttemptResult(ok=False, error="no")


def test_who_failed_last_time_takes_places_of_its_own_until_it_goes_well() -> None:
    places, one = SendPlaces(failing=2), replace(DELIVERY, subscription_id=7)
    assert places.failing == () and places.left == 2
    places.begin([one, one])
    assert places.left == 2, "nothing is known of it yet"
    places.end(one, BADLY)
    assert places.failing == (7,) and places.left == 1, "the other attempt at it is still under way"
    places.begin([one])
    assert places.left == 0
    places.end(one, WELL)
    places.end(one, None)
    assert places.failing == () and places.left == 2


def test_a_cancelled_attempt_says_nothing() -> None:
    places, one = SendPlaces(failing=2), replace(DELIVERY, subscription_id=7)
    places.begin([one])
    places.end(one, None)
    assert places.failing == ()


def test_not_more_than_so_many_are_remembered() -> None:
    places = SendPlaces(failing=2)
    for number in range(MOST_REMEMBERED + 3):
        one = replace(DELIVERY, subscription_id=number)
        places.begin([one])
        places.end(one, BADLY)
    assert len(places.failing) == MOST_REMEMBERED and 2 not in places.failing and 3 in places.failing

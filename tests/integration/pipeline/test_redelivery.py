"""Dead letters go again with what still stands; what was taken back meanwhile is never said again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model.alert import AlertKind, AttemptResult, ClaimedDelivery, DeliveryStatus, NewAlert
from monitor.pipeline.redelivery import Redelivery
from monitor.pipeline.tell import as_json
from storage.delivery_desk import Sought
from storage.engine import Database
from storage.values import StoredDelivery
from tests.contract.storage.values import message
from tests.integration.pipeline.test_digests import DAILY, DAY, HOUR, MINUTE, NOON, SEVEN, Told
from tests.integration.pipeline.walking import AGAINST, FOR
from tests.unit.alerts.contents import CHANGE

ILL = AttemptResult(ok=False, status=554, error="the server refused it")
AGAIN = Redelivery(public_url="https://v.example")


class Dead(Told):
    """A digest of two changes, of Holm's first position and of her reversal, that no server took."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder, DAILY)
        self.first = self.walk.says("Holm", FOR, 1)
        self.read(NOON)
        self.second = self.walk.says("Holm", AGAINST, 20)
        self.read(NOON + HOUR)
        assert self.digests.step(SEVEN).digests == 1
        self.was = self.sent()
        self.end(DeliveryStatus.DEAD)

    def sent(self) -> ClaimedDelivery:
        with self.walk.database.work() as work:
            (self.claimed,) = work.alerts.claim_due(SEVEN + 2 * HOUR, 9, HOUR)
        return self.claimed

    def end(self, status: DeliveryStatus) -> None:
        with self.walk.database.work() as work:
            result = AttemptResult(ok=True) if status is DeliveryStatus.DELIVERED else ILL
            work.alerts.record(self.claimed, result, status, None, SEVEN)

    def fall(self, items: list[int]) -> None:
        for item in items:
            self.walk.revise(item, "Nothing of the kind was said.")
        self.read(SEVEN + HOUR)

    def retry(self) -> int:
        with self.walk.database.work() as work:
            return AGAIN.retry(work, self.was.id, SEVEN + 2 * HOUR)

    def delivery(self) -> StoredDelivery:
        with self.walk.database.view() as work:
            return work.alerts.delivery(self.was.id)

    def offered(self) -> list[int]:
        """What may be sent again, as operators are offered it."""
        with self.walk.database.view() as work:
            found = work.alerts.dead(self.subscription.id)
            assert work.delivery_desk.dead_among(Sought(), 9) == found
            assert work.delivery_desk.fell(self.was.id) == (self.was.id not in found)
            return found


@pytest.fixture
def dead(database: Database, tmp_path: Path) -> Dead:
    return Dead(database, tmp_path / "pack")


def test_a_dead_digest_goes_again_with_what_still_stands_and_says_what_is_missing(dead: Dead) -> None:
    dead.fall(dead.second)
    assert dead.offered() == [dead.was.id]
    missing = dead.retry()
    assert missing == 1
    again = dead.sent()
    assert again.alert_id == dead.was.alert_id
    assert "First known position of Astrid Holm" in again.text
    for said in (again.text, again.html, again.payload, again.subject):
        assert "reject" not in said and "reversed" not in said
    assert "1 change that belonged here was taken back" in " ".join(again.text.split())
    assert "1 change that belonged here was taken back" in again.html
    body = json.loads(again.payload)
    assert body["data"]["taken_back"] == 1
    was = json.loads(dead.was.payload)["data"]
    assert [body["data"][key] for key in ("since", "until", "why")] == [was[key] for key in ("since", "until", "why")]
    assert len(body["data"]["alerts"]) < len(was["alerts"])


def test_what_was_left_out_counts_as_never_sent_and_its_correction_still_comes(dead: Dead) -> None:
    dead.fall(dead.second)
    dead.retry()
    dead.sent()
    dead.end(DeliveryStatus.DELIVERED)
    changes = [a for a in dead.walk.alerts("astrid-holm") if a.kind is AlertKind.CHANGE]
    assert {a.delivery for a in changes if a.content["change_kind"] == "reversed"} == {DeliveryStatus.CANCELLED}
    assert DeliveryStatus.DELIVERED in {a.delivery for a in changes}
    assert dead.digests.step(SEVEN + DAY).digests == 1
    with dead.walk.database.work() as work:
        (following,) = work.alerts.claim_due(SEVEN + DAY, 9, HOUR)
    assert "correction" in following.subject


def test_a_digest_that_goes_again_and_fails_again_goes_in_the_words_it_has_by_then(dead: Dead) -> None:
    dead.fall(dead.second)
    assert dead.retry() == 1
    said = dead.sent()
    dead.end(DeliveryStatus.DEAD)
    assert dead.retry() == 0
    assert (dead.sent().text, dead.claimed.payload) == (said.text, said.payload)


def test_a_dead_digest_of_which_nothing_is_left_stays_dead(dead: Dead) -> None:
    dead.fall([*dead.first, *dead.second])
    assert dead.offered() == []
    with pytest.raises(ValueError, match="taken back since"):
        dead.retry()
    assert dead.delivery().status is DeliveryStatus.DEAD


def test_a_dead_digest_of_which_all_stands_goes_in_the_same_words(dead: Dead) -> None:
    assert dead.retry() == 0
    again = dead.sent()
    assert (again.text, again.html, again.payload) == (dead.was.text, dead.was.html, dead.was.payload)
    with pytest.raises(ValueError, match="only a dead one"):
        dead.retry()


def test_what_falls_after_a_digest_went_again_is_taken_out_before_anybody_tries_it(dead: Dead) -> None:
    """It is as any digest that waits: taken apart, and made anew of what is left; what was left out stays out."""
    dead.fall(dead.second)
    dead.retry()
    with dead.walk.database.work() as work:
        new = NewAlert(subscription=dead.subscription, dedup="another")
        told = message(content=as_json(replace(CHANGE, change_id=None)), actor="a", issue="i")
        work.alerts.add(told, [new], AlertKind.CHANGE, SEVEN + HOUR)
    dead.fall(dead.first)
    assert dead.delivery().status is DeliveryStatus.CANCELLED
    dead.digests.step(SEVEN + 2 * HOUR + MINUTE)
    with dead.walk.database.work() as work:
        texts = [c.text for c in work.alerts.claim_due(SEVEN + 3 * HOUR, 9, HOUR)]
    assert not any("reversed" in text or "First known position of Astrid Holm" in text for text in texts)

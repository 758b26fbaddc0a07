"""Counting what a peer does, and paths that hold a token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from monitor.web import patience
from monitor.web.patience import Patience, peer_of
from monitor.web.secret_paths import shown_path

NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)


def request(host: str | None) -> Request:
    return Request({"type": "http", "client": None if host is None else (host, 1), "headers": []})


def test_so_many_within_a_span_and_each_for_itself() -> None:
    counted = Patience(2, timedelta(minutes=10))
    assert [counted.spend("a", NOW + timedelta(minutes=m)) for m in (0, 4, 9)] == [True, True, False]
    assert counted.spend("b", NOW)
    assert counted.spend("a", NOW + timedelta(minutes=10))
    assert not counted.spend("a", NOW + timedelta(minutes=13))
    assert counted.spend("a", NOW + timedelta(minutes=14))


def test_a_clock_that_went_back_forgives() -> None:
    counted = Patience(1, timedelta(minutes=10))
    assert counted.spend("a", NOW)
    assert counted.spend("a", NOW - timedelta(days=1))


def test_memory_is_bounded_and_who_acts_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST_PEERS", 3)
    counted = Patience(1, timedelta(minutes=10))
    for number in range(100):
        assert counted.spend(f"peer {number}", NOW)
        assert not counted.spend("busy", NOW) or number == 0
    assert len(counted._peers) <= 3


@pytest.mark.parametrize(
    ("host", "peer"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_who_is_one_peer(host: str | None, peer: str) -> None:
    assert peer_of(request(host)) == peer


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/s/t0ken", "/s/***"),
        ("/s/t0ken/unsubscribe", "/s/***/unsubscribe"),
        ("/s/confirm/t0ken", "/s/confirm/***"),
        ("/atom/t0ken.json", "/atom/***"),
        ("/invitation/t0ken", "/invitation/***"),
        ("/changes/1/wrong", "/changes/1/wrong"),
        ("/static/s/t0ken", "/static/s/t0ken"),
        ("/websub/abc", "/websub/***"),
    ],
)
def test_tokens_are_not_written_down(path: str, shown: str) -> None:
    assert shown_path(path) == shown

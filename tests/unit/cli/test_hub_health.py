"""Doctor and `feeds show` say how it stands with hubs; neither shows what is secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.hubs import hubs_are_asked
from monitor.settings import Settings, load_settings
from storage.engine import Database
from tests.hubs.standing import HUB, verified
from tests.unit.cli.conftest import Command

PUBLIC = "https://volteface.example"


@pytest.fixture
def database(command: Command) -> Database:
    assert command("feeds", "list")[0] == 0  # makes it
    return Database(load_settings().database)


def findings(command: Command) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(command("doctor", "--json")[1])["findings"]
    return found


def test_doctor_and_show_tell_who_pushes_and_who_does_not(
    command: Command, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    well, lying, denied = (verified(database, now) for _ in range(3))
    with database.work() as work:
        work.hubs.missed(lying.id, 2)
        work.hubs.denied(denied.id, "The hub denied it: no room.", now + timedelta(days=30), now)
    assert [f for f in findings(command) if f["part"] == "hubs"] == []  # without a public address nobody is asked
    monkeypatch.setenv("VOLTEFACE_PUBLIC_URL", PUBLIC)
    told = findings(command)
    (hubs,) = [f for f in told if f["part"] == "hubs"]
    assert (hubs["state"], hubs["found"]) == ("ok", "2 of 3 feeds that name a hub are pushed")
    warned = {f["part"]: f["found"] for f in told if HUB in f["found"]}
    assert set(warned) == {f"feed {lying.feed_id}", f"feed {denied.feed_id}"}
    assert "no room" in warned[f"feed {denied.feed_id}"]
    shown = command("feeds", "show", str(well.feed_id), "--json")[1]
    assert json.loads(shown)["hub"]["live"] is True
    shown += command("feeds", "show", str(well.feed_id))[1]
    assert "pushed by the hub https://hub.example/, lease until" in " ".join(shown.split())
    for secret in (well.secret, well.token):
        assert secret not in shown + json.dumps(told)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, False),
        ({"public_url": PUBLIC}, True),
        ({"public_url": PUBLIC, "websub": False}, False),
        ({"public_url": "http://127.0.0.1:8400"}, False),
        ({"public_url": "http://192.168.1.2"}, False),
        ({"public_url": "http://demo.localhost:8400"}, False),
        ({"public_url": "http://192.168.1.2", "feed_allow": ("192.168.0.0/16",)}, True),
    ],
)
def test_hubs_are_asked_only_where_they_can_reach_us(tmp_path: Path, given: dict[str, Any], asked: bool) -> None:
    assert hubs_are_asked(Settings(data_dir=tmp_path, _env_file=None, **given)) is asked

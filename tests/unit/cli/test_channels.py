"""Chats by Apprise, secrets that are rotated, and dead letters, from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from monitor.alerts.channels.signing import BOTH_SIGN_FOR
from monitor.model.alert import AlertKind, AttemptResult, DeliveryStatus, NewAlert
from storage.engine import Database
from tests.contract.storage.values import message
from tests.unit.cli.conftest import Command

_HOOK = "https://hooks.example.org/x"


def _database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'data' / 'volteface.db'}")


def test_a_chat_is_subscribed_and_nothing_of_its_address_is_listed(command: Command) -> None:
    code, _, err = command("subscribe", "desk", "--apprise", "tgram://123456789:abcdefg_hijklmnop/12315544")
    assert code == 0, err
    assert "tgram://…" in err and "abcdefg" not in err
    [row] = json.loads(command("subscriptions", "list", "--json")[1])
    assert row["target"] == "tgram://…" and row["channel"] == "apprise"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("json://example.org/SECRETTOKEN", "VOLTEFACE_APPRISE_SCHEMES"),
        ("slack://SECRETTOKEN", "Slack"),
        ("tgram://123456789:abcdefg_hijklmnop/111/222", "2 recipients"),
        ("tgram://123456789:SECRETTOKEN_xyzabc/not a chat", "without blanks"),
    ],
)
def test_an_address_that_apprise_cannot_use_is_no_subscription(command: Command, address: str, says: str) -> None:
    code, _, err = command("subscribe", "desk", "--apprise", address)
    assert code == 2 and says in err and "SECRETTOKEN" not in err, err
    assert json.loads(command("subscriptions", "list", "--json")[1]) == []


def test_a_further_kind_that_an_operator_allows(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_APPRISE_SCHEMES", "chat,json")
    assert command("subscribe", "desk", "--apprise", "json://example.org/x")[0] == 0


@pytest.mark.parametrize("wrong", ["syslog", "chat,a b"])
def test_a_kind_that_is_never_to_be_had_is_refused_at_the_start(
    command: Command, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("VOLTEFACE_APPRISE_SCHEMES", wrong)
    code, _, err = command("subscriptions", "list")
    assert code != 0 and "VOLTEFACE_APPRISE_SCHEMES" in err


def test_after_a_rotation_both_secrets_are_known_for_a_day(command: Command, tmp_path: Path) -> None:
    first = json.loads(command("subscribe", "bot", "--webhook", _HOOK, "--json")[1])
    rotated = json.loads(command("subscriptions", "rotate-secret", first["id"], "--json")[1])
    assert rotated["secret"] != first["secret"]
    Webhook(rotated["secret"])
    database = _database(tmp_path)
    with database.view() as work:
        after = work.subscriptions.get(first["id"])
    database.close()
    assert (after.secret, after.previous_secret) == (rotated["secret"], first["secret"])
    assert after.previous_secret_until is not None
    left = after.previous_secret_until - datetime.now(UTC)
    assert timedelta(0) < left <= BOTH_SIGN_FOR
    shown = command("subscriptions", "list", "--json")[1] + command("subscriptions", "show", first["id"], "--json")[1]
    assert first["secret"] not in shown and rotated["secret"] not in shown


def test_only_webhooks_have_a_secret_to_rotate(command: Command) -> None:
    command("subscribe", "ops", "--log")
    code, _, err = command("subscriptions", "rotate-secret", 1)
    assert code != 0 and "only webhooks are signed" in err
    assert command("subscriptions", "rotate-secret", 99)[0] != 0


def _dead(tmp_path: Path, subscription: int, count: int) -> list[int]:
    """Dead letters of a subscription."""
    database, now = _database(tmp_path), datetime.now(UTC)
    with database.work() as work:
        told = work.subscriptions.get(subscription)
        for number in range(count):
            new = NewAlert(subscription=told, dedup=f"n{number}")
            work.alerts.add(message(issue=f"i{number}"), [new], AlertKind.CHANGE, now)
        answer = AttemptResult(ok=False, status=503, error="answered 503", answer="no room in the\nroom")
        for claimed in work.alerts.claim_due(now, 9, timedelta(minutes=1)):
            if claimed.subscription_id == subscription:
                work.alerts.record(claimed, answer, DeliveryStatus.DEAD, None, now)
        dead = work.alerts.dead(subscription)
    database.close()
    return dead


def test_dead_letters_are_shown_with_what_the_other_side_said_and_sent_again(command: Command, tmp_path: Path) -> None:
    command("subscribe", "bot", "--webhook", _HOOK)
    command("subscribe", "other", "--webhook", _HOOK)
    ours, theirs = _dead(tmp_path, 1, 3), _dead(tmp_path, 2, 1)
    assert len(ours) == 3 and len(theirs) == 1
    shown = json.loads(command("deliveries", "show", ours[0], "--json")[1])
    assert (shown["last_status"], shown["last_answer"]) == (503, "no room in the\nroom")
    assert shown["target"] == "https://hooks.example.org/…" and [t["status"] for t in shown["tries"]] == [503]
    assert "no room in the" in command("deliveries", "show", ours[0])[1]
    assert json.loads(command("deliveries", "retry", "--subscription", 1, "--json")[1]) == {"retried": ours}
    waiting = json.loads(command("deliveries", "list", "--status", "pending", "--json")[1])
    assert sorted(row["id"] for row in waiting) == ours
    assert [row["id"] for row in json.loads(command("deliveries", "list", "--status", "dead", "--json")[1])] == theirs
    assert "no dead letters" in command("deliveries", "retry", "--subscription", 1)[2]


@pytest.mark.parametrize("arguments", [(), (1, "--subscription", 1), ("--subscription", 99), (99,)])
def test_which_to_send_again_must_be_said(command: Command, arguments: tuple[object, ...]) -> None:
    command("subscribe", "bot", "--webhook", _HOOK)
    assert command("deliveries", "retry", *arguments)[0] != 0

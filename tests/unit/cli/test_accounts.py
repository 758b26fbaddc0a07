"""`volteface accounts`: what is said of accounts, and what a disabled one takes along."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.cli.boot import open_database
from monitor.model.alert import ChannelName, Filter
from monitor.settings import load_settings
from tests.unit.cli.conftest import Command


def listed(command: Command, group: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(command(group, "list", "--json")[1])
    return found


@pytest.fixture
def kays_own(command: Command) -> int:
    """The number of a subscription that belongs to the account of kay, as it is made on the pages."""
    assert command("accounts", "add", "kay")[0] == 0
    database = open_database(load_settings())
    with database.work() as work:
        kay = work.accounts.by_name("kay")
        assert kay is not None
        made = work.subscriptions.add(
            "account 1",
            ChannelName.WEBHOOK,
            "https://hook.example/x",
            Filter(),
            "s",
            datetime.now(UTC),
            account_id=kay.id,
        )
    database.close()
    return made.id


def test_a_disabled_account_takes_tokens_and_subscriptions_along_and_lists_say_so(command: Command) -> None:
    assert command("accounts", "add", "kay")[0] == 0
    assert command("tokens", "create", "kay", "--scope", "read")[0] == 0
    assert "on" in command("accounts", "list")[1]
    code, _, said = command("accounts", "disable", "kay")
    assert code == 0
    assert "tokens are revoked, and subscriptions pause" in said
    assert "revoked" in command("tokens", "list")[1]
    (account,) = listed(command, "accounts")
    assert account["paused_subscriptions"] == 0
    code, _, said = command("accounts", "enable", "kay")
    assert (code, "subscriptions go on" in said) == (0, True)
    assert "revoked" in command("tokens", "list")[1], "an end for good"


def test_a_subscription_does_not_start_before_its_account(command: Command, kays_own: int) -> None:
    assert command("accounts", "disable", "kay")[0] == 0
    assert "off, 1 subscription paused" in command("accounts", "list")[1]
    assert "its account is disabled" in command("subscriptions", "list")[1]
    code, _, said = command("subscriptions", "enable", kays_own)
    assert code != 0
    assert "`volteface accounts enable kay`" in said
    assert command("accounts", "enable", "kay")[0] == 0
    (one,) = listed(command, "subscriptions")
    assert (one["disabled_at"], one["disabled_why"]) == (None, None)

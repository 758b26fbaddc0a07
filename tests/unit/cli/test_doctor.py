"""What would be refused when the first alert is sent is said before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.cli.conftest import Command

_HOOK = "http://127.0.0.1:8778/hook"


def _findings(command: Command, part: str) -> list[dict[str, Any]]:
    return [f for f in json.loads(command("doctor", "--json")[1])["findings"] if f["part"] == part]


def test_a_webhook_that_the_guard_would_refuse_is_a_warning_with_the_remedy(command: Command) -> None:
    assert "VOLTEFACE_WEBHOOK_ALLOW" in command("subscribe", "bot", "--webhook", _HOOK)[2]
    [found] = _findings(command, "webhooks")
    assert found["state"] == "warning"
    assert "VOLTEFACE_WEBHOOK_ALLOW" in found["remedy"]
    assert "/hook" not in found["found"]


def test_a_webhook_that_is_allowed_is_well(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_WEBHOOK_ALLOW", "127.0.0.0/8")
    assert "VOLTEFACE_WEBHOOK_ALLOW" not in command("subscribe", "bot", "--webhook", _HOOK)[2]
    assert [f["state"] for f in _findings(command, "webhooks")] == ["ok"]


def test_a_webhook_by_name_is_looked_up(command: Command) -> None:
    assert "VOLTEFACE_WEBHOOK_ALLOW" in command("subscribe", "bot", "--webhook", "http://localhost:8778/hook")[2]


def test_settings_have_a_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_SMTP_PASSWORD", "hunter2")
    [found] = _findings(command, "settings")
    assert found["state"] == "ok"
    assert "VOLTEFACE_SMTP_PASSWORD" in found["found"]
    assert "hunter2" not in json.dumps(found)


def test_an_apprise_address_of_a_kind_that_is_no_longer_allowed(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was when it was given; who takes a kind back is told before the next alert dies of it."""
    monkeypatch.setenv("VOLTEFACE_APPRISE_SCHEMES", "chat,json")
    assert command("subscribe", "bot", "--apprise", "json://hook.example/s3cr3t")[0] == 0
    assert command("subscribe", "kay", "--apprise", "ntfy://topic-of-kay", "--operations")[0] == 0
    assert [f["state"] for f in _findings(command, "chats")] == ["ok"]
    monkeypatch.setenv("VOLTEFACE_APPRISE_SCHEMES", "chat")
    [found] = _findings(command, "chats")
    assert (found["state"], found["found"][:18]) == ("broken", "subscription 1: bo")
    assert "VOLTEFACE_APPRISE_SCHEMES=chat,json" in found["remedy"]
    assert "s3cr3t" not in json.dumps(found)
    monkeypatch.setenv("VOLTEFACE_APPRISE_SCHEMES", "json")
    [found] = _findings(command, "chats")
    assert "subscriptions disable 2" in found["remedy"]  # operators' alarms go by the same channels
    assert command("subscriptions", "disable", "2")[0] == 0
    assert [f["state"] for f in _findings(command, "chats")] == ["ok"]


@pytest.mark.parametrize("operations", [[], ["--operations"]])
def test_mails_need_a_server_and_an_address_for_their_links(
    command: Command, monkeypatch: pytest.MonkeyPatch, operations: list[str]
) -> None:
    assert _findings(command, "mail") == []
    assert command("subscribe", "ada", "--email", "ada@example.org", "--confirmed", *operations)[0] == 0
    server, links = _findings(command, "mail")
    assert (server["state"], links["state"]) == ("broken", "warning")
    assert "VOLTEFACE_SMTP_HOST" in server["remedy"]
    assert "unsubscribe" in links["found"]
    assert "VOLTEFACE_PUBLIC_URL" in links["remedy"]
    assert "is 1 mail subscription" in links["found"]
    monkeypatch.setenv("VOLTEFACE_PUBLIC_URL", "https://news.example")
    assert [f["remedy"][:22] for f in _findings(command, "mail")] == ["set VOLTEFACE_SMTP_HOS"]
    assert command("subscriptions", "disable", "1")[0] == 0
    assert _findings(command, "mail") == []

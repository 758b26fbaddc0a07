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

"""`verdict reports`, and the owner's consent on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.position import Change
from monitor.model.report import ReportReason
from monitor.model.statement import Stance
from storage.engine import Database
from tests.integration.web.newsroom import Newsroom
from tests.unit.cli.conftest import Command

NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def change(command: Command, tmp_path: Path) -> Change:
    assert command("subscriptions", "list")[0] == 0  # makes the database
    database = Database(f"sqlite:///{tmp_path}/data/volteface.db")
    _, [change, *_] = Newsroom(database).say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(days=1))
    with database.work() as work:
        work.reports.add(change.id, ReportReason.PERSON, "[bold]his rival[/]", NOW)
        work.reports.add(change.id, ReportReason.OTHER, "twice", NOW)
    database.close()
    return change


def test_reports_are_listed_until_somebody_is_done_with_them(command: Command, change: Change) -> None:
    code, out, _ = command("verdict", "reports")
    assert code == 0 and "Lemuria on The strait bridge" in out and "[bold]his rival[/]" in out
    newest, oldest = json.loads(command("verdict", "reports", "--json")[1])
    assert (newest["reason"], oldest["reason"]) == ("other", "person")
    assert oldest["statement"] == change.found.after_statement
    code, out, err = command("verdict", "reports", "--done", oldest["id"], "--who", "kay")
    assert code == 0 and "Done with 1 report." in err and "his rival" not in out and "twice" in out
    shown = json.loads(command("verdict", "reports", "--all", "--json")[1])
    assert [one["closed_by"] for one in shown] == [None, "kay"]


def test_a_report_that_is_not_there(command: Command) -> None:
    assert command("verdict", "reports", "--done", "7")[0] == 4
    assert "No reports." in command("verdict", "reports")[2]


def test_mail_needs_the_owners_consent(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = ("subscribe", "ada", "--email", "ada@example.org")
    code, _, err = command(*mail)
    assert code == 2 and "set VOLTEFACE_PUBLIC_URL" in err and "--confirmed" in err
    assert json.loads(command("subscriptions", "list", "--json")[1]) == [], "nothing is kept of it"
    monkeypatch.setenv("VOLTEFACE_PUBLIC_URL", "https://volteface.example")
    made = json.loads(command(*mail, "--json")[1])
    assert made["consent"] == "asked" and made["confirmed"] is False
    for _ in range(2):
        assert command("subscriptions", "send-confirmation", made["id"])[0] == 0
    code, _, err = command("subscriptions", "send-confirmation", made["id"])
    assert code == 1 and "asked 3 times within a day" in err
    assert command("subscriptions", "send-confirmation", 99)[0] == 4
    assert [d["subject"] for d in json.loads(command("deliveries", "list", "--json")[1])] == [
        "Please confirm: alerts from Volteface for ada"
    ] * 3


def test_an_operator_may_vouch_and_that_is_on_record(command: Command, tmp_path: Path) -> None:
    code, out, _ = command("subscribe", "ada", "--email", "ada@example.org", "--confirmed", "--json")
    assert code == 0
    made = json.loads(out)
    assert made["consent"] == "vouched" and made["confirmed"] is True
    assert json.loads(command("deliveries", "list", "--json")[1]) == []
    database = Database(f"sqlite:///{tmp_path}/data/volteface.db")
    with database.view() as work:
        (entry,) = [e for e in work.audit.list() if e.what == "subscribed"]
    database.close()
    assert entry.detail["consent"] == "vouched"
    assert command("subscribe", "ada", "--log", "--confirmed")[0] == 2

"""Subscribing, trying, editing, stopping: what is typed, what is said, and what is on record afterwards."""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.conftest import Command

MAIL = ("--email", "kay@example.org", "--confirmed")
DAILY = ("--cadence", "daily", "--at", "07:30", "--zone", "europe/berlin", "--quiet", "22:00-07:00", "--no-empty")


def subscribed(command: Command, *options: str) -> dict[str, object]:
    code, out, err = command("subscribe", "kay", *(options or MAIL), "--json")
    assert code == 0, err
    made: dict[str, object] = json.loads(out)
    return made


def shown(command: Command, number: object = 1) -> dict[str, object]:
    found: dict[str, object] = json.loads(command("subscriptions", "show", number, "--json")[1])
    return found


def test_every_option_of_filter_and_timing_is_kept(command: Command) -> None:
    made = subscribed(
        command, *MAIL, *DAILY, "--weekday", "fri", "--burst", "3", "--most-per-hour", "60", "--pending",
        "--no-commentators", "--least-confidence", "0.9", "--kind", "reversed", "--kind", "softened",
        "--actor", "keir-starmer", "--issue", "european-troops",
    )  # fmt: skip
    assert made["filter"] == {
        "actors": ["keir-starmer"],
        "issues": ["european-troops"],
        "kinds": ["reversed", "softened"],
        "least_confidence": 0.9,
        "pending": True,
        "commentators": False,
    }
    assert made["timing"] == {
        "cadence": "daily",
        "zone": "Europe/Berlin",
        "at": "07:30",
        "weekday": 4,
        "quiet": ["22:00", "07:00"],
        "empty": False,
        "burst": 3,
        "most_per_hour": 60,
    }
    assert made["next_digest_at"] is not None


def test_what_it_would_have_brought_is_said_before_it_is_saved(command: Command) -> None:
    code, _, said = command("subscribe", "kay", *MAIL, "--cadence", "weekly")
    assert code == 0
    assert said.index("The last 30 days would have brought no alerts, ") < said.index("Subscription 1: kay")


def test_a_dry_run_saves_nothing(command: Command) -> None:
    # A zone without summer time: thirty days across the hour that comes twice can hold 29 times half past seven.
    daily = ("--cadence", "daily", "--at", "07:30", "--zone", "utc")
    code, out, said = command("subscribe", "kay", *MAIL, *daily, "--dry-run")
    assert code == 0
    assert "30 digests saying that nothing changed" in said
    assert out.count("no change") == 30
    assert json.loads(command("subscriptions", "list", "--json")[1]) == []
    tried = json.loads(command("subscribe", "kay", *MAIL, *daily, "--dry-run", "--json")[1])
    assert tried["empty_digests"] == len(tried["messages"]) == 30


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--zone", "Berlin"), "did you mean Europe/Berlin?"),
        (("--at", "25:00"), "write it as 07:30"),
        (("--quiet", "22"), "write them as 22:00-07:00, or none"),
        (("--quiet", "9-9"), "would never end"),
        (("--weekday", "someday"), "write mon, tue"),
        (("--actor", "keir-starmr"), "did you mean keir-starmer"),
        (("--burst", "0"), "--burst"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(
    command: Command, wrong: tuple[str, ...], said: str
) -> None:
    code, _, heard = command("subscribe", "kay", *MAIL, *wrong)
    assert code == 2
    assert said in " ".join(heard.split())
    assert json.loads(command("subscriptions", "list", "--json")[1]) == []


def test_a_webhook_takes_no_digest(command: Command) -> None:
    code, _, said = command("subscribe", "bot", "--webhook", "https://example.org/hook", "--cadence", "daily")
    assert code == 2
    assert "by webhook each alert comes by itself" in said
    assert subscribed(command, "--webhook", "https://example.org/hook", "--quiet", "22-7", "--most-per-hour", "5")


def test_a_digest_due_in_quiet_hours_is_pointed_out(command: Command) -> None:
    said = command("subscribe", "kay", *MAIL, "--cadence", "daily", "--at", "6", "--quiet", "22-7")[2]
    assert "Its hour, 06:00, lies in the quiet hours: the digest comes at 07:00." in said


def test_an_edit_is_a_version_and_leaves_the_rest_as_it_was(command: Command) -> None:
    subscribed(command, *MAIL, *DAILY, "--actor", "keir-starmer")
    code, _, said = command("subscriptions", "edit", 1, "--cadence", "weekly", "--weekday", "fri", "--why", "by mail")
    assert code == 0
    assert "keir-starmer, weekly on Friday at 07:30" in said
    assert "The last 30 days would have brought" in said
    first, second = shown(command)["versions"]  # type: ignore[misc]
    assert (second["n"], second["who"], second["why"]) == (2, "cli", "by mail")
    assert second["filter"] == first["filter"]
    assert {name for name in first["timing"] if first["timing"][name] != second["timing"][name]} == {
        "cadence",
        "weekday",
    }


def test_an_edit_can_take_every_limit_away_again(command: Command) -> None:
    subscribed(command, *MAIL, *DAILY, "--actor", "keir-starmer", "--most-per-hour", "5", "--pending")
    undone = ("--actor", "", "--quiet", "none", "--most-per-hour", "0", "--confirmed-only", "--cadence", "at_once")
    assert command("subscriptions", "edit", 1, *undone)[0] == 0
    now = shown(command)
    assert now["filter"]["actors"] == []  # type: ignore[index]
    assert now["filter"]["pending"] is False  # type: ignore[index]
    assert now["timing"]["quiet"] is now["timing"]["most_per_hour"] is now["next_digest_at"] is None  # type: ignore[index]


def test_an_edit_that_changes_nothing_is_no_version(command: Command) -> None:
    subscribed(command, *MAIL, *DAILY)
    assert command("subscriptions", "edit", 1, *DAILY)[0] == 0
    assert len(shown(command)["versions"]) == 1  # type: ignore[arg-type]
    code, _, said = command("subscriptions", "edit", 1)
    assert code == 2
    assert "say what is to change" in said


def test_a_dry_run_of_an_edit_changes_nothing(command: Command) -> None:
    subscribed(command, *MAIL, *DAILY)
    code, out, _ = command("subscriptions", "dry-run", 1, "--empty", "--days", "10", "--json")
    assert code == 0
    assert json.loads(out)["empty_digests"] == 10
    assert shown(command)["timing"]["empty"] is False  # type: ignore[index]


def test_operators_have_no_filter_and_no_trial(command: Command) -> None:
    subscribed(command, *MAIL, "--operations", "--quiet", "22-7")
    for arguments in (("edit", 1, "--actor", "keir-starmer"), ("dry-run", 1)):
        code, _, said = command("subscriptions", *arguments)
        assert code == 2
        assert "troubles" in said or "trouble" in said
    assert command("subscriptions", "edit", 1, "--quiet", "none")[0] == 0


def test_stopping_and_starting_again(command: Command) -> None:
    subscribed(command)
    command("subscriptions", "disable", 1)
    assert "by the operator" in command("subscriptions", "list")[1]
    code, _, said = command("subscriptions", "enable", 1)
    assert (code, "is on" in said) == (0, True)
    assert shown(command)["disabled_at"] is None


@pytest.mark.parametrize("verb", ["show", "edit", "enable", "disable", "dry-run"])
def test_a_subscription_that_is_not_there(command: Command, verb: str) -> None:
    options = ("--cadence", "daily") if verb == "edit" else ()
    code, _, said = command("subscriptions", verb, 9, *options)
    assert code == 4
    assert "there is no subscription 9" in said


def test_why_wants_a_change_and_somebody_that_exist(command: Command) -> None:
    subscribed(command)
    code, _, said = command("why", 12, 1)
    assert code == 4
    assert "there is no change 12" in said


def test_addresses_are_masked_and_secrets_never_shown_again(command: Command) -> None:
    made = subscribed(command, "--webhook", "https://example.org/hook/hidden")
    assert str(made["secret"]).startswith("whsec_")
    for arguments in (("list", "--json"), ("list",), ("show", 1), ("show", 1, "--json")):
        out = "".join(map(str, command("subscriptions", *arguments)[1:]))
        assert "whsec_" not in out
        assert "hidden" not in out

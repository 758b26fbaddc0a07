"""Apprise addresses: which are taken, and what is shown of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from monitor.alerts.apprise_targets import apprise_problem, without_secrets
from monitor.alerts.targets import TargetError, check_target, mask
from monitor.model.alert import ChannelName
from monitor.net.schemes import CHAT_SCHEMES, MACHINE_SCHEMES, scheme_set


@pytest.mark.parametrize(
    "url",
    [
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
        "ntfys://ntfy.example/topic?priority=high",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
        "matrixs://user:pass@matrix.example/#room?verify=yes",
    ],
)
def test_well_known_chats_are_taken_as_they_are_written(url: str) -> None:
    assert check_target(ChannelName.APPRISE, f"  {url} ") == url


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "no Apprise address"),
        ("discord", "no Apprise address"),
        ("discord://", "no Apprise address"),
        ("discord://a b/c", "without blanks"),
        ("discord://a\x00b/c", "without blanks"),
        ("discord://" + "a" * 3_000, "longer than 2000"),
        ("https://discord.com/api/webhooks/1/SECRETTOKEN", "write it as Apprise does"),
        ("json://example.org/SECRETTOKEN", "VOLTEFACE_APPRISE_SCHEMES"),
        ("mailto://u:SECRETTOKEN@example.org", "VOLTEFACE_APPRISE_SCHEMES"),
        ("syslog://SECRETTOKEN", "acts on the machine"),
        ("dbus://SECRETTOKEN", "acts on the machine"),
        ("windows://SECRETTOKEN", "acts on the machine"),
        ("discord://a/SECRETTOKEN,discord://b/c", "several addresses"),
        ("ntfys://h/SECRETTOKEN?verify=no", "certificates are always checked"),
        ("ntfys://h/SECRETTOKEN?VERIFY=False", "certificates are always checked"),
        ("ntfys://h/SECRETTOKEN?optional=yes", "optional="),
        ("ntfys://h/SECRETTOKEN?redirect=yes", "redirects are never followed"),
        ("ntfys://h/SECRETTOKEN?retry=3", "tried again by ourselves"),
    ],
)
def test_what_is_not_taken_says_why_and_shows_nothing_of_it(url: str, says: str) -> None:
    with pytest.raises(TargetError, match=says) as refused:
        check_target(ChannelName.APPRISE, url)
    assert "SECRETTOKEN" not in str(refused.value)


def test_an_operator_allows_further_kinds() -> None:
    assert apprise_problem("json://example.org/x", scheme_set(["chat", "json"])) is None
    assert apprise_problem("tgram://1:a/b", scheme_set(["json"])) is not None


@pytest.mark.parametrize(("names", "says"), [(["syslog"], "acts on the machine"), (["a b"], "no scheme")])
def test_kinds_that_are_never_to_be_had_are_no_setting(names: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        scheme_set(names)


def test_the_lists_are_of_what_apprise_knows() -> None:
    # In a process of its own: the service loads no Apprise either.
    code = "from apprise.manager_plugins import NotificationManager as M; print(*M().schemas())"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    known = set(said.stdout.split())
    assert known >= CHAT_SCHEMES and known >= MACHINE_SCHEMES
    assert not CHAT_SCHEMES & MACHINE_SCHEMES
    assert not CHAT_SCHEMES & {"json", "xml", "form", "mailto", "apprise", "jsons", "xmls", "forms", "mailtos", "fcm"}


def test_only_the_kind_of_an_address_is_shown() -> None:
    assert mask(ChannelName.APPRISE, "tgram://123456789:abcdefg/12315544") == "tgram://…"
    assert mask(ChannelName.APPRISE, "nonsense SECRET") == "…"


@pytest.mark.parametrize(
    ("url", "text", "shown"),
    [
        ("discord://4174216298/JHMHI8qBe7", "token JHMHI8qBe7 of 4174216298", "token *** of ***"),
        ("tgram://123456789:abcdefg_hij/777", "bot123456789:abcdefg_hij/send", "bot***/send"),
        (
            "ntfys://u5er:p%40ssw0rd@ntfy.example/topic",
            "p@ssw0rd p%40ssw0rd at ntfy.example",
            "*** *** at ntfy.example",
        ),
        ("ntfys://ntfy.example/t?token=tk_1234", "tk_1234", "***"),
    ],
)
def test_no_part_of_an_address_stands_in_an_error_but_a_host(url: str, text: str, shown: str) -> None:
    assert without_secrets(text, url) == shown

"""What an operator may type as a target, and what is shown of it."""

from __future__ import annotations

import pytest

from monitor.alerts.targets import TargetError, check_target, mask
from monitor.model.alert import ChannelName

EMAIL, WEBHOOK, LOG = ChannelName.EMAIL, ChannelName.WEBHOOK, ChannelName.LOG


@pytest.mark.parametrize(
    ("channel", "typed", "stored"),
    [
        (EMAIL, " reader@Example.ORG ", "reader@example.org"),
        (EMAIL, "Re.A-der+news@example.org", "Re.A-der+news@example.org"),
        (EMAIL, "jürgen@müller.example", "jürgen@xn--mller-kva.example"),
        (EMAIL, "x@straße.example", "x@xn--strae-oqa.example"),
        (EMAIL, "dev@localhost", "dev@localhost"),
        (WEBHOOK, " https://example.org/hook?k=v ", "https://example.org/hook?k=v"),
        (WEBHOOK, "http://10.0.0.7:8080/x", "http://10.0.0.7:8080/x"),
        (WEBHOOK, "https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        (LOG, "ops", "ops"),
    ],
)
def test_good_targets(channel: ChannelName, typed: str, stored: str) -> None:
    assert check_target(channel, typed) == stored


@pytest.mark.parametrize(
    ("channel", "typed", "says"),
    [
        (EMAIL, "", "must look like name@example.org"),
        (EMAIL, "reader", "must look like name@example.org"),
        (EMAIL, "@example.org", "must look like"),
        (EMAIL, "a@b.example, c@d.example", "one address per subscription"),
        (EMAIL, "Reader <r@example.org>", "address alone"),
        (EMAIL, "r@example.org\r\nBcc: x@example.org", "address alone"),
        (EMAIL, "r\x00@example.org", "no mailbox has"),
        (EMAIL, "r\u202e@example.org", "no mailbox has"),
        (EMAIL, ".r@example.org", "no mailbox has"),
        (EMAIL, '"r r"@example.org', "address alone"),
        (EMAIL, "=?utf-8?q?x=0D=0ABcc:y?=@example.org", "no mailbox has"),
        (EMAIL, "r@gmail", "whole domain name"),
        (EMAIL, "r@127.0.0.1", "whole domain name"),
        (EMAIL, "r@exa_mple.org", "no domain name"),
        (EMAIL, "r@-x.org", "no domain name"),
        (EMAIL, "a" * 65 + "@example.org", "longer than 64 bytes"),
        (EMAIL, "a" * 60 + "@" + ".".join(["b" * 60] * 4), "longer than 254 bytes"),
        (WEBHOOK, "", "must begin with https://"),
        (WEBHOOK, "example.org/hook", "must begin with https://"),
        (WEBHOOK, "ftp://example.org/", "must begin with https://"),
        (WEBHOOK, "https:///hook", "names no host"),
        (WEBHOOK, "https://u:p@example.org/", "user name"),
        (WEBHOOK, "https://example.org/#x", "what follows the #"),
        (WEBHOOK, "https://example.org\\@evil.example/", "backslash"),
        (WEBHOOK, "https://exa mple.org/", "space"),
        (WEBHOOK, "https://example.org/\r\nx: y", "control character"),
        (WEBHOOK, "https://example.org:99999/", "no address"),
        (WEBHOOK, "https://example.org/" + "x" * 2_000, "longer than 2000"),
        (LOG, "two words", "for the log"),
        (LOG, "", "for the log"),
    ],
)
def test_bad_targets_are_refused_with_what_to_do(channel: ChannelName, typed: str, says: str) -> None:
    with pytest.raises(TargetError) as refused:
        check_target(channel, typed)
    message = str(refused.value)
    assert says in message
    assert message.isprintable()


@pytest.mark.parametrize(
    ("channel", "target", "shown"),
    [
        (EMAIL, "reader@example.org", "r…@example.org"),
        (EMAIL, "nonsense", "…"),
        (WEBHOOK, "https://hooks.example/services/T0/secret", "https://hooks.example/…"),
        (WEBHOOK, "https://u:secret@hooks.example:8443/?token=secret", "https://hooks.example:8443/…"),
        (WEBHOOK, "https://[2001:db8::1]:1/secret", "https://[2001:db8::1]:1/…"),
        (WEBHOOK, "https://example.org", "https://example.org"),
        (WEBHOOK, "http://[::1", "…"),
        (WEBHOOK, "secret", "…"),
        (LOG, "ops", "ops"),
    ],
)
def test_what_a_log_shows_of_a_target(channel: ChannelName, target: str, shown: str) -> None:
    assert mask(channel, target) == shown


def test_a_refusal_does_not_repeat_a_secret() -> None:
    for typed in (
        "https://u:hunter2@example.org/hunter2?k=hunter2",
        "gopher://example.org/hunter2",
        "https://x y/hunter2",
    ):
        with pytest.raises(TargetError) as refused:
            check_target(WEBHOOK, typed)
        assert "hunter2" not in str(refused.value)

"""What is put together is checked before anything starts."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from monitor.cli.boot import check_composed
from monitor.settings import Settings, SettingsError, SmtpSecurity


def test_a_password_that_would_travel_in_the_clear_is_refused_at_the_start() -> None:
    settings = Settings(
        smtp_host="mail.example", smtp_user="anna", smtp_password=SecretStr("hunter2"), smtp_security=SmtpSecurity.PLAIN
    )
    with pytest.raises(SettingsError, match="VOLTEFACE_SMTP_SECURITY") as refused:
        check_composed(settings)
    assert "hunter2" not in str(refused.value)


def test_the_defaults_can_be_put_together() -> None:
    check_composed(Settings(smtp_host="mail.example"))

"""Settings: typed, checked at start, secrets from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.settings import SettingsError, load_settings


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(port=99_999, threshold=2.0)
    assert "VOLTEFACE_PORT" in str(refused.value)
    assert "VOLTEFACE_THRESHOLD" in str(refused.value)


def test_an_unknown_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_TRESHOLD", "0.9")
    with pytest.raises(SettingsError, match="VOLTEFACE_TRESHOLD"):
        load_settings()


def test_an_unknown_setting_in_dotenv_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("VOLTEFACE_TRESHOLD=0.9\nSOMETHING_ELSE=1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="VOLTEFACE_TRESHOLD"):
        load_settings()


def test_a_secret_comes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://u:p@db/x\n")
    monkeypatch.setenv("VOLTEFACE_DATABASE_URL_FILE", str(tmp_path / "url"))
    assert load_settings().database == "postgresql://u:p@db/x"


def test_a_secret_file_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_SMTP_PASSWORD_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match="SMTP_PASSWORD_FILE"):
        load_settings()


def test_secrets_are_not_in_the_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_SMTP_PASSWORD", "hunter2")
    assert "hunter2" not in repr(load_settings())


def test_a_wrong_value_is_not_echoed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_SMTP_PORT", "hunter2")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


def test_a_pack_that_is_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not a folder"):
        load_settings(packs=(tmp_path / "nowhere",))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"FEED_ALLOW": "not a host!!/99"}, "FEED_ALLOW"),
        ({"WEBHOOK_ALLOW": "10.0.0.0/99"}, "WEBHOOK_ALLOW"),
        ({"POLL_MIN_S": "9000", "POLL_MAX_S": "10"}, "POLL_MAX_S"),
        ({"POLL_MIN_S": "30000"}, "POLL_MAX_S"),
        ({"POLL_MAX_S": "86401"}, "POLL_MAX_S"),
        ({"SMTP_HOST": "mail.example", "MAIL_FROM": "not an address"}, "MAIL_FROM"),
        ({"SMTP_HOST": "mail.example", "SMTP_USER": "anna"}, "SMTP_PASSWORD"),
        ({"SMTP_HOST": "mail.example", "SMTP_PASSWORD": "hunter2"}, "SMTP_PASSWORD"),
    ],
)
def test_settings_that_the_service_could_not_run_with_are_refused(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], named: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"VOLTEFACE_{name}", value)
    with pytest.raises(SettingsError, match=f"VOLTEFACE_{named}: ") as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


def test_a_sender_may_have_a_name_and_a_relay_without_log_in_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_SMTP_HOST", "localhost")
    monkeypatch.setenv("VOLTEFACE_MAIL_FROM", "The desk <desk@example.org>")
    assert load_settings().mail_from == "The desk <desk@example.org>"


def test_unknown_and_wrong_settings_and_missing_files_are_named_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOLTEFACE_PROT", "1")
    monkeypatch.setenv("VOLTEFACE_FEED_ALLOW", "10.0.0.0/99")
    monkeypatch.setenv("VOLTEFACE_SMTP_PASSWORD_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError) as refused:
        load_settings(threshold=2.0)
    said = str(refused.value)
    for name in ("VOLTEFACE_PROT", "VOLTEFACE_FEED_ALLOW", "VOLTEFACE_SMTP_PASSWORD_FILE", "VOLTEFACE_THRESHOLD"):
        assert f"\n  {name}: " in said
    assert "did you mean VOLTEFACE_PORT?" in said
    assert ".env.example" in said
    assert "doctor" not in said

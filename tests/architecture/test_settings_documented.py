"""Every setting is documented, and what the documentation says of it is what holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.settings import PREFIX, Settings, load_settings
from tests.architecture.project import ROOT
from tests.architecture.settings_reference import env_example, readme_with_table

_REMEDY = "run `make docs`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_has_a_description(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description, f"{name} needs a description"
    assert description[-1] == "." and "\n" not in description, f"{name}: one sentence or more on one line"


def test_env_example_is_up_to_date() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example(), _REMEDY


def test_the_table_in_the_readme_is_up_to_date() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == readme_with_table(readme), _REMEDY


def test_env_example_without_its_comment_signs_gives_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    defaults = load_settings()
    lines = env_example().splitlines()
    settings = [line.removeprefix("# ") for line in lines if line.startswith(f"# {PREFIX}")]
    assert len(settings) == len(Settings.model_fields)
    Path(".env").write_text("\n".join(settings), encoding="utf-8")
    assert load_settings().model_dump(exclude={"data_dir"}) == defaults.model_dump(exclude={"data_dir"})

"""The reference of all settings, drawn from the settings themselves: `.env.example` and the table in README.md.

`make docs` writes both; test_settings_documented.py fails when they are out of date.
"""

from __future__ import annotations

from enum import Enum

from pydantic.fields import FieldInfo

from monitor.settings import PREFIX, Settings
from tests.architecture.project import ROOT

BEGIN = "<!-- settings: written by `make docs` -->"
END = "<!-- end of settings -->"
_HEAD = """\
# Every setting there is, with its default; written by `make docs`.
# Copy to .env and change what you need, or set the same names in the environment, which wins over .env.
# A secret may come from a file instead: give its path in the name with _FILE at the end.
"""

# What differs from machine to machine is shown as it is on Linux.
_ELSEWHERE_DIFFERENT = {"data_dir": "~/.local/share/volteface"}


def env_example() -> str:
    """The whole of `.env.example`: every line is commented out, so that a copy changes nothing."""
    blocks = [_HEAD]
    for name, field in Settings.model_fields.items():
        lines = [f"# {field.description}"]
        if default := default_text(name, field):
            lines.append(f"# {PREFIX}{name.upper()}={default}")
        else:
            lines.append(f"# {PREFIX}{name.upper()}=")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def markdown_table() -> str:
    """The table of settings as README.md shows it, between its two marks."""
    rows = ["| setting | default | what it is |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = default_text(name, field)
        cells = (f"`{PREFIX}{name.upper()}`", f"`{default}`" if default else "", (field.description or ""))
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([BEGIN, *rows, END])


def readme_with_table(readme: str) -> str:
    """README.md with its table of settings brought up to date. Raises ValueError when the two marks are missing."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"README.md needs the marks {BEGIN} and {END} around its table of settings"
        raise ValueError(message)
    return before + markdown_table() + after


def default_text(name: str, field: FieldInfo) -> str:
    """A default as one would write it in `.env`; empty where there is none."""
    if name in _ELSEWHERE_DIFFERENT:
        return _ELSEWHERE_DIFFERENT[name]
    value = field.get_default(call_default_factory=True)
    if value is None or value == () or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ",".join(str(v) for v in value)
    return format(value, "g") if isinstance(value, float) else str(value)


def main() -> None:
    """Writes both."""
    (ROOT / ".env.example").write_text(env_example(), encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(readme_with_table(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

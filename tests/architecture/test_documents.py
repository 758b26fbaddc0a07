"""What the documents say holds: paths exist, commands and options exist, the example pack is a pack."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import typer

from monitor.cli.app import build
from rules.loader import check_packs, load_packs
from tests.architecture.project import PACKAGES, ROOT

_APP = typer.main.get_command(build([]))
_DOCUMENTS = ("README.md", "CONTRIBUTING.md", "DESIGN.md", "CHANGELOG.md")
_ROOTS = (*PACKAGES, "tests", ".ci")
_PATH = re.compile(rf"`((?:{'|'.join(map(re.escape, _ROOTS))})/[\w./*-]*|[A-Za-z.-]+\.(?:md|toml|txt|yml|example))`")


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_every_path_in_it_exists(document: str) -> None:
    gone = [path for path in _PATH.findall(_text(document)) if not (ROOT / path).exists()]
    assert not gone, f"{document} names what does not exist: {gone}"


def test_the_readme_names_enough_paths_for_this_to_mean_something() -> None:
    assert len(_PATH.findall(_text("README.md"))) > 15


def _commands(text: str) -> list[list[str]]:
    """The `volteface …` lines of the indented blocks, as words; VOLTEFACE_X=… before them is left out."""
    found = []
    for line in re.findall(r"^    (.+)$", text, re.MULTILINE):
        words = shlex.split(line, comments=True)
        while words and re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        if words[:1] == ["volteface"]:
            found.append(words[1:])
    return found


@pytest.mark.parametrize("words", _commands(_text("README.md")), ids=" ".join)
def test_every_command_in_the_readme_is_one(words: list[str]) -> None:
    """It is parsed as the console would, with its options and the number of its arguments, and not run."""
    command: click.Command = _APP
    context = click.Context(command, info_name="volteface")
    rest = list(words)
    while isinstance(command, click.Group) or hasattr(command, "commands"):
        name = rest.pop(0)
        found = command.get_command(context, name)  # type: ignore[union-attr]
        assert found is not None, f"there is no command {name}"
        command, context = found, click.Context(found, info_name=name, parent=context)
    command.parse_args(context, rest)


def test_the_changelog_names_every_command() -> None:
    named = set(re.findall(r"`(?:volteface )?([a-z]+)`", _text("CHANGELOG.md")))
    assert set(_APP.commands) <= named  # type: ignore[attr-defined]


def test_the_pack_in_the_readme_is_a_pack(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n# my-pack/(\S+)\n(.*?)```", _text("README.md"), re.DOTALL)
    assert len(blocks) == 2
    for name, body in blocks:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(body, encoding="utf-8")
    assert check_packs(tmp_path) == []
    rules = load_packs(tmp_path, seed=False)
    assert set(rules.actors) == {"jane-doe"}
    assert set(rules.issues) == {"tram-line"}

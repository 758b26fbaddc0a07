"""Small files, small functions, names that say something, and a top level that holds only what belongs there."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch

import pytest

from tests.architecture.project import PACKAGES, ROOT, python_files, tracked_files

_MOST_LINES = 300
_MOST_LINES_OF_A_FUNCTION = 40  # without its docstring: saying more about a function must cost nothing

# A pattern over path or path:function → why it is better long. An entry that is no longer needed fails the test, too.
_LONG_WITH_REASON: dict[str, str] = {
    "storage/work.py:__init__": "one line for each repository",
    "storage/migrations/versions/*": "a migration is a frozen list of columns; cut in pieces it is harder to compare",
}

_TOP_LEVEL = {
    ".ci", ".dockerignore", ".env.example", ".github", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "DESIGN.md",
    "Dockerfile", "LICENSE", "Makefile", "README.md", "constraints.txt", "docker-compose.yml", "pyproject.toml",
    "monitor", "rules", "storage", "tests",
}  # fmt: skip
_SAYS_NOTHING = re.compile(r"(^|_)(util|helper|manager|common|misc)s?(_|$)")


def _long_ones() -> set[str]:
    found = set()
    for path in python_files(*PACKAGES):
        text = (ROOT / path).read_text(encoding="utf-8")
        if text.count("\n") > _MOST_LINES:
            found.add(str(path))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                first = node.body[0]
                if ast.get_docstring(node) is not None:
                    lines -= (first.end_lineno or first.lineno) - first.lineno + 1
                if lines > _MOST_LINES_OF_A_FUNCTION:
                    found.add(f"{path}:{node.name}")
    return found


def test_files_and_functions_are_short_or_say_why_not() -> None:
    long = _long_ones()
    without_reason = sorted(name for name in long if not any(fnmatch(name, entry) for entry in _LONG_WITH_REASON))
    assert not without_reason, (
        f"over {_MOST_LINES} lines (a file) or {_MOST_LINES_OF_A_FUNCTION} (a function): {without_reason}"
    )
    unneeded = [entry for entry in _LONG_WITH_REASON if not any(fnmatch(name, entry) for name in long)]
    assert not unneeded, "no longer long: take them off the list"
    assert all(len(reason.split()) > 3 for reason in _LONG_WITH_REASON.values())


def test_modules_have_telling_names() -> None:
    """A module is named after what is in it."""
    files = python_files(*PACKAGES, "tests")
    assert not [str(path) for path in files if any(_SAYS_NOTHING.search(part) for part in path.with_suffix("").parts)]


def test_the_top_level_holds_only_what_belongs_there() -> None:
    there = {path.parts[0] for path in tracked_files()}
    assert not there - _TOP_LEVEL, f"does not belong at the top level: {sorted(there - _TOP_LEVEL)}"
    assert not _TOP_LEVEL - there, f"missing: {sorted(_TOP_LEVEL - there)}"


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_folder_with_modules_is_a_package(folder: str) -> None:
    """One without __init__.py is missed by the import linter and by mypy."""
    folders = {path.parent for path in python_files(folder)}
    assert folders
    assert not sorted(str(path) for path in folders if not (ROOT / path / "__init__.py").is_file())

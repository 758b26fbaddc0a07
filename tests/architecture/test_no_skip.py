"""VOLTEFACE_NO_SKIP turns a skip into a failure, and leaves everything else alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project import ROOT

_TESTS = """
import pytest

@pytest.fixture
def absent(): pytest.skip("no server program")

def test_passes(): pass
def test_wants_what_is_absent(absent): pass
@pytest.mark.skipif(True, reason="not on this system")
def test_of_another_system(): pass
@pytest.mark.xfail(strict=True)
def test_known_to_fail(): assert False
"""


@pytest.mark.parametrize(
    ("no_skip", "code", "closing"),
    [("", 0, "1 passed, 2 skipped, 1 xfailed"), ("1", 1, "1 passed, 1 xfailed, 2 errors")],
)
def test_a_skip_is_a_failure_where_none_is_allowed(tmp_path: Path, no_skip: str, code: int, closing: str) -> None:
    file = tmp_path / "test_skips.py"
    file.write_text(_TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", str(file)]
    env = os.environ | {"VOLTEFACE_NO_SKIP": no_skip, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout
    assert closing in done.stdout
    if no_skip:
        assert "would be skipped, and VOLTEFACE_NO_SKIP is set" in done.stdout

"""The Makefile and .ci/run on machines that are not as one wishes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project import ROOT

_TOOLS = ("sh", "make", "awk", "grep", "mkdir", "chmod", "od", "tr", "touch", "echo", "rm", "find", "env")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout's Makefile on a machine with a shell and no Python."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in _TOOLS:
        found = shutil.which(name)
        assert found, f"these tests need {name}"
        (tools / name).symlink_to(found)
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "constraints.txt").touch()
    return tmp_path


def _python(machine: Path, name: str, release: str, *, venv: bool = True) -> None:
    """A Python that takes itself for that release; of `-m venv` it only notes that it was asked."""
    version = tuple(int(part) for part in release.split("."))
    disguise = f"import sys; sys.version_info = {version}; sys.modules.update({{}} if {venv} else {{'venv': None}})"
    fake = machine / "bin" / name
    fake.write_text(
        f"""#!/bin/sh
case "$1" in
-V) echo "Python {release}" ;;
-c) exec {sys.executable} -c "{disguise}; $2" ;;
-m) echo "{name} made it" > made; mkdir -p .venv/bin; echo "#!/bin/sh" > .venv/bin/python; chmod 755 .venv/bin/python ;;
esac
""",
        encoding="utf-8",
    )
    fake.chmod(0o755)


def _make(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(machine / "bin"), "HOME": str(machine), "LC_ALL": "C.UTF-8"}
    return subprocess.run(["make", *arguments], cwd=machine, env=env, capture_output=True, text=True, check=False)


def test_without_any_python_it_says_what_is_needed(bare: Path) -> None:
    done = _make(bare, "test")
    assert done.returncode == 2
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert "python3-venv" in done.stderr


def test_an_old_python_or_one_without_venv_is_refused_by_name(bare: Path) -> None:
    _python(bare, "python3", "3.9.2")
    _python(bare, "python3.12", "3.12.1", venv=False)
    done = _make(bare, ".venv/bin/python")
    assert done.returncode == 2
    assert "found: Python 3.9.2" in done.stderr
    assert not (bare / "made").exists()


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        ({"python3": "3.11.2"}, "python3"),
        ({"python3": "3.9.2", "python3.12": "3.12.1"}, "python3.12"),
        ({"python3": "3.14.0", "python3.11": "3.11.2"}, "python3.11"),
        ({"python3": "3.14.0"}, "python3"),
    ],
)
def test_it_takes_a_release_that_is_tested_before_a_later_one(bare: Path, there: dict[str, str], chosen: str) -> None:
    for name, release in there.items():
        _python(bare, name, release)
    done = _make(bare, ".venv/bin/python")
    assert done.returncode == 0, done.stderr
    assert (bare / "made").read_text(encoding="utf-8") == f"{chosen} made it\n"
    assert ("later than 3.13" in done.stderr) is (there[chosen] == "3.14.0")


def test_installing_a_second_time_does_nothing_and_a_changed_pin_installs_again(bare: Path) -> None:
    _python(bare, "python3", "3.12.1")
    assert _make(bare, ".venv/.installed-dev").returncode == 0
    assert "up to date" in _make(bare, ".venv/.installed-dev").stdout
    later = (bare / ".venv/.installed-dev").stat().st_mtime + 10
    os.utime(bare / "constraints.txt", (later, later))
    assert "Installing" in _make(bare, ".venv/.installed-dev").stdout


def test_help_names_every_target(bare: Path) -> None:
    shown = _make(bare).stdout
    for target in ("run", "test", "lint", "bench", "clean", "secrets", "docs"):
        assert f"make {target} " in shown


def test_secrets_are_made_once_and_closed_to_others(bare: Path) -> None:
    assert _make(bare, "secrets").returncode == 0
    password = (bare / "secrets/postgres_password").read_text(encoding="utf-8")
    assert len(password) == 48
    assert (bare / "secrets/database_url").read_text(
        encoding="utf-8"
    ) == f"postgresql://volteface:{password}@db/volteface"
    assert stat.S_IMODE((bare / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((bare / "secrets/database_url").stat().st_mode) == 0o444
    assert "nothing was changed" in _make(bare, "secrets").stdout
    assert (bare / "secrets/postgres_password").read_text(encoding="utf-8") == password


def _program(machine: Path, name: str, script: str) -> None:
    file = machine / "bin" / name
    file.unlink(missing_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


def _ci(machine: Path, user: int) -> subprocess.CompletedProcess[str]:
    (machine / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", machine / ".ci/run")
    for name in ("bash", "dirname"):
        (machine / "bin" / name).symlink_to(shutil.which(name) or name)
    _program(machine, "id", f"echo {user}")
    _program(machine, "make", 'echo "make $* with no skip $VOLTEFACE_NO_SKIP"')
    env = {"PATH": str(machine / "bin")}
    command = [machine / "bin/bash", ".ci/run"]
    return subprocess.run(command, cwd=machine, env=env, capture_output=True, text=True, check=False)


def test_ci_installs_what_is_missing_and_then_tests_without_skips(bare: Path) -> None:
    _program(bare, "apt-get", 'echo "apt-get $*"')
    done = _ci(bare, user=0)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Installing system packages: ")
    assert {"python3", "python3-venv", "chromium", "git"} <= set(lines[0].split())
    assert lines[1] == "apt-get update -qq"
    assert lines[2].startswith("apt-get install -y") and lines[2].endswith(lines[0].partition(": ")[2])
    assert lines[3] == "make test with no skip 1"


def test_ci_without_the_right_to_install_names_what_is_missing(bare: Path) -> None:
    _program(bare, "apt-get", "exit 1")
    done = _ci(bare, user=1000)
    assert done.returncode == 1
    assert "chromium" in done.stderr and "sudo" in done.stderr
    assert "make test" not in done.stdout


def test_ci_that_cannot_install_does_not_go_on(bare: Path) -> None:
    _program(bare, "apt-get", "exit 100")
    done = _ci(bare, user=0)
    assert done.returncode == 100
    assert "make test" not in done.stdout

"""constraints.txt pins exactly what is installed, all of it, and the pins satisfy pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.project import ROOT

_PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
_PINS = {canonicalize_name(line.split("==")[0]): line.split("==")[-1] for line in _LINES}
_ASKED = [
    *_PYPROJECT["build-system"]["requires"],
    *_PYPROJECT["project"]["dependencies"],
    *_PYPROJECT["project"]["optional-dependencies"]["dev"],
]
_PEERS = _PYPROJECT["project"]["optional-dependencies"]["bench"]  # compared with by hand; no test needs them


def test_each_line_is_one_exact_pin_and_no_name_stands_twice() -> None:
    odd = [line for line in _LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)]
    assert not odd, f"not NAME==VERSION: {odd}"
    assert len(_PINS) == len(_LINES)
    assert sorted(_LINES, key=str.lower) == _LINES, "kept in alphabetical order"


@pytest.mark.parametrize("text", [*_ASKED, *_PEERS])
def test_what_pyproject_asks_for_is_pinned_within_its_bounds(text: str) -> None:
    requirement = Requirement(text)
    pin = _PINS.get(canonicalize_name(requirement.name))
    assert pin, f"{requirement.name} is not pinned in constraints.txt"
    assert Version(pin) in requirement.specifier, f"{requirement.name}=={pin} is outside {requirement.specifier}"


def _closure() -> dict[str, str]:
    """Name → version of all that pyproject's requirements need here, as it is installed."""
    found: dict[str, str] = {}
    waiting = [Requirement(text) for text in _ASKED]
    while waiting:
        requirement = waiting.pop()
        extras = requirement.extras or {""}
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        name = canonicalize_name(requirement.name)
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            pytest.fail(f"{name} is not installed; run `make test`, which installs what is missing")
        key = f"{name}[{','.join(sorted(requirement.extras))}]"
        if key not in found:
            found[key] = installed.version
            needed = [Requirement(text) for text in installed.requires or []]
            for sub in needed:
                if sub.marker is None or any(sub.marker.evaluate({"extra": extra}) for extra in extras):
                    sub.marker = None
                    waiting.append(sub)
    return {key.partition("[")[0]: version for key, version in found.items()}


def test_what_is_installed_is_what_is_pinned_down_to_the_last_dependency() -> None:
    closure = _closure()
    assert len(closure) > len(_ASKED)
    unpinned = sorted(closure.keys() - _PINS.keys())
    assert not unpinned, f"installed but not pinned: {unpinned}"
    differing = {name: (version, _PINS[name]) for name, version in closure.items() if _PINS[name] != version}
    assert not differing, f"name: (installed, pinned): {differing}"


def test_nothing_is_pinned_that_nothing_needs() -> None:
    assert not sorted(_PINS.keys() - _closure().keys() - {canonicalize_name(Requirement(text).name) for text in _PEERS})


def test_what_an_extra_brings_that_older_pips_do_not_find_is_asked_for_by_name() -> None:
    """pip before 23.3 (Python 3.11 has one) passes over `html_clean` where the package calls it `html-clean`."""
    asked = {canonicalize_name(Requirement(text).name) for text in _ASKED}
    needed = [Requirement(text) for name in _closure() for text in distribution(name).requires or []]
    missed: set[str] = set()
    for requirement in needed:
        name = canonicalize_name(requirement.name)
        if name not in _PINS or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        provided = distribution(name).metadata.get_all("Provides-Extra") or []
        for extra in requirement.extras - set(provided):
            brought = [Requirement(text) for text in distribution(name).requires or []]
            missed |= {
                canonicalize_name(one.name) for one in brought if one.marker and one.marker.evaluate({"extra": extra})
            } - {canonicalize_name(one.name) for one in brought if one.marker and one.marker.evaluate({"extra": ""})}
    assert missed, "nothing needs this any more: remove the test, and the names from pyproject.toml"
    assert not missed - asked

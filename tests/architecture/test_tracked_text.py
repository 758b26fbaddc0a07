"""What no file of the project may say: where packages come from, and where somebody's checkout lies."""

from __future__ import annotations

import re

from tests.architecture.project import ROOT, tracked_files

# Put together here, so that this file does not say them.
_REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("registry", "npmjs", "org"),
    )
)
_SOMEBODYS_PATH = re.compile(r"(?<![\w./:-])/(?:home|root|work|Users)/[\w.-]")
_FILES = tracked_files()


def test_no_file_names_a_registry_or_somebodys_path() -> None:
    found = []
    for path in _FILES:
        text = (ROOT / path).read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if any(host in line.lower() for host in _REGISTRY_HOSTS):
                found.append(f"{path}:{number} names a package registry; leave that to the installer's own settings")
            if _SOMEBODYS_PATH.search(line):
                found.append(f"{path}:{number} holds a path of one machine")
    assert not found, "\n".join(found)


def test_the_search_finds_a_path_and_leaves_addresses_alone() -> None:
    machine = "/".join(("", "home", "ann", "x"))
    assert _SOMEBODYS_PATH.search(f"cd {machine}")
    assert _SOMEBODYS_PATH.search(f'"{machine}"')
    assert not _SOMEBODYS_PATH.search("https://example.org/work/feed.xml")
    assert not _SOMEBODYS_PATH.search("the homepage at /home is fine")


def test_no_secret_and_no_data_is_tracked() -> None:
    private = [path for path in _FILES if path.parts[0] in {"secrets", "data"} or path.name == ".env"]
    assert not private

"""The Dockerfile: what it copies is there, it is no root, holds no secret, and its health check sees health."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from threading import Thread

import pytest

from monitor.settings import PREFIX, Settings
from tests.architecture.project import PACKAGES, ROOT

_TEXT = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
_STEPS = [line.split(maxsplit=1) for line in _TEXT.splitlines() if line and not line.startswith("#")]


def _arguments(instruction: str) -> list[str]:
    return [rest for name, rest in _STEPS if name == instruction]


def _copied_from_checkout() -> list[str]:
    return [source for rest in _arguments("COPY") if "--from=" not in rest for source in rest.split()[:-1]]


def test_it_copies_what_is_there_and_what_the_builder_may_see() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    shown = {rule[1:] for rule in rules if rule.startswith("!")}
    assert rules[0] == "*", "everything is hidden from the builder but what is named"
    copied = _copied_from_checkout()
    assert set(PACKAGES) <= set(copied)
    for source in copied:
        assert (ROOT / source).exists(), f"{source} does not exist"
    assert set(copied) == shown, "the builder is shown what is copied, and nothing else"
    assert not any(fnmatch(name, rule) for name in shown for rule in (".env*", "secrets*", "data*", ".git*"))


def test_it_ends_as_an_ordinary_user_and_starts_volteface() -> None:
    (user,) = _arguments("USER")
    assert user == "volteface"
    assert f"useradd --uid 10001 --gid {user}" in _TEXT
    assert json.loads(_arguments("ENTRYPOINT")[-1]) == ["volteface"]
    assert json.loads(_arguments("CMD")[-1]) == ["up"]


def test_it_sets_only_settings_that_exist_and_none_that_is_secret() -> None:
    names = re.findall(r"\b([A-Z_]+)=", " ".join(_arguments("ENV")))
    ours = [name for name in names if name.startswith(PREFIX)]
    assert ours
    assert set(ours) <= {PREFIX + field.upper() for field in Settings.model_fields}
    assert not [name for name in names if re.search("PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL", name)]
    assert not _arguments("ARG")


def test_its_python_is_one_that_the_project_supports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for base in _arguments("FROM"):
        release = PurePosixPath(base.split()[0]).name.removeprefix("python:").removesuffix("-slim")
        assert f"Programming Language :: Python :: {release}" in project["classifiers"]


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" and self.server.ready else 503)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.mark.parametrize("ready", [True, False])
def test_its_health_check_says_what_the_pages_say(ready: bool) -> None:
    command = json.loads(_arguments("HEALTHCHECK")[0].partition("CMD ")[2])
    assert command[0] == "python"
    with ThreadingHTTPServer(("127.0.0.1", 0), _Ready) as server:
        server.ready = ready  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        env = os.environ | {"VOLTEFACE_PORT": str(server.server_port)}
        done = subprocess.run([sys.executable, *command[1:]], env=env, capture_output=True, check=False)
        server.shutdown()
    assert (done.returncode == 0) is ready, done.stderr.decode()

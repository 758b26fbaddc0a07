"""docker-compose.yml is valid, keeps its secrets in files, and starts commands that really run."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from ruamel.yaml import YAML

from monitor.settings import PREFIX, Settings
from tests.architecture.project import ROOT

_FILE = ROOT / "docker-compose.yml"
_BIN = Path(sys.executable).parent
_COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load(_FILE)
_SERVICES: dict[str, dict[str, Any]] = _COMPOSE["services"]
_OURS = sorted(name for name, service in _SERVICES.items() if "build" in service)
_PATIENCE_S = 60.0
_T = TypeVar("_T")


def test_it_is_valid() -> None:
    command = [str(_BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(_FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_in_it_would_be_found(tmp_path: Path) -> None:
    """Shows that the schema is really applied."""
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(_FILE.read_text(encoding="utf-8").replace("healthcheck:", "healthchek:"), encoding="utf-8")
    command = [str(_BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(wrong)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_it_has_the_services_that_it_should() -> None:
    assert set(_SERVICES) == {"web", "worker", "db", "mail"}
    assert _OURS == ["web", "worker"]


@pytest.mark.parametrize("name", _SERVICES)
def test_a_service_is_hardened(name: str) -> None:
    service = _SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), "published on loopback only"
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "healthcheck" in service or ("build" in service and "\nHEALTHCHECK " in dockerfile)


@pytest.mark.parametrize("name", _SERVICES)
def test_a_service_gets_its_secrets_as_files(name: str) -> None:
    service = _SERVICES[name]
    for variable, value in service.get("environment", {}).items():
        assert not re.search(r"PASSWORD$|TOKEN$|DATABASE_URL$", variable), f"{variable}: give a file instead"
        if variable.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]
            assert _COMPOSE["secrets"][value.removeprefix("/run/secrets/")]["file"].startswith("secrets/")
    ignored = subprocess.run(["git", "check-ignore", "-q", "secrets/database_url"], cwd=ROOT, check=False)
    assert ignored.returncode == 0, "secrets/ must be ignored by git"


@pytest.mark.parametrize("name", _OURS)
def test_a_service_of_ours_sets_only_settings_that_exist(name: str) -> None:
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    for variable in _SERVICES[name]["environment"]:
        assert variable.removesuffix("_FILE") in known


def test_what_is_mounted_and_joined_is_declared() -> None:
    for service in _SERVICES.values():
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(_COMPOSE["volumes"])
        assert set(service.get("networks", [])) <= set(_COMPOSE["networks"])
        assert set(service.get("secrets", [])) <= set(_COMPOSE["secrets"])


def _environment(name: str, folder: Path, database_url: str) -> dict[str, str]:
    """What the service would see, with its paths and ports in a folder and on loopback of this machine."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    for variable, value in _SERVICES[name]["environment"].items():
        env[variable] = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
    secret = folder / "database_url"
    secret.write_text(database_url, encoding="utf-8")
    env["VOLTEFACE_DATABASE_URL_FILE"] = str(secret)
    return env | {
        "VOLTEFACE_DATA_DIR": str(folder),
        "VOLTEFACE_HOST": "127.0.0.1",
        "VOLTEFACE_PORT": "0",
        "VOLTEFACE_DEFAULT_FEEDS": "false",
    }


@contextmanager
def _running(name: str, folder: Path, database_url: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The service's command outside a container, and the file that its stderr goes to."""
    log = folder / f"{name}.log"
    command = [str(_BIN / "volteface"), *_SERVICES[name]["command"]]
    with log.open("wb") as err:
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(name, folder, database_url), stdout=err, stderr=err
        )
    try:
        yield process, log
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _eventually(ask: Callable[[], _T | None], process: subprocess.Popen[bytes], log: Path) -> _T:
    """The first answer; fails with the log when the process ends or nothing comes."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if (answer := ask()) is not None:
            return answer
        if process.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail(f"{process.args} (exit code {process.poll()}) did not get there:\n{log.read_text(encoding='utf-8')}")


def _get(url: str) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            body: dict[str, Any] = json.load(answer)
            return body
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def _stopped(process: subprocess.Popen[bytes], log: Path) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=_PATIENCE_S) == 0, log.read_text(encoding="utf-8")
    assert "Traceback" not in log.read_text(encoding="utf-8")


def _health(name: str, folder: Path, database_url: str) -> str:
    """What the service's own health check complains of, run outside a container; nothing when all is well."""
    program, *arguments = _SERVICES[name]["healthcheck"]["test"][1:]
    assert program == "volteface"
    command = [str(_BIN / program), *arguments]
    env = _environment(name, folder, database_url)
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_services_run_see_each_other_and_stop_cleanly(tmp_path: Path, empty_url: str) -> None:
    """On SQLite and on PostgreSQL, from an empty database on."""
    with ExitStack() as stack:
        web, web_log = stack.enter_context(_running("web", tmp_path, empty_url))

        def address() -> str | None:
            found = re.search(r"Pages: (http://\S+)", web_log.read_text(encoding="utf-8"))
            return found[1] if found else None

        pages = _eventually(address, web, web_log)
        assert _eventually(lambda: _get(f"{pages}/healthz"), web, web_log) == {"status": "alive"}
        assert _eventually(lambda: _get(f"{pages}/readyz"), web, web_log)["worker"] == "never seen"
        assert "has never run here" in _health("worker", tmp_path, empty_url)

        worker, worker_log = stack.enter_context(_running("worker", tmp_path, empty_url))

        def ticked() -> dict[str, Any] | None:
            ready = _get(f"{pages}/readyz")
            return ready if ready and ready["worker"].startswith("ticked") else None

        assert _eventually(ticked, worker, worker_log)["status"] == "ready"
        assert _health("worker", tmp_path, empty_url) == ""
        _stopped(worker, worker_log)
        _stopped(web, web_log)

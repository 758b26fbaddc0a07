"""A throw-away PostgreSQL for the tests, made from the binaries that are installed; it goes when the tests end."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.in_memory import folder_in_memory

_STARTS = 5  # another program may take the port between our finding it free and the server's binding it
_START_LIMIT_S = 60
_PR_SET_PDEATHSIG = 1
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "logging_collector": "off",
}


def binaries() -> Path | None:
    """The folder with initdb and postgres: from PATH, else where Debian keeps them, newest version first."""
    found = shutil.which("initdb")
    if found and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    versions = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()]
    return max(versions, key=lambda p: float(p.parent.name), default=None)


class Cluster:
    """A running server. `create` gives the address of a fresh database, a copy of `template` where one is named."""

    def __init__(self, port: int, password: str) -> None:
        self.port = port
        self._password = password
        self._count = 0
        self._strategy: str | None = None

    def create(self, template: str | None = None, name: str | None = None) -> str:
        self._count += 1
        name = name or f"test_{self._count}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}{}").format(
            sql.Identifier(name), sql.Identifier(template or "template0"), self._by_copying()
        )
        self.execute(statement)
        return self.url(name)

    def _by_copying(self) -> sql.SQL:
        """Files are copied four times as quickly as the log of them is written, which releases from 15 on prefer."""
        if self._strategy is None:
            with psycopg.connect(self.url("postgres")) as connection:
                self._strategy = " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
        return sql.SQL(self._strategy)  # type: ignore[arg-type]

    def drop(self, url: str) -> None:
        name = url.rpartition("/")[2]
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: sql.Composable) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def url(self, name: str) -> str:
        return f"postgresql://tests:{self._password}@127.0.0.1:{self.port}/{name}"


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Makes a cluster from the binaries in `folder`, runs it on a free loopback port, and removes it at the end."""
    account = _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="volteface-postgresql-", dir=folder_in_memory()))
    password = secrets.token_hex(12)
    try:
        (home / "password").write_text(password)
        if account is not None:
            for path in (home, home / "password"):
                os.chown(path, account.pw_uid, account.pw_gid)
        _initdb(folder, home, account)
        server, port = _start(folder, home, account, password)
        try:
            yield Cluster(port, password)
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: there is nothing to keep
            server.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """Who runs the server: ourselves, or a user with fewer rights where we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody")


def _as(account: pwd.struct_passwd | None) -> dict[str, object]:
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _initdb(folder: Path, home: Path, account: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        [folder / "initdb", "-D", home / "data", "-U", "tests", "--auth=password", "--encoding=UTF8", "--locale=C",
         "--no-sync", f"--pwfile={home / 'password'}"],
        cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **_as(account),  # type: ignore[call-overload]
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stdout}")


def _start(
    folder: Path, home: Path, account: pwd.struct_passwd | None, password: str
) -> tuple[subprocess.Popen[bytes], int]:
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    for _ in range(_STARTS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        with (home / "log").open("ab") as log:
            server = subprocess.Popen(
                [folder / "postgres", "-D", home / "data", "-p", str(port), *settings],
                cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_die_with_parent, **_as(account),  # type: ignore[call-overload]  # noqa: PLW1509
            )  # fmt: skip
        if _answers(server, port, password):
            return server, port
        server.kill()
        server.wait()
    raise RuntimeError(f"the server did not start: {(home / 'log').read_text(errors='replace')[-2000:]}")


def _die_with_parent() -> None:
    """Where the tests are killed, no server stays behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _answers(server: subprocess.Popen[bytes], port: int, password: str) -> bool:
    until = time.monotonic() + _START_LIMIT_S
    while server.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(f"postgresql://tests:{password}@127.0.0.1:{port}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return server.poll() is None
    return False

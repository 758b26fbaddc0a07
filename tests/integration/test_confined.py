"""A confined process, a real one: what its code may and may not do, and what is said of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sinks import HttpSink

_FRAME = """
import json, os, socket, ssl, subprocess, sys
from monitor.net.confined import Confinement
from monitor.net.guard import Guard
confinement = Confinement(Guard({allow!r}, setting="THE_SETTING"))
confinement.close()
try:
    {code}
    ended = None
except BaseException as error:
    ended = f"{{type(error).__name__}}: {{error}}"
os.write(1, json.dumps([ended, confinement.refused, confinement.lost]).encode())
"""


def confined(code: str, folder: Path, allow: tuple[str, ...] = ()) -> tuple[str | None, list[str], list[str]]:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-P", "-c", _FRAME.format(allow=list(allow), code=code)],
        check=True,
        capture_output=True,
        cwd=folder,
        env={"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    ended, refused, lost = json.loads(done.stdout)
    return ended, refused, lost


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('127.0.0.1', {port}), 2)",
        "socket.create_connection(('localhost', {port}), 2)",
        "socket.create_connection(('0x7f.1', {port}), 2)",
        "socket.socket().connect(('127.0.0.1', {port}))",
        "socket.socket().connect_ex(('127.0.0.1', {port}))",
        "socket.socket().connect(('localhost', {port}))",
        "socket.socket().connect(('127.1', {port}))",
        "socket.socket(socket.AF_INET6).connect(('::ffff:127.0.0.1', {port}))",
        "ssl.create_default_context().wrap_socket(socket.socket(), server_hostname='x').connect(('127.0.0.1', {port}))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1:{port}/', timeout=2)",
        "__import__('asyncio').run(__import__('asyncio').open_connection('127.0.0.1', {port}))",
    ],
)
def test_no_refused_address_is_connected_to_whatever_opens_the_socket(code: str, tmp_path: Path) -> None:
    with HttpSink() as sink:
        ended, refused, _ = confined(code.format(port=sink.port), tmp_path)
        assert ended is not None and refused, ended
        assert sink.connections == 0


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("socket.create_connection(('127.0.0.1', 9), 2)", "THE_SETTING"),
        ("socket.socket(socket.AF_UNIX).connect('/run/x')", "file system"),
        ("socket.socket().bind(('127.0.0.1', 0))", "socket.bind"),
        ("subprocess.run(['true'])", "subprocess.Popen"),
        ("os.system('true')", "os.system"),
        ("os.fork()", "os.fork"),
        ("os.posix_spawn('/bin/true', ['true'], {{}})", "os.posix_spawn"),
        ("os.kill(os.getppid(), 0)", "os.kill"),
        ("open('/etc/passwd').read()", "/etc/passwd"),
        ("open('.env').read()", ".env"),
        ("open('new', 'w')", "new"),
        ("os.open('new', os.O_CREAT | os.O_WRONLY)", "new"),
        ("os.symlink('/etc/passwd', 'x.py')", "os.symlink"),
        ("os.remove('.env')", "os.remove"),
        ("os.mkdir('d')", "os.mkdir"),
    ],
)
def test_what_no_message_needs_is_refused_and_said(code: str, says: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SECRET=1")
    ended, refused, _ = confined(code.replace("{{}}", "{}"), tmp_path)
    assert ended is not None and any(says in why for why in refused), (ended, refused)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".env"]


def test_what_is_allowed_is_connected_to_by_address_and_by_name(tmp_path: Path) -> None:
    with HttpSink() as sink:
        for allow, host in ((("127.0.0.0/8",), "127.0.0.1"), (("localhost",), "localhost")):
            code = f"socket.create_connection(('{host}', {sink.port}), 2).close()"
            assert confined(code, tmp_path, allow)[:2] == (None, [])
        # That a name is allowed says nothing of other names with the same address.
        ended, refused, _ = confined(
            f"socket.create_connection(('127.0.0.1', {sink.port}), 2)", tmp_path, ("localhost",)
        )
        assert ended is not None and refused


@pytest.mark.parametrize(
    "code", ["import email.mime.text, xml.etree.ElementTree", "__import__('zoneinfo').ZoneInfo('Europe/Berlin')"]
)
def test_python_s_own_files_are_read(code: str, tmp_path: Path) -> None:
    assert confined(code, tmp_path) == (None, [], [])


def test_names_that_nobody_knows_are_noted(tmp_path: Path) -> None:
    ended, refused, lost = confined("socket.create_connection(('no-such-host.invalid', 80), 2)", tmp_path)
    assert ended is not None and not refused
    assert lost == ["no-such-host.invalid"]


def test_the_hook_stays(tmp_path: Path) -> None:
    trick: Any = "confinement._hook = None; Confinement._towards = None; socket.create_connection(('127.0.0.1', 9), 2)"
    ended, _, _ = confined(trick, tmp_path)
    assert ended is not None

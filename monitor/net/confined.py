"""The address guard for code that opens sockets by itself, and the end of everything else it could do to this machine.

Libraries that speak through requests or sockets of their own pass by every guarded client. They run in a process whose
audit hook (PEP 578, which nothing in the process can take off again) looks at each connection at the moment it is
made: at the address and not at the name, so that neither a redirect nor DNS rebinding makes a difference. The hook
also refuses programs, files outside Python's own, and sockets that listen.
"""

from __future__ import annotations

import os
import socket
import sys
import sysconfig
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any

import certifi

from monitor.net.guard import AddressRefused, Guard

_INTERNET = (socket.AF_INET, socket.AF_INET6)
_TOWARDS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_NEVER = frozenset(
    {
        "ctypes.dlopen",
        "os.chmod",
        "os.chown",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.kill",
        "os.killpg",
        "os.link",
        "os.mkdir",
        "os.posix_spawn",
        "os.putenv",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.spawn",
        "os.symlink",
        "os.system",
        "os.truncate",
        "os.utime",
        "pty.spawn",
        "shutil.rmtree",
        "socket.bind",
        "subprocess.Popen",
    }
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CODE = (".py", ".pyc", ".so")
_SYSTEM_FILES = ("/etc/mime.types", "/etc/localtime", "/usr/share/zoneinfo/", "/dev/urandom", "/dev/null")


class Confined(PermissionError):  # noqa: N818 - it is what the process is
    """What was tried is not for a confined process. The message is in plain words."""


class Confinement:
    """What a confined process may do: connect to what `guard` lets through, and read Python's own files.

    `refused` holds, oldest first, why something was refused, for whoever has to explain a failure: libraries swallow
    exceptions. `lost` are the names that could not be looked up.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._names: dict[str, str] = {}
        self._look_up: Callable[..., Any] = socket.getaddrinfo
        self._readable = _python_files()
        self._sources = tuple(_folder(path) for path in sys.path if path)
        self.refused: list[str] = []
        self.lost: list[str] = []

    def close(self) -> None:
        """Confine this process, for good."""
        socket.getaddrinfo = self._getaddrinfo
        sys.addaudithook(self._hook)

    def _getaddrinfo(self, host: Any, *rest: Any, **more: Any) -> Any:
        """The system's own, which keeps which name an address was looked up for: allow-lists hold names too."""
        try:
            found = self._look_up(host, *rest, **more)
        except socket.gaierror:
            self.lost.append(str(host))
            raise
        if isinstance(host, str):
            self._names.update((str(entry[4][0]), host) for entry in found)
        return found

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _TOWARDS:
            self._towards(arguments[0], arguments[1])
        elif event == "open":
            self._open(*arguments)
        elif event in _NEVER:
            self._refuse(f"{event} is not for a process that only sends a message")

    def _towards(self, sock: socket.socket, address: Any) -> None:
        if address is None:  # a socket that was connected before, and looked at then
            return
        if sock.family not in _INTERNET:
            self._refuse("a socket in the file system is never connected to")
        host = str(address[0] if isinstance(address, tuple) else address)
        try:
            ip_address(host.partition("%")[0])
        except ValueError:
            # The system would look it up after this check.
            self._refuse(f"{host!r} was to be connected to by name; only addresses that were looked at are")
        try:
            self._guard.check_peer(self._names.get(host, host), (host,))
        except AddressRefused as error:
            self._refuse(error.reason)

    def _open(self, path: Any, _mode: Any, flags: Any) -> None:
        if isinstance(path, int):  # a descriptor that is open already, such as a socket's
            return
        name = os.path.realpath(os.fsdecode(path))
        writes = bool(flags & _WRITING) and name != os.devnull
        # Of an editable installation's folder, where an .env may lie, only the code.
        reads = name.startswith(self._readable) or (name.startswith(self._sources) and name.endswith(_CODE))
        if writes or not reads:
            self._refuse(f"the file {name} is not for a process that only sends a message")

    def _refuse(self, why: str) -> None:
        self.refused.append(why)
        raise Confined(why)


def _python_files() -> tuple[str, ...]:
    """Beginnings of the paths that may be read: the standard library, what is installed, roots of trust."""
    paths = sysconfig.get_paths()
    folders = {_folder(paths[kind]) for kind in ("stdlib", "platstdlib", "purelib", "platlib")}
    trust = [os.path.realpath(path) for path in (certifi.where(), *_given("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"))]
    return (*sorted(folders), *trust, *map(_folder, _given("SSL_CERT_DIR")), *_SYSTEM_FILES)


def _folder(path: str) -> str:
    return os.path.join(os.path.realpath(path), "")  # noqa: PTH118 - text, for startswith


def _given(*names: str) -> Sequence[str]:
    return [value for value in map(os.environ.get, names) if value]

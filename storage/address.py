"""The address of a database: what is accepted, how it is spelled for SQLAlchemy, and how it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import BadDatabaseUrl, FolderNotWritable

Backend = Literal["sqlite", "postgresql"]

REMEDY = "write sqlite:///path/to/file.db or postgresql://user:password@host:5432/name"


def parse_address(text: str) -> tuple[Backend, URL]:
    """The backend and the URL for the engine. Raises BadDatabaseUrl; its message repeats nothing of the address."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError) as error:
        raise BadDatabaseUrl(f"the address of the database cannot be read; {REMEDY}") from error
    name = url.drivername
    if name in ("sqlite", "sqlite+pysqlite"):
        if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
            raise BadDatabaseUrl(f"the address of the database names no file; {REMEDY}")
        return "sqlite", url.set(drivername="sqlite+pysqlite")
    if name in ("postgres", "postgresql", "postgresql+psycopg"):
        return "postgresql", url.set(drivername="postgresql+psycopg")
    raise BadDatabaseUrl(f"{name} is not a database that this program can use; {REMEDY}")


def shown(url: URL) -> str:
    """The address without password and parameters, for messages and logs."""
    if url.drivername.startswith("sqlite"):
        return str(Path(url.database or "").absolute())
    user = f"{url.username}:***@" if url.password else f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{user}{url.host or 'localhost'}{port}/{url.database or ''}"


def prepare_file(url: URL) -> Path:
    """The SQLite file as an absolute path, its folder created. Raises FolderNotWritable."""
    path = Path(url.database or "").expanduser().absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderNotWritable(
            f"the folder {path.parent} of the database cannot be created ({error.strerror}); "
            "create it for this user, or choose another file with VOLTEFACE_DATABASE_URL"
        ) from error
    if path.is_dir():
        raise BadDatabaseUrl(f"{path} is a folder; name a file inside it")
    return path

"""Runs the migrations from within the program; no alembic.ini is needed, and it works from a wheel."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.errors import SchemaNewer

SEARCH_OBJECTS = "item_search"
"""Full-text search is made by hand in the migrations; what it consists of begins with this name."""


def config() -> Config:
    """Alembic's settings, made here because an installed package has no ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


def revision(connection: Connection) -> str | None:
    """The revision of the schema in the database."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision that this program was written for."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    if newest is None:
        raise RuntimeError("the package was installed without its migrations")
    return newest


def upgrade(connection: Connection, where: str) -> None:
    """Upgrades to the head and commits. Raises SchemaNewer where the database's revision is unknown here."""
    scripts = ScriptDirectory.from_config(config())
    now = revision(connection)
    if now is not None and now not in {script.revision for script in scripts.walk_revisions()}:
        raise SchemaNewer(
            f"{where} was written by a newer version of this program (its schema is {now}, ours is {head()}); "
            "install that version again, or restore a backup made before the upgrade"
        )
    if now != head():
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
    connection.commit()


def is_ours(name: str | None, _kind: str, parent: MutableMapping[Any, str | None]) -> bool:
    """Whether autogenerate compares the object; full-text search is not described by the models."""
    named = (name or "", parent.get("table_name") or "")
    return not any(part.startswith(SEARCH_OBJECTS) for part in named)

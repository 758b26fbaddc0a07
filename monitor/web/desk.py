"""What every page needs: the database to read from, the templates, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.web.render import Renderer
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that the page routers share."""

    database: Database
    pages: Renderer
    clock: Callable[[], datetime]

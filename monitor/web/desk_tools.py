"""What operators' pages need beyond the database: made where the service is put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from monitor.feeds.cadence import CadenceConfig
from monitor.web.lookups import Look


class Check(Protocol):
    """One thing that was looked at: what, how it is (ok, warning, broken), what was found and what to do."""

    @property
    def part(self) -> str:
        """What was looked at."""
        ...

    @property
    def state(self) -> str:
        """How it is."""
        ...

    @property
    def found(self) -> str:
        """What was found."""
        ...

    @property
    def remedy(self) -> str:
        """What to do; empty where nothing needs to be done."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTools:
    """`look` finds the feeds of a site, `checks` are those of the doctor, `mail` sends one plain mail now (address,
    subject, text); each is None where this process has none."""

    look: Look | None = None
    checks: Callable[[], Sequence[Check]] | None = None
    mail: Callable[[str, str, str], None] | None = None
    cadence: CadenceConfig = field(default_factory=CadenceConfig)

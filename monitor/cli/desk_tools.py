"""What operators' pages are handed: look-ups, the doctor's checks, mail."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.cli.boot import cadence_config
from monitor.cli.discover import looks
from monitor.settings import Settings
from monitor.web.desk_tools import Check, DeskTools


def desk_tools(settings: Settings) -> DeskTools:
    """The tools of a service with these settings."""

    def checks() -> Sequence[Check]:
        from monitor.cli.doctor import findings

        return findings(settings)

    return DeskTools(look=looks(settings), checks=checks, cadence=cadence_config(settings))

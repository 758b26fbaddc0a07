"""How many independent reports a change needs, at a given accuracy of the readings: the threshold as people see it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.position import ChangeKind
from monitor.model.statement import Stance
from monitor.positions.filter import Held, reading_of
from monitor.positions.track import TrackerConfig

MOST = 50
"""Beyond so many reports the answer is that none suffices."""
_SETTLED = 12
"""Reports after which a belief is as sure as it gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsNeeded:
    """Direct quotes, each of its own story and paper on one day, that make a first position, and that reverse one.

    None: however many there are, they do not suffice.
    """

    first: int | None
    reversal: int | None


def reports_needed(config: TrackerConfig, accuracy: float) -> ReportsNeeded:
    """The numbers for readings of which `accuracy`, 0..1, are right. Pure."""
    model = config.model
    settled = model.prior()
    for _ in range(_SETTLED):
        settled = model.step(settled, reading_of(Stance.SUPPORTS, withdraws=False), accuracy, config.trust.quote)
    return ReportsNeeded(
        first=_until(config, model.prior(), accuracy, config.needed(ChangeKind.FIRST)),
        reversal=_until(config, settled, accuracy, config.needed(ChangeKind.REVERSED)),
    )


def _until(config: TrackerConfig, belief: dict[Held, float], accuracy: float, threshold: float) -> int | None:
    for number in range(1, MOST + 1):
        belief = config.model.step(belief, reading_of(Stance.OPPOSES, withdraws=False), accuracy, config.trust.quote)
        if belief[Held.OPPOSES] >= threshold:
            return number
    return None

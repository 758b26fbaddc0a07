"""Measured shares, and how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


def wilson(right: int, count: int) -> tuple[float, float]:
    """The Wilson score interval of a share at 95 % (Wilson 1927). Raises ValueError when there is nothing."""
    if not 0 <= right <= count or count == 0:
        raise ValueError(f"{right} of {count} is no share")
    share = right / count
    middle = share + Z * Z / (2 * count)
    reach = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    below = 1 + Z * Z / count
    return max(0.0, (middle - reach) / below), min(1.0, (middle + reach) / below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Of the statements that operators judged, how many were read right; `interval` is Wilson's at 95 %."""

    of: str
    right: int
    judged: int

    @property
    def share(self) -> float:
        """The share that was right."""
        return self.right / self.judged

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies, at 95 %."""
        return wilson(self.right, self.judged)

"""How probable a reading by a model is. What a model says of its own certainty is not asked for, and not believed.

No endpoint has been measured: which model stands behind it is the operator's choice. Until a calibration against
labelled documents says more (`monitor.bench.reliability` is made for it), every reading gets the lowest share of right
readings that was measured for the grammar on sentences it was not made for, 0.71 (see
`monitor.positions.grammar.confidence`), rounded down; and less for `conditional`, as there. With the default model of
the tracker two paraphrases that agree confirm nothing, and a reversal takes one report more than it does at 0.79.
"""

from __future__ import annotations

from monitor.model.statement import Stance

UNCALIBRATED = 0.70
CONDITIONAL = 0.60


def confidence(stance: Stance) -> float:
    """The probability that holder, issue and stance are all right, 0..1."""
    return CONDITIONAL if stance is Stance.CONDITIONAL else UNCALIBRATED

"""How probable a reading is: a table by how the holder is tied to the matter, and what lowers it.

The table: statements right on the development documents (193 statements; a pair that the gold does not hold is wrong),
smoothed by a Beta(8, 2) prior, times 0.9 because the rules were written with those documents in view. The factors
below it are judgements, not measurements.

By leave-one-document-out over the same documents (`monitor.bench.reliability`) the table would say 0.82 to 0.91, and
0.92 are right. It is not raised to that: of sentences written blind, before the rules had been mended for them, 0.71,
0.74 and 0.71 were right, and of the 42 statements in a year of news, for which little was mended, 0.88 (0.75 to 0.95).
The table stands between these.
"""

from __future__ import annotations

from monitor.model.statement import Stance
from monitor.positions.protocol import Attribution, Candidate, Judgement

BY_ATTRIBUTION = {
    Attribution.QUOTE: 0.82,
    Attribution.INDIRECT: 0.79,
    Attribution.ACT: 0.84,
    Attribution.NOMINAL: 0.78,
    Attribution.PASSIVE: 0.75,
    Attribution.CLAIMED: 0.79,
    Attribution.LIST: 0.78,
}
ANAPHORA = 0.85
INFERRED_SPEAKER = 0.85
STATED = 1.06
CONDITIONAL = 0.85


def confidence(candidate: Candidate, judgement: Judgement) -> float:
    """The probability that holder, issue and stance are all right, 0..1, to two places."""
    value = BY_ATTRIBUTION[candidate.attribution]
    if candidate.anaphoric:
        value *= ANAPHORA
    if candidate.uncertain_speaker:
        value *= INFERRED_SPEAKER
    if candidate.states_it:
        value *= STATED
    if judgement.stance is Stance.CONDITIONAL:
        value *= CONDITIONAL
    return round(min(value, 0.95), 2)

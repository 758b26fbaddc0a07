"""How probable a reading is: log-odds by how the holder is tied to the matter, and by what makes a reading doubtful.

The weights stand in confidence.json and are written by `volteface bench reliability … --write`: a logistic regression
around what is `BELIEVED`, over the judged statements of the development documents (`monitor/bench/calibration.py`).

The rules were written with those documents in view: 0.92 of the statements are right there, and a fit without the
document in question says as much. So the whole is moved until its mean is the `expected` of that file, 0.78. Of
sentences written blind, before the rules had been mended for them, 0.71, 0.74 and 0.71 were right, and of the 42
statements in a year of news, for which little was mended, 0.88 (0.75 to 0.95): 0.78 stands between these, and is a
judgement, not a measurement.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp

from monitor.model.statement import Stance
from monitor.positions.protocol import Attribution, Candidate, Judgement

BELIEVED = {
    "taken up by a pronoun or noun": -0.6,
    "speaker inferred": -0.6,
    "conditional": -0.6,
    "far from the holder": -0.6,
    "withdrawn": -0.3,
    "headline": -0.3,
    "a wording of the rule": 0.3,
}
"""Log-odds that a fit starts from: at 0.8, 0.6 less is 0.69. Judgements; the fit moves them as far as it has
evidence.
"""
HIGHEST = 0.95
"""No reading is surer than this, whatever the features add up to."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds: of a reading without any feature, and what each feature adds."""

    intercept: float
    of: dict[str, float]


@lru_cache
def weights() -> Weights:
    """What the file says."""
    found = json.loads(files(__package__).joinpath("confidence.json").read_text(encoding="utf-8"))
    return Weights(float(found["intercept"]), {name: float(value) for name, value in found["weights"].items()})


def features(candidate: Candidate, judgement: Judgement) -> frozenset[str]:
    """What of a reading bears on whether it is right, as names."""
    seen = {
        str(candidate.attribution): True,
        "partly in quotation marks": candidate.quoted and candidate.attribution is not Attribution.QUOTE,
        "taken up by a pronoun or noun": candidate.anaphoric,
        "speaker inferred": candidate.uncertain_speaker,
        "a wording of the rule": candidate.states_it,
        "headline": candidate.evidence.field == "title",
        "far from the holder": any(cue.place == "before" and cue.gap > FAR for cue in candidate.cues),
        "conditional": judgement.stance is Stance.CONDITIONAL,
        "withdrawn": judgement.withdraws,
    }
    return frozenset(name for name, holds in seen.items() if holds)


FAR = 6
"""Words between a wording and what it governs from which on a reading is far-fetched."""


def confidence(candidate: Candidate, judgement: Judgement) -> float:
    """The probability that holder, issue and stance are all right, 0..1, to two places."""
    known = weights()
    odds = known.intercept + sum(known.of.get(name, 0.0) for name in features(candidate, judgement))
    return round(min(1 / (1 + exp(-odds)), HIGHEST), 2)

"""Fits confidences to judged statements: which features of a reading make it right more often, and by how much.

Logistic regression with a ridge penalty on how far the features' log-odds leave what was believed beforehand (a normal
prior; Gelman et al. 2013, "Bayesian Data Analysis", 16.3; Hastie, Tibshirani & Friedman 2009, "The Elements of
Statistical Learning", 3.4.1 and 4.4), by Newton's method: where few were judged, the belief stands. The penalty is
chosen by leaving one document out: the largest under which documents that a fit has not seen are hardly more surprising
(log loss) than under the best.

The rules of reading were written with the gold documents in view, so that most of what is judged on them is right, and
a confidence that said so would promise too much elsewhere. `shifted` keeps the differences between the features and
moves the whole so that the mean is what was measured on texts that nobody had seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from statistics import fmean, stdev

PENALTIES = (1.0, 3.0, 10.0, 30.0)
_STEPS = 25


@dataclass(frozen=True, slots=True)
class Example:
    """A judged statement: the document, the features of its reading, and whether it was right."""

    document: str
    features: frozenset[str]
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """P(right) = 1 / (1 + e^−(intercept + Σ weights of the features)); log-odds."""

    intercept: float
    weights: dict[str, float]
    penalty: float

    def probability(self, features: frozenset[str]) -> float:
        """0..1; a feature that was never seen counts nothing."""
        return _logistic(self.intercept + sum(self.weights.get(f, 0.0) for f in features))


def fit(examples: Sequence[Example], penalty: float, believed: Mapping[str, float] | None = None) -> Fitted:
    """The ridge fit around the log-odds `believed`, 0 where nothing is. Raises ValueError without examples or with a
    penalty that is not positive.
    """
    if not examples or penalty <= 0:
        raise ValueError("a fit needs examples and a penalty above 0")
    known = believed or {}
    names = sorted({*known, *(f for e in examples for f in e.features)})
    rows = [[1.0, *(float(name in e.features) for name in names)] for e in examples]
    ridge = [1e-6, *(penalty for _ in names)]
    centre = [0.0, *(known.get(name, 0.0) for name in names)]
    beta = list(centre)
    for _ in range(_STEPS):
        slope = [-r * (b - c) for r, b, c in zip(ridge, beta, centre, strict=True)]
        curve = [[r if i == j else 0.0 for j in range(len(ridge))] for i, r in enumerate(ridge)]
        for row, example in zip(rows, examples, strict=True):
            used = [i for i, x in enumerate(row) if x]
            p = _logistic(sum(beta[i] for i in used))
            for i in used:
                slope[i] += example.right - p
                for j in used:
                    curve[i][j] += p * (1 - p)
        move = _solved(curve, slope)
        beta = [b + m for b, m in zip(beta, move, strict=True)]
        if max(map(abs, move)) < 1e-8:
            break
    return Fitted(intercept=beta[0], weights=dict(zip(names, beta[1:], strict=True)), penalty=penalty)


def by_other_documents(
    examples: Sequence[Example], penalty: float, believed: Mapping[str, float] | None = None
) -> list[float]:
    """For each statement the probability by a fit to all other documents. Raises ValueError with a single document."""
    fits = {
        document: fit([e for e in examples if e.document != document], penalty, believed)
        for document in {e.document for e in examples}
    }
    return [fits[e.document].probability(e.features) for e in examples]


def chosen(
    examples: Sequence[Example], believed: Mapping[str, float] | None = None, penalties: Sequence[float] = PENALTIES
) -> Fitted:
    """The fit under the largest penalty that is no clearly worse on documents left out than the best: within one
    standard error of the difference, document by document (Hastie, Tibshirani & Friedman 2009, 7.10.1).
    """
    losses = {p: _by_document(by_other_documents(examples, p, believed), examples) for p in penalties}
    best = min(losses.values(), key=sum)

    def clearly_worse(loss: Sequence[float]) -> bool:
        more = [one - other for one, other in zip(loss, best, strict=True)]
        return len(more) > 1 and fmean(more) > stdev(more) / sqrt(len(more))

    return fit(examples, max(p for p, loss in losses.items() if loss is best or not clearly_worse(loss)), believed)


def _by_document(said: Sequence[float], examples: Sequence[Example]) -> list[float]:
    """The surprise in each document, in nats, in the order of the documents."""
    total: dict[str, float] = {}
    for p, e in zip(said, examples, strict=True):
        total[e.document] = total.get(e.document, 0.0) - log(p if e.right else 1 - p)
    return list(total.values())


def log_loss(said: Sequence[float], examples: Sequence[Example]) -> float:
    """The mean surprise, in nats."""
    return -sum(log(p if e.right else 1 - p) for p, e in zip(said, examples, strict=True)) / len(examples)


def shifted(fitted: Fitted, examples: Sequence[Example], mean: float) -> Fitted:
    """The same fit with an intercept under which the examples' mean probability is `mean`, by bisection."""
    low, high = -20.0, 20.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        moved = replace(fitted, intercept=fitted.intercept + middle)
        if sum(moved.probability(e.features) for e in examples) / len(examples) < mean:
            low = middle
        else:
            high = middle
    return replace(fitted, intercept=fitted.intercept + low)


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """x with matrix · x = right, by Gaussian elimination; the matrix is positive definite, so no pivot is zero."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i, pivot in enumerate(rows):
        for row in rows[i + 1 :]:
            factor = row[i] / pivot[i]
            for j in range(i, len(row)):
                row[j] -= factor * pivot[j]
    found = [0.0] * len(rows)
    for i in reversed(range(len(rows))):
        found[i] = (rows[i][-1] - sum(rows[i][j] * found[j] for j in range(i + 1, len(rows)))) / rows[i][i]
    return found

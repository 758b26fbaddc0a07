"""Confidences fitted to judged statements."""

from __future__ import annotations

import math
import random

import pytest

from monitor.bench.calibration import Example, by_other_documents, chosen, fit, log_loss, shifted
from monitor.bench.drawing import Chart, Line


def examples(count: int, odds: dict[str, float], seed: int = 1, documents: int = 20) -> list[Example]:
    """Statements whose features each hold in half of them, right with the log-odds 1 + those of the features."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        seen = frozenset(name for name in sorted(odds) if dice.random() < 0.5)
        p = 1 / (1 + math.exp(-1 - sum(odds[name] for name in seen)))
        found.append(Example(f"d{number % documents}", seen, dice.random() < p))
    return found


def test_a_fit_finds_the_odds_that_made_the_statements() -> None:
    fitted = fit(examples(6000, {"far": -1.5, "quote": 0.5}), 1.0)
    assert fitted.intercept == pytest.approx(1.0, abs=0.15)
    assert fitted.weights["far"] == pytest.approx(-1.5, abs=0.15)
    assert fitted.weights["quote"] == pytest.approx(0.5, abs=0.15)


def test_where_nothing_was_judged_the_belief_stands_and_evidence_moves_it() -> None:
    judged = examples(2000, {"far": -1.5})
    fitted = fit(judged, 3.0, {"far": 0.0, "headline": -0.3})
    assert fitted.weights["headline"] == pytest.approx(-0.3)
    assert fitted.weights["far"] < -1.2
    assert fit(judged, 1e6, {"far": 0.7}).weights["far"] == pytest.approx(0.7, abs=0.01)


def test_the_fit_is_the_maximum_of_its_penalised_likelihood() -> None:
    judged = examples(300, {"far": -1.0, "quote": 0.5})
    fitted = fit(judged, 3.0)

    def cost(far: float) -> float:
        weights = {**fitted.weights, "far": far}
        logits = [fitted.intercept + sum(weights[f] for f in e.features) for e in judged]
        likelihood = sum(-math.log1p(math.exp(-z if e.right else z)) for z, e in zip(logits, judged, strict=True))
        return -likelihood + 3.0 / 2 * sum(w * w for w in weights.values())

    best = fitted.weights["far"]
    assert cost(best) < min(cost(best - 0.01), cost(best + 0.01))


def test_a_document_says_nothing_about_itself() -> None:
    judged = [Example("a", frozenset(), False)] * 30 + [Example(d, frozenset(), True) for d in ("b", "c")] * 20
    said = by_other_documents(judged, 1.0)
    assert said[0] > 0.9
    assert 0.3 < said[-1] < 0.5


def test_where_nothing_bears_on_being_right_the_largest_penalty_is_taken() -> None:
    judged = examples(60, {f"f{n}": 0.0 for n in range(8)})
    assert chosen(judged, penalties=(0.01, 1.0, 30.0)).penalty == 30.0


def test_a_penalty_that_hides_what_bears_on_it_is_not() -> None:
    judged = examples(600, {"far": -3.0})
    fitted = chosen(judged, penalties=(1.0, 1e4))
    assert fitted.penalty == 1.0
    losses = {p: log_loss(by_other_documents(judged, p), judged) for p in (1.0, 1e4)}
    assert losses[1.0] < losses[1e4]


def test_a_shift_moves_the_mean_and_keeps_the_differences() -> None:
    judged = examples(500, {"far": -1.5})
    fitted = fit(judged, 1.0)
    moved = shifted(fitted, judged, 0.6)
    assert sum(moved.probability(e.features) for e in judged) / len(judged) == pytest.approx(0.6, abs=1e-4)
    assert moved.weights == fitted.weights


@pytest.mark.parametrize(("rows", "penalty"), [([], 1.0), (examples(5, {}), 0.0)])
def test_what_cannot_be_fitted_is_refused(rows: list[Example], penalty: float) -> None:
    with pytest.raises(ValueError, match="needs examples and a penalty"):
        fit(rows, penalty)


def test_a_chart_places_its_points_and_escapes_its_words() -> None:
    chart = Chart(
        title="a < b", across="x", up="y", span_across=(0, 1), span_up=(0, 1),
        lines=(Line("one & all", ((0.0, 0.0), (1.0, 1.0)), ((0.0, 0.1), (0.9, 1.0))),), diagonal=True,
    ).svg()  # fmt: skip
    assert "a &lt; b" in chart
    assert "one &amp; all" in chart
    assert '<circle cx="64.0" cy="384.0"' in chart
    assert '<circle cx="640.0" cy="40.0"' in chart

"""The fold does not care in which order statements arrive."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from monitor.model.statement import Stance, Statement
from monitor.positions.filter import FilterModel, Held
from monitor.positions.track import FilterTracker
from tests.unit.positions.statements import said

statements = st.lists(
    st.builds(
        said,
        st.sampled_from(list(Stance)),
        st.integers(0, 40),
        story=st.integers(1, 12),
        publisher=st.sampled_from(["a", "b", "c"]),
        words=st.sampled_from(["we will", "we will not", "perhaps", "never", "only if"]),
        confidence=st.floats(0.3, 1.0),
        quoted=st.booleans(),
        withdraws=st.booleans(),
        baseline=st.booleans(),
    ),
    max_size=25,
)


@given(statements, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_fold(found: list[Statement], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    # Row ids come from the order of arrival: give the shuffled ones new ids and compare all but the ids.
    renumbered = [replace(s, id=1000 + i) for i, s in enumerate(shuffled)]
    one = FilterTracker().fold("ann", "dam", found)
    two = FilterTracker().fold("ann", "dam", renumbered)
    assert [(c.key, c.kind, c.status, c.at, c.silent) for c in one.changes] == [
        (c.key, c.kind, c.status, c.at, c.silent) for c in two.changes
    ]
    assert one.position.stance == two.position.stance
    assert one.position.posterior == two.position.posterior


readings = st.tuples(st.sampled_from([*map(str, Stance), "withdrawal"]), st.floats(0, 1), st.floats(0, 1))


@given(st.lists(readings, max_size=30))
def test_the_filter_stays_a_distribution(readings: list[tuple[str, float, float]]) -> None:
    model = FilterModel()
    belief = model.prior()
    for reading, confidence, weight in readings:
        belief = model.step(belief, reading, confidence, weight)
        assert abs(sum(belief.values()) - 1) < 1e-9
        assert all(0 <= p <= 1 for p in belief.values())


RATES = st.floats(0.0001, 0.4)
DAYS = st.floats(0, 4000)


@given(st.sampled_from(list(Held)), st.floats(0, 1), RATES, DAYS)
def test_rows_of_the_model_sum_to_one(held: Held, confidence: float, rate: float, days: float) -> None:
    model = FilterModel(change_rate=rate)
    assert abs(sum(model.transition(held, other, days) for other in Held) - 1) < 1e-9
    readings = [*map(str, Stance), "withdrawal"]
    assert abs(sum(model.likelihood(reading, held, confidence) for reading in readings) - 1) < 1e-9


def belief(weights: list[float]) -> dict[Held, float]:
    return {x: w / sum(weights) for x, w in zip(Held, weights, strict=True)}


beliefs = st.lists(st.floats(0.001, 1), min_size=4, max_size=4).map(belief)


@given(beliefs, DAYS, DAYS)
def test_two_silences_are_one_of_both_lengths(before: dict[Held, float], days: float, more: float) -> None:
    """Chapman and Kolmogorov: how often one looks does not matter where nothing is said."""
    model = FilterModel()
    twice, once = model.after(model.after(before, days), more), model.after(before, days + more)
    assert all(abs(twice[x] - once[x]) < 1e-9 for x in Held)


@given(beliefs, DAYS, st.floats(1, 4000))
def test_silence_leads_back_to_the_prior_and_makes_nothing_likelier_than_it(
    before: dict[Held, float], days: float, more: float
) -> None:
    model = FilterModel()
    prior, soon, late = model.prior(), model.after(before, days), model.after(before, days + more)
    for x in Held:
        assert min(before[x], prior[x]) - 1e-9 <= late[x] <= max(before[x], prior[x]) + 1e-9
        assert abs(late[x] - prior[x]) <= abs(soon[x] - prior[x]) + 1e-9
    still = model.after(prior, days)
    assert all(abs(still[x] - prior[x]) < 1e-9 for x in Held)


@given(st.sampled_from(list(Held)), st.sampled_from(list(Held)), st.floats(0, 40))
def test_the_closed_form_is_the_exponential_of_its_generator(before: Held, after: Held, years: float) -> None:
    """Against a Taylor series of expm(Qμt), scaled and squared; Q = 1π' − I."""
    model = FilterModel(change_rate=0.0, changes_per_year=0.5)
    prior = model.prior()
    squarings = 20
    time = years * 0.5 / (1 - sum(p * p for p in prior.values())) / 2**squarings
    row = {x: {y: time * (prior[y] - (x is y)) + (x is y) for y in Held} for x in Held}
    for _ in range(squarings):
        row = {x: {y: sum(row[x][z] * row[z][y] for z in Held) for y in Held} for x in Held}
    assert abs(model.transition(before, after, years * 365.25) - row[before][after]) < 1e-5


@given(statements)
def test_no_two_changes_share_a_key(found: list[Statement]) -> None:
    changes = FilterTracker().fold("ann", "dam", found).changes
    assert len({c.key for c in changes}) == len(changes)


@given(st.sampled_from([*map(str, Stance), "withdrawal"]), st.floats(0, 1))
def test_a_report_without_weight_tells_nothing(reading: str, confidence: float) -> None:
    """The belief only moves by what time itself allows."""
    model = FilterModel(change_rate=1e-9)
    before = model.step(model.prior(), "supports", 0.9, 1.0)
    after = model.step(before, reading, confidence, 0.0)
    assert all(abs(after[x] - before[x]) < 1e-6 for x in Held)

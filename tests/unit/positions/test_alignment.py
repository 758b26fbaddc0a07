"""The alignment network against numbers worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.course import Stand
from monitor.model.statement import Stance
from monitor.positions.alignment import Normalisation, Tie, align

START = datetime(2025, 1, 1, tzinfo=UTC)
END = START + timedelta(days=10)
S, C, O = Stance.SUPPORTS, Stance.CONDITIONAL, Stance.OPPOSES  # noqa: E741


def stand(actor: str, issue: str, stance: Stance | None, day: float = -5, *, pending: bool = False) -> Stand:
    return Stand(
        actor=actor, issue=issue, stance=stance, since=START + timedelta(days=day), probability=0.99,
        change=int(day * 10) + 100, statement=1, pending=pending,
    )  # fmt: skip


def only(ties: tuple[Tie, ...]) -> Tie:
    (tie,) = ties
    return tie


@pytest.mark.parametrize(
    ("a", "b", "congruence"), [(S, S, 1), (O, O, 1), (C, C, 1), (S, O, 0), (S, C, 0.5), (C, O, 0.5)]
)
def test_one_issue_is_worth_what_lies_between_the_two_stances(a: Stance, b: Stance, congruence: float) -> None:
    tie = only(align([stand("a", "i", a), stand("b", "i", b)], START, END).ties)
    assert (tie.congruence, tie.conflict) == (congruence, 1 - congruence)


def test_sums_over_issues_are_divided_by_average_activity() -> None:
    # a holds four issues, b two; they share two: the same on i, the opposite on j.
    held = [stand("a", i, S) for i in "ijkl"] + [stand("b", "i", S), stand("b", "j", O)]
    tie = only(align(held, START, END).ties)
    assert (tie.common, tie.congruence, tie.conflict, tie.agreement) == (2, 1, 1, 0.5)
    assert tie.differ == ("j",)
    held[-1] = stand("b", "j", C)  # half on j: congruence 1.5, conflict 0.5
    tie = only(align(held, START, END).ties)
    assert tie.weight == pytest.approx((1.5 - 0.5) / ((4 + 2) / 2))
    assert only(align(held, START, END, normalisation=Normalisation.JACCARD).ties).weight == pytest.approx(1.0 / 4)
    assert only(align(held, START, END, normalisation=Normalisation.NONE).ties).weight == pytest.approx(1.0)


def test_over_a_period_agreement_is_averaged_over_the_time_in_which_both_held_something() -> None:
    # a supports throughout; b opposes until day 4, then supports: six tenths.
    held = [stand("a", "i", S), stand("b", "i", O), stand("b", "i", S, 4)]
    assert only(align(held, START, END).ties).agreement == pytest.approx(0.6)
    # Who turn on the same day agree throughout.
    held = [stand("a", "i", O), stand("a", "i", S, 4), stand("b", "i", O), stand("b", "i", S, 4)]
    assert only(align(held, START, END).ties).agreement == 1
    # b is known from day 5 only and turns on day 9: four fifths of the five days count.
    held = [stand("a", "i", S), stand("b", "i", S, 5), stand("b", "i", O, 9)]
    assert only(align(held, START, END).ties).agreement == pytest.approx(4 / 5)


def test_what_was_withdrawn_or_is_pending_is_not_held() -> None:
    held = [stand("a", "i", S), stand("b", "i", S), stand("b", "i", None, 2), stand("b", "i", O, 6, pending=True)]
    network = align(held, START, END)
    assert only(network.ties).agreement == 1
    later = align(held, START + timedelta(days=3), END)
    assert later.ties == ()
    assert later.issues_of == {"a": 1}


def test_never_at_the_same_time_is_nothing_in_common() -> None:
    held = [stand("a", "i", S), stand("a", "i", None, 3), stand("b", "i", S, 5)]
    network = align(held, START, END)
    assert network.ties == ()
    assert network.issues_of == {"a": 1, "b": 1}


def test_one_moment_can_be_asked_for() -> None:
    held = [stand("a", "i", S), stand("b", "i", O), stand("b", "i", S, 4)]
    for day, agreement in ((3.0, 0), (4.0, 1), (5.0, 1)):
        at = START + timedelta(days=day)
        assert only(align(held, at, at).ties).agreement == agreement, day


def test_pairs_issues_and_actors_can_be_left_out() -> None:
    held = [stand(actor, issue, S) for actor in "abc" for issue in "ij"]

    def pairs(**asked: object) -> list[str]:
        return [tie.a + tie.b for tie in align(held, START, END, **asked).ties]  # type: ignore[arg-type]

    assert pairs() == ["ab", "ac", "bc"]
    assert pairs(apart=[("b", "a")]) == ["ac", "bc"]
    assert pairs(actors={"a", "c"}) == ["ac"]
    assert pairs(least=2) == ["ab", "ac", "bc"]
    assert pairs(least=2, issues={"i"}) == []


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="swap"):
        align([], END, START)


@given(
    st.lists(
        st.builds(
            stand, st.sampled_from("abcd"), st.sampled_from("ijk"), st.sampled_from([S, C, O, None]),
            st.integers(-5, 12).map(float),
        ),
        max_size=30,
    ),
    st.randoms(),
)  # fmt: skip
def test_weights_stay_within_bounds_and_do_not_hang_on_the_order(held: list[Stand], random: object) -> None:
    # Of two that begin in the same moment the later row counts; rows are told apart.
    held = [Stand(**{**{f: getattr(s, f) for f in s.__slots__}, "change": n}) for n, s in enumerate(held)]
    network = align(held, START, END)
    for tie in network.ties:
        assert -1 <= tie.weight <= 1
        assert tie.congruence + tie.conflict == pytest.approx(tie.common)
        assert 0 <= tie.agreement <= 1
    shuffled = list(held)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert align(shuffled, START, END) == network

"""When a position changes: the tracker's rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.position import ChangeKind, ChangeStatus, Fold
from monitor.model.statement import Statement
from monitor.positions.accuracy import Record, Records
from monitor.positions.track import FilterTracker, TrackerConfig

from .statements import C, O, S, said

CONFIRMED, PENDING, DROPPED = ChangeStatus.CONFIRMED, ChangeStatus.PENDING, ChangeStatus.DROPPED


def fold(*statements: Statement) -> Fold:
    return FilterTracker().fold("ann", "dam", statements)


def told(result: Fold) -> list[tuple[ChangeKind, ChangeStatus]]:
    return [(change.kind, change.status) for change in result.changes]


def run(stance: object, start: float, n: int = 4, **more: object) -> list[Statement]:
    return [said(stance, start + i, **more) for i in range(n)]  # type: ignore[arg-type]


def test_a_single_quote_confirms_nothing() -> None:
    result = fold(said(S, 0, quoted=True, confidence=0.99))
    assert told(result) == [(ChangeKind.FIRST, PENDING)]
    assert result.position.stance is None
    assert result.position.pending is S


def test_two_independent_reports_make_a_first_position() -> None:
    result = fold(said(S, 0), said(S, 1))
    assert told(result) == [(ChangeKind.FIRST, CONFIRMED)]
    assert result.position.stance is S


def test_a_reversal_names_the_quote_before_and_the_quote_after() -> None:
    before, after = run(S, 0), run(O, 10)
    change = fold(*before, *after).changes[-1]
    assert (change.kind, change.status, change.before, change.after) == (ChangeKind.REVERSED, CONFIRMED, S, O)
    assert change.before_statement == before[-1].id
    assert change.after_statement == after[0].id
    assert change.trigger == after[0].fingerprint
    assert change.at == after[0].said_at


@pytest.mark.parametrize(
    ("stances", "kinds"),
    [
        ([S, C], [ChangeKind.FIRST, ChangeKind.SOFTENED]),
        ([C, S], [ChangeKind.FIRST, ChangeKind.HARDENED]),
        ([S, C, S], [ChangeKind.FIRST, ChangeKind.SOFTENED, ChangeKind.HARDENED]),
        ([S, C, O], [ChangeKind.FIRST, ChangeKind.SOFTENED, ChangeKind.REVERSED]),
        ([O, S], [ChangeKind.FIRST, ChangeKind.REVERSED]),
    ],
)
def test_kinds(stances: list[object], kinds: list[ChangeKind]) -> None:
    statements = [s for i, stance in enumerate(stances) for s in run(stance, 10 * i, 5)]
    assert told(fold(*statements)) == [(kind, CONFIRMED) for kind in kinds]


def test_a_contradicted_candidate_is_dropped_with_a_trace() -> None:
    result = fold(*run(S, 0), said(O, 10), *run(S, 11, 2))
    assert told(result) == [(ChangeKind.FIRST, CONFIRMED), (ChangeKind.REVERSED, DROPPED)]
    assert result.position.stance is S
    assert result.position.pending is None


def test_copies_of_one_story_count_once() -> None:
    agency = [said(O, 10, story=900, publisher=f"paper {i}", words="We refuse.") for i in range(12)]
    assert told(fold(*run(S, 0), *agency)) == [(ChangeKind.FIRST, CONFIRMED), (ChangeKind.REVERSED, PENDING)]


def test_an_old_quote_that_comes_up_again_is_no_news() -> None:
    old = said(S, 0, words="We build it.", quoted=True)
    again = [said(S, 100 + i, words="We build it.", quoted=True) for i in range(6)]
    assert fold(old, said(S, 1), *run(O, 30), *again).position.stance is O


def test_claims_by_others_do_not_confirm_a_reversal_as_fast_as_own_words() -> None:
    own = fold(*run(S, 0), *run(O, 10, 4))
    claimed = fold(*run(S, 0), *run(O, 10, 4, claimed_by="rival"))
    assert own.position.stance is O
    assert claimed.position.stance is S


def test_an_explicit_retraction_withdraws() -> None:
    result = fold(*run(S, 0), *run(S, 10, 5, withdraws=True))
    assert told(result) == [(ChangeKind.FIRST, CONFIRMED), (ChangeKind.WITHDRAWN, CONFIRMED)]
    assert result.position.stance is None


def test_time_alone_changes_nothing() -> None:
    assert fold(*run(S, 0)).position.stance is fold(*run(S, 0), said(S, 3000)).position.stance is S


def test_a_late_item_is_folded_in_at_its_place() -> None:
    statements = [*run(S, 0), *run(O, 10)]
    late = said(S, 2.5, seen_day=40)
    result = fold(*statements, late)
    assert result.position.stance is O
    assert [c.key for c in result.changes] == [c.key for c in fold(*statements).changes]


def test_first_positions_of_a_baseline_are_silent_but_a_later_reversal_is_not() -> None:
    changes = fold(*run(S, 0, baseline=True), *run(O, 10)).changes
    assert [(c.kind, c.silent) for c in changes] == [(ChangeKind.FIRST, True), (ChangeKind.REVERSED, False)]


def test_a_reversal_within_the_baseline_is_silent() -> None:
    assert all(c.silent for c in fold(*run(S, 0, baseline=True), *run(O, 10, 6, baseline=True)).changes)


def test_the_threshold_is_a_setting() -> None:
    statements = [*run(S, 0), *run(O, 10, 2)]
    eager = FilterTracker(TrackerConfig(threshold=0.6)).fold("ann", "dam", statements)
    assert eager.position.stance is O
    assert fold(*statements).position.stance is S


def test_a_first_position_has_a_threshold_of_its_own() -> None:
    statements = [said(S, 0), said(S, 1)]
    careful = FilterTracker(TrackerConfig(first_threshold=0.999)).fold("ann", "dam", statements)
    assert told(careful) == [(ChangeKind.FIRST, PENDING)]
    slow = FilterTracker(TrackerConfig(threshold=0.999)).fold("ann", "dam", [*statements, *run(O, 10, 3)])
    assert told(slow) == [(ChangeKind.FIRST, CONFIRMED), (ChangeKind.REVERSED, PENDING)]


def test_two_doubtful_reports_make_no_first_position_yet() -> None:
    assert told(fold(said(S, 0, confidence=0.7), said(S, 1, confidence=0.7))) == [(ChangeKind.FIRST, PENDING)]


def test_reports_that_lie_far_apart_add_up_less() -> None:
    near = fold(said(S, 0), said(S, 1)).position
    far = fold(said(S, 0), said(S, 4000)).position
    assert (near.stance, near.pending) == (S, None)
    assert (far.stance, far.pending) == (None, S)
    assert far.posterior[S] < near.posterior[S]


def test_after_a_long_silence_a_new_stance_is_believed_sooner() -> None:
    before = run(S, 0)
    assert fold(*before, *run(O, 10, 2)).position.stance is S
    assert fold(*before, *run(O, 3000, 2)).position.stance is O


def test_a_standing_position_outlasts_silence_though_it_is_less_certain() -> None:
    before = run(S, 0)
    result = fold(*before, said(O, 3000))
    assert result.position.stance is S
    assert result.position.posterior[S] < 0.5
    assert told(result)[-1] == (ChangeKind.REVERSED, PENDING)


def test_the_record_of_a_source_corrects_the_confidence_of_its_readings() -> None:
    statements = [said(S, d, publisher="poor paper", confidence=0.9) for d in (0, 5)]
    poor = Records(by_publisher={"poor paper": Record(right=20, judged=40)})
    known = FilterTracker(TrackerConfig(records=poor)).fold("ann", "dam", statements)
    assert fold(*statements).position.stance is S
    assert known.position.stance is None
    assert poor.accuracy(statements[0]) == pytest.approx((20 * 0.9 + 20) / 60)
    assert poor.accuracy(said(S, 0, confidence=0.8)) == 0.8


def test_an_impossible_record_is_refused() -> None:
    with pytest.raises(ValueError, match="3 right of 2 judged"):
        Record(3, 2)


def test_the_key_survives_a_rereading_with_another_confidence() -> None:
    statements = [*run(S, 0), *run(O, 10, 5)]
    again = [replace(s, read=replace(s.read, confidence=0.85)) for s in statements]
    assert {c.key for c in fold(*statements).changes} == {c.key for c in fold(*again).changes}


def test_the_way_back_in_words_used_before_is_a_change_of_its_own() -> None:
    there = [said(S, 0, words="We build it."), said(S, 0.5), said(S, 1)]
    away = [said(O, 2 + d / 10) for d in range(6)]
    back = [said(S, 5, words="We build it.", publisher="another paper"), *(said(S, 5.5 + d / 10) for d in range(6))]
    changes = fold(*there, *away, *back).changes
    assert [(c.kind, c.status) for c in changes] == [
        (ChangeKind.FIRST, CONFIRMED),
        (ChangeKind.REVERSED, CONFIRMED),
        (ChangeKind.REVERSED, CONFIRMED),
    ]
    assert len({c.key for c in changes}) == 3

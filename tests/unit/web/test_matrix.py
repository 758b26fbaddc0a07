from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.model.statement import Stance
from monitor.web.matrix import RECENT, age, matrix
from rules.model import ActorKind, ActorRule, IssueRule, RuleSet
from storage.standing import Standing

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def actor(name: str, member_of: str | None = None) -> ActorRule:
    return ActorRule(name, name.title(), ActorKind.PERSON, member_of=member_of)


def rules(*actors: ActorRule) -> RuleSet:
    issues = {i: IssueRule(i, i, i, (i,)) for i in ("z", "y", "x")}
    return RuleSet(actors={a.id: a for a in actors}, issues=issues)


def held(who: str, issue: str, since: datetime = NOW, share: float = 0.97) -> Standing:
    return Standing(actor=who, issue=issue, stance=Stance.SUPPORTS, share=share, since=since, statements=1)


def test_persons_stand_under_their_body_however_the_rules_are_ordered() -> None:
    found = matrix(
        [held(a, "x") for a in ("minister", "state", "other", "clerk")],
        rules(
            actor("clerk", "ministry"),
            actor("other"),
            actor("minister", "ministry"),
            actor("ministry", "state"),
            actor("state"),
        ),
        NOW,
    )
    assert [(row.actor, row.inset) for row in found.rows] == [
        ("other", False),
        ("state", False),
        ("clerk", True),
        ("minister", True),
    ]
    assert (found.actors_left_out, found.issues_left_out) == (1, 2)


def test_who_is_in_a_body_of_which_nothing_is_known_is_not_inset() -> None:
    found = matrix([held("minister", "x")], rules(actor("state"), actor("minister", "state")), NOW)
    assert [(row.actor, row.inset) for row in found.rows] == [("minister", False)]


def test_issues_keep_the_order_of_the_rules_and_what_is_ruled_no_longer_comes_last() -> None:
    positions = [held("a", "x"), held("a", "gone"), held("a", "z"), held("departed", "x")]
    found = matrix(positions, rules(actor("a")), NOW)
    assert found.issues == ("z", "x", "gone")
    assert [row.actor for row in found.rows] == ["a", "departed"]
    assert [cell is not None for cell in found.rows[1].cells] == [False, True, False]


def test_members_in_a_circle_are_each_shown_once() -> None:
    """The loader refuses such rules; a database could still hold them."""
    found = matrix([held("a", "x"), held("b", "x")], rules(actor("a", "b"), actor("b", "a")), NOW)
    assert sorted(row.actor for row in found.rows) == ["a", "b"]


def test_only_a_late_change_is_marked() -> None:
    positions = [held("a", "x", NOW - RECENT), held("a", "y", NOW - RECENT - timedelta(seconds=1))]
    [row] = matrix(positions, rules(actor("a")), NOW).rows
    assert [cell.recent for cell in row.cells if cell] == [False, True]


def test_issues_of_one_family_stand_together_and_those_of_none_last() -> None:
    families = {"a": "War", "b": None, "c": "Peace", "d": "War", "e": "Peace"}
    issues = {i: IssueRule(i, i, i, (i,), family=family) for i, family in families.items()}
    found = matrix([held("x", i) for i in (*issues, "gone")], RuleSet(actors={"x": actor("x")}, issues=issues), NOW)
    assert found.issues == ("a", "d", "c", "e", "b", "gone")
    assert found.families == (("War", 2), ("Peace", 2), (None, 2))


def test_what_was_not_asked_for_does_not_count_as_left_out() -> None:
    asked = rules(actor("a"), actor("b"), actor("c"))
    found = matrix([held("a", "x")], asked, NOW, frozenset({"a", "b"}), frozenset({"x"}))
    assert (found.actors_left_out, found.issues_left_out) == (1, 0)


def test_a_cell_says_in_words_what_it_shows_by_sign_and_stroke() -> None:
    pending = Standing(actor="a", issue="y", stance=None, statements=1, pending=Stance.OPPOSES)
    sure = Standing(
        actor="a", issue="x", stance=Stance.SUPPORTS, share=0.9951, since=NOW - timedelta(days=70), statements=3,
        pending=Stance.OPPOSES,
    )  # fmt: skip
    [row] = matrix([sure, pending], rules(actor("a")), NOW).rows
    waits, holds = (cell for cell in row.cells if cell is not None)
    assert (waits.sign, waits.strength, waits.age) == ("\N{MINUS SIGN}", 0, "")
    assert waits.words == "not known, 1 statement, change to “opposes” pending"
    assert (holds.sign, holds.strength, holds.age) == ("+", 4, "2mo")
    assert holds.words == ("supports since 21 Dec 2024, 99 % probable, 3 statements, change to “opposes” pending")


def test_the_more_certain_the_longer_the_stroke() -> None:
    shares = (0.5, 0.93, 0.97, 0.995)
    found = [matrix([held("a", "x", share=share)], rules(actor("a")), NOW).cells[0].strength for share in shares]
    assert found == [1, 2, 3, 4]


def test_ages_fit_a_narrow_cell() -> None:
    days = (0, 0.5, 1, 59, 60, 729, 730, 4000)
    assert [age(d * 86_400) for d in days] == ["1h", "12h", "1d", "59d", "2mo", "24mo", "2y", "10y"]

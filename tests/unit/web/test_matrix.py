from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.model.position import FoundPosition
from monitor.model.statement import Stance
from monitor.web.matrix import RECENT, matrix
from rules.model import ActorKind, ActorRule, IssueRule, RuleSet

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def actor(name: str, member_of: str | None = None) -> ActorRule:
    return ActorRule(name, name.title(), ActorKind.PERSON, member_of=member_of)


def rules(*actors: ActorRule) -> RuleSet:
    issues = {i: IssueRule(i, i, i, (i,)) for i in ("z", "y", "x")}
    return RuleSet(actors={a.id: a for a in actors}, issues=issues)


def held(who: str, issue: str, since: datetime = NOW) -> FoundPosition:
    return FoundPosition(actor=who, issue=issue, stance=Stance.SUPPORTS, since=since, statements=1)


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


def test_a_position_without_any_statement_left_is_not_shown() -> None:
    gone = FoundPosition(actor="a", issue="x", stance=None, statements=0)
    assert matrix([gone], rules(actor("a")), NOW).rows == ()

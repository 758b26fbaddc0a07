"""Who speaks for whom, and when a body is split."""

from __future__ import annotations

from datetime import date

from monitor.model.position import ChangeKind, Fold
from monitor.model.statement import Statement
from monitor.positions.bodies import counted_for, may_speak_for, moved_by, splits
from monitor.positions.track import FilterTracker
from rules.model import ActorKind, ActorRule, Office, RuleSet

from .statements import O, S, said

RULES = RuleSet(
    actors={
        a.id: a
        for a in (
            ActorRule("land", "Land", ActorKind.STATE),
            ActorRule("ministry", "Ministry", ActorKind.INSTITUTION, member_of="land"),
            ActorRule("ann", "Ann", ActorKind.PERSON, member_of="land", offices=(Office("PM", date(2025, 2, 1)),)),
            ActorRule(
                "bob",
                "Bob",
                ActorKind.PERSON,
                member_of="ministry",
                offices=(Office("Minister", date(2024, 1, 1), date(2025, 2, 20)),),
            ),
            ActorRule("pundit", "Pundit", ActorKind.COMMENTATOR, member_of="land"),
            ActorRule("private", "Private", ActorKind.PERSON, member_of="land"),
        )
    }
)


def test_an_office_moves_the_body_and_what_it_is_in() -> None:
    assert moved_by("bob", date(2025, 2, 20), RULES) == ("bob", "ministry", "land")


def test_after_the_office_a_person_speaks_for_nobody_else() -> None:
    assert moved_by("bob", date(2025, 2, 21), RULES) == ("bob",)
    assert moved_by("private", date(2025, 2, 2), RULES) == ("private",)
    assert moved_by("pundit", date(2025, 2, 2), RULES) == ("pundit",)


def test_who_may_ever_speak_for_a_body() -> None:
    assert may_speak_for("land", RULES) == {"land", "ministry", "ann", "bob", "private"}


def test_statements_count_for_a_body_on_the_day_of_the_office_and_never_as_claims() -> None:
    in_office, after = said(S, 5, holder="bob"), said(O, 25, holder="bob")
    claimed = said(O, 6, holder="ann", claimed_by="rival")
    assert counted_for("land", [in_office, after, claimed], RULES) == [in_office]


def test_commentators_and_members_without_office_never_count_for_a_body() -> None:
    own, pundit, private = said(S, 5, holder="land"), said(O, 6, holder="pundit"), said(O, 7, holder="private")
    assert counted_for("land", [own, pundit, private], RULES) == [own]
    assert counted_for("pundit", [own, pundit, private], RULES) == [pundit]


def member_folds(*statements: Statement) -> dict[str, Fold]:
    holders = {s.read.holder for s in statements}
    tracker = FilterTracker()
    return {h: tracker.fold(h, "dam", [s for s in statements if s.read.holder == h]) for h in holders}


def test_members_who_contradict_each_other_split_the_body_once() -> None:
    ann = [said(S, d, holder="ann") for d in (0, 1, 2)]
    bob = [said(O, d, holder="bob") for d in (5, 6, 7)]
    found = splits("land", "dam", member_folds(*ann, *bob), RULES)
    assert [(c.kind, c.actor, c.before, c.after) for c in found] == [(ChangeKind.SPLIT, "land", S, O)]
    assert found[0].after_statement == bob[0].id
    assert found[0].before_statement == ann[0].id


def test_who_left_office_cannot_split_it() -> None:
    ann = [said(S, d, holder="ann") for d in (0, 1, 2)]
    bob = [said(O, d, holder="bob") for d in (25, 26, 27)]
    assert splits("land", "dam", member_folds(*ann, *bob), RULES) == ()


def test_a_commentator_cannot_split_a_body() -> None:
    ann = [said(S, d, holder="ann") for d in (0, 1, 2)]
    pundit = [said(O, d, holder="pundit") for d in (5, 6, 7)]
    assert splits("land", "dam", member_folds(*ann, *pundit), RULES) == ()

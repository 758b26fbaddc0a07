"""Counting unknown names: bounded memory, spellings of one person, and which short name is theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.item import Item
from monitor.positions.suggestions import names
from monitor.positions.suggestions.known import KnownNames
from monitor.positions.suggestions.names import NameCounts, count_short_names, offered_names
from monitor.positions.suggestions.titled import TitledName
from monitor.positions.suggestions.values import passage
from rules.model import ActorKind, ActorRule, Office, RuleSet

NOW = datetime(2025, 6, 1, tzinfo=UTC)
FINLAND = ActorRule("finland", "Finland", ActorKind.STATE)
EMPTY = RuleSet(actors={"finland": FINLAND})


def see(counts: NameCounts, name: str, number: int, *, office: str = "President", role: str = "president") -> None:
    text = f"{office} {name} spoke."
    item = Item(
        id=number, revision=1, story_id=number, feed_id=None, identity=str(number), url=None, title="", text=text,
        published_at=NOW + timedelta(days=number), seen_at=NOW, lang="en", publisher=f"paper {number}",
    )  # fmt: skip
    seen = TitledName(name, len(office) + 1, len(office) + 1 + len(name), office, 0, len(office), role, "finland")
    counts.add(seen, item, ["mining"], passage(item, "text", 0, len(text), [(0, 9)]))


def offered(counts: NameCounts, texts: tuple[str, ...] = (), rules: RuleSet = EMPTY) -> list[ActorRule]:
    frequent = counts.frequent()
    found = offered_names(frequent, KnownNames(rules), rules, count_short_names(texts, frequent))
    return [one.after for one in found if isinstance(one.after, ActorRule)]


def test_memory_is_bounded_and_the_frequent_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST_CANDIDATES", 10)
    counts = NameCounts()
    for number in range(3):
        see(counts, "Jonna Kivi", number)
    for number in range(3, 200):
        see(counts, f"Jonna Nobody{number}", number)
        assert len(counts.candidates) <= 10
    assert "jonna kivi" in counts.candidates
    assert list(counts.frequent()) == ["jonna kivi"]


def test_an_item_counts_once_and_spellings_of_one_person_are_one() -> None:
    counts = NameCounts()
    see(counts, "Alexander Kivi", 1)
    see(counts, "Alexander Kivi", 1)
    assert counts.frequent() == {}
    see(counts, "Alexander Kivi", 2)
    see(counts, "Alex Kivi", 3)
    see(counts, "Olga Kivi", 4)
    (one,) = counts.frequent().values()
    assert (one.items, one.spelled["Alex Kivi"], one.first) == ({1, 2, 3}, 1, (NOW + timedelta(days=1)).date())
    (actor,) = offered(counts)
    assert (actor.id, actor.name, actor.aliases) == ("alexander-kivi", "Alexander Kivi", ("Alex Kivi",))


@pytest.mark.parametrize(
    ("name", "texts", "alias"),
    [
        ("Jonna Kivi", ("Jonna Kivi came. Kivi left.",), ("Kivi",)),
        ("Jonna Kivi", ("Jonna Kivi came.",), ()),
        ("Jonna Kivi", ("Jonna Kivi came. Kivi left.", "Kivi is a village."), ()),
        ("Yoon Suk-ho", ("Yoon Suk-ho came. Yoon left.",), ("Yoon",)),
        ("Jonna Oy", ("Jonna Oy came. Oy left.",), ()),
        ("Jonna Kivi", ("Jonna Kivi came. Kivinen left.",), ()),
    ],
)
def test_a_short_name_is_an_alias_only_where_it_is_used_for_them(
    name: str, texts: tuple[str, ...], alias: tuple[str, ...]
) -> None:
    counts = NameCounts()
    for number in range(3):
        see(counts, name, number)
    (actor,) = offered(counts, texts)
    assert actor.aliases == alias


def test_a_title_that_somebody_holds_is_not_given_to_two() -> None:
    counts = NameCounts()
    for number in range(3):
        see(counts, "Jonna Kivi", number, office="Finnish President")
    holder = ActorRule("bo-ek", "Bo Ek", ActorKind.PERSON, "finland", offices=(Office("Finnish president"),))
    (actor,) = offered(counts, rules=RuleSet(actors={"finland": FINLAND, "bo-ek": holder, "jonna-kivi": holder}))
    assert [office.title for office in actor.offices] == ["Finnish President Jonna Kivi"]
    assert (actor.id, actor.member_of) == ("jonna-kivi-2", "finland")


@pytest.mark.parametrize(
    ("office", "title"),
    [
        ("Finnish President", "Finnish President"),
        ("Finnish trade minister", "Finnish trade minister"),
        ("Finnish minister", "Finnish minister Jonna Kivi"),
    ],
)
def test_a_title_that_many_hold_is_entered_with_the_name_only(office: str, title: str) -> None:
    counts = NameCounts()
    for number in range(3):
        see(counts, "Jonna Kivi", number, office=office, role=office.rsplit(maxsplit=1)[-1])
    (actor,) = offered(counts)
    assert [one.title for one in actor.offices] == [title]
